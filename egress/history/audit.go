package history

import (
	"cmp"
	"context"
	"slices"

	"yingbi/egress/differencing"
	"yingbi/internal/fault"
)

// Config bounds an audit.
type Config struct {
	K       int      // fewer subjects than this are a small group; 2 or more
	MaxSets int      // of one search for combinations; 0 is 2,000
	Seed    [32]byte // of what is drawn at random; who chooses cells must not know it
}

const (
	maxSets    = 2000
	maxNearest = 20
	reach      = 2 // times K: how far apart cells may be that are shown as near
)

// Place is a cell of a release, and the measure of it.
type Place struct {
	Release string // empty: the new one
	Cell    int    // its place in the release's Cells
	Figure  string
}

// Pair are two sums that differ by some subjects.
type Pair struct {
	New, Other Place
	Difference int
}

// Term is a part of a combination.
type Term struct {
	Place
	Times string // an exact fraction
}

// Combination is a sum of figures, each times its coefficient, that is about few
// subjects.
type Combination struct {
	Terms    []Term
	Subjects int
}

// Verdict is what was found.
type Verdict struct {
	Withhold     []int // places of new cells that must not be published, rising
	Pairs        []Pair
	Combinations []Combination
	Nearest      []Pair // of new cells and earlier ones that are no finding, nearest first
	Earlier      int    // cells that were compared
	LeftOut      int    // sets that no search for combinations had room for
	Complete     bool   // the search for combinations came to its end, and could name the cells of each
}

// Audit compares the cells of a new release with each other and with earlier ones of
// the same kind of subject. It is an error if the context ends.
func Audit(ctx context.Context, cfg Config, fresh *Release, earlier []*Release) (*Verdict, error) {
	if cfg.K < 2 {
		return nil, fault.Errorf(fault.Invalid, "k is %d; a group that is protected has at least 2 subjects", cfg.K)
	}
	a := &audit{cfg: cfg, fresh: fresh, earlier: earlier, verdict: &Verdict{Complete: true}}
	a.cfg.MaxSets = cmp.Or(cfg.MaxSets, maxSets)
	for _, r := range earlier {
		a.verdict.Earlier += len(r.Cells)
	}
	if err := a.pairs(ctx); err != nil {
		return nil, err
	}
	for _, in := range searches {
		if err := a.combinations(ctx, in); err != nil {
			return nil, err
		}
	}
	for _, in := range splits {
		if err := a.split(ctx, in); err != nil {
			return nil, err
		}
	}
	slices.Sort(a.verdict.Withhold)
	return a.verdict, nil
}

// audit is one call of Audit.
type audit struct {
	cfg     Config
	fresh   *Release
	earlier []*Release
	verdict *Verdict
}

// site is where a group is.
type site struct {
	release *Release
	cell    int
	number  int
}

func (g site) of() *Cell { return &g.release.Cells[g.cell] }

func sites(releases ...*Release) (out []site, groups []differencing.Cell) {
	for _, r := range releases {
		for i := range r.Cells {
			for n, g := range r.Cells[i].groups {
				out, groups = append(out, site{r, i, n}), append(groups, differencing.Cell{Members: g.members, Spread: g.spread})
			}
		}
	}
	return out, groups
}

func (g site) place(s *Set) Place { return Place{g.release.ID, g.cell, s.Figure} }

// pairs compares new cells with all others, and withholds.
func (a *audit) pairs(ctx context.Context) error {
	own, groups := sites(a.fresh)
	among := differencing.NewArchive(groups)
	old, oldGroups := sites(a.earlier...)
	archive := differencing.NewArchive(oldGroups)
	for i, g := range own {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, p := range among.Within(groups[i], a.cfg.K) {
			if p.B < i || p.B == i && len(g.of().Sets) > 1 {
				if err := a.compare(g, own[p.B]); err != nil {
					return err
				}
			}
		}
		for _, p := range archive.Within(groups[i], reach*a.cfg.K) {
			if err := a.compare(g, old[p.B]); err != nil {
				return err
			}
		}
	}
	a.verdict.Withhold = cover(a.verdict.Pairs)
	byDifference := func(x, y Pair) int { return cmp.Compare(x.Difference, y.Difference) }
	slices.SortStableFunc(a.verdict.Pairs, byDifference)
	slices.SortStableFunc(a.verdict.Nearest, byDifference)
	a.verdict.Nearest = a.verdict.Nearest[:min(len(a.verdict.Nearest), maxNearest)]
	return nil
}

