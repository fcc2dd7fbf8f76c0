package egress_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"yingbi/egress"
	"yingbi/manifest"
)

// workload is a few releases over a small universe.
func workload(t *testing.T, r *rand.Rand, w *world, revise, careless bool) *domain {
	d := newDomain(t, careless)
	for range 2 + r.IntN(4) {
		if revise && r.IntN(6) == 0 { // of the data there are two versions at most
			w, revise = w.revised(r), false
		}
		var queries []query
		for range 1 + r.IntN(2) {
			queries = append(queries, w.query(r))
		}
		d.release(w, queries)
	}
	return d
}

// contest plays so many workloads against an attacker, who must never win, and some
// against a domain that counts people and does no more, where he must.
func contest(t *testing.T, seed uint64, rounds int, play func(r *rand.Rand, round int, careless bool) (d *domain, found string)) {
	t.Helper()
	cells, near, won := 0, 0, 0
	for _, careless := range []bool{false, true} {
		r := rand.New(rand.NewPCG(seed, 1))
		for round := range rounds {
			d, found := play(r, round, careless)
			cells, near = cells+d.kept, near+d.withheld[egress.RuleDifferencing]
			switch {
			case found != "" && careless:
				won++
			case found != "":
				t.Errorf("round %d: %s follows from", round, found)
				for _, c := range d.told {
					t.Logf("%+v %v: %v", c.query, c.keys, c.rows)
				}
			}
		}
	}
	t.Logf("%d workloads, %d cells published, %d withheld because of others; a careless domain loses %d", rounds, cells, near, won)
	if cells < rounds || near < rounds/5 || won < rounds/5 {
		t.Error("the test looks at little")
	}
}

// TestNobodyAddsAndSubtracts: who knows the people of every published cell learns by no
// sum of multiples of figures what fewer people than the threshold contribute.
func TestNobodyAddsAndSubtracts(t *testing.T) {
	contest(t, 11, 800, func(r *rand.Rand, round int, careless bool) (*domain, string) {
		w := small(r, []int{3, 2, 5}, []int64{0, 1, 2, 3, 4, 5}[round%2:], 1)
		d := workload(t, r, w, true, careless)
		for what, c := range d.insider() {
			if group := c.small(); group != nil {
				return d, fmt.Sprint(what, " of ", group)
			}
		}
		return d, ""
	})
}

// TestSplitBillsAreFound: figures that divide the bills of each person among them, so that
// every person contributes another number to each, and one that leaves out a person. In
// one job and in several a figure is withheld, and nobody learns what the person pays.
func TestSplitBillsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 1))
	lost := 0
	for range 400 {
		d := workload(t, r, small(r, []int{3, 2, 5}, []int64{1, 2, 3, 4, 5}, 2), true, false)
		for _, c := range d.insider() {
			if c.small() != nil {
				lost++
				break
			}
		}
	}
	if t.Logf("%d of 400 workloads", lost); lost > 2 { // what could be chance is not withheld
		t.Errorf("%d of 400 random workloads tell of one or two people", lost)
	}
	sums := []manifest.MeasureKind{manifest.Sum}
	for name, bounds := range map[string][]int64{"two parts": {20}, "three parts": {20, 40}} {
		w := &world{sizes: []int{1, 1, 9}, amounts: []int64{5, 9}}
		for p := range 9 {
			for i := range len(bounds) + 1 {
				w.bills = append(w.bills, bill{len(w.bills), uint32(p + 1), []int{0, 0, p}, int64(20*i + 5 + p*(3+2*i*i)%11)})
			}
		}
		var queries []query
		for i := range len(bounds) + 1 {
			q := query{measures: sums}
			if i > 0 {
				q.where = append(q.where, condition{-1, ">=", bounds[i-1]})
			}
			if i < len(bounds) {
				q.where = append(q.where, condition{-1, "<", bounds[i]})
			}
			queries = append(queries, q)
		}
		queries = append(queries, query{where: []condition{{birth, "!=", 0}}, measures: sums})
		for _, jobs := range [][][]query{{queries}, slices.Collect(slices.Chunk(queries, 1))} {
			d := newDomain(t, false)
			for _, job := range jobs {
				d.release(w, job)
			}
			if group := d.insider()["amounts"].small(); group != nil || d.kept != len(queries)-1 || d.withheld[egress.RuleDifferencing] != 1 {
				t.Errorf("%s in %d jobs: %d cells tell of %v", name, len(jobs), d.kept, group)
			}
		}
	}
}

