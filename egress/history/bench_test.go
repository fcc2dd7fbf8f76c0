package history

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/egress/differencing"
)

// scattered makes releases of a hundred cells of a million people, each of which holds
// a share of them. What they contribute is not read where no sets are near.
func scattered(random *rand.Rand, releases, cells int) (out []*Release) {
	marks := func() ([]byte, error) { return binary.LittleEndian.AppendUint32(nil, 1), nil }
	for i := range releases {
		r := &Release{ID: fmt.Sprint(i), marks: marks}
		for j := range cells {
			set := roaring.New()
			step := 2/(0.0005*(1+9*random.Float64())) - 1 // between members, on average half of it
			for x := random.Float64() * step; x < 1e6; x += 1 + random.Float64()*step {
				set.Add(uint32(x))
			}
			r.Cells = append(r.Cells, Cell{Table: "t", Place: j, groups: []group{{set, differencing.SpreadOf(set)}}, Sets: []Set{{Class: Who, Marks: 1, Sum: 1}}})
		}
		out = append(out, r)
	}
	return out
}

// BenchmarkPairs compares 100 new cells with 98,000 of 980 releases.
func BenchmarkPairs(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	earlier := scattered(random, 980, 100)
	fresh := scattered(random, 1, 100)[0]
	fresh.ID = ""
	for b.Loop() {
		a := &audit{cfg: Config{K: 10}, fresh: fresh, earlier: earlier, verdict: &Verdict{}}
		if err := a.pairs(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	runtime.KeepAlive(earlier)
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "MiB")
}
