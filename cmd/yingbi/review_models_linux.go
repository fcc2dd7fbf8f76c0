//go:build linux && cgo

package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"yingbi/egress"
	"yingbi/job"
)

// showModels tells what became of the regressions of a job, and collects the rules that
// they fail.
func (a *app) showModels(models []egress.Model, failed map[egress.Rule]bool) {
	for _, m := range models {
		var behind []string
		for i, n := range m.Subjects {
			behind = append(behind, strconv.FormatInt(n, 10)+" "+m.Units[i].Kind)
		}
		if m.Verdict != egress.Publish {
			a.heading("REFUSED: nothing of the model %s leaves (%s)", "已拒绝：模型 %s 不出域（%s）", m.Name, a.ruleTitles(m.Rules))
		} else {
			a.heading("The model %s: its score equations hold on the domain's own rows", "模型 %s：得分方程在域内数据上成立", m.Name)
		}
		for _, r := range m.Rules {
			failed[r] = true
		}
		a.say("  %s, %d parameters, %d rows, %s; the module's coefficients are %s standard errors from the rows' own", "  %s，%d 个参数，%d 行，%s；模块系数与数据之差为标准误的 %s 倍",
			m.Family, len(m.Parameters), m.Rows, strings.Join(behind, ", "), cmp.Or(m.Step, "–"))
	}
}

// showAssertions says of asserted numbers that nobody has recomputed them.
func (a *app) showAssertions(all []egress.Assertion, failed map[egress.Rule]bool) {
	for _, n := range all {
		if n.Verdict != egress.Publish {
			a.heading("REFUSED: nothing of the asserted numbers %s leaves (%s)", "已拒绝：陈述性数值 %s 不出域（%s）", n.Name, a.ruleTitles(n.Rules))
		} else {
			a.heading("ASSERTED: nobody has recomputed the numbers %s; the module saw rows", "陈述性数值 %s：无人复算，模块看过数据行", n.Name)
		}
		for _, r := range n.Rules {
			failed[r] = true
		}
		support := a.tr("nobody has checked how many subjects are behind each", "各数值背后的主体数无人检查")
		if n.Leaves != "" {
			support = fmt.Sprintf(a.tr("the table %s counts the subjects of each leaf", "表 %s 统计各叶子的主体数"), n.Leaves)
		}
		a.say("  %s; they can carry %s bits; %s", "  %s；至多携带 %s 比特；%s", n.About, job.Bits(n.Millibits), support)
	}
}
