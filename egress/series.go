package egress

import (
	"math/big"
	"slices"

	"yingbi/egress/suppression"
	"yingbi/manifest"
)

// series is a figure that adds up: what somebody who reads a table knows, or can work
// out, of each of its cells. A mean tells its sum to whoever knows the count, and a
// share its hits and misses, so these count as told.
type series struct {
	table    int
	part     part
	measures []int      // that it is of: those that are the same in each cell are one
	unit     int        // whose distinct subjects are counted; else -1
	values   []*big.Rat // of each cell; nil: no finite number
	total    *big.Rat   // of them; nil where one is
}

// part says what a series is of its measures.
type part uint8

const (
	counted part = iota // subjects, rows, or rows with a value
	summed
	hits
	misses
)

// seriesOf lists a table's series.
func seriesOf(table int, t *Table) []series {
	var out []series
	add := func(m int, of part, unit int, value func(c *Cell, f *Figure) *big.Rat) {
		s := series{table: table, part: of, measures: []int{m}, unit: unit, values: make([]*big.Rat, len(t.Cells))}
		for i := range t.Cells {
			s.values[i] = value(&t.Cells[i], &t.Cells[i].Figures[m])
		}
		same := slices.IndexFunc(out, func(o series) bool { return o.part == of && slices.EqualFunc(o.values, s.values, equal) })
		if same < 0 {
			s.total = s.sum(everything(len(s.values)))
			out = append(out, s)
			return
		}
		o := &out[same]
		o.measures, o.unit = append(o.measures, m), max(o.unit, unit)
	}
	number := func(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
	for m, measure := range t.Measures {
		switch measure.Kind {
		case manifest.Subjects:
			add(m, counted, measure.Unit, func(_ *Cell, f *Figure) *big.Rat { return number(f.Distinct) })
		case manifest.Count:
			add(m, counted, -1, func(c *Cell, _ *Figure) *big.Rat { return number(c.Rows) })
		case manifest.Sum, manifest.Mean:
			add(m, counted, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Count) })
			add(m, summed, -1, func(_ *Cell, f *Figure) *big.Rat {
				if !f.Sum.finite() {
					return nil
				}
				return f.Sum.or0()
			})
		case manifest.Share:
			add(m, hits, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Hits) })
			add(m, misses, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Misses) })
		}
	}
	return out
}

func everything(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func equal(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }

// need says how well a cell of a series has to be hidden, by the cell's findings; not
// ok where none concerns it.
func (p Preset) need(t *Table, cell int, findings []Finding, s *series) (out suppression.Need, ok bool) {
	for _, f := range findings {
		for _, m := range s.measures {
			if f.Measure != -1 && f.Measure != m {
				continue
			}
			if need, is := p.needOf(t, cell, f, s, m); is {
				out, ok = out.Wider(need), true
			}
		}
	}
	return out, ok
}

func (p Preset) needOf(t *Table, cell int, f Finding, s *series, m int) (suppression.Need, bool) {
	c := &t.Cells[cell]
	kind := t.Measures[m].Kind
	money := kind == manifest.Sum || kind == manifest.Mean
	switch f.Rule {
	case RuleMinimum, RuleSmall, RuleZero, RuleDifferencing:
		if f.Rule == RuleMinimum && f.Measure >= 0 && f.Unit >= 0 && money && s.part == counted && c.Evidence[f.Unit].Parts[m].With >= p.Minimum {
			return suppression.Need{}, false // few that are not zero: their sum tells of them, and not how many rows there are
		}
		return p.few(c, s.values[cell], s.part, m), true
	case RuleFull:
		return p.few(c, s.values[cell], s.part, m), f.Measure >= 0 // that of a group is hidden with the empty cells
	}
	if f.Unit < 0 || f.Measure < 0 || money != (s.part == summed) {
		return suppression.Need{}, false
	}
	part := &c.Evidence[f.Unit].Parts[f.Measure]
	total := part.Total.or0()
	switch f.Rule {
	case RulePPercent:
		return suppression.PPercent(total, part.First.or0(), part.Second.or0(), p.P), true
	case RuleDominance:
		var out suppression.Need
		for _, d := range p.Dominance {
			if top := part.top(d.N); d.fails(top, total) {
				out = out.Wider(suppression.Dominance(total, top, d.Percent))
			}
		}
		return out, true
	}
	return suppression.Need{}, false
}

// few is the need where too few stand behind a figure. A small count could be any
// below the threshold; the hits of a share move as its misses do. What few subjects
// make up in many rows, or in money, has to be as uncertain as the p% rule demands of
// one who makes up all of it.
func (p Preset) few(c *Cell, x *big.Rat, of part, m int) suppression.Need {
	limit := p.limit()
	f := &c.Figures[m]
	if of != summed {
		if x.Cmp(new(big.Rat).SetInt64(limit)) < 0 {
			return suppression.SmallCount(x.Num().Int64(), limit)
		}
		if of != counted && min(f.Hits, f.Misses) < limit {
			return suppression.Need{Lower: new(big.Rat).SetInt64(limit - 1)}
		}
		return spread(x, p.P)
	}
	size := new(big.Rat).Abs(f.Sum.or0())
	for _, e := range c.Evidence {
		if total := e.Parts[m].Total.or0(); total.Cmp(size) > 0 {
			size = total
		}
	}
	return spread(size, p.P)
}

// limit is the least count that is published.
func (p Preset) limit() int64 { return max(p.Minimum, p.Redact+1) }

// spread is the need of so many percent of a size to both sides.
func spread(size *big.Rat, p int64) suppression.Need {
	d := new(big.Rat).Quo(percent(size, p), big.NewRat(100, 1))
	return suppression.Need{Lower: d, Upper: d}
}
