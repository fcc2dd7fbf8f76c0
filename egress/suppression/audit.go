package suppression

import (
	"context"
	"slices"
)

// clause lists cells, ascending, of which any safe pattern withholds one.
type clause []int

// proof holds the cells that deviate in two tables which show that the attacker
// cannot tell a primary cell closer than it needs: one where it is larger, one where
// it is smaller. It stands as long as all of them are withheld.
type proof [2][]int

func (p *proof) needs(cell int) bool {
	for _, cells := range p {
		if _, ok := slices.BinarySearch(cells, cell); ok {
			return true
		}
	}
	return false
}

// auditor asks whether patterns are safe, and keeps what it has proved.
type auditor struct {
	*scaled
	proofs []*proof // of each primary cell; nil: none
	work   int64
}

// audit tries to prove each primary cell that has no proof, under the pattern. For
// those that are exposed it gives clauses, or for the first one; safe is set where
// there are none.
func (a *auditor) audit(ctx context.Context, withheld []bool, first bool) (clauses []clause, safe bool, err error) {
	safe = true
	for _, of := range a.components(withheld) {
		open := slices.DeleteFunc(slices.Clone(of.cells), func(c int) bool { return a.index[c] < 0 || a.proofs[a.index[c]] != nil })
		if len(open) == 0 {
			continue
		}
		x := &examination{auditor: a, t: a.newTableau(of.cells, of.eqs, &a.work), withheld: withheld, open: open}
		x.reach = make([]reach, len(of.cells))
		for _, cell := range open {
			got, ok, err := x.examine(ctx, cell)
			if err != nil {
				return nil, false, err
			}
			clauses, safe = append(clauses, got...), safe && ok
			if first && !safe {
				return clauses, false, nil
			}
		}
	}
	return clauses, safe, nil
}

// examination is the audit of one component.
type examination struct {
	*auditor
	t        *tableau
	withheld []bool
	open     []int   // primary cells without a proof, at the beginning
	reach    []reach // of each variable
}

// reach is how far a cell has come in any table seen so far, up and down, and what
// deviates there.
type reach [2]struct {
	far   fraction
	cells []int
}

// examine proves one primary cell, or says why it is exposed.
func (x *examination) examine(ctx context.Context, cell int) (clauses []clause, ok bool, err error) {
	v, _ := slices.BinarySearch(x.t.cells, cell)
	w := x.wants[x.index[cell]]
	if x.prove(cell, v, w) {
		return nil, true, nil
	}
	var helpers [2]clause // what would let it come further
	for side, sign := range []int{1, -1} {
		target := w.target(sign)
		x.t.rest()
		got, _, err := x.t.push(ctx, v, sign, &target)
		if err != nil {
			return nil, false, err
		}
		x.note()
		if x.prove(cell, v, w) {
			return nil, true, nil
		}
		if got.over.cmp(target.times(got.under)) < 0 {
			helpers[side] = x.helpers(v, sign)
		}
	}
	r := x.reach[v]
	switch {
	case !r[0].far.atLeast(w.above):
		clauses = append(clauses, helpers[0])
	case r[1].far.atLeast(w.below):
		clauses = append(clauses, union(helpers[0], helpers[1]))
	}
	if !r[1].far.atLeast(w.below) {
		clauses = append(clauses, helpers[1])
	}
	return clauses, false, nil
}

// target is how far a push has to come so that nothing can be missing on that side.
func (w want) target(sign int) number {
	t := w.above
	if sign < 0 {
		t = w.below
	}
	for _, other := range []number{w.width, w.step, whole(1)} {
		if t.cmp(other) < 0 {
			t = other
		}
	}
	return t
}

// atLeast compares with a whole number; the zero fraction is zero.
func (f fraction) atLeast(n number) bool {
	if f.under.zero() {
		return n.sign() <= 0
	}
	return f.over.cmp(n.times(f.under)) >= 0
}

// met holds what was reached against a want.
func (w want) met(r *reach) bool {
	up, down := r[0].far, r[1].far
	if up.under.zero() {
		up.under = whole(1)
	}
	if down.under.zero() {
		down.under = whole(1)
	}
	moves := func(f fraction) bool { return f.over.sign() > 0 && f.atLeast(w.step) }
	return (moves(up) || moves(down)) && up.atLeast(w.above) && down.atLeast(w.below) && up.plus(down).atLeast(w.width)
}

// prove keeps a proof where the tables seen so far suffice.
func (x *examination) prove(cell, v int, w want) bool {
	r := &x.reach[v]
	if !w.met(r) {
		return false
	}
	x.proofs[x.index[cell]] = &proof{r[0].cells, r[1].cells}
	return true
}

// note looks at the present table: how far it takes the cells that have no proof yet.
func (x *examination) note() {
	var moved []int
	for v, cell := range x.t.cells {
		if !x.t.deviation(v, 1).over.zero() {
			moved = append(moved, cell)
		}
	}
	for _, cell := range x.open {
		if x.proofs[x.index[cell]] != nil {
			continue
		}
		v, _ := slices.BinarySearch(x.t.cells, cell)
		for side, sign := range []int{1, -1} {
			best, now := &x.reach[v][side], x.t.deviation(v, sign)
			if now.over.sign() > 0 && (best.far.under.zero() || now.cmp(best.far) > 0) {
				best.far, best.cells = now, moved
			}
		}
	}
}

// helpers lists the published cells that would let v deviate further in the
// direction s than it does now, which is as far as it can: those to which the
// multipliers of the equations give weight. Without one of them it stays there: the
// deviation of v is the sum of the others', each times its weight.
func (x *examination) helpers(v, s int) clause {
	t := x.t
	r := t.place[v]
	if r < 0 {
		return nil // its own bound holds it
	}
	weight := map[int]number{}
	for j, y := range t.rows[r] {
		if t.free[j] < len(t.cells) || y.zero() {
			continue
		}
		for _, term := range x.Equations[t.eqs[t.free[j]-len(t.cells)]] {
			if !x.withheld[term.Cell] {
				weight[term.Cell] = mulSub(weight[term.Cell], whole(1), y, whole(term.Factor), whole(1))
			}
		}
	}
	var out clause
	for cell, w := range weight {
		room := x.above[cell]
		if w.sign()*s < 0 {
			room = x.below[cell]
		}
		if !w.zero() && (room.endless || room.size.sign() > 0) {
			out = append(out, cell)
		}
	}
	slices.Sort(out)
	return out
}

// union merges two clauses.
func union(a, b clause) clause {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}
