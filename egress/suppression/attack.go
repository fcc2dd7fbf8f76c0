package suppression

import (
	"context"
	"math/big"
)

// component is a set of withheld cells that equations tie to each other.
type component struct{ cells, eqs []int }

// components splits the withheld cells; what is in different ones does not depend on
// each other.
func (s *scaled) components(withheld []bool) []component {
	parent := make([]int, len(s.Values))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := make([]int, len(s.Equations)) // a withheld cell of each equation
	for e, terms := range s.Equations {
		first[e] = -1
		for _, t := range terms {
			if !withheld[t.Cell] {
				continue
			}
			if first[e] < 0 {
				first[e] = t.Cell
			}
			parent[find(t.Cell)] = find(first[e])
		}
	}
	var out []component
	number := make([]int, len(parent)) // of the component of a root, from 1
	for c, is := range withheld {
		if root := find(c); is {
			if number[root] == 0 {
				out = append(out, component{})
				number[root] = len(out)
			}
			of := &out[number[root]-1]
			of.cells = append(of.cells, c)
		}
	}
	for e, c := range first {
		if c >= 0 {
			of := &out[number[find(c)]-1]
			of.eqs = append(of.eqs, e)
		}
	}
	return out
}

// Intervals gives what the attacker can say of each withheld cell if these cells are
// withheld and all others published, in the order of suppressed.
func Intervals(ctx context.Context, p Problem, suppressed []int) ([]Interval, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	if err := p.checkCells(suppressed); err != nil {
		return nil, err
	}
	return p.scale().intervals(ctx, suppressed)
}

func (s *scaled) intervals(ctx context.Context, suppressed []int) ([]Interval, error) {
	withheld, found := make([]bool, len(s.Values)), make([]Interval, len(s.Values))
	for _, c := range suppressed {
		withheld[c] = true
	}
	for _, of := range s.components(withheld) {
		t := s.newTableau(of.cells, of.eqs, new(int64))
		for v, c := range of.cells {
			var err error
			if found[c].Upper, err = t.end(ctx, v, 1); err != nil {
				return nil, err
			}
			if found[c].Lower, err = t.end(ctx, v, -1); err != nil {
				return nil, err
			}
		}
	}
	out := make([]Interval, len(suppressed))
	for i, c := range suppressed {
		out[i] = found[c]
	}
	return out, nil
}

// end is the value that the attacker's interval of v ends with, or nil.
func (t *tableau) end(ctx context.Context, v, s int) (*big.Rat, error) {
	reached, endless, err := t.push(ctx, v, s, nil)
	if err != nil || endless {
		return nil, err
	}
	if s < 0 {
		reached.over = reached.over.neg()
	}
	return t.s.value(t.cells[v], reached), nil
}
