package suppression

import (
	"context"
	"math/rand/v2"
	"slices"
)

// Effort of the search for better patterns once there is a safe one, in entries of
// tableaus and clauses: some tenths of a second, in tables of three ways a few seconds.
// It is counted, not timed, so that the result is the same on every machine.
const (
	hitWork  = 10_000_000  // for one least hitting set
	boundFor = 20_000_000  // for a proof, before and after the variations
	varyFor  = 400_000_000 // for the variations
	variants = 300
)

// improve looks for cheaper patterns: by a proof that there is none, and where that
// takes too long by variations.
func (s *search) improve(ctx context.Context, best []int) (_ []int, least bool, err error) {
	best, least, err = s.converge(ctx, best)
	if err != nil || least {
		return best, least, err
	}
	if best, err = s.vary(ctx, best); err != nil {
		return nil, false, err
	}
	return s.converge(ctx, best)
}

// converge looks for a proof. A cheapest set that hits all clauses costs no more than
// any safe pattern; so if it is safe, or costs as much as the best one, the end is
// reached. Else it teaches further clauses.
func (s *search) converge(ctx context.Context, best []int) (_ []int, least bool, err error) {
	for s.until = s.work + boundFor; !s.over(); {
		set, complete := leastHit(s.pool, s.cost, s.total(best), &s.work, s.work+hitWork)
		if set == nil {
			return best, complete, nil
		}
		known := len(s.pool)
		got, ok, err := s.complete(ctx, set)
		if err != nil {
			return nil, false, err
		}
		better := ok && s.total(got) < s.total(best)
		if better {
			best = got
		}
		if !ok {
			return best, false, nil
		}
		if len(s.pool) == known && (complete || !better) {
			return best, complete, nil // the set is safe as it is
		}
	}
	return best, false, nil
}

// vary publishes some cells of the best pattern again, completes what is left, and
// goes on from there if that is no dearer (P. Shaw, Using constraint programming and
// local search methods, CP 1998: large neighbourhood search).
func (s *search) vary(ctx context.Context, best []int) ([]int, error) {
	random := rand.New(rand.NewPCG(1, 1)) // the same problem gives the same pattern
	s.until = s.work + varyFor
	for i := 0; i < variants && !s.over(); i++ {
		share := []float64{0.3, 0.5, 0.7}[i%3]
		kept := slices.DeleteFunc(slices.Clone(best), func(int) bool { return random.Float64() < share })
		got, ok, err := s.complete(ctx, kept)
		if err != nil {
			return nil, err
		}
		if ok && s.total(got) <= s.total(best) {
			best = got
		}
	}
	return best, nil
}

func (s *search) total(cells []int) (sum float64) {
	for _, c := range cells {
		sum += s.cost[c]
	}
	return sum
}
