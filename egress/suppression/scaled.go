package suppression

import "math/big"

// scaled is a problem in whole numbers. Its unknowns are deviations from the true
// values, in units of 1/unit; published cells do not deviate.
type scaled struct {
	*Problem
	unit  number
	below []room // of each cell: how far it may fall, from 0
	above []room // and rise
	wants []want // of each primary cell
	index []int  // of each cell: its place among the primary ones, or -1
	given []bool // of each cell: it is withheld from the beginning
}

// room is how far something may move from zero.
type room struct {
	endless bool
	size    number
}

// want is a need that the bounds allow, in units.
type want struct {
	below, above, width number
	step                number // how far the cell must move to one side at least; 0: at all
}

func (p *Problem) scale() *scaled {
	n := len(p.Values)
	s := &scaled{Problem: p, below: make([]room, n), above: make([]room, n), index: make([]int, n), given: make([]bool, n)}
	bounds := p.bounds()
	falls, rises := make([]*big.Rat, n), make([]*big.Rat, n)
	unit := big.NewInt(1)
	for i, x := range p.Values {
		falls[i], rises[i] = distance(bounds[i].Lower, x), distance(x, bounds[i].Upper)
		unit = common(unit, falls[i], rises[i])
		s.index[i] = -1
	}
	for _, need := range p.Needs {
		unit = common(unit, need.Lower, need.Upper, need.Width)
	}
	s.unit = fromBig(unit)
	for i := range p.Values {
		s.below[i], s.above[i] = s.room(falls[i]), s.room(rises[i])
	}
	for i, cell := range p.Primary {
		need := p.need(i)
		w := want{below: s.most(need.Lower, falls[cell]), above: s.most(need.Upper, rises[cell])}
		if all := s.above[cell]; falls[cell] != nil && !all.endless {
			w.width = s.most(need.Width, new(big.Rat).Add(falls[cell], rises[cell]))
		} else {
			w.width = s.most(need.Width, nil)
		}
		if p.Whole {
			w.step = s.unit
		}
		s.wants = append(s.wants, w)
		s.index[cell], s.given[cell] = i, true
	}
	for _, cell := range p.Withheld {
		s.given[cell] = true
	}
	return s
}

// common is the least common multiple of unit and the denominators.
func common(unit *big.Int, of ...*big.Rat) *big.Int {
	for _, r := range of {
		if r != nil && !r.IsInt() {
			gcd := new(big.Int).GCD(nil, nil, unit, r.Denom())
			unit = new(big.Int).Mul(unit, gcd.Quo(r.Denom(), gcd))
		}
	}
	return unit
}

func (s *scaled) units(r *big.Rat) number {
	v := new(big.Int).Mul(r.Num(), s.unit.big())
	return fromBig(v.Quo(v, r.Denom()))
}

func (s *scaled) room(r *big.Rat) room {
	if r == nil {
		return room{endless: true}
	}
	return room{size: s.units(r)}
}

// most is what is wanted, or as much as there is.
func (s *scaled) most(want, there *big.Rat) number {
	if want == nil || want.Sign() < 0 {
		return number{}
	}
	if there != nil && want.Cmp(there) > 0 {
		want = there
	}
	return s.units(want)
}

// value turns a deviation of a cell into what the attacker sees.
func (s *scaled) value(cell int, deviation fraction) *big.Rat {
	r := deviation.rat()
	r.Quo(r, new(big.Rat).SetInt(s.unit.big()))
	return r.Add(r, s.Values[cell])
}
