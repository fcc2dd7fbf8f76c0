package main

import (
	"fmt"
	"strings"

	"yingbi/egress"
)

// showHistory tells how the cells stand to each other and to earlier releases.
func (a *app) showHistory(h *egress.History) {
	if h == nil {
		return
	}
	a.heading("Earlier releases: %d on the same kinds of subjects, with %d cells", "以往出域：涉及同类主体的出域 %d 次，单元格 %d 个", h.Releases, h.Cells)
	for _, p := range h.Pairs {
		a.say("  × %s differs from %s by %d subjects (%s): withheld", "  × %s 与 %s 仅相差 %d 个主体（%s）：已抑制",
			a.pastCell(p.Cell), a.pastCell(p.Other), p.Difference, p.Kind)
	}
	for _, c := range h.Combinations {
		var terms []string
		for _, t := range c.Terms {
			terms = append(terms, fmt.Sprintf("%s × %s", t.Times, a.pastCell(t.PastCell)))
		}
		a.say("  × %s is about %d subjects (%s): withheld", "  × %s 之和仅涉及 %d 个主体（%s）：已抑制", strings.Join(terms, " + "), c.Subjects, c.Kind)
	}
	for _, p := range h.Nearest {
		if p.Difference == 0 {
			a.say("  • %s was told before, by %s (%s)", "  • %s 此前已由 %s 公布（%s）", a.pastCell(p.Cell), a.pastCell(p.Other), p.Kind)
			continue
		}
		a.say("  • %s differs from %s by %d subjects (%s)", "  • %s 与 %s 相差 %d 个主体（%s）", a.pastCell(p.Cell), a.pastCell(p.Other), p.Difference, p.Kind)
	}
	if h.LeftOut > 0 || h.Incomplete {
		a.say("  • not all combinations of three cells and more were looked at: %d figures had no room", "  • 未查遍三个及以上单元格的组合：%d 个数字未纳入", h.LeftOut)
	}
}

func (a *app) pastCell(c egress.PastCell) string {
	where := a.tr("this job", "本作业")
	if c.Release != "" {
		where = c.Release
	}
	return fmt.Sprintf("%s %s[%s] (%s)", c.Figure, c.Table, strings.Join(c.Keys, ", "), where)
}
