package history

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"yingbi/egress/differencing"
)

// oneSet is a release of a cell for each map, with one set.
func oneSet(t *testing.T, id string, class Class, cells ...figures) *Release {
	t.Helper()
	w, m := &Writer{}, NewMarker(key)
	for i, c := range cells {
		w.Cell("t", i, []string{})
		addSet(w, m, class, "m", slices.Sorted(maps.Keys(c)), func(s uint32) Number { return Number{Int: c[s], Scale: 2} })
	}
	return reopen(t, id, w.Release())
}

// TestSplits: what each of some people has is divided among parts at random, and the whole
// leaves out a few of them. A few are told of then, in one job and over several, and as many
// as the minimum are not.
func TestSplits(t *testing.T) {
	random := rand.New(rand.NewPCG(41, 42))
	for round := range 120 {
		class := []Class{Rows, Known, Hits, Value}[round%4]
		most := []int64{12, 12, 12, 100_000}[round%4]
		few, parts := 1+random.IntN(10), make([]figures, 2+random.IntN(3))
		if round < 40 { // the border
			few = 9 + round%2
		}
		whole := figures{}
		for i := range parts {
			parts[i] = figures{}
		}
		for s := uint32(1); s <= 80; s++ {
			for i, p := range parts {
				if n := random.Int64N(most); n > 0 || i == 0 {
					p[s] = max(n, 1)
					whole[s] += max(n, 1)
				}
			}
		}
		for s := range uint32(few) {
			delete(whole, s+1)
		}
		cells := append(parts, whole, people(200, 260, 7), people(230, 290, 3))
		random.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		var earlier []*Release
		for i, c := range cells[1:] {
			earlier = append(earlier, oneSet(t, fmt.Sprint("r", i), class, c))
		}
		for where, v := range map[string]*Verdict{
			"one job":  audited(t, oneSet(t, "", class, cells...)),
			"releases": audited(t, oneSet(t, "", class, cells[0]), earlier...),
		} {
			part := where == "one job" || cells[0][200] == 0 && cells[0][259] == 0 && cells[0][289] == 0
			switch {
			case few >= 10 || !part:
				if len(v.Withhold) > 0 {
					t.Errorf("round %d, %s: %d are left: %+v", round, where, few, v)
				}
			case len(v.Withhold) != 1 || v.Combinations[0].Subjects != few || len(v.Combinations[0].Terms) != len(parts)+1:
				t.Errorf("round %d, %s: %d of class %d are left: %+v", round, where, few, class, v)
			}
			if !v.Complete || v.LeftOut > 0 {
				t.Errorf("round %d, %s: %+v", round, where, v)
			}
		}
	}
}

// TestFewNumbersAreNoSplit: people who came once or twice add up by chance.
func TestFewNumbersAreNoSplit(t *testing.T) {
	one, two, three := figures{}, figures{}, figures{}
	for s := uint32(1); s <= 30; s++ {
		one[s], two[s] = 1, 1
		three[s] = 2
	}
	three[30], three[29] = 3, 1
	two[27], two[28] = 5, 4
	for s := uint32(31); s < 42; s++ {
		one[s], two[s+20] = 1, 1
	}
	if v := audited(t, oneSet(t, "", Rows, one, two, three)); len(v.Withhold) > 0 {
		t.Errorf("%+v", v)
	}
}

