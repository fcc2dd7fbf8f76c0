package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"yingbi/egress/suppression"
	"yingbi/internal/fault"
)

func (a *app) egressSuppress() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "suppress --spec FILE", Args: cobra.NoArgs,
		Short: a.tr("withhold further cells, so that withheld ones cannot be worked out", "二次抑制：使被抑制的单元格无法由已公布的推算出来"),
		Long: a.tr(`Reads the cells of one or more tables, the sums between them, and which must not be
told, and finds the fewest further cells to withhold:

  {"cells": {"w|a": 3, "w|b": 40, …, "tot|tot": 120}, "primary": ["w|a"]}

The answer has what an attacker who knows all published cells can still say of each
withheld one, as an interval. docs/SUPPRESSION.md has the keys. Exit code 0: the
search was made, even if no pattern is safe: the answer says so.`,
			`读入一张或多张表的单元格、其间的合计关系以及不得公布的单元格，找出最少的需一并抑制的单元格：

  {"cells": {"w|a": 3, "w|b": 40, …, "tot|tot": 120}, "primary": ["w|a"]}

结果以区间给出：知道全部已公布单元格的攻击者对每个被抑制单元格至多能推断到什么程度。
各键见 docs/SUPPRESSION.md。退出码 0 表示已完成搜索，即使不存在安全方案；结果会说明。`),
		Example: "  yingbi egress suppress --spec table.json\n  yingbi egress suppress --spec table.json --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				return a.fault(fault.Invalid, "name the file of the tables with --spec", "请用 --spec 指定统计表文件")
			}
			b, err := a.readFile(path, suppression.MaxSpec+1)
			if err != nil {
				return err
			}
			spec, err := suppression.ParseSpec(b)
			if err != nil {
				return err
			}
			done := a.busy(a.tr("looking for a safe pattern; Ctrl-C stops it", "正在寻找安全方案；Ctrl-C 停止"))
			answer, err := spec.Protect(c.Context())
			done()
			if err != nil {
				return err
			}
			return a.give(answer, func() { a.showPattern(answer) })
		},
	}
	c.Flags().StringVar(&path, "spec", "", a.tr("`FILE` the tables, as JSON", "`FILE` 统计表（JSON）"))
	return c
}

func (a *app) showPattern(got *suppression.Answer) {
	primary := len(got.Suppressed) - len(got.Secondary)
	switch {
	case len(got.Unprotected) > 0:
		a.say("NOT SAFE: with everything withheld that may be, cells that stay exposed: %d", "不安全：即使抑制其余全部单元格，仍有 %d 个单元格暴露", len(got.Unprotected))
	case len(got.Secondary) == 0:
		a.say("safe: 0 secondary besides %d primary cells", "已安全：除 %d 个初次抑制的单元格外无需再抑制", primary)
	case got.Least:
		a.say("safe: %d secondary besides %d primary cells, and no safe pattern costs less", "除 %[2]d 个初次抑制的单元格外，再抑制 %[1]d 个即安全；没有代价更小的方案", len(got.Secondary), primary)
	default:
		a.say("safe: %d secondary besides %d primary cells, of which none can be spared", "除 %[2]d 个初次抑制的单元格外，再抑制 %[1]d 个即安全；其中任何一个都不可省去", len(got.Secondary), primary)
	}
	var rows [][]string
	for _, name := range got.Suppressed {
		what := a.tr("primary", "初次抑制")
		switch {
		case slices.Contains(got.Unprotected, name):
			what = a.tr("primary, EXPOSED", "初次抑制，仍暴露")
		case slices.Contains(got.Secondary, name):
			what = a.tr("secondary", "二次抑制")
		case slices.Contains(got.Exposed, name):
			what = a.tr("primary, exposed without the secondary ones", "初次抑制，无二次抑制则暴露")
		}
		ends := got.Intervals[name]
		rows = append(rows, []string{name, endOf(ends[0], "−∞"), endOf(ends[1], "∞"), what})
	}
	if len(rows) > 0 {
		fmt.Fprintln(a.out)
		a.indented("  ", []string{a.tr("cell", "单元格"), a.tr("at least", "下限"), a.tr("at most", "上限"), a.tr("withheld as", "抑制类型")}, rows)
	}
}

// endOf writes an end of an interval.
func endOf(v *float64, endless string) string {
	if v == nil {
		return endless
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
