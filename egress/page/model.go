package page

import (
	"cmp"
	"fmt"

	"yingbi/egress"
)

// modelView is the judgement of a regression as it is shown.
type modelView struct {
	Name  string
	Says  string
	Rules []RuleWords
	Leaf  *leaf // what would leave; nil of one that is refused
}

func (v *reviewView) model(m *egress.Model) modelView {
	out := modelView{Name: line(m.Name)}
	out.Says = line(fmt.Sprintf(v.tr("%s regression of %d parameters over %d rows; from the module's coefficients to the rows' own it is %s standard errors", "%s 回归，%d 个参数，%d 行；模块系数与数据之差为标准误的 %s 倍"),
		m.Family, len(m.Parameters), m.Rows, cmp.Or(m.Step, "–")))
	for _, r := range m.Rules {
		out.Rules = append(out.Rules, v.rule(r))
	}
	if m.Published != nil {
		l := v.leaf(m.Published)
		l.Pictures = nil // bars of standard errors would say nothing
		out.Leaf = &l
	}
	return out
}