// TestNobodyCountsASmallGroup: an outsider who reads tables alone, and tries every way to
// put people in the finest cells, cannot tell that some of these hold 1 to k−1 people.
func TestNobodyCountsASmallGroup(t *testing.T) {
	contest(t, 13, 600, func(r *rand.Rand, _ int, careless bool) (*domain, string) {
		w := small(r, []int{3, 2}, []int64{1, 4}, 1)
		d := workload(t, r, w, false, careless)
		s := spy{t: t, random: r, idle: careless, most: slices.Repeat([]int64{12}, 12), truth: make([]int64, 12)}
		for _, b := range w.bills {
			s.truth[finest(b)]++
		}
		for _, c := range d.told {
			for _, k := range c.query.measures {
				s.equations = append(s.equations, c.equations(k, w)...)
			}
		}
		var groups []int
		for g := 1; g < 1<<12; g++ {
			if n := s.sum(s.truth, g); n > 0 && n < threshold {
				groups = append(groups, g)
			}
		}
		return d, s.finds(groups)
	})
}

// finest numbers the finest cells: two attributes, and whether the bill is flagged.
func finest(b bill) int { return b.at[0] + 3*b.at[1] + 6*int(hit(b)) }

// equations are what a cell tells of the finest cells: all kinds of bills that could be in
// it count.
func (c told) equations(k manifest.MeasureKind, w *world) (out []equation) {
	add := func(of func(bill) int64) {
		e := equation{times: make([]int64, 12)}
		for a := range w.sizes[0] {
			for b := range w.sizes[1] {
				for _, v := range w.amounts {
					x := bill{at: []int{a, b}, amount: v}
					in := c.query.keeps(x)
					for i, key := range c.query.keys {
						in = in && strconv.Itoa(x.at[key]) == c.keys[i].Text
					}
					if in {
						e.times[finest(x)] = of(x)
					}
				}
			}
		}
		for _, b := range c.rows {
			e.sum += of(b)
		}
		out = append(out, e)
	}
	switch k {
	case manifest.Share:
		add(hit)
		add(miss)
	case manifest.Subjects, manifest.Count:
		add(one)
	}
	return out
}

// TestNobodyFindsAnAmount: an insider who knows the people of every cell, and that no
// amount is negative, cannot tell by trying what one or two of them pay.
func TestNobodyFindsAnAmount(t *testing.T) {
	contest(t, 15, 800, func(r *rand.Rand, round int, careless bool) (*domain, string) {
		w := small(r, []int{3, 2, 5}, []int64{0, 0, 1, 2, 3, 4, 5}[3*(round%2):], 1)
		d := workload(t, r, w, false, careless)
		n := len(w.bills)
		s := spy{t: t, random: r, idle: careless, most: slices.Repeat([]int64{40}, n), truth: make([]int64, n)}
		for _, c := range d.told {
			amounts := slices.ContainsFunc(c.query.where, func(c condition) bool { return c.attribute < 0 })
			if amounts || !slices.Contains(c.query.measures, manifest.Sum) && !slices.Contains(c.query.measures, manifest.Mean) {
				continue
			}
			e := equation{times: make([]int64, n)}
			for _, b := range c.rows {
				e.times[b.number], e.sum = 1, e.sum+b.amount
			}
			s.equations = append(s.equations, e)
		}
		var groups []int
		for i, b := range w.bills {
			s.truth[i] = b.amount
			for j := range i + 1 {
				groups = append(groups, 1<<i|1<<j)
			}
		}
		return d, s.finds(groups)
	})
}
