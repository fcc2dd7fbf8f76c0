package view

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestShape(t *testing.T) {
	for _, c := range []struct{ rows, stored, buckets, parts int64 }{
		{0, 0, 1, 1},
		{1, 100, 1, 1},
		{bucketRows, 1, 1, 1},
		{bucketRows + 1, 1, 2, 2},
		{1_000_000, 60e6, 8, 8},        // a core has something to do, and so has the other
		{6_000_000, 360e6, 47, 10},     // five buckets a part
		{10_000_000, 600e6, 77, 10},    // eight
		{100_000_000, 6e9, 770, 97},    // a million rows a part
		{100_000, 10e9, 299, 38},       // long rows
		{350_000_000, 21e9, 1024, 342}, // larger buckets
		{math.MaxUint32, 250e9, 8260, 4130},
	} {
		s := shapeOf(c.rows, c.stored, bucketRows)
		if s.buckets != c.buckets || s.parts() != c.parts {
			t.Errorf("%d rows: %d buckets, %d parts; want %d and %d", c.rows, s.buckets, s.parts(), c.buckets, c.parts)
		}
		if mean := s.rows / s.buckets; mean > 4*bucketRows || mean*s.perPart > 8*bucketRows {
			t.Errorf("%d rows: buckets of %d rows, %d of them a part", c.rows, mean, s.perPart)
		}
	}
}

func placesOf(t testing.TB, secret []byte, identity byte, first, n int, buckets int64) []place {
	t.Helper()
	random, err := rowKeys(secret, [32]byte{identity})
	if err != nil {
		t.Fatal(err)
	}
	keys, out := make([]uint64, n), make([]place, n)
	random.Fill(keys, uint64(first))
	for i, key := range keys {
		out[i] = placeOf(key, buckets)
	}
	return out
}

func TestPlaces(t *testing.T) {
	const n, buckets = 10_000, 7
	all := placesOf(t, secretA, 1, 0, n, buckets)
	if part := placesOf(t, secretA, 1, 333, 500, buckets); !slices.Equal(part, all[333:833]) {
		t.Error("where a row goes depends on those before it")
	}
	for name, other := range map[string][]place{
		"secret": placesOf(t, secretB, 1, 0, n, buckets), "identity": placesOf(t, secretA, 2, 0, n, buckets),
	} {
		same := 0
		for i := range all {
			if all[i] == other[i] {
				same++
			}
		}
		if same > 0 {
			t.Errorf("another %s sends %d rows to the same places", name, same)
		}
	}
	var rows [buckets]int
	for _, p := range all {
		rows[p.bucket]++
	}
	for _, m := range rows {
		if d := float64(m) - n/buckets; math.Abs(d) > 200 { // six standard deviations
			t.Errorf("buckets of %v rows", rows)
		}
	}
	// Cutting the keys otherwise leaves the order as it is.
	coarse := placesOf(t, secretA, 1, 0, n, 1)
	order := func(places []place) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = i
		}
		slices.SortFunc(out, func(a, b int) int {
			return cmp.Or(cmp.Compare(places[a].bucket, places[b].bucket), cmp.Compare(places[a].rest, places[b].rest))
		})
		return out
	}
	if !slices.Equal(order(all), order(coarse)) {
		t.Error("more buckets give another order")
	}
}

func TestSorter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s sorter
	for _, n := range []int{0, 1, 2, 1000, 70_000, 10} {
		for _, most := range []uint32{1, 3, math.MaxUint32} { // with many, some and hardly any equal
			rests := make([]uint32, n)
			for i := range rests {
				rests[i] = r.Uint32() % most
			}
			want := make([]int, n)
			for i := range want {
				want[i] = i
			}
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(rests[a], rests[b]) })
			for row, rank := range s.inOrder(rests) {
				if want[rank] != row {
					t.Fatalf("%d rows below %d: row %d has rank %d", n, most, row, rank)
				}
			}
		}
	}
}

func BenchmarkPlaces(b *testing.B) {
	random, err := rowKeys(secretA, [32]byte{})
	if err != nil {
		b.Fatal(err)
	}
	var s sorter
	keys, rests := make([]uint64, bucketRows), make([]uint32, bucketRows)
	for b.Loop() {
		random.Fill(keys, 0)
		for i, key := range keys {
			rests[i] = placeOf(key, 100).rest
		}
		s.inOrder(rests)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bucketRows), "ns/row")
}
