package differencing

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Samples of the small atoms, as parts of what a combination has to vanish on.
const (
	perCell   = 1.25 // atoms for each combination that is left: fewer leave more than the disclosures
	coarse    = 0.85 // atoms for each cell, where a sample is made in two steps
	oneStep   = 0.02 // a share of the atoms that need not be
	mostShare = 0.5  // of the atoms; if it would be more, none is taken of so many cells
	mostWhole = 150
	few       = 12      // combinations left need no further sample
	mostWork  = 1 << 34 // multiplications of all samples, less than half a minute of one processor
)

// draw makes samples: owner by owner, so that a group is outside of one as often as it
// has owners and not elements.
type draw struct {
	at     *atoms
	large  []int32 // atoms
	small  []int32
	owner  []int32 // of each small atom one, by numbers from 0
	owners int
	most   int // of a group
	random *rand.ChaCha8
}

func newDraw(at *atoms, k int, random *rand.ChaCha8) *draw {
	d := &draw{at: at, most: k - 1, random: random}
	numbers := map[uint32]int32{}
	for a, owners := range at.owners {
		if len(owners) >= k {
			d.large = append(d.large, int32(a))
			continue
		}
		owner := owners[0]
		n, ok := numbers[owner]
		if !ok {
			n = int32(len(numbers))
			numbers[owner] = n
		}
		d.small, d.owner = append(d.small, int32(a)), append(d.owner, n)
	}
	d.owners = len(numbers)
	return d
}

// sample gives the atoms of a share of the owners.
func (d *draw) sample(share float64) (out []int32) {
	in := make([]bool, d.owners)
	for i := range in {
		in[i] = d.random.Uint64()>>11 < uint64(share*(1<<53))
	}
	for i, a := range d.small {
		if in[d.owner[i]] {
			out = append(out, a)
		}
	}
	return out
}

// outside is the probability that a group is outside of a sample.
func (d *draw) outside(share float64) float64 { return math.Pow(1-share, float64(d.most)) }

// often is how often a sample has to be drawn so that a group is outside of one with a
// probability of 1 − missed.
func often(outside, missed float64) int {
	return int(math.Ceil(math.Log(missed) / math.Log1p(-outside)))
}

// samples looks for disclosures among the combinations that vanish on all large atoms
// and on a sample of the small ones.
func (h *hunt) samples(ctx context.Context, d *draw) error {
	cells, atoms := float64(d.at.cells), float64(len(d.small))
	switch share := perCell * cells / atoms; {
	case len(d.small) == 0 || share > mostShare && d.at.cells <= mostWhole:
		return h.sample(ctx, d, 0)
	case share <= oneStep:
		for range often(d.outside(share), h.missed) {
			if err := h.sample(ctx, d, share); err != nil {
				return err
			}
		}
		return nil
	}
	return h.coarsely(ctx, d, min(coarse*cells/atoms, mostShare))
}

// sample is one step.
func (h *hunt) sample(ctx context.Context, d *draw, share float64) error {
	basis, _, err := nullSpace(ctx, d.at, append(d.sample(share), d.large...), d.random)
	if err != nil {
		return err
	}
	return h.look(ctx, basis)
}

// coarsely takes samples that leave many combinations, since they cost most, and of each
// several finer ones.
func (h *hunt) coarsely(ctx context.Context, d *draw, share float64) error {
	const lost = 0.02 // of the groups outside of the first sample
	turns := often((1-lost)*d.outside(share), h.missed)
	reading := 0.0
	for _, of := range d.at.of {
		reading += 20 * float64(len(of))
	}
	for range turns {
		zero := append(d.sample(share), d.large...)
		basis, size, err := nullSpace(ctx, d.at, zero, d.random)
		if err != nil {
			return err
		}
		h.work -= reading + cubic(size)
		if h.work < 0 {
			h.complete = false
			return nil
		}
		if len(basis) <= few {
			if err := h.look(ctx, basis); err != nil {
				return err
			}
			continue
		}
		more := min(perCell*float64(len(basis))/float64(len(d.small)), mostShare)
		for range often(d.outside(more), lost) {
			if h.work < 0 {
				h.complete = false
				return nil
			}
			var fine [][]uint64
			if next := d.sample(more); 2*size <= 3*len(basis) { // cells in few others: to begin anew costs less
				var left int
				fine, left, err = nullSpace(ctx, d.at, slices.Concat(zero, next), d.random)
				h.work -= reading + cubic(left)
			} else {
				fine, err = narrow(ctx, d.at, basis, next, d.random)
				h.work -= reading + 5*cubic(len(basis))
			}
			if err != nil {
				return err
			}
			if err := h.look(ctx, fine); err != nil {
				return err
			}
		}
	}
	return nil
}

// cubic is the work of eliminating a symmetric matrix.
func cubic(n int) float64 { return float64(n) * float64(n) * float64(n) / 6 }

// look searches what combinations of cells make of the atoms.
func (h *hunt) look(ctx context.Context, basis [][]uint64) error {
	rows, sums := make([]*row, len(basis)), make([]uint64, len(h.at.of))
	for i, u := range basis {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows[i] = reach(h.at, u, sums)
	}
	h.complete = h.search(rows) && h.complete
	return nil
}
