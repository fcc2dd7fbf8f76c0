package suppression

import (
	"cmp"
	"math"
	"slices"
)

// rounding is what sums of costs may lose.
const rounding = 1e-12

// hitter looks for the cheapest set of cells that hits every clause.
type hitter struct {
	clauses []clause  // of places in cost, cheapest first
	cost    []float64 // of each candidate
	cells   []int     // of the problem
	of      [][]int   // the clauses of each candidate

	hits   []int  // of each clause: how many of its candidates are chosen
	barred []bool // candidates that this branch does without
	chosen []int
	best   float64
	found  []int
	price  []float64 // of each clause
	left   []float64 // of the cost of each candidate, while a bound is made
	least  float64   // the cost of a candidate
	most   float64
	work   *int64 // entries of clauses that were looked at
	limit  int64  // of work
}

// leastHit finds the cheapest set of cells, below the cost of bound, that hits every
// clause; nil if there is none. It stops when work comes to the limit; complete is
// false then.
func leastHit(clauses []clause, cost []float64, bound float64, work *int64, limit int64) (cells []int, complete bool) {
	h := newHitter(clauses, cost)
	h.best, h.work, h.limit = bound, work, limit
	h.setPrices()
	h.search(0)
	if h.found != nil {
		cells = []int{}
	}
	for _, c := range h.found {
		cells = append(cells, h.cells[c])
	}
	slices.Sort(cells)
	return cells, *work <= limit
}

// newHitter leaves out candidates to which another is preferable: one that hits as
// much or more, and costs no more.
func newHitter(clauses []clause, cost []float64) *hitter {
	in := map[int][]int{}
	var cells []int
	for i, c := range clauses {
		for _, cell := range c {
			if in[cell] == nil {
				cells = append(cells, cell)
			}
			in[cell] = append(in[cell], i)
		}
	}
	// Who hits more comes first, then who is cheaper: so none is preferable to one before.
	slices.SortFunc(cells, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(in[b]), len(in[a])), cmp.Compare(cost[a], cost[b]), cmp.Compare(a, b))
	})
	h := &hitter{clauses: make([]clause, len(clauses)), hits: make([]int, len(clauses))}
	for _, cell := range cells {
		if slices.ContainsFunc(h.cells, func(other int) bool { return cost[other] <= cost[cell] && includes(in[other], in[cell]) }) {
			continue
		}
		for _, i := range in[cell] {
			h.clauses[i] = append(h.clauses[i], len(h.cells))
		}
		h.cells, h.cost, h.of = append(h.cells, cell), append(h.cost, cost[cell]), append(h.of, in[cell])
	}
	for _, c := range h.clauses {
		slices.SortStableFunc(c, func(a, b int) int {
			return cmp.Compare(h.cost[a]*float64(len(h.of[b])), h.cost[b]*float64(len(h.of[a])))
		})
	}
	h.barred, h.left, h.price = make([]bool, len(h.cells)), make([]float64, len(h.cells)), make([]float64, len(clauses))
	if len(h.cost) > 0 {
		h.least, h.most = slices.Min(h.cost), max(slices.Max(h.cost), math.SmallestNonzeroFloat64)
	}
	return h
}

// includes reports whether a has all that b has; both ascend.
func includes(a, b []int) bool {
	for _, x := range b {
		i, ok := slices.BinarySearch(a, x)
		if !ok {
			return false
		}
		a = a[i+1:]
	}
	return true
}

// search goes through all sets, by the candidates of the clause that has the fewest
// left: with the first, else without it and with the second, and so on.
func (h *hitter) search(spent float64) {
	if *h.work > h.limit {
		return
	}
	narrow, rest := h.bound()
	if spent+rest >= h.best*(1-rounding) {
		return
	}
	if narrow < 0 {
		h.best, h.found = spent, append([]int{}, h.chosen...)
		return
	}
	var tried []int
	for _, c := range h.clauses[narrow] {
		if h.barred[c] {
			continue
		}
		h.take(c, 1)
		h.search(spent + h.cost[c])
		h.take(c, -1)
		h.barred[c] = true
		tried = append(tried, c)
	}
	for _, c := range tried {
		h.barred[c] = false
	}
}

