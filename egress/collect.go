package egress

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Result reads an answer by column and row, such as the columnar frame that a
// cell sent. A value is read by its column's type: Int for integers, scaled
// decimals, days and booleans, Float for doubles, Text for texts.
type Result interface {
	Columns() []Column
	Rows() int
	Null(column, row int) bool
	Int(column, row int) int64
	Float(column, row int) float64
	Text(column, row int) string
}

// Column names and types one column of a Result.
type Column struct {
	Name string
	Type coltype.Type
}

// Collect brings a table's answers together: cells, the evidence of each unit in
// the plan's order, and the rows that each join dropped. Answers that are not
// what the plan asked for, or that contradict each other, are an Integrity fault;
// more cells than the plan's MaxCells are a Limit fault, before any is taken in.
func Collect(t manifest.PlanTable, cells Result, evidence []Result, unmatched []int64) (*Table, error) {
	out := &Table{Name: t.Name, Keys: t.Keys, Measures: t.Measures, Units: t.Units, Origin: t.Origin}
	if len(evidence) != len(t.Evidence) || len(unmatched) != len(t.Joins) {
		return nil, disagree(t, "an answer is missing")
	}
	for i, n := range unmatched {
		out.Unmatched = append(out.Unmatched, Unmatched{Input: t.Joins[i].Input, Rows: n})
	}
	if err := shaped(t, t.Cells, cells); err != nil {
		return nil, err
	}
	if cells.Rows() > t.MaxCells {
		return nil, fault.Errorf(fault.Limit, "the table %s has more than its %d cells: the tables of a job share what it may compute (keys, figures and evidence); group it more coarsely, or take fewer measures or tables", t.Name, t.MaxCells)
	}
	seen := map[string]bool{}
	for row := range cells.Rows() {
		c := Cell{Figures: make([]Figure, len(t.Measures))}
		for col, what := range t.Cells.Columns {
			c.figure(cells, what, col, row)
		}
		if key := keyText(c.Keys); seen[key] {
			return nil, disagree(t, "a cell stands twice")
		} else {
			seen[key] = true
		}
		out.Cells = append(out.Cells, c)
	}
	for u, r := range evidence {
		if err := out.add(t, t.Evidence[u], r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func disagree(t manifest.PlanTable, why string) error {
	return fault.Errorf(fault.Integrity, "the answers for the table %s do not agree: %s", t.Name, why)
}

// shaped refuses an answer whose columns are not those of its statement.
func shaped(t manifest.PlanTable, s manifest.Statement, r Result) error {
	if r == nil {
		return disagree(t, "an answer is missing")
	}
	columns := r.Columns()
	if len(columns) != len(s.Columns) {
		return disagree(t, "an answer has other columns")
	}
	for i, c := range s.Columns {
		if columns[i] != (Column{c.Name, c.Type}) {
			return disagree(t, "an answer has other columns")
		}
	}
	return nil
}

// keyText joins keys so that different ones differ.
func keyText(keys []Value) string {
	var b []byte
	for _, k := range keys {
		b = append(append(strconv.AppendInt(append(b, k.Mark...), int64(len(k.Text)), 10), ':'), k.Text...)
	}
	return string(b)
}

func (c *Cell) figure(r Result, what manifest.Column, col, row int) {
	if what.Role == manifest.RoleKey {
		c.Keys = append(c.Keys, valueOf(r, what.Type, col, row))
		return
	}
	if what.Role == manifest.RoleRows {
		c.Rows = r.Int(col, row)
		return
	}
	f := &c.Figures[what.Index]
	switch what.Role {
	case manifest.RoleCount:
		f.Count = r.Int(col, row)
	case manifest.RoleSum:
		f.Sum = amountOf(r, what.Type, col, row)
	case manifest.RoleHits:
		f.Hits = r.Int(col, row)
	case manifest.RoleMisses:
		f.Misses = r.Int(col, row)
	case manifest.RoleExtra:
		f.Extra = amountOf(r, what.Type, col, row)
	}
}

// add reads one unit's evidence, which must have the same cells in the same order
// and, where it repeats a figure, the same figure.
func (t *Table) add(plan manifest.PlanTable, s manifest.Statement, r Result) error {
	if err := shaped(plan, s, r); err != nil {
		return err
	}
	if r.Rows() != len(t.Cells) {
		return disagree(plan, "cells and evidence differ in number")
	}
	for row := range t.Cells {
		again := Cell{Figures: make([]Figure, len(t.Measures))}
		e := Evidence{Parts: make([]Part, len(t.Measures))}
		for col, what := range s.Columns {
			again.figure(r, what, col, row)
			e.part(r, what, col, row)
		}
		c := &t.Cells[row]
		c.complete(again, e, t.Measures, len(c.Evidence))
		if !c.repeats(again, t.Measures, e) || c.broken() || e.broken() {
			return disagree(plan, "evidence contradicts its cell")
		}
		c.Evidence = append(c.Evidence, e)
	}
	return nil
}

func (e *Evidence) part(r Result, what manifest.Column, col, row int) {
	if what.Role == manifest.RoleSubjects {
		e.Subjects = r.Int(col, row)
		return
	}
	if what.Role == manifest.RoleKey || what.Role == manifest.RoleRows {
		return
	}
	p := &e.Parts[what.Index]
	switch what.Role {
	case manifest.RoleWith:
		p.With = r.Int(col, row)
	case manifest.RoleNonzero:
		p.Nonzero = r.Int(col, row)
	case manifest.RoleFirst:
		p.First = amountOf(r, what.Type, col, row)
	case manifest.RoleSecond:
		p.Second = amountOf(r, what.Type, col, row)
	case manifest.RoleTotal:
		p.Total = amountOf(r, what.Type, col, row)
	case manifest.RoleHitters:
		p.Hitters = r.Int(col, row)
	case manifest.RoleMissers:
		p.Missers = r.Int(col, row)
	case manifest.RoleBelow:
		p.Below = r.Int(col, row)
	case manifest.RoleAbove:
		p.Above = r.Int(col, row)
	case manifest.RoleExtraNonzero: // comes first
		p.Extra = &Part{Nonzero: r.Int(col, row)}
	case manifest.RoleExtraFirst:
		p.Extra.First = amountOf(r, what.Type, col, row)
	case manifest.RoleExtraSecond:
		p.Extra.Second = amountOf(r, what.Type, col, row)
	case manifest.RoleExtraTotal:
		p.Extra.Total = amountOf(r, what.Type, col, row)
	}
}

// complete takes the figures that come of a unit's subjects from its evidence, the one
// statement that looks at them.
func (c *Cell) complete(again Cell, e Evidence, measures []manifest.Measure, unit int) {
	for i, m := range measures {
		f := &c.Figures[i]
		switch {
		case m.Kind == manifest.Subjects && m.Unit == unit:
			f.Distinct = e.Subjects
		case m.Kind == manifest.HHI && m.Unit == unit:
			f.Extra = again.Figures[i].Extra
		case m.Kind == manifest.SD && unit == 0:
			f.Extra = e.Parts[i].Extra.Total
		}
	}
}

// repeats compares what the evidence statement of a unit computed again.
func (c *Cell) repeats(again Cell, measures []manifest.Measure, e Evidence) bool {
	if keyText(c.Keys) != keyText(again.Keys) || c.Rows != again.Rows {
		return false
	}
	for i, m := range measures {
		f, g := c.Figures[i], again.Figures[i]
		same := true
		switch {
		case m.Kind.Places():
			same = f.Count == g.Count && f.Extra.text == g.Extra.text
		case m.Kind.Adds():
			same = f.Count == g.Count && close(f.Sum, g.Sum, e.Parts[i].Total)
			if m.Kind == manifest.SD {
				same = same && close(f.Extra, e.Parts[i].Extra.Total, Amount{})
			} else if m.Kind == manifest.Ratio {
				same = same && close(f.Extra, g.Extra, e.Parts[i].Extra.Total)
			}
		case m.Kind.Counts():
			same = f.Hits == g.Hits && f.Misses == g.Misses
		}
		if !same {
			return false
		}
	}
	return true
}

// close compares sums: exact ones exactly; doubles, which were added in another
// order, to one part in a thousand million of what was added.
func close(a, b, total Amount) bool {
	if a.rat == nil || b.rat == nil {
		return a.text == b.text
	}
	if !strings.HasPrefix(a.text, "~") {
		return a.rat.Cmp(b.rat) == 0
	}
	return within(a.rat, b.rat, total.or0())
}

// within reports whether a and b differ by at most 10⁻⁹ of the largest of them
// and size.
func within(a, b, size *big.Rat) bool {
	gap := new(big.Rat).Abs(new(big.Rat).Sub(a, b))
	largest := new(big.Rat)
	for _, x := range []*big.Rat{a, b, size} {
		if x = new(big.Rat).Abs(x); x.Cmp(largest) > 0 {
			largest = x
		}
	}
	return gap.Cmp(largest.Mul(largest, big.NewRat(1, 1_000_000_000))) <= 0
}

// broken reports figures that no data can give.
func (c *Cell) broken() bool {
	for _, f := range c.Figures {
		if f.Distinct < 0 || f.Count < 0 || f.Hits < 0 || f.Misses < 0 || f.Distinct > c.Rows || f.Count > c.Rows || f.Hits+f.Misses > c.Rows {
			return true
		}
	}
	return c.Rows < 0
}

// broken reports evidence that no data can give: negative counts, contributions
// larger than their total, more subjects with a value than subjects.
func (e *Evidence) broken() bool {
	if e.Subjects < 0 {
		return true
	}
	return slices.ContainsFunc(e.Parts, func(p Part) bool { return p.broken(e.Subjects) || p.Extra != nil && p.Extra.broken(e.Subjects) })
}

func (p *Part) broken(subjects int64) bool {
	for _, n := range []int64{p.With, p.Nonzero, p.Hitters, p.Missers, p.Below, p.Above} {
		if n < 0 || n > subjects {
			return true
		}
	}
	two := new(big.Rat).Add(p.First.or0(), p.Second.or0())
	negative := p.First.or0().Sign() < 0 || p.Second.or0().Sign() < 0
	return negative || p.First.or0().Cmp(p.Second.or0()) < 0 || two.Cmp(p.Total.or0()) > 0 && !within(two, p.Total.or0(), two)
}
