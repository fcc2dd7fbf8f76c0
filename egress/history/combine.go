package history

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/egress/differencing"
)

// row is one sum of a search for combinations.
type row struct {
	release *Release
	cell    int
	set     *Set
}

func (r row) group() *roaring.Bitmap { return r.release.Cells[r.cell].groups[r.set.Group].members }
func (r row) place() Place           { return Place{r.release.ID, r.cell, r.set.Figure} }

// searches say which sets are looked at together: people; numbers; and numbers without
// those who contribute nothing, which is what adds up where they are others in each cell.
// Others do not add up.
var searches = []func(*Set) bool{
	func(s *Set) bool { return s.Class == Who },
	func(s *Set) bool { return s.Class.adds() && s.Of == 0 },
	func(s *Set) bool { return s.Class.adds() && !s.Zeros },
}

// combinations searches among the sets of one search.
func (a *audit) combinations(ctx context.Context, in func(*Set) bool) error {
	rows, left := a.rows(in, a.cfg.MaxSets)
	a.verdict.LeftOut += left
	numbers := map[uint64]uint32{}
	cells := make([]differencing.Cell, len(rows))
	for i, r := range rows {
		var err error
		if cells[i].Members, err = elements(r, numbers); err != nil {
			return err
		}
	}
	subjects := subjectsOf(numbers)
	cfg := differencing.Config{K: a.cfg.K, Seed: a.cfg.Seed}
	if len(numbers) > 0 {
		cfg.Owners = subjects // several elements are what a subject contributes in one release, and what in another
	}
	return a.settle(ctx, rows, cells, cfg, differencing.Combinations)
}

// search is one of package differencing's.
type search func(context.Context, []differencing.Cell, differencing.Config) (*differencing.Verdict, error)

// settle searches until no new cell that is not withheld is part of a finding.
func (a *audit) settle(ctx context.Context, rows []row, cells []differencing.Cell, cfg differencing.Config, look search) error {
	for {
		v, err := look(ctx, cells, cfg)
		if err != nil {
			return err
		}
		gone := a.judge(v, rows, cfg.Owners)
		if len(gone) == 0 {
			a.verdict.Complete = a.verdict.Complete && v.Complete
			return nil
		}
		a.verdict.Withhold = append(a.verdict.Withhold, gone...)
		for i := len(rows) - 1; i >= 0; i-- {
			if rows[i].release == a.fresh && slices.Contains(gone, rows[i].cell) {
				rows, cells = slices.Delete(rows, i, i+1), slices.Delete(cells, i, i+1)
			}
		}
	}
}

// rows chooses the sets of a search: those of new cells, then of earlier releases, the
// newest first, those that share a subject with a new cell before others; each sum
// once. A new one that an earlier release has is that release's: it tells nothing more.
func (a *audit) rows(in func(*Set) bool, most int) (out []row, left int) {
	known := sums{}
	for _, release := range a.earlier {
		each(release, in, func(r row) { known.add(r) })
	}
	var fresh, near, far []row
	touched := roaring.New()
	each(a.fresh, in, func(r row) {
		if !slices.Contains(a.verdict.Withhold, r.cell) && !known.has(r) {
			touched.Or(r.group())
			fresh = append(fresh, r)
		}
	})
	if len(fresh) == 0 {
		return nil, 0
	}
	known = sums{}
	for _, release := range slices.Backward(a.earlier) {
		each(release, in, func(r row) {
			switch {
			case known.has(r):
			case r.group().Intersects(touched):
				near = append(near, r)
			default:
				far = append(far, r)
			}
			known.add(r)
		})
	}
	out = slices.Concat(fresh, near, far)
	size := min(len(out), max(most, len(fresh)))
	return out[:size], len(out) - size
}

// sums finds equal sets.
type sums map[[2]uint64][]row

func (s sums) key(r row) [2]uint64 { return [2]uint64{r.set.Sum, r.group().GetCardinality()} }

func (s sums) has(r row) bool {
	return slices.ContainsFunc(s[s.key(r)], func(o row) bool { return o.group().Equals(r.group()) })
}

func (s sums) add(r row) {
	if !s.has(r) {
		s[s.key(r)] = append(s[s.key(r)], r)
	}
}

func each(r *Release, in func(*Set) bool, do func(row)) {
	for i := range r.Cells {
		for j := range r.Cells[i].Sets {
			if s := &r.Cells[i].Sets[j]; in(s) {
				do(row{r, i, s})
			}
		}
	}
}

// elements are the subjects of a set; or numbers of a subject with its mark, where the
// marks are not all 1.
func elements(r row, numbers map[uint64]uint32) (*roaring.Bitmap, error) {
	if r.set.Class == Who {
		return r.group(), nil
	}
	marks, err := r.release.marksOf(r.set)
	if err != nil {
		return nil, err
	}
	out, i := make([]uint32, 0, r.group().GetCardinality()), 0
	r.group().Iterate(func(subject uint32) bool {
		key := uint64(subject)<<32 | uint64(at(marks, i))
		n, ok := numbers[key]
		if !ok {
			n = uint32(len(numbers))
			numbers[key] = n
		}
		out, i = append(out, n), i+1
		return true
	})
	return roaring.BitmapOf(out...), nil
}

// subjectsOf turns numbers around; nil where elements are subjects.
func subjectsOf(numbers map[uint64]uint32) []uint32 {
	if len(numbers) == 0 {
		return nil
	}
	out := make([]uint32, len(numbers))
	for key, n := range numbers {
		out[n] = uint32(key >> 32)
	}
	return out
}

// judge keeps the findings that a new cell is part of, and says which new cells must go
// so that none is left: of each the last.
func (a *audit) judge(v *differencing.Verdict, rows []row, subjects []uint32) []int {
	gone := map[int]bool{}
	for _, c := range v.Combinations {
		people := map[uint32]bool{}
		for _, e := range c.Elements {
			if subjects != nil {
				e = subjects[e]
			}
			people[e] = true
		}
		if len(people) >= a.cfg.K {
			continue
		}
		out, last := a.told(c, rows)
		if last < 0 {
			a.verdict.Complete = a.verdict.Complete && c.Coefficients != nil // else nobody knows which cells it is of
			continue
		}
		out.Subjects = len(people)
		a.verdict.Combinations = append(a.verdict.Combinations, out)
		gone[last] = true
	}
	return slices.Sorted(maps.Keys(gone))
}

// told puts a combination in words; last is the last new cell in it, -1 for none.
func (a *audit) told(c differencing.Combination, rows []row) (out Combination, last int) {
	last = -1
	for i, r := range c.Coefficients {
		out.Terms = append(out.Terms, Term{rows[i].place(), r.RatString()})
		if rows[i].release == a.fresh {
			last = max(last, rows[i].cell)
		}
	}
	slices.SortFunc(out.Terms, func(x, y Term) int {
		return cmp.Or(cmp.Compare(x.Release, y.Release), cmp.Compare(x.Cell, y.Cell), cmp.Compare(x.Figure, y.Figure))
	})
	return out, last
}
