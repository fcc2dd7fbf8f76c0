package manifest

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// table types and compiles one declared table.
func (c *checker) table(index int) (PlanTable, error) {
	q, out, err := c.query(index)
	if err != nil {
		return out, err
	}
	out.Cells = q.cells(&out)
	for i := range out.Units {
		out.Evidence = append(out.Evidence, q.evidence(&out, i))
		if m, ok := q.members(&out, i); ok {
			out.Members = append(out.Members, m)
		}
	}
	return out, nil
}

// query types a table: all but the statements over its rows.
func (c *checker) query(index int) (q *query, out PlanTable, err error) {
	decl := &c.m.tables[index]
	s := &scope{c: c, limit: len(c.m.derives)}
	out = PlanTable{Name: decl.name, Published: true}
	q = &query{scope: s, name: fmt.Sprintf("table%d", index)}
	if out.Joins, err = q.from(decl); err != nil {
		return q, out, err
	}
	if decl.where != nil {
		if q.where, err = s.boolean(decl.where, mode{use: UseFilter}); err != nil {
			return q, out, err
		}
	}
	for _, k := range decl.keys {
		if err := q.key(k, &out); err != nil {
			return q, out, err
		}
	}
	for _, f := range decl.measures {
		if err := q.measure(f, &out); err != nil {
			return q, out, err
		}
	}
	for i, f := range decl.measures {
		if err := q.strata(f, i, &out); err != nil {
			return q, out, err
		}
	}
	out.Units = s.units
	out.Origin = c.origin(decl, s.reached...)
	out.MaxCells = maxCells(len(c.m.tables), &out)
	if s.doubles {
		c.plan.Threads = 1
	}
	return q, out, nil
}

const (
	maxFigures = 200_000 // keys, figures and evidence of all tables of a job
	mostCells  = 50_000  // of any table: more is a data set
)

// maxCells is the table's equal part of what a job may compute.
func maxCells(tables int, t *PlanTable) int {
	each := len(t.Keys) + len(t.Measures)*(1+len(t.Units))
	return min(mostCells, max(1, maxFigures/tables/max(1, each)))
}

// origin says which rows a table is made of.
func (c *checker) origin(decl *table, reached ...string) Origin {
	out := Origin{Source: quoteName(decl.from)}
	for _, name := range append(decl.members(), reached...) {
		for _, in := range c.m.behind(name) {
			if !slices.Contains(out.Datasets, in.Dataset) {
				out.Datasets = append(out.Datasets, in.Dataset)
			}
		}
	}
	for _, j := range decl.joins {
		out.Source += fmt.Sprintf(" join %s (%s = %s)", quoteName(j.input), quoteName(j.left), quoteName(j.right))
	}
	if decl.where != nil {
		out.Where = decl.where.String()
	}
	return out
}

func (q *query) key(k keyName, out *PlanTable) error {
	s := q.scope
	t, err := s.column(&expr{op: opColumn, text: k.name, at: k.at}, mode{use: UseGroup})
	if err != nil {
		return err
	}
	if !slices.Contains(keyTypes, t.typ.Kind) {
		return fault.At(k.at, "%q is %s and would make nearly every row a cell; derive a band or a part of it", k.name, t.typ)
	}
	key := Key{Name: k.name, Title: s.last.Title, Type: t.typ, Domain: t.domain, Derived: s.last.authored || s.c.m.derive(k.name) != nil}
	if key.Title == "" {
		key.Title = k.name
	}
	out.Keys = append(out.Keys, key)
	if t.typ != typeText { // a text may be held as a code, which groups faster
		t = cast(t, t.typ)
	}
	q.keys = append(q.keys, t)
	return nil
}

func (q *query) measure(f measure, out *PlanTable) error {
	s := q.scope
	m := Measure{Name: f.name, Kind: f.kind, P: f.p, Base: f.base}
	var t, per term
	var err error
	if f.kind == Subjects || f.kind == HHI {
		if m.Unit, err = s.unit(f); err != nil {
			return err
		}
	}
	switch {
	case f.kind == Ratio:
		t, per, err = s.pair(f)
	case f.kind.Adds(), f.kind.Places():
		t, err = s.stored(f, f.arg)
	case f.kind.Counts():
		t, err = s.boolean(f.arg, mode{use: UseFilter})
	}
	if err != nil {
		return err
	}
	if f.kind.Adds() || f.kind.Places() {
		m.Type = sumType(t.typ)
	}
	s.doubles = s.doubles || f.kind == SD || f.kind == HHI // their squares are
	out.Measures = append(out.Measures, m)
	q.addValue(t)
	q.pers = append(q.pers, per)
	return nil
}

// pair reads the two columns of a ratio, each where both are known.
func (s *scope) pair(f measure) (a, b term, err error) {
	if a, err = s.stored(f, f.arg); err != nil {
		return a, b, err
	}
	if b, err = s.stored(f, f.per); err != nil {
		return a, b, err
	}
	usual := a.usual
	a, b = glue(a.typ, "CASE WHEN ", b, " IS NOT NULL THEN ", a, " END"), glue(b.typ, "CASE WHEN ", a, " IS NOT NULL THEN ", b, " END")
	a.usual = usual
	return a, b, nil
}

// stored reads what sum, mean and the other measures of numbers take: one stored column, and nothing else. Any
// constant inside would be chosen by the author. As an addend or a branch of case
// it pads the figure, so that one subject's part passes for a small one; as an
// offset, or as a factor that moves the rounding, it adds digits. Another column
// can do the same, so none stands beside the first.
func (s *scope) stored(f measure, e *expr) (term, error) {
	if e.op != opColumn {
		return term{}, fault.At(e.at, "%s takes one stored column, found %s; choose rows with where, count those of a condition with share(condition), and calculate with the published figures", f.kind, e)
	}
	if e.input == "" && s.c.m.derive(e.text) != nil {
		return term{}, fault.At(e.at, "%s takes a stored column, and %s is derived; group by it, choose rows with where, or use share(condition)", f.kind, e)
	}
	return s.number(e, mode{use: UseMeasure})
}

// sumType is the type that a sum must fit; the engine fails where it does not.
func sumType(t coltype.Type) coltype.Type {
	if t.Kind == coltype.Decimal {
		return decimal(t.Scale)
	}
	return t
}

// unit finds the unit that subjects(), subjects(kind) or hhi(kind, column) names.
func (s *scope) unit(f measure) (int, error) {
	i := slices.IndexFunc(s.units, func(u Unit) bool { return f.unit == "" || u.Kind == f.unit })
	var kinds []string
	for _, u := range s.units {
		if !slices.Contains(kinds, u.Kind) {
			kinds = append(kinds, u.Kind)
		}
	}
	if i < 0 {
		return 0, fault.At(f.at, "no input of this table has subjects of the kind %q; there is %s", f.unit, strings.Join(kinds, ", "))
	}
	if f.unit == "" && len(kinds) > 1 {
		return 0, fault.At(f.at, "say which subjects to count: the inputs of this table have %s", strings.Join(kinds, ", "))
	}
	return i, nil
}
