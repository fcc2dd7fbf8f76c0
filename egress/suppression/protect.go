package suppression

import (
	"cmp"
	"context"
	"math"
	"slices"

	"yingbi/internal/fault"
)

// Pattern is a set of cells to withhold.
type Pattern struct {
	Suppressed []int      // all, ascending
	Secondary  []int      // those that were added
	Intervals  []Interval // what the attacker can say of each suppressed cell
	Least      bool       // no safe pattern costs less; else the search was cut short
}

// search is one search for a pattern.
type search struct {
	auditor
	cost     []float64
	level    []int
	limit    int   // cells up to this level may be withheld
	until    int64 // work at which a completion is given up; 0: never
	withheld []bool
	pool     []clause // what has been learnt
	full     []clause // the same, with cells that may not be withheld at present
}

// Protect finds cells to withhold besides the primary ones, so that each primary cell
// has the interval that it needs. A total is withheld only where no pattern of its
// parts is safe. Small problems get a pattern of least cost; in larger ones a greedy
// pattern without a cell that could be spared is improved for a bounded time. Without
// any safe pattern the error is an *UnprotectableError.
func Protect(ctx context.Context, p Problem) (Pattern, error) {
	if err := p.validate(); err != nil {
		return Pattern{}, err
	}
	s := &search{level: p.levels()}
	s.scaled, s.cost, s.proofs = p.scale(), p.costs(s.level), make([]*proof, len(p.Primary))
	s.learnLonely()
	found, err := s.first(ctx)
	if err != nil {
		return Pattern{}, err
	}
	best, least, err := s.improve(ctx, found)
	if err != nil {
		return Pattern{}, err
	}
	return s.confirm(ctx, best, least)
}

// learnLonely learns that a primary cell may not be the only withheld one of an
// equation.
func (s *search) learnLonely() {
	for _, e := range s.Equations {
		var others clause
		primary, hidden := 0, 0
		for _, t := range e {
			if s.given[t.Cell] {
				hidden++
			} else {
				others = append(others, t.Cell)
			}
			if s.index[t.Cell] >= 0 {
				primary++
			}
		}
		if primary == 1 && hidden == 1 {
			slices.Sort(others)
			s.learn(others)
		}
	}
}

// learn takes clauses into the pool.
func (s *search) learn(clauses ...clause) {
	for _, c := range clauses {
		s.full = append(s.full, c)
		s.pool = append(s.pool, s.allowed(c))
	}
}

// allowed leaves of a clause what may be withheld.
func (s *search) allowed(c clause) clause {
	return slices.DeleteFunc(slices.Clone(c), func(cell int) bool { return s.level[cell] > s.limit || math.IsInf(s.cost[cell], 1) })
}

// first finds a safe pattern, with totals only if there is none without.
func (s *search) first(ctx context.Context) ([]int, error) {
	highest := slices.Max(append([]int{0}, s.level...))
	for ; s.limit <= highest; s.limit++ {
		for i, c := range s.full {
			s.pool[i] = s.allowed(c)
		}
		got, ok, err := s.complete(ctx, nil)
		if err != nil || ok {
			return got, err
		}
	}
	s.limit = highest
	return nil, s.unprotectable(ctx)
}

// unprotectable says which cells stay exposed if all is withheld that may be.
func (s *search) unprotectable(ctx context.Context) error {
	var all []int
	for i, c := range s.cost {
		if s.given[i] || !math.IsInf(c, 1) {
			all = append(all, i)
		}
	}
	intervals, err := s.intervals(ctx, all)
	if err != nil {
		return err
	}
	most := Pattern{Suppressed: all, Intervals: intervals}
	for _, c := range all {
		if !s.given[c] {
			most.Secondary = append(most.Secondary, c)
		}
	}
	return &UnprotectableError{s.Exposed(all, intervals), most}
}

// withhold sets the pattern, and forgets proofs that do not hold in it.
func (s *search) withhold(secondary []int) {
	s.withheld = make([]bool, len(s.Values))
	for _, cells := range [][]int{s.Primary, s.Withheld, secondary} {
		for _, c := range cells {
			s.withheld[c] = true
		}
	}
	public := func(c int) bool { return !s.withheld[c] }
	for i, p := range s.proofs {
		if p != nil && (slices.ContainsFunc(p[0], public) || slices.ContainsFunc(p[1], public)) {
			s.proofs[i] = nil
		}
	}
}

