//go:build linux && cgo

package main

import (
	"fmt"
	"strings"

	"yingbi/egress/check"
)

// maxCheckedCells is how many cells a person is shown; a program gets all.
const maxCheckedCells = 100

func (a *app) statusWord(s check.Status) string {
	return a.tr(strings.ToUpper(string(s)), map[check.Status]string{check.Pass: "通过", check.Review: "需人工审核", check.Fail: "不通过"}[s])
}

// showChecked prints an answer for a person: the cells with findings alone.
func (a *app) showChecked(got *check.Answer) {
	if m := got.Model; m != nil {
		a.say("%s (preset %s): %d records, %d parameters, %d residual degrees of freedom", "%s（预设 %s）：%d 条记录，%d 个参数，残差自由度 %d",
			a.statusWord(got.Status), got.Preset, m.Records, m.Parameters, m.Freedom)
		for _, f := range got.Findings {
			fmt.Fprintln(a.out, "  "+f)
		}
		return
	}
	a.say("%s (preset %s): %d cells, with findings %d", "%s（预设 %s）：共 %d 个单元格，其中 %d 个有问题", a.statusWord(got.Status), got.Preset, got.Size, got.Flagged)
	var rows [][]string
	for _, c := range got.Cells {
		if len(c.Findings) == 0 {
			continue
		}
		agg := a.tr("rows", "行数")
		if c.Agg != nil {
			agg = *c.Agg
		}
		rows = append(rows, []string{strings.Join(c.Row, " / "), strings.Join(c.Col, " / "), agg, fmt.Sprint(c.Rows), fmt.Sprint(c.Subjects), strings.Join(c.Findings, ", ")})
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	a.indented("  ", []string{a.tr("row", "行"), a.tr("column", "列"), a.tr("statistic", "统计量"), a.tr("rows", "行数"), a.tr("subjects", "主体数"), a.tr("findings", "问题")}, rows[:min(len(rows), maxCheckedCells)])
	if more := len(rows) - maxCheckedCells; more > 0 {
		a.say("  and %d more: --format json has all", "  另有 %d 项：--format json 给出全部", more)
	}
}
