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
	extra    []bool     // of each measure: it is of what the measure has beside its sum
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
	add := func(m int, of part, extra bool, unit int, value func(c *Cell, f *Figure) *big.Rat) {
		s := series{table: table, part: of, measures: []int{m}, extra: []bool{extra}, unit: unit, values: make([]*big.Rat, len(t.Cells))}
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
		o.measures, o.extra, o.unit = append(o.measures, m), append(o.extra, extra), max(o.unit, unit)
	}
	number := func(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
	for m, measure := range t.Measures {
		switch kind := measure.Kind; {
		case kind == manifest.Subjects:
			add(m, counted, false, measure.Unit, func(_ *Cell, f *Figure) *big.Rat { return number(f.Distinct) })
		case kind == manifest.Count:
			add(m, counted, false, -1, func(c *Cell, _ *Figure) *big.Rat { return number(c.Rows) })
		case kind.Adds():
			add(m, counted, false, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Count) })
			add(m, summed, false, -1, func(_ *Cell, f *Figure) *big.Rat {
				if !f.Sum.finite() {
					return nil
				}
				return f.Sum.or0()
			})
			if kind == manifest.SD || kind == manifest.Ratio || kind == manifest.HHI {
				add(m, summed, true, -1, func(c *Cell, f *Figure) *big.Rat { return c.beside(measure, m, f) })
			}
		case kind.Counts():
			add(m, hits, false, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Hits) })
			add(m, misses, false, -1, func(_ *Cell, f *Figure) *big.Rat { return number(f.Misses) })
		}
	}
	return out
}

// beside is what adds up of a measure besides its sum: the second column of a ratio, the
// squares of the values that a standard deviation tells, and those of the subjects' sums
// that an index tells, where each subject is in one cell.
func (c *Cell) beside(m manifest.Measure, i int, f *Figure) *big.Rat {
	if !f.Extra.finite() || !f.Sum.finite() {
		return nil
	}
	switch m.Kind {
	case manifest.SD:
		square := new(big.Rat).Mul(f.Sum.or0(), f.Sum.or0())
		return square.Mul(square, ratio(1, f.Count)).Add(square, f.Extra.or0())
	case manifest.HHI:
		total := c.Evidence[m.Unit].Parts[i].Total.or0()
		return new(big.Rat).Mul(f.Extra.or0(), new(big.Rat).Mul(total, total))
	}
	return f.Extra.or0()
}

// sizes are the contributions that a series is made of, of one unit.
func (c *Cell) sizes(m manifest.Measure, i int, extra bool, unit int) *Part {
	part := &c.Evidence[unit].Parts[i]
	switch {
	case !extra:
		return part
	case part.Extra != nil:
		return part.Extra
	}
	square := func(a Amount) Amount { return Amount{rat: new(big.Rat).Mul(a.or0(), a.or0())} } // of an index
	out := &Part{First: square(part.First), Second: square(part.Second), Total: Amount{rat: c.beside(m, i, &c.Figures[i])}}
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
		for i, m := range s.measures {
			if f.Measure != -1 && f.Measure != m {
				continue
			}
			if need, is := p.needOf(t, cell, f, s, i); is {
				out, ok = out.Wider(need), true
			}
		}
	}
	return out, ok
}

func (p Preset) needOf(t *Table, cell int, f Finding, s *series, i int) (suppression.Need, bool) {
	c := &t.Cells[cell]
	m, extra := s.measures[i], s.extra[i]
	money := t.Measures[m].Kind.Adds()
	switch f.Rule {
	case RuleMinimum, RuleSmall, RuleZero, RuleDifferencing:
		if f.Rule == RuleMinimum && f.Measure >= 0 && f.Unit >= 0 && money && s.part == counted && c.Evidence[f.Unit].Parts[m].With >= p.Minimum {
			return suppression.Need{}, false // few that are not zero: their sum tells of them, and not how many rows there are
		}
		return p.few(t, s, cell, i), true
	case RuleFull:
		return p.few(t, s, cell, i), f.Measure >= 0 // that of a group is hidden with the empty cells
	}
	if f.Unit < 0 || f.Measure < 0 || money != (s.part == summed) {
		return suppression.Need{}, false
	}
	part := c.sizes(t.Measures[m], m, extra, f.Unit)
	total := part.Total.or0()
	switch f.Rule {
	case RulePPercent:
		out := suppression.PPercent(total, part.First.or0(), part.Second.or0(), p.P)
		if extra && t.Measures[m].Kind == manifest.HHI { // within p of a part is within 2p of its square
			out = out.Wider(spread(part.First.or0(), 2*p.P))
		}
		return out, true
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
func (p Preset) few(t *Table, s *series, cell, i int) suppression.Need {
	c, limit, of, m, x := &t.Cells[cell], p.limit(), s.part, s.measures[i], s.values[cell]
	if x == nil {
		return suppression.Need{}
	}
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
	size := new(big.Rat).Abs(x)
	for unit := range c.Evidence {
		if total := c.sizes(t.Measures[m], m, s.extra[i], unit).Total.or0(); total.Cmp(size) > 0 {
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
