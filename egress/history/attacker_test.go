package history

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// brute counts by whom two sets differ.
func brute(a, b figures) int {
	n := 0
	for s, v := range a {
		if w, ok := b[s]; !ok || v != w {
			n++
		}
	}
	for s := range b {
		if _, ok := a[s]; !ok {
			n++
		}
	}
	return n
}

// TestAgainstBruteForce holds pairs to a comparison of everything with everything.
func TestAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for round := range 300 {
		var all []figures
		for range 6 {
			f := figures{}
			if len(all) > 0 && random.IntN(2) == 0 {
				f = maps.Clone(all[random.IntN(len(all))])
			}
			for n := random.IntN(15); n > 0 || len(f) < 10; n-- { // fewer are never published
				f[random.Uint32N(60)+1] = int64(random.IntN(3) + 2)
			}
			all = append(all, f)
		}
		v := audited(t, release(t, "", all[0]), release(t, "r1", all[1:]...))
		want := map[int]int{}
		for i, f := range all[1:] {
			n := brute(all[0], f)
			// Who ignores what they contribute
			who := brute(ones(all[0]), ones(f))
			if who > 0 && (n == 0 || who < n) {
				n = who
			}
			if n > 0 && n < 10 {
				want[i] = n
			}
		}
		got := map[int]int{}
		for _, p := range v.Pairs {
			got[p.Other.Cell] = p.Difference
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: %v, want %v", round, got, want)
		}
		found += len(want)
	}
	if found < 100 {
		t.Errorf("%d pairs; the test looks at nothing", found)
	}
}

func ones(f figures) figures {
	out := figures{}
	for s := range f {
		out[s] = 1
	}
	return out
}

// TestNothingFollows lets an exhaustive attacker look at what is left of random jobs: no
// sum of fewer than k people follows from the figures that are published.
func TestNothingFollows(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const n, k = 9, 3
	withheld := 0
	for round := range 150 {
		var earlier []*Release
		var known [][]bool
		for job := range 3 {
			var cells []figures
			for range 3 {
				f := figures{}
				for s := range uint32(n) {
					if random.IntN(2) == 0 {
						f[s+1] = int64(s) + 2
					}
				}
				if len(f) >= k {
					cells = append(cells, f)
				}
			}
			fresh := release(t, "", cells...)
			v, err := Audit(t.Context(), Config{K: k}, fresh, earlier)
			if err != nil || !v.Complete {
				t.Fatal(v, err)
			}
			withheld += len(v.Withhold)
			for i, c := range cells {
				if !slices.Contains(v.Withhold, i) {
					set := make([]bool, n)
					for s := range c {
						set[s-1] = true
					}
					known = append(known, set)
				}
			}
			fresh.Keep(func(c Cell) bool { return !slices.Contains(v.Withhold, c.Place) })
			if group := follows(known, n, k); group != nil {
				t.Fatalf("round %d, job %d: the sum of %v follows from %v", round, job, group, known)
			}
			earlier = append(earlier, reopen(t, fmt.Sprint("r", job), fresh))
		}
	}
	if withheld < 100 {
		t.Errorf("%d cells were withheld; the test looks at nothing", withheld)
	}
}

// follows gives a group of fewer than k whose sum is a combination of the sets.
func follows(sets [][]bool, n, k int) []int {
	var basis [][]*big.Rat // each with a leading one of its own
	reduce := func(v []*big.Rat) int {
		for c := range n {
			if v[c].Sign() == 0 {
				continue
			}
			i := slices.IndexFunc(basis, func(b []*big.Rat) bool {
				return slices.IndexFunc(b, func(x *big.Rat) bool { return x.Sign() != 0 }) == c
			})
			if i < 0 {
				return c
			}
			f := new(big.Rat).Quo(v[c], basis[i][c])
			for j := range v {
				v[j].Sub(v[j], new(big.Rat).Mul(f, basis[i][j]))
			}
		}
		return n
	}
	vector := func(in func(int) bool) []*big.Rat {
		v := make([]*big.Rat, n)
		for j := range v {
			if v[j] = new(big.Rat); in(j) {
				v[j].SetInt64(1)
			}
		}
		return v
	}
	for _, s := range sets {
		if v := vector(func(j int) bool { return s[j] }); reduce(v) < n {
			basis = append(basis, v)
		}
	}
	for g := 1; g < 1<<n; g++ {
		var group []int
		for j := range n {
			if g>>j&1 == 1 {
				group = append(group, j)
			}
		}
		if len(group) < k && reduce(vector(func(j int) bool { return g>>j&1 == 1 })) == n {
			return group
		}
	}
	return nil
}
