package egress_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"yingbi/manifest"
)

// unknown is one number that an attacker does not know: the amount of a bill, or whether
// it is there, or flagged.
type unknown struct {
	person uint32
	bill   int
	value  int64 // which tells versions of the amount apart
}

// claims are published numbers of one kind: how often each unknown is in it.
type claims []map[unknown]int64

// insider knows who is in each published cell, and wants what they contribute. He adds
// and subtracts. His claims are kept apart by what they are about.
func (d *domain) insider() map[string]claims {
	out := map[string]claims{}
	add := func(what string, rows []bill, is func(bill) (unknown, bool)) {
		c := map[unknown]int64{}
		for _, b := range rows {
			if u, ok := is(b); ok {
				c[u] = 1
			}
		}
		out[what] = append(out[what], c)
	}
	for _, c := range d.told {
		for _, k := range c.query.measures {
			switch k {
			case manifest.Subjects:
				add("people", c.rows, func(b bill) (unknown, bool) { return unknown{person: b.person}, true })
			case manifest.Count:
				add("rows", c.rows, func(b bill) (unknown, bool) { return unknown{b.person, b.number, 0}, true })
			case manifest.Sum, manifest.Mean:
				add("amounts", c.rows, func(b bill) (unknown, bool) { return unknown{b.person, b.number, b.amount}, true })
			case manifest.Share:
				add("flags", c.rows, func(b bill) (unknown, bool) { return unknown{b.person, b.number, hit(b)}, true })
				add("rows", c.rows, func(b bill) (unknown, bool) { return unknown{b.person, b.number, 0}, b.flagged() })
				add("rows", c.rows, func(b bill) (unknown, bool) { return unknown{b.person, b.number, 0}, !b.flagged() })
			}
		}
	}
	return out
}

// small gives a group of fewer people than the threshold of whom some sum of the claims
// tells: one that is nothing for everybody else. nil: there is none.
func (c claims) small() []uint32 {
	columns := map[unknown]bool{}
	for _, claim := range c {
		for u := range claim {
			columns[u] = true
		}
	}
	people := map[uint32]bool{}
	for u := range columns {
		people[u.person] = true
	}
	all := slices.Sorted(maps.Keys(people))
	for i, p := range all {
		for _, q := range all[i:] { // p alone, and p with another
			if c.leaves(columns, p, q) {
				return []uint32{p, q}
			}
		}
	}
	return nil
}

// leaves reports that some sum of the claims is nothing for all but two people. It takes
// multiples of claims from each other without fractions (Bareiss), the others' columns
// first; what has a leading number in the two's columns is such a sum.
func (c claims) leaves(columns map[unknown]bool, p, q uint32) bool {
	var order []unknown
	for u := range columns {
		if u.person != p && u.person != q {
			order = append(order, u)
		}
	}
	others := len(order)
	for u := range columns {
		if u.person == p || u.person == q {
			order = append(order, u)
		}
	}
	m := make([][]int64, len(c))
	for i, claim := range c {
		for _, u := range order {
			m[i] = append(m[i], claim[u])
		}
	}
	row, before := 0, int64(1)
	for col := range order {
		at := slices.IndexFunc(m[row:], func(r []int64) bool { return r[col] != 0 })
		if at < 0 {
			continue
		}
		if col >= others {
			return true
		}
		m[row], m[row+at] = m[row+at], m[row]
		for i := row + 1; i < len(m); i++ {
			f := m[i][col]
			for j := range m[i] {
				m[i][j] = (m[i][j]*m[row][col] - f*m[row][j]) / before
			}
		}
		before = m[row][col]
		if row++; row == len(m) {
			return false
		}
	}
	return false
}

// equation is a published number: how often each unknown is in it.
type equation struct {
	times []int64
	sum   int64
}

// guess looks for whole numbers from nothing on that agree with all equations.
type guess struct {
	equations []equation
	most      []int64 // of each unknown
	order     []int   // in which they are tried
	x         []int64
	steps     int // that are left
	random    *rand.Rand
}

// from fills in the unknowns from a place in the order on.
func (g *guess) from(at int) bool {
	if g.steps--; g.steps < 0 {
		return false
	}
	if at == len(g.order) {
		return true
	}
	i := g.order[at]
	low, high := int64(0), g.most[i]
	for _, e := range g.equations {
		if e.times[i] == 0 {
			continue
		}
		left, room := e.sum, int64(0)
		for before, j := range g.order {
			if before < at {
				left -= e.times[j] * g.x[j]
			} else if before > at {
				room += e.times[j] * g.most[j]
			}
		}
		high = min(high, left/e.times[i])
		if short := left - room; short > 0 {
			low = max(low, (short+e.times[i]-1)/e.times[i])
		}
	}
	start := int64(0)
	if high > low {
		start = g.random.Int64N(high - low + 1)
	}
	for n := range max(0, high-low+1) {
		g.x[i] = low + (start+n)%(high-low+1)
		if g.from(at + 1) {
			return true
		}
	}
	return false
}

// spy tries all that agrees with what was published.
type spy struct {
	t           *testing.T
	random      *rand.Rand
	equations   []equation
	most, truth []int64
	idle        bool // gives up soon, and does not say so
}

func (s *spy) sum(x []int64, group int) (n int64) {
	for i, v := range x {
		n += v * int64(group>>i&1)
	}
	return n
}

// other looks for a solution: any, or one with another sum of a group.
func (s *spy) other(group int, sum int64) []int64 {
	e := equation{times: make([]int64, len(s.truth)), sum: sum}
	order := s.random.Perm(len(s.truth))
	if group != 0 {
		for i := range e.times {
			e.times[i] = int64(group >> i & 1)
		}
		slices.SortStableFunc(order, func(i, j int) int { return int(e.times[j] - e.times[i]) })
	}
	g := guess{append(slices.Clip(s.equations), e), s.most, order, make([]int64, len(s.truth)), 1 << 20, s.random}
	if group == 0 {
		g.equations = s.equations
	}
	if group == 0 || s.idle {
		g.steps = 1 << 12
	}
	found := g.from(0)
	switch {
	case found:
		return g.x
	case g.steps < 0 && group != 0 && !s.idle:
		s.t.Errorf("the attacker gives up on %b", group)
	}
	return nil
}

// finds names a group whose sum is the same in all that agrees.
func (s *spy) finds(groups []int) string {
	if len(s.equations) == 0 {
		return ""
	}
	keep := func(x []int64) {
		groups = slices.DeleteFunc(groups, func(group int) bool { return s.sum(x, group) != s.sum(s.truth, group) })
	}
	for range 20 {
		if x := s.other(0, 0); x != nil {
			keep(x)
		}
	}
next:
	for len(groups) > 0 {
		group := groups[0]
		if s.idle && s.other(group, s.sum(s.truth, group)) == nil {
			return "" // nor would he find the truth
		}
		for n := range s.sum(s.most, group) + 1 {
			if n == s.sum(s.truth, group) {
				continue
			}
			if x := s.other(group, n); x != nil {
				keep(x)
				continue next
			}
		}
		return fmt.Sprintf("%b of %v", group, s.truth)
	}
	return ""
}
