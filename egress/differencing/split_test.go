package differencing

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// valuedCells gives each element a secret weight.
func valuedCells(random *rand.Rand, numbers [][]int64) []Cell {
	weights := make([]uint64, len(numbers[0]))
	for i := range weights {
		weights[i] = 1 + random.Uint64N(prime-1)
	}
	cells := make([]Cell, len(numbers))
	for i, row := range numbers {
		cells[i].Members = roaring.New()
		for x, v := range row {
			if v == 0 {
				continue
			}
			u := multiply(uint64(max(v, -v)), weights[x])
			if v < 0 {
				u = negate(u)
			}
			cells[i].Members.Add(uint32(x))
			cells[i].Values = append(cells[i].Values, u)
		}
	}
	return cells
}

// TestSplitsAgainstBruteForce tries all small coefficients on tables of few cells: whatever
// leaves a few and is more than chance is found, or what leaves some of these alone; and
// what is found holds in whole numbers.
func TestSplitsAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(51, 52))
	const elements, cells, k = 30, 5, 4
	planted, none := 0, 0
	for round := range 200 {
		numbers := make([][]int64, cells)
		for i := range numbers {
			numbers[i] = make([]int64, elements)
			for x := range numbers[i] {
				if random.IntN(3) > 0 {
					numbers[i][x] = random.Int64N(40) - 5
				}
			}
		}
		if round%2 == 0 { // the last is made of others, but for some elements
			times := [cells]int64{}
			for i := range times {
				times[i] = random.Int64N(5) - 2
			}
			for x := range elements {
				sum := int64(0)
				for i := range cells - 1 {
					sum += times[i] * numbers[i][x]
				}
				if x >= 1+random.IntN(4) {
					numbers[cells-1][x] = sum
				}
			}
		}
		v, err := Splits(t.Context(), valuedCells(random, numbers), Config{K: k})
		if err != nil || !v.Complete {
			t.Fatal(v, err)
		}
		for _, c := range v.Combinations {
			checkSplit(t, c, numbers)
		}
		some := false
		for _, group := range splitGroups(numbers, k) {
			some = true
			if !slices.ContainsFunc(v.Combinations, func(c Combination) bool {
				return !slices.ContainsFunc(c.Elements, func(e uint32) bool { return !slices.Contains(group, e) })
			}) {
				t.Fatalf("round %d: %v is not found: %+v", round, group, v)
			}
		}
		if some {
			planted++
		} else if none++; len(v.Combinations) > 0 {
			for _, c := range v.Combinations { // by larger coefficients
				if !slices.ContainsFunc(slices.Collect(coefficients(c)), func(r *big.Rat) bool { return !r.IsInt() || r.Num().CmpAbs(big.NewInt(2)) > 0 }) {
					t.Errorf("round %d: %+v is chance", round, c)
				}
			}
		}
	}
	if planted < 50 || none < 50 {
		t.Errorf("%d tables tell of a few and %d of none; the test looks at one kind only", planted, none)
	}
}

func coefficients(c Combination) func(func(*big.Rat) bool) {
	return func(yield func(*big.Rat) bool) {
		for _, r := range c.Coefficients {
			if !yield(r) {
				return
			}
		}
	}
}

// checkSplit adds up in fractions.
func checkSplit(t *testing.T, c Combination, numbers [][]int64) {
	t.Helper()
	for x := range numbers[0] {
		sum := new(big.Rat)
		for i, f := range c.Coefficients {
			sum.Add(sum, new(big.Rat).Mul(f, big.NewRat(numbers[i][x], 1)))
		}
		if (sum.Sign() != 0) != slices.Contains(c.Elements, uint32(x)) {
			t.Errorf("%+v leaves %s of %d", c, sum, x)
		}
	}
}

// splitGroups gives whom combinations leave, with coefficients from −2 to 2, the first of
// which is positive, and evidence.
func splitGroups(numbers [][]int64, k int) (groups [][]uint32) {
	n := len(numbers)
	all := 1
	for range n {
		all *= 5
	}
	for code := range all {
		times, used, first := make([]int64, n), 0, int64(0)
		for i, c := 0, code; i < n; i, c = i+1, c/5 {
			if times[i] = int64(c%5) - 2; times[i] != 0 {
				if used++; first == 0 {
					first = times[i]
				}
			}
		}
		if first <= 0 {
			continue
		}
		var left []uint32
		vectors := map[[5]float64]bool{}
		for x := range numbers[0] {
			sum, unit, in, vector := int64(0), int64(0), 0, [5]float64{}
			for i, f := range times {
				if v := numbers[i][x]; f != 0 && v != 0 {
					if in++; unit == 0 {
						unit = v
					}
					sum, vector[i] = sum+f*v, float64(v)/float64(unit)
				}
			}
			if sum != 0 {
				left = append(left, uint32(x))
			} else if in > 1 {
				vectors[vector] = true
			}
		}
		if len(left) > 0 && len(left) < k && len(vectors) >= used-1+(k+1)/2 {
			groups = append(groups, left)
		}
	}
	return groups
}
