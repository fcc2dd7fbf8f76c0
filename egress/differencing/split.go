package differencing

import (
	"context"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"slices"
)

// What is asked of a combination of cells with values. By chance one of n cells cancels
// n − 1 elements, and small whole numbers cancel others: only what says more than that was
// made, or can be known.
const (
	simple      = 4       // most of a numerator and denominator of a coefficient
	splitWork   = 1 << 32 // as mostWork
	splitMissed = 1e-3    // as missed
)

// Splits is Combinations of cells with values: their weighted sums that fewer than k
// elements are left in, where the others cancel whatever part of each is in which cell.
// Values of an element may be multiplied by a secret of its own, the same in all cells. What
// could be chance is left out. Owners are the elements.
func Splits(ctx context.Context, cells []Cell, cfg Config) (*Verdict, error) {
	cfg.Owners = nil
	v := &Verdict{Complete: true}
	return v, v.combine(ctx, cells, cfg, rand.NewChaCha8(cfg.Seed))
}

// evident gives a combination of n cells if its coefficients are simple and the elements
// that cancel in it, with a value in two of the cells or more, have at least
// n − 1 + k/2 vectors of values that are no multiples of each other.
func (f found) evident(at *atoms, places []int, k int) (c Combination, ok bool) {
	c.Coefficients = map[int]*big.Rat{}
	scale := uint64(0)
	for i, u := range f.made {
		if u == 0 {
			continue
		}
		if scale == 0 {
			scale = invert(u)
		}
		r, ok := rational(multiply(u, scale))
		if !ok || r.Denom().Cmp(big.NewInt(simple)) > 0 || r.Num().CmpAbs(big.NewInt(simple)) > 0 {
			return c, false
		}
		c.Coefficients[places[i]] = r
	}
	for _, a := range f.columns {
		c.Elements = append(c.Elements, at.members(int(a))...)
	}
	slices.Sort(c.Elements)
	wanted := len(c.Coefficients) - 1 + (k+1)/2
	vectors := map[string]bool{}
	var name []byte
	for a, of := range at.of {
		if len(vectors) >= wanted {
			return c, true
		}
		if len(of) < 2 || f.at(int32(a)) != 0 {
			continue
		}
		name = name[:0]
		unit := uint64(0)
		for i, cell := range of {
			if f.made[cell] == 0 {
				continue
			}
			v := at.value(a, i)
			if unit == 0 {
				unit = invert(v)
			}
			name = binary.LittleEndian.AppendUint32(name, uint32(cell))
			name = binary.LittleEndian.AppendUint64(name, multiply(v, unit))
		}
		if len(name) > 12 { // one cell alone cancels nothing
			vectors[string(name)] = true
		}
	}
	return c, len(vectors) >= wanted
}
