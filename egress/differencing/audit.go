package differencing

import (
	"cmp"
	"context"
	"math/big"
	"math/rand/v2"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/internal/fault"
)

// Config bounds an audit.
type Config struct {
	K    int      // fewer elements than this are a small group; 2 or more
	Seed [32]byte // of what is drawn at random; who chooses cells must not know it

	// Owners says whose each element is, where somebody has several: a small group is then
	// one of fewer than K owners. Without it each element is its own.
	Owners []uint32
}

// The work of one audit.
const (
	searchSteps = 1 << 20 // of 64 columns each, about a second
	missed      = 1e-9    // the probability that a small group is in every sample
)

// Verdict is what was found.
type Verdict struct {
	Pairs        []Pair
	Combinations []Combination // without those that hold a smaller one
	Atoms, Rank  int
	Complete     bool // all sums of small groups were looked at
}

// Allow reports whether nothing was found, and everything looked at.
func (v *Verdict) Allow() bool { return v.Complete && len(v.Pairs) == 0 && len(v.Combinations) == 0 }

// Combination is a sum of cells, each times its coefficient, that is about few
// elements. With Sum it is the exact sum of Elements; otherwise their weighted sum.
type Combination struct {
	Elements     []uint32
	Sum          bool
	Coefficients map[int]*big.Rat // by place of the cell; nil where the fractions are too long to be told
}

// Audit looks at cells over one measure. It is an error if the context ends.
func Audit(ctx context.Context, cells []Cell, cfg Config) (*Verdict, error) {
	if cfg.K < 2 {
		return nil, fault.Errorf(fault.Invalid, "k is %d; a group that is protected has at least 2 subjects", cfg.K)
	}
	random := rand.NewChaCha8(cfg.Seed)
	v := &Verdict{Pairs: Pairs(cells, cfg.K), Complete: true}
	whole := split(cells, random)
	v.Atoms = len(whole.of)
	kept, _, err := independent(ctx, places(len(cells)), whole, random)
	if err != nil {
		return nil, err
	}
	v.Rank = len(kept)
	return v, v.combine(ctx, cells, cfg, random)
}

// Combinations is Audit without pairs and without the rank.
func Combinations(ctx context.Context, cells []Cell, cfg Config) (*Verdict, error) {
	v := &Verdict{Complete: true}
	return v, v.combine(ctx, cells, cfg, rand.NewChaCha8(cfg.Seed))
}

func (v *Verdict) combine(ctx context.Context, cells []Cell, cfg Config, random *rand.ChaCha8) error {
	return v.combineBy(ctx, cells, cfg, random, func(h *hunt, d *draw) error { return h.samples(ctx, d) })
}

func (v *Verdict) combineBy(ctx context.Context, cells []Cell, cfg Config, random *rand.ChaCha8, search func(*hunt, *draw) error) error {
	left, at := entangled(cells, cfg, random)
	if len(left) == 0 {
		return nil
	}
	left, at, err := independent(ctx, left, at, random)
	if err != nil {
		return err
	}
	at.transpose()
	h := newHunt(at, cfg.K, random)
	if err := search(h, newDraw(at, cfg.K, random)); err != nil {
		return err
	}
	v.Complete = h.complete
	for _, f := range h.found {
		if at.values == nil {
			v.Combinations = append(v.Combinations, f.confirm(at, left))
		} else if c, ok := f.evident(at, left, cfg.K); ok {
			v.Combinations = append(v.Combinations, c)
		}
	}
	v.Combinations = minimal(v.Combinations)
	return nil
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// entangled gives the places of the cells that a disclosure can be made of, and their
// atoms. A cell with k owners or more who are in no other cell is no part of one;
// without it others have more of them alone.
func entangled(cells []Cell, cfg Config, random *rand.ChaCha8) ([]int, *atoms) {
	left := places(len(cells))
	for {
		part := make([]Cell, len(left))
		for i, place := range left {
			part[i] = cells[place]
		}
		at := split(part, random)
		at.own(cfg)
		alone := make([][]int32, len(part))
		for a, of := range at.of {
			if len(of) == 1 {
				alone[of[0]] = append(alone[of[0]], int32(a))
			}
		}
		var kept []int
		for i, place := range left {
			if at.few(alone[i], cfg.K) && !part[i].Members.IsEmpty() {
				kept = append(kept, place)
			}
		}
		if len(kept) == len(left) {
			return left, at
		}
		left = kept
	}
}

// confirm tells what was found in exact numbers.
func (f found) confirm(at *atoms, places []int) Combination {
	c := Combination{Sum: f.sum, Coefficients: map[int]*big.Rat{}}
	for _, a := range f.columns {
		c.Elements = append(c.Elements, at.members(int(a))...)
	}
	slices.Sort(c.Elements)
	used := make([]*big.Rat, at.cells)
	for i, u := range f.made {
		if u == 0 {
			continue
		}
		r, ok := rational(u)
		if !ok {
			c.Coefficients = nil
			return c
		}
		used[i], c.Coefficients[places[i]] = r, r
	}
	for a, of := range at.of {
		sum := new(big.Rat)
		for _, cell := range of {
			if used[cell] != nil {
				sum.Add(sum, used[cell])
			}
		}
		want := new(big.Rat)
		if v := f.at(int32(a)); v != 0 {
			var ok bool
			if want, ok = rational(v); !ok {
				c.Coefficients = nil
				return c
			}
		}
		if sum.Cmp(want) != 0 {
			c.Coefficients = nil
			return c
		}
	}
	return c
}

// minimal leaves out sums that hold all elements of another sum, and weighted ones
// that hold all of any other, and puts the rest in order: sums first, small ones first.
func minimal(all []Combination) []Combination {
	slices.SortStableFunc(all, func(a, b Combination) int {
		return cmp.Or(cmp.Compare(len(a.Elements), len(b.Elements)), slices.Compare(a.Elements, b.Elements))
	})
	var sums, weighted []Combination
	var known []*roaring.Bitmap
	for _, sum := range []bool{true, false} {
		for _, c := range all {
			set := roaring.BitmapOf(c.Elements...)
			if c.Sum != sum || slices.ContainsFunc(known, func(s *roaring.Bitmap) bool { return s.AndCardinality(set) == s.GetCardinality() }) {
				continue
			}
			known = append(known, set)
			if sum {
				sums = append(sums, c)
			} else {
				weighted = append(weighted, c)
			}
		}
	}
	return append(sums, weighted...)
}
