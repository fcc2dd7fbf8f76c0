package suppression

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// attacker tries every table of whole numbers that agrees with what is published. It
// shares no code with the package: it fills in cell by cell, and goes back where an
// equation can no longer hold.
type attacker struct {
	p      Problem
	hidden []bool
	order  []int // hidden cells
	value  []int64
	most   int64 // of any cell
	seen   []map[int64]bool
	tables int
}

func newAttacker(p Problem, suppressed []int) *attacker {
	a := &attacker{p: p, hidden: make([]bool, len(p.Values)), order: suppressed, value: make([]int64, len(p.Values)), seen: make([]map[int64]bool, len(p.Values))}
	for i, v := range p.Values {
		a.value[i] = v.Num().Int64()
		a.most = max(a.most, a.value[i])
		a.seen[i] = map[int64]bool{}
	}
	a.most += 3 // where the grand total is hidden
	for _, c := range suppressed {
		a.hidden[c] = true
	}
	a.fill(0)
	return a
}

func (a *attacker) fill(at int) {
	if at == len(a.order) {
		a.tables++
		for c, v := range a.value {
			a.seen[c][v] = true
		}
		return
	}
	c := a.order[at]
	truth := a.value[c]
	a.hidden[c] = false
	for v := int64(0); v <= a.most; v++ {
		if a.value[c] = v; a.possible(c) {
			a.fill(at + 1)
		}
	}
	a.value[c], a.hidden[c] = truth, true
}

// possible asks of each equation of the cell whether the hidden rest can still make it
// up, none being negative.
func (a *attacker) possible(cell int) bool {
	for _, e := range a.p.Equations {
		if !slices.ContainsFunc(e, func(t Term) bool { return t.Cell == cell }) {
			continue
		}
		least, most := int64(0), int64(0)
		for _, t := range e {
			switch {
			case !a.hidden[t.Cell]:
				least, most = least+t.Factor*a.value[t.Cell], most+t.Factor*a.value[t.Cell]
			case t.Factor > 0:
				most += t.Factor * a.most
			default:
				least += t.Factor * a.most
			}
		}
		if least > 0 || most < 0 {
			return false
		}
	}
	return true
}

// TestNobodyFindsAProtectedCell has the attacker try all tables after secondary
// suppression: a protected count is never the only possible one, and reaches over 0 …
// 2 where that was asked; and no table is outside the stated intervals.
func TestNobodyFindsAProtectedCell(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	patterns, exposed := 0, 0
	for _, shape := range shapes() {
		for range 40 {
			p := filled(r, 4, 2, shape.dims...)
			if len(shape.dims) == 1 {
				p = linked(p, 1, 2)
			}
			if r.IntN(2) == 0 {
				for _, c := range p.Primary {
					p.Needs = append(p.Needs, SmallCount(p.Values[c].Num().Int64(), 3))
				}
			}
			got, err := Protect(t.Context(), p)
			if err != nil {
				t.Fatalf("%s: %v", shape.name, err)
			}
			if len(got.Suppressed) > 14 {
				continue // too many tables to try
			}
			patterns++
			if len(got.Secondary) > 0 {
				exposed++
			}
			p.holdTables(t, shape.name, got)
		}
	}
	if patterns < 150 || exposed < 60 {
		t.Errorf("%d patterns were tried, %d of them with secondary cells: the test looks at too little", patterns, exposed)
	}
}

// holdTables tries all tables against a pattern.
func (p Problem) holdTables(t *testing.T, name string, got Pattern) {
	t.Helper()
	a := newAttacker(p, got.Suppressed)
	if a.tables == 0 {
		t.Fatalf("%s: not even the true table was found", name)
	}
	for i, c := range got.Suppressed {
		for v := range a.seen[c] {
			in := got.Intervals[i]
			if in.Lower != nil && in.Lower.Cmp(big.NewRat(v, 1)) > 0 || in.Upper != nil && in.Upper.Cmp(big.NewRat(v, 1)) < 0 {
				t.Fatalf("%s: cell %d can be %d, outside [%v, %v]", name, c, v, in.Lower, in.Upper)
			}
		}
	}
	for i, c := range p.Primary {
		if len(a.seen[c]) < 2 {
			t.Errorf("%s: cell %d is found out under %v", name, c, got.Suppressed)
		}
		if p.Needs != nil && !(a.seen[c][0] && a.seen[c][2]) {
			t.Errorf("%s: cell %d with need %+v can only be %v under %v", name, c, p.Needs[i], a.seen[c], got.Suppressed)
		}
	}
}

// TestPatternsAreLeast compares with the cheapest of all safe patterns, at the lowest
// level of totals that has one.
func TestPatternsAreLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2))
	compared, hopeless := 0, 0
	for _, shape := range shapes()[:3] { // the others have too many patterns
		for range 25 {
			p := filled(r, 6, 2, shape.dims...)
			for _, c := range p.Primary {
				switch r.IntN(3) {
				case 0:
					p.Needs = append(p.Needs, Need{})
				case 1:
					p.Needs = append(p.Needs, SmallCount(p.Values[c].Num().Int64(), 3))
				case 2:
					p.Needs = append(p.Needs, Need{Width: big.NewRat(3, 1)})
				}
			}
			if r.IntN(2) == 0 {
				p.holdDown(r)
			}
			want, ok := p.cheapest(t)
			got, err := Protect(t.Context(), p)
			var impossible *UnprotectableError
			if errors.As(err, &impossible) && !ok {
				hopeless++
				continue
			}
			if err != nil || !ok || !got.Least {
				t.Fatalf("%s: %v, %v, %v", shape.name, err, ok, got.Least)
			}
			if cost := p.costOf(got.Secondary); cost > want*(1+1e-9) || cost < want*(1-1e-9) {
				t.Errorf("%s: %v costs %v, the cheapest %v", shape.name, got.Secondary, cost, want)
			}
			compared++
		}
	}
	if compared < 50 || hopeless < 3 {
		t.Errorf("only %d patterns were compared, %d were hopeless", compared, hopeless)
	}
}

// holdDown lets everybody know that some of the other cells are not smaller than they
// are, or not larger.
func (p *Problem) holdDown(r *rand.Rand) {
	for c, v := range p.Values {
		known := Interval{Lower: new(big.Rat)}
		if !slices.Contains(p.Primary, c) {
			switch r.IntN(3) {
			case 0:
				known.Lower = v
			case 1:
				known.Upper = v
			}
		}
		p.Bounds = append(p.Bounds, known)
	}
}

func (p Problem) costOf(cells []int) (sum float64) {
	costs := p.costs(p.levels())
	for _, c := range cells {
		sum += costs[c]
	}
	return sum
}

// cheapest tries all patterns.
func (p Problem) cheapest(t *testing.T) (best float64, found bool) {
	t.Helper()
	levels := p.levels()
	for limit := 0; limit <= slices.Max(levels) && !found; limit++ {
		var free []int
		for c, level := range levels {
			if level <= limit && !slices.Contains(p.Primary, c) {
				free = append(free, c)
			}
		}
		for set := range 1 << len(free) {
			var secondary []int
			for i, c := range free {
				if set>>i&1 == 1 {
					secondary = append(secondary, c)
				}
			}
			cost := p.costOf(secondary)
			if found && cost >= best {
				continue
			}
			all := append(slices.Clone(p.Primary), secondary...)
			intervals, err := Intervals(t.Context(), p, all)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Exposed(all, intervals)) == 0 {
				best, found = cost, true
			}
		}
	}
	return best, found
}
