package differencing

import (
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// scattered draws cells of which each holds a share of a million people, each the
// least share times up to most.
func scattered(random *rand.Rand, n int, least float64, most float64) []Cell {
	cells := make([]Cell, n)
	for i := range cells {
		set := roaring.New()
		share := least * (1 + random.Float64()*(most-1))
		step := 2/share - 1 // between members, on average half of it
		for x := random.Float64() * step; x < 1e6; x += 1 + random.Float64()*step {
			set.Add(uint32(x))
		}
		cells[i].Members = set
	}
	return cells
}

// BenchmarkNear compares 100 new cells with 98,000.
func BenchmarkNear(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	archive := NewArchive(scattered(random, 98_000, 0.0005, 10))
	fresh := scattered(random, 100, 0.0005, 10)
	for b.Loop() {
		for _, c := range fresh {
			archive.Near(c, 10)
		}
	}
}

// BenchmarkCombinations audits 2,000 cells over a million people, nearly each of whom is
// an atom.
func BenchmarkCombinations(b *testing.B) {
	cells := scattered(rand.New(rand.NewPCG(7, 8)), 2000, 0.005, 10)
	for b.Loop() {
		v, err := Combinations(b.Context(), cells, Config{K: 10})
		if err != nil || len(v.Combinations) > 0 || !v.Complete {
			b.Fatalf("%+v, %v", v, err)
		}
	}
}