// TestParts: equal numbers have equal parts, however they are stored; those of a subject
// add up, and those that cannot be added equal themselves alone.
func TestParts(t *testing.T) {
	m := NewMarker(key)
	part := func(n Number) uint64 { return m.Part(7, n) }
	sum := func(a, b Number) uint64 { return (part(a) + part(b)) % differencing.Prime }
	for _, c := range []struct {
		a, b, sum Number
		adds      bool
	}{
		{Number{Int: 3}, Number{Int: 4}, Number{Int: 7}, true},
		{Number{Int: 3}, Number{Int: -4}, Number{Int: -1}, true},
		{Number{Int: 1250, Scale: 2}, Number{Int: 5, Scale: 1}, Number{Int: 13}, true},
		{Number{Int: 1, Scale: 6}, Number{Int: 20, Scale: 7}, Number{Int: 3, Scale: 6}, true},
		{Number{Real: true, Float: 0.1}, Number{Real: true, Float: 0.2}, Number{Real: true, Float: 0.1 + 0.2}, true},
		{Number{Real: true, Float: 12.34}, Number{Int: 1}, Number{Int: 1334, Scale: 2}, true},
		{Number{Int: 1, Scale: 7}, Number{Int: 1, Scale: 7}, Number{Int: 2, Scale: 7}, false},
		{Number{Real: true, Float: 1.0 / 3}, Number{Real: true, Float: 1.0 / 3}, Number{Real: true, Float: 2.0 / 3}, false},
		{Number{Int: 1 << 60}, Number{Int: 1 << 60}, Number{Int: 1 << 61}, false},
		{Number{Real: true, Float: 1e300}, Number{Real: true, Float: 1e300}, Number{Real: true, Float: 2e300}, false},
	} {
		if (sum(c.a, c.b) == part(c.sum)) != c.adds {
			t.Errorf("%+v and %+v: adding up is not %t", c.a, c.b, c.adds)
		}
		if part(c.a) == 0 || part(c.a) == m.Part(8, c.a) || part(c.a) == NewMarker([]byte("another key of a domain, 32 bytes")).Part(7, c.a) {
			t.Errorf("%+v: the part is nothing, or another subject's, or another domain's", c.a)
		}
	}
	if part(Number{}) != 0 || part(Number{Int: 5, Of: 2}) != 0 || part(Number{Int: 1 << 59, Scale: 0}) == part(Number{Int: 1 << 58}) {
		t.Error("nothing is something")
	}
}

// TestSplitsOfACity: among tables that honest people ask for, what is found by values holds
// bill by bill: it is the sum of those of a few people, and no chance. Of a person more than
// these the numbers of visits may cancel.
func TestSplitsOfACity(t *testing.T) {
	found := map[string]int{}
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(31, seed))
		visits := city(random, 1500)
		var all []*Release
		keys := map[string][]int{}
		for i, id := range []string{"r0", "r1", "r2", "r3", ""} {
			keys[id] = random.Perm(6)[:2+i%2]
			slices.Sort(keys[id])
			all = append(all, cityTable(t, id, visits, keys[id]))
		}
		byBill := func(c Combination) map[uint32]bool {
			left, times := map[uint32]bool{}, map[string]*big.Rat{} // by release and cell
			for _, term := range c.Terms {
				r := all[slices.IndexFunc(all, func(r *Release) bool { return r.ID == term.Release })]
				f, ok := new(big.Rat).SetString(term.Times)
				if !ok {
					t.Fatalf("%q is no coefficient", term.Times)
				}
				name := r.ID + " " + r.Cells[term.Cell].Keys[0]
				if other := times[name]; other != nil { // another figure of the same rows
					f.Add(f, other)
				}
				times[name] = f
			}
			for _, visit := range visits {
				sum := new(big.Rat)
				for id, k := range keys {
					if f := times[id+" "+cityName(visit, k)]; f != nil {
						sum.Add(sum, f)
					}
				}
				if sum.Sign() != 0 {
					left[visit.person] = true
				}
			}
			return left
		}
		for i, figure := range []string{"visits", "cost"} {
			for _, c := range splitsOf(t, splits[i], all[4], all[:4]).Combinations {
				found[figure]++
				if n := len(byBill(c)); n < c.Subjects || figure == "cost" && n > c.Subjects || n >= 20 {
					t.Errorf("%d terms of %s leave %d people by chance: bill by bill %d", len(c.Terms), figure, c.Subjects, n)
				}
			}
		}
	}
	if t.Log(found); found["visits"] < 10 || found["cost"] < 10 {
		t.Errorf("found are %v; the test looks at nothing", found)
	}
}

// splitsOf makes one search by values alone.
func splitsOf(t testing.TB, in func(*Set) bool, fresh *Release, earlier []*Release) *Verdict {
	t.Helper()
	a := &audit{cfg: Config{K: 10, MaxSets: maxSets}, fresh: fresh, earlier: earlier, verdict: &Verdict{Complete: true}}
	if err := a.split(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return a.verdict
}

// BenchmarkSplits is that part of BenchmarkCity.
func BenchmarkSplits(b *testing.B) {
	for _, n := range []int{4, 8, 30} {
		all := cityReleases(b, 6000, n+1)
		all[n].ID = ""
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				for _, in := range splits {
					if v := splitsOf(b, in, all[n], all[:n]); !v.Complete {
						b.Error(v)
					}
				}
			}
		})
	}
}
