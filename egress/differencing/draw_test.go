package differencing

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// TestSamplesFindWhatAllFind: samples of the atoms, in one step and in two, find the sums
// that the whole row space holds, whoever owns the elements.
func TestSamplesFindWhatAllFind(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	found := 0
	for round := range 100 {
		const n, k = 60, 4
		sets := make([]*roaring.Bitmap, []int{6, 18}[round%8/7])
		for i := range sets {
			if sets[i] = roaring.New(); i%3 < 2 {
				for x := range uint32(n) {
					if random.IntN(3) == 0 && (i%3 == 0 || !sets[i-1].Contains(x)) {
						sets[i].Add(x)
					}
				}
				continue
			}
			sets[i] = roaring.Or(sets[i-2], sets[i-1]) // the sum of both, but for some
			for range random.IntN(5) {
				x := random.Uint64N(n)
				sets[i].Flip(x, x+1)
			}
		}
		cells := make([]Cell, len(sets))
		for i, s := range sets {
			cells[i].Members = s
		}
		cfg := Config{K: k}
		if round%4 < 2 {
			for x := range uint32(n) {
				cfg.Owners = append(cfg.Owners, x/2)
			}
		}
		var want [][]int
		for step, search := range []func(*hunt, *draw) error{
			func(h *hunt, d *draw) error { return h.sample(t.Context(), d, 0) },
			func(h *hunt, d *draw) error { return h.coarsely(t.Context(), d, 0.1) },
			func(h *hunt, d *draw) error {
				for range often(d.outside(0.2), missed) {
					if err := h.sample(t.Context(), d, 0.2); err != nil {
						return err
					}
				}
				return nil
			},
		} {
			v := &Verdict{Complete: true}
			if err := v.combineBy(t.Context(), cells, cfg, rand.NewChaCha8([32]byte{1}), search); err != nil || !v.Complete {
				t.Fatal(v, err)
			}
			if step == 0 {
				want = sums(v)
				found += len(want)
			} else if got := sums(v); !reflect.DeepEqual(got, want) {
				t.Fatalf("round %d, way %d: %v, not %v", round, step, got, want)
			}
		}
	}
	if found < 50 {
		t.Errorf("%d sums; the test looks at little", found)
	}
}

// TestTooMuchWork: where cells are so many beside people that samples would take forever,
// the audit ends, and says that it has not looked at all.
func TestTooMuchWork(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	cells := make([]Cell, 160)
	for i := range cells {
		cells[i].Members = roaring.New()
		for x := range uint32(220) {
			if random.IntN(8) == 0 {
				cells[i].Members.Add(x)
			}
		}
	}
	v := &Verdict{Complete: true}
	err := v.combineBy(t.Context(), cells, Config{K: 10}, rand.NewChaCha8([32]byte{}), func(h *hunt, d *draw) error {
		h.work /= 1 << 13
		return h.samples(t.Context(), d)
	})
	if err != nil || v.Complete || v.Allow() {
		t.Errorf("%+v, %v", v, err)
	}
}
