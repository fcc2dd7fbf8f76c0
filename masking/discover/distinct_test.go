package discover

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/zeebo/xxh3"
)

func hashOf(i int) uint64 {
	return xxh3.Hash(binary.LittleEndian.AppendUint64(nil, uint64(i)))
}

func TestDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, 3000, 20_000, 400_000} {
		one, left, right := distinct{limit: 512}, distinct{limit: 512}, distinct{limit: 512}
		for i := range n {
			one.add(hashOf(i))
			one.add(hashOf(i / 2)) // again
			left.add(hashOf(i * 2 / 3))
			right.add(hashOf(i))
		}
		left.merge(&right)
		got, exact := one.count()
		if exact != (n <= 512) || exact && got != float64(n) {
			t.Errorf("%d: %v, exact %v", n, got, exact)
		}
		if math.Abs(got-float64(n)) > 3*sketchError*float64(n) {
			t.Errorf("%d: estimated as %v, beyond three standard errors", n, got)
		}
		if merged, sure := left.count(); merged != got || sure != exact {
			t.Errorf("%d: merged %v, alone %v", n, merged, got)
		}
	}
}