// compare looks at the sets of two groups that are near each other.
func (a *audit) compare(g, h site) error {
	for i := range g.of().Sets {
		for j := range h.of().Sets {
			s, t := &g.of().Sets[i], &h.of().Sets[j]
			if s.Group != g.number || t.Group != h.number || !s.with(t) || g == h && j >= i {
				continue
			}
			n, err := a.differ(g, s, h, t)
			if err != nil {
				return err
			}
			told := n > 0 && n < a.cfg.K
			if n == 0 { // where those by whom they differ contribute nothing, that is told
				n = g.of().without(s, h.of(), t)
				told = n > 0
			}
			p := Pair{g.place(s), h.place(t), n}
			switch {
			case told:
				a.verdict.Pairs = keep(a.verdict.Pairs, p, func(q Pair) bool { return q.Other.Cell == p.Other.Cell })
			case h.release != a.fresh && n < reach*a.cfg.K:
				a.verdict.Nearest = keep(a.verdict.Nearest, p, func(Pair) bool { return true })
			}
		}
	}
	return nil
}

// keep adds a pair to those of the same new cell, earlier release and so on, of which
// the nearest stays.
func keep(all []Pair, p Pair, same func(Pair) bool) []Pair {
	for i, q := range all {
		if q.New.Cell == p.New.Cell && q.Other.Release == p.Other.Release && same(q) {
			if p.Difference < q.Difference {
				all[i] = p
			}
			return all
		}
	}
	return append(all, p)
}

// differ counts the subjects by whom two sets differ, up to where it no longer matters.
func (a *audit) differ(g site, s *Set, h site, t *Set) (int, error) {
	x, y := g.of().groups[s.Group].members, h.of().groups[t.Group].members
	common := x.AndCardinality(y)
	n := int(x.GetCardinality() + y.GetCardinality() - 2*common)
	if n == 0 && s.Sum == t.Sum {
		return 0, nil
	}
	b, err := g.release.marksOf(s)
	if err != nil {
		return 0, err
	}
	c, err := h.release.marksOf(t)
	if err != nil {
		return 0, err
	}
	both := walk(x, y)
	for n < reach*a.cfg.K {
		i, j, ok := both()
		if !ok {
			break
		}
		if at(b, i) != at(c, j) {
			n++
		}
	}
	return n, nil
}

// cover chooses new cells so that each pair has one of them: where both cells are new,
// that which is in most pairs left, the last one among equals.
func cover(pairs []Pair) (out []int) {
	left := slices.Clone(pairs)
	drop := func(cell int) {
		out = append(out, cell)
		left = slices.DeleteFunc(left, func(p Pair) bool { return p.touches(cell) })
	}
	for _, p := range pairs {
		if p.Other.Release != "" && !slices.Contains(out, p.New.Cell) {
			drop(p.New.Cell)
		}
	}
	for len(left) > 0 {
		count, most := map[int]int{}, left[0].New.Cell
		for _, p := range left {
			for _, c := range slices.Compact([]int{p.New.Cell, p.Other.Cell}) {
				count[c]++
			}
		}
		for c, n := range count {
			if n > count[most] || n == count[most] && c > most {
				most = c
			}
		}
		drop(most)
	}
	return out
}

func (p Pair) touches(cell int) bool {
	return p.New.Cell == cell || p.Other.Release == "" && p.Other.Cell == cell
}
