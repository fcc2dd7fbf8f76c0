package anonymity

import "math"

// problem is a table made ready for a search.
type problem struct {
	quasi     []attribute
	sensitive []target
	layout    layout
	base      classes // at level 0
	rows      int64
}

// attribute has what a search asks of a quasi-identifier, per level.
type attribute struct {
	size   int64      // values in the hierarchy
	up     [][]uint32 // per code, the code one level higher; none at the last
	leaves [][]int64  // per code, the values of the hierarchy under it
	shares []int64    // sum over all rows of the leaves under their value
	lost   []float64  // entropy, over all rows, in bits
}

// prepare makes classes of the tuples. Sensitive values are counted where asked.
func (t *Table) prepare(sensitive bool) *problem {
	p := &problem{layout: newLayout(t.quasi), rows: t.rows}
	p.base = t.classes(p.layout, sensitive)
	for i, a := range t.quasi {
		p.quasi = append(p.quasi, newAttribute(a.Hierarchy, p.base.occurring(p.layout.fields[i], len(a.Hierarchy.levels[0].names))))
	}
	for s := range p.base.inside {
		p.sensitive = append(p.sensitive, newTarget(t.sensitive[s].Hierarchy, &p.base.inside[s]))
	}
	return p
}

// classes groups the tuples by their quasi-identifiers.
func (t *Table) classes(l layout, sensitive bool) classes {
	all := classes{keys: make([][]uint64, l.words), counts: t.counts}
	for w := range all.keys {
		all.keys[w] = make([]uint64, len(t.counts))
	}
	for i := range t.counts {
		codes := t.tuple(i)
		for a, f := range l.fields {
			all.keys[f.word][i] |= uint64(codes[a]) << f.shift
		}
	}
	if sensitive {
		all.inside = make([]histograms, len(t.sensitive))
	}
	for s := range all.inside {
		h := &all.inside[s]
		h.counts, h.start = t.counts, []int32{0}
		for i := range t.counts {
			h.values = append(h.values, t.tuple(i)[len(t.quasi)+s])
			h.start = append(h.start, int32(i+1))
		}
	}
	c := classes{keys: all.keys}
	newGrouper().collapse(&c, &all)
	return c
}

// occurring counts the rows of each code of a field.
func (c *classes) occurring(f field, codes int) []int64 {
	rows := make([]int64, codes)
	for class, n := range c.counts {
		rows[c.code(f, class)] += n
	}
	return rows
}

// newAttribute takes the rows of each value.
func newAttribute(h *Hierarchy, rows []int64) attribute {
	a := attribute{size: int64(len(rows))}
	for i := range h.levels {
		l := &h.levels[i]
		leaves, here := make([]int64, len(l.names)), make([]int64, len(l.names))
		for code, n := range rows {
			leaves[l.of[code]]++
			here[l.of[code]] += n
		}
		shares, lost := int64(0), 0.0
		for code, n := range here {
			shares += n * leaves[code]
		}
		for code, n := range rows {
			if n > 0 {
				lost -= float64(n) * math.Log2(float64(n)/float64(here[l.of[code]]))
			}
		}
		a.up, a.leaves = append(a.up, l.up), append(a.leaves, leaves)
		a.shares, a.lost = append(a.shares, shares), append(a.lost, lost)
	}
	return a
}
