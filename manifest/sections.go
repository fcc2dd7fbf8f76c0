package manifest

import (
	"slices"
	"strings"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

func (r *reader) inputs(top *yamldoc.Map) error {
	n, err := top.Need("inputs")
	if err != nil {
		return err
	}
	err = each(n, maxInputs, func(name string, v *yamldoc.Node) error {
		m, err := v.Map()
		if err != nil {
			return err
		}
		in := Input{Name: name, at: v.Place}
		if in.Dataset, err = m.NeedText("dataset"); err != nil {
			return err
		}
		if err := checkText(m.Get("dataset"), in.Dataset, 128, false); err != nil {
			return err
		}
		columns, err := m.Need("columns")
		if err != nil {
			return err
		}
		if in.Columns, in.columns, err = list(columns, maxColumns); err != nil {
			return err
		}
		if len(in.Columns) == 0 {
			return columns.Errorf("name at least one column")
		}
		for i, c := range in.Columns {
			if strings.HasPrefix(c, "__") {
				return fault.At(in.columns[i], "%q: columns beginning with __ belong to the domain", c)
			}
		}
		r.m.Inputs = append(r.m.Inputs, in)
		return m.Done()
	})
	if err == nil && len(r.m.Inputs) == 0 {
		err = n.Errorf("name at least one input")
	}
	return err
}

func (r *reader) derives(top *yamldoc.Map) error {
	return each(top.Get("derive"), maxDerives, func(name string, v *yamldoc.Node) error {
		e, err := r.expr(v)
		r.m.derives = append(r.m.derives, derived{name: name, at: v.Place, expr: e})
		return err
	})
}

func (r *reader) tables(top *yamldoc.Map) error {
	return each(top.Get("tables"), maxTables, func(name string, v *yamldoc.Node) error {
		t, err := r.table(v)
		t.name = name
		r.m.tables = append(r.m.tables, t)
		return err
	})
}

// enough demands that there is something to release.
func (r *reader) enough(top *yamldoc.Map) error {
	if len(r.m.tables) > 0 || len(r.m.Answers) > 0 || slices.ContainsFunc(r.m.Outputs, func(o Output) bool { return o.Model != nil || o.Asserted != nil }) {
		return nil
	}
	n, err := top.Need("tables")
	if err != nil {
		return err
	}
	return n.Errorf("declare at least one table, or an output of the kind model, answer or asserted")
}

func (r *reader) table(v *yamldoc.Node) (table, error) {
	t := table{at: v.Place}
	m, err := v.Map()
	if err != nil {
		return t, err
	}
	if err := refuseLater(v, "unit", "having", "order_by", "limit"); err != nil {
		return t, err
	}
	if t.from, err = m.NeedText("from"); err != nil {
		return t, err
	}
	t.fromAt = m.Get("from").Place
	if t.joins, err = joins(m.Get("join")); err != nil {
		return t, err
	}
	if w := m.Get("where"); w != nil {
		if t.where, err = r.expr(w); err != nil {
			return t, err
		}
	}
	keys, places, err := list(m.Get("group_by"), maxKeys)
	if err != nil {
		return t, err
	}
	for i, k := range keys {
		t.keys = append(t.keys, keyName{k, places[i]})
	}
	if t.measures, err = r.measures(m); err != nil {
		return t, err
	}
	return t, m.Done()
}

func joins(n *yamldoc.Node) ([]join, error) {
	var out []join
	err := each(n, maxJoins, func(name string, v *yamldoc.Node) error {
		pair, err := joinColumns(v)
		if err != nil {
			return err
		}
		j := join{input: name, left: pair[0], right: pair[1], at: v.Place}
		out = append(out, j)
		return nil
	})
	return out, err
}

// joinColumns reads one column that both sides have, or a pair [here, there].
func joinColumns(v *yamldoc.Node) ([]string, error) {
	if v.IsList() {
		pair, err := v.Texts()
		if err != nil || len(pair) == 2 {
			return pair, err
		}
		return nil, v.Errorf("want one column, or a pair [here, there], found %d", len(pair))
	}
	s, err := v.Text()
	return []string{s, s}, err
}

func (r *reader) measures(m *yamldoc.Map) ([]measure, error) {
	n, err := m.Need("measures")
	if err != nil {
		return nil, err
	}
	var out []measure
	err = each(n, maxMeasures, func(name string, v *yamldoc.Node) error {
		e, err := r.expr(v)
		if err != nil {
			return err
		}
		f, err := readMeasure(e)
		f.name, f.at = name, v.Place
		out = append(out, f)
		return err
	})
	if err == nil && len(out) == 0 {
		err = n.Errorf("declare at least one measure")
	}
	return out, err
}

func (r *reader) module(top *yamldoc.Map) error {
	n := top.Get("module")
	if n == nil {
		return nil
	}
	m, err := n.Map()
	if err != nil {
		return err
	}
	if v := m.Get("sql"); v != nil {
		if r.m.SQL, err = v.Bool(); err != nil {
			return err
		}
		if r.m.SQL && len(r.m.Outputs) == 0 {
			return v.Errorf("sql is for a module; declare what it emits under outputs")
		}
	}
	if err := r.errors(m.Get("errors")); err != nil {
		return err
	}
	return m.Done()
}

// errors reads what a module may end with. A mapping has none: how it ends for one
// subject is that subject's record.
func (r *reader) errors(n *yamldoc.Node) error {
	seen := names{}
	err := each(n, maxErrors, func(name string, v *yamldoc.Node) error {
		text, err := v.Text()
		if err != nil {
			return err
		}
		if strings.TrimSpace(text) == "" {
			return v.Errorf("say in a few words what %q means", name)
		}
		if err := checkText(v, text, 200, false); err != nil {
			return err
		}
		r.m.Errors = append(r.m.Errors, Error{Name: name, Text: text})
		return seen.add(name, v.Place)
	})
	if err == nil && len(r.m.Errors) > 0 && len(r.m.Outputs) == 0 {
		err = n.Errorf("errors are what yb_run of a module returns; declare what it emits under outputs")
	}
	return err
}
