//go:build linux && cgo

package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/ingest"
)

func (a *app) datasetQuality() *cobra.Command {
	version, limit := 0, 0
	c := &cobra.Command{
		Use: "quality ID", Args: cobra.ExactArgs(1),
		Short: a.tr("show what an import found, to the provider", "向数据提供部门显示导入质量报告"),
		Long: a.tr("Shows the quality report of a version to its provider: rows kept and in quarantine,\nnulls by column, reasons, and the first rows in quarantine by file, row and line, for\nmending them at the source. No value of a row is shown.",
			"向数据提供部门显示某一版本的质量报告：保留与隔离的行数、各字段空值数、隔离原因，\n以及最先被隔离的若干行的文件、行号与原因，便于在源头修正；不显示任何行的内容。"),
		Example: "  yingbi dataset quality claims --as li --key li.key\n  yingbi dataset quality claims --version 1 --rows 100 --format json",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				report, err := s.Quality(c.Context(), args[0], version, limit)
				if err != nil {
					return err
				}
				return a.give(report, func() { a.showQuality(args[0], report) })
			})
		},
	}
	c.Flags().IntVar(&version, "version", 0, a.tr("`N` the version (default: the newest)", "`N` 版本（默认最新）"))
	c.Flags().IntVar(&limit, "rows", 10, a.tr("`N` rows of the quarantine to show", "`N` 显示的隔离行数"))
	return c
}

func (a *app) showQuality(id string, r domain.QualityReport) {
	a.say("%s version %d: %d rows kept, %d in quarantine", "%s 第 %d 版：保留 %d 行，隔离 %d 行", id, r.Version, r.Rows, r.Quarantined)
	if r.ExtraColumns > 0 {
		a.say("%d columns of the file that the description does not declare were left out", "文件中有 %d 个未登记的字段，已忽略", r.ExtraColumns)
	}
	if r.Folded > 0 {
		a.say("%d cells in full width were read as plain digits", "%d 个全角单元格已按半角读取", r.Folded)
	}
	var rows [][]string
	for _, c := range r.Columns {
		rows = append(rows, []string{c.Name, fmt.Sprint(c.Nulls), reasons(c.Quarantined)})
	}
	if len(r.WholeRow) > 0 {
		rows = append(rows, []string{a.tr("(whole row)", "（整行）"), "", reasons(r.WholeRow)})
	}
	a.heading("Columns", "字段")
	a.indented("  ", []string{a.tr("name", "字段名"), a.tr("nulls", "空值"), a.tr("in quarantine", "隔离原因")}, rows)
	if len(r.NotKept) == 0 {
		return
	}
	rows = nil
	for _, q := range r.NotKept {
		line := ""
		if q.Line > 0 {
			line = strconv.FormatInt(q.Line, 10)
		}
		rows = append(rows, []string{fmt.Sprint(q.File), fmt.Sprint(q.Row), line, q.Column, string(q.Reason)})
	}
	a.heading("Quarantine", "隔离区")
	a.indented("  ", []string{a.tr("file", "文件"), a.tr("row", "行"), a.tr("line", "文本行"), a.tr("column", "字段"), a.tr("reason", "原因")}, rows)
	if more := r.Quarantined - int64(len(r.NotKept)); more > 0 {
		a.say("  and %d more; see --rows", "  另有 %d 行；用 --rows 查看", more)
	}
}

// reasons lists them with their counts, by name.
func reasons(r ingest.Reasons) string {
	text := ""
	for _, why := range slices.Sorted(maps.Keys(r)) {
		text += fmt.Sprintf(", %s: %d", why, r[why])
	}
	if text == "" {
		return ""
	}
	return text[2:]
}