// take chooses a candidate, or gives it back.
func (h *hitter) take(c, by int) {
	for _, i := range h.of[c] {
		h.hits[i] += by
	}
	if by > 0 {
		h.chosen = append(h.chosen, c)
	} else {
		h.chosen = h.chosen[:len(h.chosen)-1]
	}
}

// bound finds the clause with the fewest candidates left, or -1, and a cost below
// which the clauses cannot be hit: each takes a part of the cost of its candidates,
// first what it was priced at and then what is left (a feasible solution of the dual
// program).
func (h *hitter) bound() (narrow int, cost float64) {
	narrow, fewest := -1, 0
	for i, c := range h.clauses {
		if h.hits[i] > 0 {
			continue
		}
		size := 0
		*h.work += int64(2 * len(c))
		for _, candidate := range c {
			if !h.barred[candidate] {
				size++
			}
		}
		if size == 0 {
			return i, math.Inf(1)
		}
		if narrow < 0 || size < fewest {
			narrow, fewest = i, size
		}
	}
	if narrow < 0 {
		return narrow, 0
	}
	copy(h.left, h.cost)
	for _, priced := range []bool{true, false} {
		for i, c := range h.clauses {
			if h.hits[i] > 0 {
				continue
			}
			part := math.Inf(1)
			if priced {
				part = h.price[i]
			}
			for _, candidate := range c {
				if !h.barred[candidate] {
					part = min(part, h.left[candidate])
				}
			}
			for _, candidate := range c {
				h.left[candidate] -= part
			}
			cost += part
		}
	}
	return narrow, h.whole(cost)
}

// whole raises a bound to that of a whole number of cells.
func (h *hitter) whole(cost float64) float64 {
	cells := math.Floor(cost/h.most + 1 - 1e-9)
	return max(cost, cells*h.least)
}

// The search for prices.
const (
	priceRounds = 200
	priceIdle   = 12 // rounds without a better bound before steps are halved
)

// setPrices gives each clause a price, by which the sum of prices bounds the cost of
// all: the Lagrangian dual, by subgradients (J. E. Beasley, A Lagrangian heuristic for
// set-covering problems, Naval Research Logistics 37, 1990).
func (h *hitter) setPrices() {
	price, reduced := make([]float64, len(h.clauses)), make([]float64, len(h.cost))
	best, step, idle := math.Inf(-1), 2.0, 0
	for round := 0; round < priceRounds && *h.work <= h.limit; round++ {
		copy(reduced, h.cost)
		value := 0.0
		for i, c := range h.clauses {
			value += price[i]
			*h.work += int64(2 * len(c)) // here, and in the gradient
			for _, candidate := range c {
				reduced[candidate] -= price[i]
			}
		}
		for _, r := range reduced {
			value += min(0, r)
		}
		if idle++; value > best+rounding {
			best, idle = value, 0
			copy(h.price, price)
		}
		if idle > priceIdle {
			step, idle = step/2, 0
		}
		if !h.followGradient(price, reduced, step*max(0, h.best-value)) {
			return
		}
	}
}

// followGradient raises the prices of clauses that the cheap candidates do not hit,
// and lowers those of others; false where there is nothing to change.
func (h *hitter) followGradient(price, reduced []float64, length float64) bool {
	gradient, norm := make([]float64, len(price)), 0.0
	for i, c := range h.clauses {
		gradient[i] = 1
		for _, candidate := range c {
			if reduced[candidate] < 0 {
				gradient[i]--
			}
		}
		norm += gradient[i] * gradient[i]
	}
	for i, g := range gradient {
		if norm > 0 {
			price[i] = max(0, price[i]+length/norm*g)
		}
	}
	return norm > 0 && length > 0
}
