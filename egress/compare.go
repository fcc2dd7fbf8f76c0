package egress

import (
	"fmt"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Comparison says how a verified module's figures agree with the domain's, which
// alone are published. It counts, and repeats no figure.
type Comparison struct {
	Output  string `json:"output"`
	Table   string `json:"table"`
	Exact   int    `json:"exact"`   // figures that are equal
	Close   int    `json:"close"`   // figures within 10⁻⁹ of each other
	Differ  int    `json:"differ"`  // figures that are not
	Missing int    `json:"missing"` // cells of the domain that the module does not have
	Extra   int    `json:"extra"`   // rows of the module that are no cell, or repeat one
}

// Agrees reports that the module has every figure that the domain has, and no other row.
func (out Comparison) Agrees() bool { return out.Differ+out.Missing+out.Extra == 0 }

// Compare sets a module's rows beside the domain's cells: columns are found by
// name, rows by their keys. The emitted table must have every key column and at
// least one measure; other columns are refused.
func Compare(output string, t *Table, r Result) (Comparison, error) {
	out := Comparison{Output: output, Table: t.Name}
	keys, measures, err := columnsOf(output, t, r)
	if err != nil {
		return out, err
	}
	cells := map[string]*Cell{}
	for i := range t.Cells {
		cells[keyText(t.Cells[i].Keys)] = &t.Cells[i]
	}
	for row := range r.Rows() {
		var values []Value
		for i, col := range keys {
			values = append(values, valueOf(r, t.Keys[i].Type, col, row))
		}
		name := keyText(values)
		c, ok := cells[name]
		if !ok {
			out.Extra++
			continue
		}
		delete(cells, name)
		out.compare(t, c, r, measures, row)
	}
	out.Missing = len(cells)
	return out, nil
}

// columnsOf finds the column of each key, and of each measure or -1.
func columnsOf(output string, t *Table, r Result) (keys, measures []int, err error) {
	byName := map[string]int{}
	for i, c := range r.Columns() {
		if _, twice := byName[c.Name]; twice {
			return nil, nil, fault.Errorf(fault.Invalid, "the output %s has the column %q twice", output, c.Name)
		}
		byName[c.Name] = i
	}
	find := func(name string, fits func(coltype.Type) bool) (int, error) {
		i, ok := byName[name]
		delete(byName, name)
		if !ok {
			return -1, nil
		}
		if c := r.Columns()[i]; !fits(c.Type) {
			return -1, fault.Errorf(fault.Invalid, "the output %s has the column %q as %s, which is another type than in the table %s", output, name, c.Type, t.Name)
		}
		return i, nil
	}
	for _, k := range t.Keys {
		i, err := find(k.Name, func(have coltype.Type) bool { return have == k.Type })
		if err == nil && i < 0 {
			err = fault.Errorf(fault.Invalid, "the output %s lacks the key column %q of the table %s", output, k.Name, t.Name)
		}
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, i)
	}
	for _, m := range visible(t.Measures) {
		i, err := find(m.Name, coltype.Type.Numeric)
		if err != nil {
			return nil, nil, err
		}
		measures = append(measures, i)
	}
	if len(byName) > 0 || len(keys) == len(r.Columns()) {
		return nil, nil, fault.Errorf(fault.Invalid, "the output %s must have the key columns of the table %s, at least one of its measures, and nothing else", output, t.Name)
	}
	return keys, measures, nil
}

func (out *Comparison) compare(t *Table, c *Cell, r Result, measures []int, row int) {
	for i, col := range measures {
		if col < 0 {
			continue
		}
		want, ok := Exact(t.Measures[i], c.Figures[i], c.Rows)
		if t.Measures[i].Strata != nil {
			want, ok = c.made(t.Measures[i], 1)
		}
		got := amountOf(r, r.Columns()[col].Type, col, row)
		switch {
		case !ok && !got.Known(), ok && got.rat != nil && got.rat.Cmp(want) == 0:
			out.Exact++
		case ok && got.rat != nil && within(got.rat, want, want):
			out.Close++
		default:
			out.Differ++
		}
	}
}

// String counts for a person.
func (out Comparison) String() string {
	return fmt.Sprintf("%s against %s: %d equal, %d close, %d different, %d cells missing, %d rows too many",
		out.Output, out.Table, out.Exact, out.Close, out.Differ, out.Missing, out.Extra)
}
