package suppression

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"yingbi/internal/fault"
)

// Limits of one problem.
const (
	MaxCells = 20_000
	MaxTerms = 400_000 // of all equations together
)

// Term is a cell's part in an equation.
type Term struct {
	Cell   int
	Factor int64
}

// Equation says that its terms add up to zero: parts with 1, their total with -1.
type Equation []Term

// Interval is what is known of a cell; a nil end is infinite.
type Interval struct{ Lower, Upper *big.Rat }

// Need is how wide the attacker's interval [x⁻, x⁺] of a primary cell of value X has
// to be: X − x⁻ ≥ Lower, x⁺ − X ≥ Upper and x⁺ − x⁻ ≥ Width. Nil is zero. A need
// beyond what is known of the cell beforehand asks for as much as that. Besides, the
// interval must never be a point; that alone is what the zero value asks.
type Need struct{ Lower, Upper, Width *big.Rat }

// Problem is a set of tables that share cells, with what must not be told.
type Problem struct {
	Values    []*big.Rat // the true value of each cell
	Equations []Equation // between cells, over all tables
	Primary   []int      // cells to withhold and to protect
	Needs     []Need     // of each primary cell; nil: no interval may be a point
	Withheld  []int      // cells that are withheld besides, and need no protection
	// Bounds are known of each cell beforehand. Nil: no cell is negative, or nothing
	// where one is.
	Bounds []Interval
	// Costs of withholding each cell; infinite: it must stay published. Nil: as few
	// cells as possible, and of those the least sum of values.
	Costs []float64
	// Whole says that the attacker knows every cell to be a whole number. An interval
	// that holds but one whole number is a point then. Widths stay those of the linear
	// program, which no whole table exceeds.
	Whole bool
}

// wrong makes an error. It names cells and equations by their indices: a problem has no
// other names.
func wrong(format string, args ...any) error { return fault.Errorf(fault.Invalid, format, args...) }

// validate holds that the problem makes sense: the true table is one that the
// attacker could think of.
func (p *Problem) validate() error {
	n := len(p.Values)
	if n > MaxCells {
		return fault.Errorf(fault.Limit, "%d cells; at most %d can be protected at once: split what is not linked", n, MaxCells)
	}
	if slices.Contains(p.Values, nil) {
		return wrong("cell %d has no value", slices.Index(p.Values, nil))
	}
	if p.Bounds != nil && len(p.Bounds) != n || p.Costs != nil && len(p.Costs) != n || p.Needs != nil && len(p.Needs) != len(p.Primary) {
		return wrong("bounds and costs are given for each cell, needs for each primary cell")
	}
	if err := p.checkCells(slices.Concat(p.Primary, p.Withheld)); err != nil {
		return err
	}
	for i, c := range p.Costs {
		if math.IsNaN(c) || c < 0 {
			return wrong("the cost of cell %d is not a number from 0", i)
		}
	}
	for i, b := range p.Bounds {
		x := p.Values[i]
		if b.Lower != nil && x.Cmp(b.Lower) < 0 || b.Upper != nil && x.Cmp(b.Upper) > 0 {
			return wrong("the value of cell %d is outside its bounds", i)
		}
	}
	return p.checkEquations()
}

func (p *Problem) checkCells(cells []int) error {
	seen := make(map[int]bool, len(cells))
	for _, c := range cells {
		if c < 0 || c >= len(p.Values) || seen[c] {
			return wrong("%d is no cell, or it is listed twice", c)
		}
		seen[c] = true
	}
	return nil
}

