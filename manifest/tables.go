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
	decl := &c.m.tables[index]
	s := &scope{c: c, limit: len(c.m.derives)}
	out := PlanTable{Name: decl.name, Published: true}
	q := &query{scope: s, name: fmt.Sprintf("table%d", index)}
	var err error
	if out.Joins, err = q.from(decl); err != nil {
		return out, err
	}
	if decl.where != nil {
		if q.where, err = s.boolean(decl.where, mode{use: UseFilter}); err != nil {
			return out, err
		}
	}
	for _, k := range decl.keys {
		if err := q.key(k, &out); err != nil {
			return out, err
		}
	}
	for _, f := range decl.measures {
		if err := q.measure(f, &out); err != nil {
			return out, err
		}
	}
	out.Units = s.units
	out.Cells = q.cells(&out)
	for i := range s.units {
		out.Evidence = append(out.Evidence, q.evidence(&out, i))
	}
	if s.doubles {
		c.plan.Threads = 1
	}
	return out, nil
}

func (q *query) key(k keyName, out *PlanTable) error {
	s := q.scope
	s.title = ""
	t, err := s.column(&expr{op: opColumn, text: k.name, at: k.at}, mode{use: UseGroup})
	if err != nil {
		return err
	}
	if !slices.Contains(keyTypes, t.typ.Kind) {
		return fault.At(k.at, "%q is %s and would make nearly every row a cell; derive a band or a part of it", k.name, t.typ)
	}
	key := Key{Name: k.name, Title: s.title, Type: t.typ, Domain: t.domain}
	if key.Title == "" {
		key.Title = k.name
	}
	out.Keys = append(out.Keys, key)
	q.keys = append(q.keys, cast(t, t.typ))
	return nil
}

func (q *query) measure(f measure, out *PlanTable) error {
	s := q.scope
	m := Measure{Name: f.name, Kind: f.kind}
	var t term
	var err error
	switch f.kind {
	case Subjects:
		m.Unit, err = s.unit(f)
	case Sum, Mean:
		t, err = s.number(f.arg, mode{use: UseMeasure})
		m.Type = sumType(t.typ)
	case Share:
		t, err = s.boolean(f.arg, mode{use: UseFilter})
	}
	if err != nil {
		return err
	}
	out.Measures = append(out.Measures, m)
	q.values = append(q.values, t)
	return nil
}

// sumType is the type that a sum must fit; the engine fails where it does not.
func sumType(t coltype.Type) coltype.Type {
	if t.Kind == coltype.Decimal {
		return decimal(t.Scale)
	}
	return t
}

// unit finds the unit that subjects() or subjects(kind) counts.
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
