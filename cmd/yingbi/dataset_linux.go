//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/catalog"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
	"yingbi/job"
)

// readDocument reads a YAML file that somebody wrote: one byte more than the
// parser takes, so that it refuses what is longer.
func (a *app) readDocument(path string) ([]byte, error) {
	return a.readFile(path, yamldoc.MaxBytes+1)
}

func (a *app) datasetCommand() *cobra.Command {
	c := &cobra.Command{Use: "dataset", GroupID: groupData, Short: a.tr("describe, import and list data sets", "登记、导入与列出数据集")}
	c.AddCommand(a.datasetRegister(), a.datasetInspect(), a.datasetImport(), a.datasetQuality(), a.datasetList(), a.datasetShow())
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
			body, err := a.readDocument(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				d, err := s.RegisterDataset(c.Context(), args[0], body)
				if err != nil {
					return err
				}
				return a.give(datasetView{d, []catalog.Version{}}, func() {
					a.say("registered %s (%s), level %d, %d columns; bring its rows in with: yingbi dataset import %[1]s FILE",
						"已登记 %s（%s），%d 级，%d 个字段；导入数据：yingbi dataset import %[1]s FILE", d.ID, d.Title, d.EffectiveLevel(), len(d.Columns))
				})
			})
		},
	}
}

func (a *app) datasetImport() *cobra.Command {
	up, yes := domain.Upload{}, false
	c := &cobra.Command{
		Use: "import ID FILE...", Args: cobra.MinimumNArgs(2),
		Short: a.tr("import files as a new version of a data set", "将文件导入为数据集的新版本"),
		Long: a.tr("Reads each FILE in a locked cell, puts bad rows into quarantine with row number and\nreason, and seals the rest under the data set's own key. Several files, or the files\nof a folder in the order of their names, make one version. With --append the new\nversion holds the rows of the newest one too, and shares their sealed parts. What the description leaves\nout of how files are written is found out and shown first.",
			"在锁定的隔离单元中读取每个 FILE，问题行连同行号与原因进入隔离区，其余以数据集密钥加密封存。\n多个文件或一个目录（按文件名顺序）合为一个版本。使用 --append 时，新版本包含最新版本的全部行，\n并共用其已封存的分片。说明中未写明的格式、编码与分隔符会先检测并显示。"),
		Example: "  yingbi dataset import claims claims.csv --as li --key li.key\n  yingbi dataset import claims 2026-03/ --append --as li --key li.key",
		RunE: func(c *cobra.Command, args []string) error {
			files, closeAll, err := a.openFiles(args[1:])
			defer closeAll()
			if err != nil {
				return err
			}
			up.Files, up.Confirm = files, a.confirmer(yes)
			return a.with(c.Context(), func(s *domain.Session) error {
				progress, done := a.progress(files...)
				up.Progress = progress
				v, err := s.ImportDataset(c.Context(), args[0], up)
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
	c.Flags().BoolVarP(&yes, "yes", "y", false, a.tr("take files as they are found to be written, unasked", "按检测结果导入，不再询问"))
	c.Flags().BoolVar(&up.Append, "append", false, a.tr("add the rows to those of the newest version", "将行追加到最新版本之后"))
	return c
}

// datasetView is a data set as a program reads it: its description, and versions.
type datasetView struct {
	*catalog.Dataset
	Versions []catalog.Version `json:"versions"`
}

// datasets gives every data set with its versions.
func datasets(ctx context.Context, s *domain.Session) ([]datasetView, error) {
	docs, err := s.Documents(ctx, job.DocDataset)
	if err != nil {
		return nil, err
	}
	all := []datasetView{}
	for _, doc := range docs {
		d, err := catalog.ParseDescription(doc.ID, doc.Body)
		if err != nil {
			return nil, err
		}
		versions, err := s.Versions(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, datasetView{d, append([]catalog.Version{}, versions...)})
	}
	return all, nil
}

// description gives the description of one data set.
func (a *app) description(ctx context.Context, s *domain.Session, id string) (*catalog.Dataset, error) {
	doc, err := a.document(ctx, s, job.DocDataset, id)
	if err != nil {
		return nil, err
	}
	return catalog.ParseDescription(id, doc.Body)
}

func (a *app) datasetList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list data sets with their newest version", "列出数据集及其最新版本"),
		Example: "  yingbi dataset list --as li --key li.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := datasets(c.Context(), s)
				if err != nil {
					return err
				}
				var rows [][]string
				for _, d := range all {
					rows = append(rows, append([]string{d.ID, d.Title, d.Provider, strconv.Itoa(d.EffectiveLevel())}, newest(d.Versions)...))
				}
				return a.give(all, func() {
					a.list([]string{a.tr("id", "编号"), a.tr("title", "名称"), a.tr("provider", "提供部门"), a.tr("level", "级别"),
						a.tr("version", "版本"), a.tr("rows", "行数"), a.tr("quarantine", "隔离"), a.tr("imported", "导入时间")}, rows,
						"no data sets yet; a provider registers one with: yingbi dataset register FILE", "尚无数据集；由数据提供部门登记：yingbi dataset register FILE")
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

func (a *app) datasetShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Args: cobra.ExactArgs(1), Short: a.tr("show columns, types, titles and versions of a data set", "显示数据集的字段、类型、名称与版本"),
		Example: "  yingbi dataset show claims --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := datasets(c.Context(), s)
				if err != nil {
					return err
				}
				for _, d := range all {
					if d.ID == args[0] {
						return a.give(d, func() { a.showDataset(d) })
					}
				}
				return a.fault(fault.NotFound, "there is no data set %q; yingbi dataset list shows all", "没有数据集 %q；yingbi dataset list 列出全部", args[0])
			})
		},
	}
}

// stated is a reason with who gave it, or "".
func stated(s *catalog.Statement) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s, %s)", s.Reason, s.By, s.Date)
}

