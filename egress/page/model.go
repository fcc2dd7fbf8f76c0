package page

import (
	"cmp"
	"fmt"

	"yingbi/egress"
)

// modelView is the judgement of a regression, or of asserted numbers, as it is shown.
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

func (v *reviewView) assertion(a *egress.Assertion) modelView {
	out := modelView{Name: line(a.Name)}
	support := v.tr("nobody has checked how many subjects are behind each", "各数值背后的主体数无人检查")
	if a.Leaves != "" {
		support = fmt.Sprintf(v.tr("the table %s counts the subjects of each leaf; whether these are the leaves, nobody has checked", "表 %s 统计各叶子的主体数；是否确为这些叶子，无人检查"), a.Leaves)
	}
	out.Says = line(fmt.Sprintf(v.tr("%s. Nobody has recomputed these numbers: the module saw rows, and says so. They can carry %d.%03d bits; %s", "%s。无人复算：模块看过数据行并作此陈述。至多携带 %d.%03d 比特；%s"),
		a.About, a.Millibits/1000, a.Millibits%1000, support))
	for _, r := range a.Rules {
		out.Rules = append(out.Rules, v.rule(r))
	}
	if a.Published != nil {
		l := v.leaf(a.Published)
		l.Pictures = nil // bars would lend them weight
		out.Leaf = &l
	}
	return out
}
