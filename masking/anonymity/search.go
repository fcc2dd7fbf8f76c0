package anonymity

import (
	"cmp"
	"context"
	"math"
	"slices"

	"yingbi/internal/fault"
)

// Spec is what Search is asked for.
type Spec struct {
	Models           Models
	SuppressionLimit float64 // share of the rows that may be suppressed
	Metric           Metric
}

// Result is the exact optimum.
type Result struct {
	Feasible bool
	Loss     float64
	Levels   []int   // per quasi-identifier: of Optima the one with the least sum, then the first
	Optima   [][]int // all levels with that loss, in lexicographic order
}

// maxNodes is how many combinations of levels a search takes on.
const maxNodes = 1 << 24

// Search finds the levels with the least loss among all that meet the models.
func Search(ctx context.Context, t *Table, spec Spec) (*Result, error) {
	if err := spec.check(t); err != nil {
		return nil, err
	}
	s := newWalk(t, spec)
	if err := s.explore(ctx, &s.p.base, 0); err != nil {
		return nil, err
	}
	return s.result(), nil
}

func (spec Spec) check(t *Table) error {
	if err := spec.Models.check(t.sensitive); err != nil {
		return err
	}
	if spec.Models == (Models{}) {
		return fault.New(fault.Invalid, "no model is asked: name at least one, such as k_anonymity")
	}
	switch limit := spec.SuppressionLimit; {
	case !(limit >= 0 && limit <= 1):
		return fault.New(fault.Invalid, "a suppression limit is a share from 0 to 1")
	case spec.Metric > MonotoneEntropy:
		return fault.New(fault.Invalid, "no such metric")
	case t.rows == 0:
		return fault.New(fault.Invalid, "the table has no row")
	}
	nodes := 1
	for _, a := range t.quasi {
		if nodes *= a.Hierarchy.Levels(); nodes > maxNodes {
			return fault.Errorf(fault.Limit, "over %d combinations of levels: take fewer quasi-identifiers or levels", maxNodes)
		}
	}
	return nil
}

// walk goes over the lattice of levels, attribute by attribute: those with most values
// first, which tell soonest whether classes can be large enough.
type walk struct {
	p      *problem
	spec   Spec
	limit  int64 // rows that may be suppressed
	g      *grouper
	judge  judge
	order  []int        // attributes
	levels []int        // per attribute
	rolled [][2]classes // per attribute, for its levels in turn
	alone  [][2]classes // per attribute: by it and those before it alone
	best   float64
	optima []optimum // no worse than the best when they were found
}

type optimum struct {
	levels       []int
	loss, stated float64
}

func newWalk(t *Table, spec Spec) *walk {
	p, n := t.prepare(spec.Models.ofSensitive()), len(t.quasi)
	s := &walk{
		p: p, spec: spec, limit: int64(math.Floor(spec.SuppressionLimit * float64(t.rows))), g: newGrouper(),
		judge: judge{p: p, models: spec.Models, byLoss: spec.Metric == Loss}, best: math.Inf(1),
		levels: make([]int, n), rolled: make([][2]classes, n), alone: make([][2]classes, n),
	}
	for i := range n {
		s.order = append(s.order, i)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(p.quasi[b].size, p.quasi[a].size) })
	return s
}

// explore looks at the nodes with the levels so far, those of the first attributes in
// the order. In c the others are at level 0.
func (s *walk) explore(ctx context.Context, c *classes, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth == len(s.order) {
		s.visit(c)
		return nil
	}
	a := s.order[depth]
	defer func() { s.levels[a] = 0 }()
	var alone *classes
	src, at := c, 0
	for l := range s.p.quasi[a].leaves {
		s.levels[a] = l
		if s.worse(s.p.ahead(s.spec.Metric, s.levels)) {
			return nil // and so are the levels above
		}
		if alone = s.project(c, alone, depth, l); s.judge.least(alone, s.limit) > s.limit {
			continue // whatever the others' levels are
		}
		src, at = s.raise(src, a, at, l), l
		if s.worse(s.p.within(s.spec.Metric, src)) {
			return nil
		}
		if err := s.explore(ctx, src, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// project groups by the attributes so far alone, as if the others had one value each:
// from c, or from what it was one level lower.
func (s *walk) project(c, below *classes, depth, l int) *classes {
	a := s.order[depth]
	if l > 0 {
		return s.raiseInto(&s.alone[a][l%2], below, a, l-1, l)
	}
	dst := &s.alone[a][0]
	dst.keys = resize(dst.keys, len(c.keys))
	for w, word := range c.keys {
		mask := uint64(0)
		for _, i := range s.order[:depth+1] {
			if f := s.p.layout.fields[i]; f.word == w {
				mask |= f.mask << f.shift
			}
		}
		dst.keys[w] = resize(dst.keys[w], len(word))
		for i, key := range word {
			dst.keys[w][i] = key & mask
		}
	}
	s.g.collapse(dst, &classes{counts: c.counts})
	return dst
}

// raise gives the classes of src with an attribute at another level. It overwrites what
// it gave for that attribute two levels ago.
func (s *walk) raise(src *classes, a, from, to int) *classes {
	if from == to {
		return src
	}
	dst := &s.rolled[a][0]
	if src == dst {
		dst = &s.rolled[a][1]
	}
	return s.raiseInto(dst, src, a, from, to)
}

func (s *walk) raiseInto(dst, src *classes, a, from, to int) *classes {
	up := s.p.quasi[a].up[from]
	for _, next := range s.p.quasi[a].up[from+1 : to] {
		higher := make([]uint32, len(up))
		for code, parent := range up {
			higher[code] = next[parent]
		}
		up = higher
	}
	s.g.rollUp(dst, src, s.p.layout.fields[a], up)
	return dst
}

// visit judges a node and remembers it if none was better.
func (s *walk) visit(c *classes) {
	st, feasible := s.judge.look(c, s.levels, s.limit)
	if !feasible {
		return
	}
	if loss := s.p.measure(s.spec.Metric, &st); !s.worse(loss) {
		s.best = min(s.best, loss)
		s.optima = append(s.optima, optimum{slices.Clone(s.levels), loss, s.p.stated(s.spec.Metric, &st)})
	}
}

// worse tells whether a loss is above the best, the rounding of sums aside.
func (s *walk) worse(loss float64) bool { return loss > s.best+1e-12*math.Abs(s.best) }

func (s *walk) result() *Result {
	s.optima = slices.DeleteFunc(s.optima, func(o optimum) bool { return s.worse(o.loss) })
	slices.SortFunc(s.optima, func(a, b optimum) int { return slices.Compare(a.levels, b.levels) })
	r := &Result{}
	for i, o := range s.optima {
		if i == 0 || height(o.levels) < height(r.Levels) {
			r.Feasible, r.Levels, r.Loss = true, o.levels, o.stated
		}
		r.Optima = append(r.Optima, o.levels)
	}
	return r
}

// height is the sum of the levels.
func height(levels []int) int {
	sum := 0
	for _, l := range levels {
		sum += l
	}
	return sum
}