// complete adds cells until the pattern is safe, and takes back those that can be
// spared; not ok means that some clause cannot be hit, or that it was given up.
func (s *search) complete(ctx context.Context, secondary []int) (got []int, ok bool, err error) {
	s.withhold(secondary)
	for {
		for {
			c, open, hit := s.pick()
			if !open {
				break
			}
			if !hit {
				return nil, false, nil
			}
			s.withheld[c] = true
		}
		clauses, safe, err := s.audit(ctx, s.withheld, false)
		if err != nil {
			return nil, false, err
		}
		if safe {
			return s.spare(ctx)
		}
		if s.learn(clauses...); s.over() {
			return nil, false, nil
		}
	}
}

func (s *search) over() bool { return s.until > 0 && s.work > s.until }

// pick chooses the cell that hits most open clauses for its cost. open says whether
// there are any, hit whether all can be hit.
func (s *search) pick() (cell int, open, hit bool) {
	count := make([]float64, len(s.Values))
	best := -1
	var touched []int
	for _, c := range s.pool {
		s.work += int64(len(c))
		if slices.ContainsFunc(c, func(cell int) bool { return s.withheld[cell] }) {
			continue
		}
		if len(c) == 0 {
			return -1, true, false
		}
		for _, cell := range c {
			if count[cell] == 0 {
				touched = append(touched, cell)
			}
			count[cell]++
		}
	}
	for _, cell := range touched {
		if best < 0 || s.better(count, cell, best) {
			best = cell
		}
	}
	return best, len(touched) > 0, true
}

func (s *search) better(count []float64, a, b int) bool {
	x, y := count[a]*s.cost[b], count[b]*s.cost[a]
	return x > y || x == y && cmp.Or(cmp.Compare(s.cost[a], s.cost[b]), cmp.Compare(a, b)) < 0
}

// spare publishes again what is not needed, the dearest first.
func (s *search) spare(ctx context.Context) ([]int, bool, error) {
	secondary := s.secondary()
	slices.SortStableFunc(secondary, func(a, b int) int { return cmp.Compare(s.cost[b], s.cost[a]) })
	for _, c := range secondary {
		if s.onlyHit(c) {
			continue
		}
		s.withheld[c] = false
		kept := slices.Clone(s.proofs)
		for i, p := range s.proofs {
			if p.needs(c) {
				s.proofs[i] = nil
			}
		}
		clauses, safe, err := s.audit(ctx, s.withheld, true)
		if err != nil {
			return nil, false, err
		}
		if !safe {
			s.withheld[c], s.proofs = true, kept
			s.learn(clauses...)
		}
		if s.over() {
			return nil, false, nil
		}
	}
	return s.secondary(), true, nil
}

// onlyHit reports whether some clause has no other withheld cell.
func (s *search) onlyHit(cell int) bool {
	return slices.ContainsFunc(s.pool, func(c clause) bool {
		if _, in := slices.BinarySearch(c, cell); !in {
			return false
		}
		return !slices.ContainsFunc(c, func(other int) bool { return other != cell && s.withheld[other] })
	})
}

// secondary lists what is withheld and was not before.
func (s *search) secondary() []int {
	var out []int
	for c, is := range s.withheld {
		if is && !s.given[c] {
			out = append(out, c)
		}
	}
	return out
}

// confirm computes all intervals anew, and holds them against what is needed.
func (s *search) confirm(ctx context.Context, secondary []int, least bool) (Pattern, error) {
	p := Pattern{Suppressed: slices.Concat(s.Primary, s.Withheld, secondary), Secondary: secondary, Least: least}
	slices.Sort(p.Suppressed)
	var err error
	if p.Intervals, err = s.intervals(ctx, p.Suppressed); err != nil {
		return Pattern{}, err
	}
	if exposed := s.Exposed(p.Suppressed, p.Intervals); len(exposed) > 0 {
		return Pattern{}, fault.New(fault.Internal, "the pattern that was found is not safe")
	}
	return p, nil
}