// consents lists which scenario may have which columns unmasked, one a line.
func consents(uses []catalog.RawUse) string {
	var out []string
	for _, u := range uses {
		out = append(out, u.Scenario+": "+strings.Join(u.Columns, ", ")+"; "+stated(&u.Statement))
	}
	return strings.Join(out, "\n")
}

func (a *app) showDataset(d datasetView) {
	a.say("data set %s", "数据集 %s", d.ID)
	a.pairs("  ", [][2]string{
		{a.tr("title", "名称"), d.Title}, {a.tr("summary", "摘要"), d.Summary}, {a.tr("provider", "提供部门"), d.Provider},
		{a.tr("level", "级别"), strconv.Itoa(d.EffectiveLevel())}, {a.tr("openness", "开放类型"), string(d.Openness)},
		{a.tr("conditions", "使用条件"), d.Conditions}, {a.tr("update", "更新频率"), string(d.UpdateFrequency)}, {a.tr("scope", "范围"), d.Scope},
		{a.tr("levels lowered", "降级理由"), stated(d.Lowered)}, {a.tr("unmasked use", "原始字段使用"), consents(d.RawUse)},
	})
	a.heading("Columns", "字段")
	subjects := map[string]string{}
	for _, s := range d.Subjects {
		subjects[s.Column] = s.Kind
	}
	var rows [][]string
	for _, c := range d.Columns {
		rows = append(rows, []string{c.Name, c.Title, c.Type.String(), strconv.Itoa(d.LevelOf(c.Name)), subjects[c.Name], c.Identifier.String()})
	}
	a.indented("  ", []string{a.tr("name", "字段名"), a.tr("title", "名称"), a.tr("type", "类型"), a.tr("level", "级别"), a.tr("subject", "主体"), a.tr("identifier", "标识类型")}, rows)
	a.heading("Versions", "版本")
	rows = nil
	for _, v := range d.Versions {
		rows = append(rows, []string{strconv.Itoa(v.Number), fmt.Sprint(v.Rows), fmt.Sprint(v.Quarantined), when(v.Created)})
	}
	if len(rows) == 0 {
		a.say("  none imported yet", "  尚未导入")
		return
	}
	a.indented("  ", []string{a.tr("version", "版本"), a.tr("rows", "行数"), a.tr("quarantine", "隔离"), a.tr("imported", "导入时间")}, rows)
}
