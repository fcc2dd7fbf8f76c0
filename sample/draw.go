package sample

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"yingbi/crypto"
)

// row is what the cells of one row are drawn by.
type row struct {
	*rand.Rand
	number  int // from 0
	subject int // whom the row is about, by the place in the population
}

// newRand is the sequence of draws for a name: the same for the same seed, whatever
// else is drawn.
func newRand(seed uint64, name string) *rand.Rand {
	d := crypto.Sum(fmt.Appendf(nil, "yingbi sample\x00%d\x00%s", seed, name))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(d[:8]), binary.LittleEndian.Uint64(d[8:16])))
}

// early draws one of 0 … n−1, the earlier the likelier: the last comes half as often
// as one in n, the first half as often again.
func (r *row) early(n int) int {
	if r.IntN(2) == 0 {
		return r.IntN(n)
	}
	return min(r.IntN(n), r.IntN(n))
}

// often draws one of 0 … n−1 so that the first come many times, and many of the last
// never: how many rows a subject has.
func often(r *rand.Rand, n int) int { return r.IntN(r.IntN(n) + 1) }

// even draws a number from low to high.
func (r *row) even(low, high int64) int64 { return low + r.Int64N(high-low+1) }

// tailed draws an amount from low to high with a heavy tail: half lie below a thousandth
// of high, and beyond it twice the amount is a third as frequent. It is made of whole
// numbers, so that no processor rounds it in its own way.
func (r *row) tailed(low, high int64) int64 {
	at := max(low, high>>10, 1)
	if r.IntN(2) == 0 {
		return r.even(low, at)
	}
	for at <= high/2 && r.IntN(3) == 0 {
		at *= 2
	}
	return min(high, at+r.Int64N(at+1))
}
