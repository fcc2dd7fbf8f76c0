//go:build linux && cgo

package main

import (
	"cmp"
	"strconv"
	"strings"

	"yingbi/egress"
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
