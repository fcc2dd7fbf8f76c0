//go:build linux && cgo

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"yingbi/catalog"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
	"yingbi/job"
)

// readDocument reads a YAML file that somebody wrote.
func readDocument(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "%v", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamldoc.MaxBytes+1)) // one byte more than is read, so that the parser refuses it
}

func (a *app) datasetCommand() *cobra.Command {
	c := &cobra.Command{Use: "dataset", Short: a.tr("describe, import and list data sets", "登记、导入与列出数据集")}
	c.AddCommand(a.datasetRegister(), a.datasetImport(), a.datasetList())
	return c
}

func (a *app) datasetRegister() *cobra.Command {
	return &cobra.Command{
		Use: "register FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("register the description of a data set", "登记数据集说明"),
		Long: a.tr("Registers a data set from its description in YAML (docs/DATASETS.md): columns and\ntypes, level, subjects, provider, and the declaration that it is none of the\nforbidden kinds.",
			"根据 YAML 说明登记数据集（见 docs/DATASETS.md）：字段与类型、级别、主体、提供部门及承诺声明。"),
		Example: "  yingbi dataset register claims.yaml --as li --key li.key",
		RunE: func(c *cobra.Command, args []string) error {
			body, err := readDocument(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				d, err := s.RegisterDataset(c.Context(), args[0], body)
				if err != nil {
					return err
				}
				return a.give(d, func() {
					a.say("registered %s (%s), level %d, %d columns", "已登记 %s（%s），%d 级，%d 个字段", d.ID, d.Title, d.Level, len(d.Columns))
				})
			})
		},
	}
}

func (a *app) datasetImport() *cobra.Command {
	return &cobra.Command{
		Use: "import ID FILE", Args: cobra.ExactArgs(2),
		Short: a.tr("import a file as a new version of a data set", "将文件导入为数据集的新版本"),
		Long: a.tr("Reads FILE in a locked cell, puts bad rows into quarantine with row number and\nreason, and seals the rest under the data set's own key.",
			"在锁定的隔离单元中读取 FILE，问题行连同行号与原因进入隔离区，其余以数据集密钥加密封存。"),
		Example: "  yingbi dataset import claims claims.csv --as li --key li.key",
		RunE: func(c *cobra.Command, args []string) error {
			file, err := os.Open(args[1])
			if err != nil {
				return fault.Errorf(fault.NotFound, "%v", err)
			}
			defer file.Close()
			return a.with(c.Context(), func(s *domain.Session) error {
				progress, done := a.progress(filepath.Base(args[1]))
				v, err := s.ImportDataset(c.Context(), args[0], file, progress)
				done()
				if err != nil {
					return err
				}
				return a.give(v, func() {
					a.say("%s version %d: %d rows kept, %d in quarantine", "%s 第 %d 版：保留 %d 行，隔离 %d 行", v.Dataset, v.Number, v.Rows, v.Quarantined)
				})
			})
		},
	}
}

// progress draws a counter of rows on a terminal, and nothing elsewhere.
func (a *app) progress(name string) (update func(int64), done func()) {
	if !a.terminal || a.json {
		return func(int64) {}, func() {}
	}
	p := mpb.New(mpb.WithOutput(a.err), mpb.WithWidth(24))
	bar := p.AddSpinner(0,
		mpb.PrependDecorators(decor.Name(name+"  ")),
		mpb.AppendDecorators(decor.CurrentNoUnit(a.tr("%d rows", "%d 行")), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_MMSS)),
		mpb.BarRemoveOnComplete())
	return bar.SetCurrent, func() {
		bar.SetTotal(-1, true)
		p.Wait()
	}
}

func (a *app) datasetList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list data sets and their versions", "列出数据集及其版本"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				docs, err := s.Documents(c.Context(), job.DocDataset)
				if err != nil {
					return err
				}
				type line struct {
					*catalog.Dataset
					Versions []catalog.Version `json:"versions"`
				}
				var all []line
				var rows [][]string
				for _, doc := range docs {
					d, err := catalog.ParseDescription(doc.ID, doc.Body)
					if err != nil {
						return err
					}
					versions, err := s.Versions(c.Context(), d.ID)
					if err != nil {
						return err
					}
					all = append(all, line{d, versions})
					rows = append(rows, append([]string{d.ID, d.Title, d.Provider, strconv.Itoa(d.Level)}, newest(versions)...))
				}
				return a.give(all, func() {
					a.rows([]string{a.tr("id", "编号"), a.tr("title", "名称"), a.tr("provider", "提供部门"), a.tr("level", "级别"),
						a.tr("version", "版本"), a.tr("rows", "行数"), a.tr("quarantine", "隔离"), a.tr("imported", "导入时间")}, rows)
				})
			})
		},
	}
}

func newest(versions []catalog.Version) []string {
	if len(versions) == 0 {
		return []string{"–", "", "", ""}
	}
	v := versions[len(versions)-1]
	return []string{strconv.Itoa(v.Number), fmt.Sprint(v.Rows), fmt.Sprint(v.Quarantined), when(v.Created)}
}
