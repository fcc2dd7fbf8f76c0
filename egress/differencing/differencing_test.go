package differencing

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

func cellsOf(sets ...[]uint32) []Cell {
	cells := make([]Cell, len(sets))
	for i, s := range sets {
		cells[i] = Cell{ID: fmt.Sprint(i), Members: roaring.BitmapOf(s...)}
	}
	return cells
}

func audit(t *testing.T, cells []Cell, k int) *Verdict {
	t.Helper()
	v, err := Audit(t.Context(), cells, Config{K: k})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sums gives the groups whose sum follows, as JSON shows them.
func sums(v *Verdict) [][]int {
	out := [][]int{}
	for _, c := range v.Combinations {
		if c.Sum {
			group := []int{}
			for _, x := range c.Elements {
				group = append(group, int(x))
			}
			out = append(out, group)
		}
	}
	return out
}

// TestSharedCases runs the worked cases.
func TestSharedCases(t *testing.T) {
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "cases", "differencing.json"))
	if err != nil {
		t.Skip("the worked cases are not here: put the shared folder beside the repository, or name it in YINGBI_SHARED")
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(b, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	for _, raw := range file.Cases {
		var want struct {
			ID       string
			Expected struct {
				Rank, Atoms int
				Groups      [][]int           `json:"determined_small_groups"`
				Pairs       []json.RawMessage `json:"pairwise_hits"`
				Decision    string
			}
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		s, err := ParseSpec(raw)
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		e := want.Expected
		if v.Rank != e.Rank || v.Atoms != e.Atoms || !slices.EqualFunc(sums(v), e.Groups, slices.Equal) || len(v.Pairs) != len(e.Pairs) || v.Allow() != (e.Decision == "allow") {
			t.Errorf("%s: rank %d, %d atoms, groups %v, pairs %v, allowed %t; want %+v", want.ID, v.Rank, v.Atoms, sums(v), v.Pairs, v.Allow(), e)
		}
	}
}

// brute finds the least groups of fewer than k elements whose sum follows, by trying
// every group against every relation, in fractions.
func brute(sets []uint16, n, k int) (groups []uint16) {
	var basis [][]*big.Rat
	reduceBy := func(v []*big.Rat) int { // gives the first column that is left, or n
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
	vector := func(set uint16) []*big.Rat {
		v := make([]*big.Rat, n)
		for j := range v {
			v[j] = big.NewRat(int64(set>>j&1), 1)
		}
		return v
	}
	for _, s := range sets {
		if v := vector(s); reduceBy(v) < n {
			basis = append(basis, v)
		}
	}
	for size := 1; size < k; size++ {
		for g := uint16(1); g < 1<<n; g++ {
			covers := func(h uint16) bool { return g&h == h }
			if bits.OnesCount16(g) == size && !slices.ContainsFunc(groups, covers) && reduceBy(vector(g)) == n {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// TestAgainstBruteForce compares every sum that is found in small random universes with
// an exhaustive attacker's.
func TestAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	determined, none := 0, 0
	for round := range 1500 {
		n, k := 4+random.IntN(8), 2+random.IntN(4)
		sets := make([]uint16, 2+random.IntN(7))
		var cells [][]uint32
		for i := range sets {
			sets[i] = uint16(random.Uint32()) & (1<<n - 1)
			var members []uint32
			for j := range n {
				if sets[i]>>j&1 == 1 {
					members = append(members, uint32(j))
				}
			}
			cells = append(cells, members)
		}
		v := audit(t, cellsOf(cells...), k)
		var got []uint16
		for _, group := range sums(v) {
			g := uint16(0)
			for _, x := range group {
				g |= 1 << x
			}
			got = append(got, g)
		}
		want := brute(sets, n, k)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || !v.Complete {
			t.Fatalf("round %d, k %d, sets %b: found %b, want %b", round, k, sets, got, want)
		}
		if len(want) > 0 {
			determined++
		} else {
			none++
		}
		for _, c := range v.Combinations {
			checkCombination(t, c, cells)
		}
	}
	if determined < 100 || none < 100 {
		t.Errorf("%d universes tell of a small group and %d of none; the test looks at one kind only", determined, none)
	}
}

// checkCombination adds the cells up as the combination says.
func checkCombination(t *testing.T, c Combination, cells [][]uint32) {
	t.Helper()
	if c.Coefficients == nil {
		t.Error("a combination of a small universe has no coefficients")
		return
	}
	sum := map[uint32]*big.Rat{}
	for cell, f := range c.Coefficients {
		for _, x := range cells[cell] {
			if sum[x] == nil {
				sum[x] = new(big.Rat)
			}
			sum[x].Add(sum[x], f)
		}
	}
	for x, f := range sum {
		in := slices.Contains(c.Elements, x)
		if in != (f.Sign() != 0) || c.Sum && in && f.Cmp(big.NewRat(1, 1)) != 0 {
			t.Errorf("the combination of %v leaves %s of %d", c.Elements, f, x)
		}
	}
}

// TestWeighted finds a weighted sum of two people that no sum tells: 2a + b, in the
// difference of what two trackers leave.
func TestWeighted(t *testing.T) {
	span := func(from, to uint32, more ...uint32) (out []uint32) {
		for x := from; x < to; x++ {
			out = append(out, x)
		}
		return append(out, more...)
	}
	const a, b = 100, 101
	// (X ∪ a ∪ b) + (Y ∪ a) − (X ∪ Y) = 2a + b
	v := audit(t, cellsOf(span(0, 20, a, b), span(20, 40, a), span(0, 40)), 10)
	if v.Allow() || len(v.Pairs) != 0 || len(v.Combinations) != 1 || v.Combinations[0].Sum || !slices.Equal(v.Combinations[0].Elements, []uint32{a, b}) {
		t.Errorf("%+v", v)
	}
}

// TestGreatElements: what is found, and the memory for it, do not go with how great the
// elements' numbers are.
func TestGreatElements(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const factor = 1<<28 - 1
	for range 50 {
		small, great := make([][]uint32, 6), make([][]uint32, 6)
		for i := range small {
			for x := range uint32(12) {
				if random.IntN(2) == 0 {
					small[i], great[i] = append(small[i], x), append(great[i], x*factor)
				}
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, want := audit(t, cellsOf(great...), 3), audit(t, cellsOf(small...), 3)
		if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Fatalf("%d bytes for twelve elements", after.TotalAlloc-before.TotalAlloc)
		}
		for _, c := range want.Combinations {
			for i := range c.Elements {
				c.Elements[i] *= factor
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, not %+v", got, want)
		}
	}
}

// TestPairs compares with all pairs.
func TestPairs(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var sets [][]uint32
	for range 120 {
		set := roaring.New()
		for range 30 + random.IntN(40) {
			set.Add(random.Uint32N(5000))
		}
		sets = append(sets, set.ToArray())
		if random.IntN(2) == 0 { // a near one
			for range 1 + random.IntN(14) {
				set.Flip(uint64(random.IntN(5000)), uint64(random.IntN(5000))+0)
				set.Add(random.Uint32N(5000))
			}
			sets = append(sets, set.ToArray())
		}
	}
	cells := cellsOf(sets...)
	near := 0
	found := map[[2]int]int{}
	for _, p := range Pairs(cells, 10) {
		found[[2]int{p.A, p.B}] = p.Difference
	}
	for i := range cells {
		for j := i + 1; j < len(cells); j++ {
			d := int(roaring.Xor(cells[i].Members, cells[j].Members).GetCardinality())
			want := 0
			if d > 0 && d < 10 {
				want = d
				near++
			}
			if found[[2]int{i, j}] != want {
				t.Errorf("cells %d and %d differ by %d; found %d", i, j, d, found[[2]int{i, j}])
			}
		}
	}
	if near < 10 {
		t.Errorf("%d near pairs; the test looks at little", near)
	}
}