// checkEquations holds that every equation is true, but for what doubles lose: the
// attacker's deviations add up to zero whatever the rest is.
func (p *Problem) checkEquations() error {
	terms, last := 0, make([]int, len(p.Values))
	for i, e := range p.Equations {
		rest, size := new(big.Rat), new(big.Rat)
		for _, t := range e {
			if t.Cell < 0 || t.Cell >= len(p.Values) {
				return wrong("equation %d names cell %d, which does not exist", i, t.Cell)
			}
			if t.Factor == 0 || last[t.Cell] == i+1 {
				return wrong("equation %d has cell %d twice, or with the factor 0", i, t.Cell)
			}
			last[t.Cell] = i + 1
			part := new(big.Rat).SetInt64(t.Factor)
			rest.Add(rest, part.Mul(part, p.Values[t.Cell]))
			size.Add(size, part.Abs(part))
		}
		if terms += len(e); terms > MaxTerms {
			return fault.Errorf(fault.Limit, "the equations have more than %d terms", MaxTerms)
		}
		tolerance := new(big.Rat).Mul(size, big.NewRat(1, 1e9))
		if rest.Abs(rest).Cmp(tolerance) > 0 {
			return fault.Errorf(fault.Invalid, "%w", &falseEquation{i})
		}
	}
	return nil
}

// falseEquation is an equation that its values contradict.
type falseEquation struct{ index int }

func (e *falseEquation) Error() string {
	return fmt.Sprintf("the values do not satisfy equation %d; is a total wrong, or a part missing?", e.index)
}

// UnprotectableError says which primary cells stay exposed even if every cell that
// may be withheld is, as in Pattern.
type UnprotectableError struct {
	Cells   []int
	Pattern Pattern
}

func (e *UnprotectableError) Error() string {
	return fmt.Sprintf("%d cells stay exposed whatever else is withheld: publish nothing of these tables, or fewer totals", len(e.Cells))
}

// Unwrap gives the error its kind.
func (e *UnprotectableError) Unwrap() error { return fault.New(fault.Conflict, e.Error()) }

// bounds gives what is known of each cell.
func (p *Problem) bounds() []Interval {
	if p.Bounds != nil {
		return p.Bounds
	}
	known := Interval{Lower: new(big.Rat)}
	if slices.ContainsFunc(p.Values, func(v *big.Rat) bool { return v.Sign() < 0 }) {
		known = Interval{}
	}
	return slices.Repeat([]Interval{known}, len(p.Values))
}

func (p *Problem) need(i int) Need {
	if p.Needs == nil {
		return Need{}
	}
	return p.Needs[i]
}

// Exposed lists the primary cells whose interval is narrower than they need.
func (p *Problem) Exposed(suppressed []int, intervals []Interval) []int {
	var out []int
	bounds, found := p.bounds(), make(map[int]Interval, len(suppressed))
	for i, cell := range suppressed {
		found[cell] = intervals[i]
	}
	for i, cell := range p.Primary {
		interval, ok := found[cell]
		if !ok || !p.wide(p.need(i), p.Values[cell], bounds[cell], interval) {
			out = append(out, cell)
		}
	}
	return out
}

// wide compares a found interval with a need.
func (p *Problem) wide(need Need, x *big.Rat, known, found Interval) bool {
	below, above := distance(found.Lower, x), distance(x, found.Upper)
	free := p.least()
	moves := func(d *big.Rat) bool { return d == nil || d.Sign() > 0 && d.Cmp(free) >= 0 }
	return (moves(below) || moves(above)) &&
		reaches(below, need.Lower, distance(known.Lower, x)) &&
		reaches(above, need.Upper, distance(x, known.Upper)) &&
		reaches(distance(found.Lower, found.Upper), need.Width, distance(known.Lower, known.Upper))
}

// least is how far a cell must be able to move so as not to be a point: a whole
// number to the next, or at all.
func (p *Problem) least() *big.Rat {
	if p.Whole {
		return big.NewRat(1, 1)
	}
	return new(big.Rat)
}

// distance is nil where it is infinite.
func distance(from, to *big.Rat) *big.Rat {
	if from == nil || to == nil {
		return nil
	}
	return new(big.Rat).Sub(to, from)
}

// reaches holds that d is the wanted distance, or the most that there can be.
func reaches(d, want, most *big.Rat) bool {
	return d == nil || want == nil || d.Cmp(want) >= 0 || most != nil && d.Cmp(most) >= 0
}
