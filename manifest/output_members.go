package manifest

import (
	"fmt"
	"strings"
)

// ModelMembers tells who is behind a model, for one unit: one row for each subject, in no
// order, with what it contributes to the sums that the score equations are made of.
type ModelMembers struct {
	Statement
	Unit    int      // its index
	Figures []string // for people, what each column adds up
}

// Members gives one statement for each unit that is not of rows. Behind the subject stand,
// for all rows and for those where each 0/1 variable is 0 and is 1, in the order of
// Margins, which is a column's Index: rows, and hits of a response that is a condition, or
// its sum in the type that is stored. The sums of the other numbers follow (RoleExtra).
func (p *PlanModel) Members() []ModelMembers {
	var out []ModelMembers
	for unit := range p.Units {
		if p.q.ordinals[unit] != "" {
			out = append(out, p.members(unit))
		}
	}
	return out
}

func (p *PlanModel) members(unit int) ModelMembers {
	s, figures := &selection{}, []string{"subjects"}
	s.count(RoleSubject, 0, "subject", fmt.Sprintf("u%d", unit))
	group := func(m int, condition, name string) {
		where := " FILTER (WHERE " + condition + ")"
		s.count(RoleRows, m, fmt.Sprintf("n%d", m), "count(*)"+where)
		figures = append(figures, "rows"+name)
		if p.Binary() {
			s.count(RoleHits, m, fmt.Sprintf("h%d", m), "count(*) FILTER (WHERE "+condition+" AND v0 = 1)")
		} else {
			s.number(RoleSum, m, p.q.perType(0), fmt.Sprintf("y%d", m), "sum(w0)"+where)
		}
		figures = append(figures, p.response+name)
	}
	group(0, "true", "")
	m := 1
	for j, x := range p.Parameters {
		if x.Binary {
			group(m, p.x(j)+" = 0", " where not "+x.Name)
			group(m+1, p.x(j)+" = 1", " where "+x.Name)
			m += 2
		}
	}
	number := func(v int, name string) {
		s.number(RoleExtra, v, p.q.perType(v), fmt.Sprintf("x%d", v), fmt.Sprintf("sum(w%d)", v))
		figures = append(figures, name)
	}
	first := 0 // the value of the first parameter
	if p.Family == Cox {
		number(1, p.time)
		first = 2
	}
	for j, x := range p.Parameters {
		if !x.Binary && (j > 0 || p.Family == Cox) {
			number(first+j, x.Name)
		}
	}
	with := p.with()
	sql := fmt.Sprintf("%s SELECT %s FROM __full WHERE u%d IS NOT NULL GROUP BY u%d", with.sql, strings.Join(s.items, ", "), unit, unit)
	return ModelMembers{Statement{fmt.Sprintf("%s.members%d", p.q.name, unit), sql, with.args, s.columns}, unit, figures}
}
