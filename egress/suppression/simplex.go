package suppression

import "context"

// patience is how many steps without progress are taken by the steepest column
// before the lowest index decides: R. G. Bland, Mathematics of Operations Research
// 2, 1977, shows that this never cycles.
const patience = 40

// push moves the table so that the variable v deviates as far as it can in the
// direction s, 1 or -1, or until it has come as far as target, if there is one. It
// reports how far v is from zero in that direction, and whether there is no end; with
// a target the end is then where the target is.
func (t *tableau) push(ctx context.Context, v, s int, target *number) (reached fraction, endless bool, err error) {
	idle := 0
	for {
		if err := ctx.Err(); err != nil {
			return fraction{}, false, err
		}
		reached = t.deviation(v, s)
		if target != nil && reached.over.cmp(target.times(reached.under)) >= 0 {
			return reached, false, nil
		}
		k, direction := t.entering(v, s, idle > patience)
		if k < 0 {
			return reached, false, nil
		}
		switch moved := t.step(k, direction); {
		case moved == stuck:
			idle++
		case moved == unbounded && target == nil:
			return fraction{}, true, nil
		case moved == unbounded:
			t.walk(v, k, s, direction, *target)
		default:
			idle = 0
		}
	}
}

// deviation is how far v is from zero in the direction s.
func (t *tableau) deviation(v, s int) fraction {
	f := fraction{t.at[max(0, ^t.place[v])], whole(1)}
	if r := t.place[v]; r >= 0 {
		f = fraction{t.level[r], t.scale}
	}
	if s < 0 {
		f.over = f.over.neg()
	}
	return f
}

// entering chooses the column, and the direction to move it, by which v moves in the
// direction s: the one that moves it most for a unit, or the first variable if asked.
func (t *tableau) entering(v, s int, first bool) (column, direction int) {
	r := t.place[v]
	if r < 0 {
		if t.mayMove(^r, s) {
			return ^r, s
		}
		return -1, 0
	}
	best := -1
	for j, x := range t.rows[r] {
		if x.zero() || !t.mayMove(j, -s*x.sign()) {
			continue
		}
		if best < 0 || first && t.free[j] < t.free[best] || !first && x.abs().cmp(t.rows[r][best].abs()) > 0 {
			best = j
		}
	}
	if best < 0 {
		return -1, 0
	}
	return best, -s * t.rows[r][best].sign()
}

// mayMove reports whether a free variable has room in a direction.
func (t *tableau) mayMove(column, direction int) bool {
	left := t.left(column, direction)
	return left.endless || left.size.sign() > 0
}

// left is the room of a free variable.
func (t *tableau) left(column, direction int) room {
	v := t.free[column]
	if v >= len(t.cells) {
		return room{}
	}
	if direction > 0 {
		above := t.s.above[t.cells[v]]
		return room{above.endless, above.size.minus(t.at[column])}
	}
	below := t.s.below[t.cells[v]]
	return room{below.endless, below.size.plus(t.at[column])}
}

// outcome is what a step came to.
type outcome uint8

const (
	moved outcome = iota
	stuck
	unbounded
)

// step moves a free variable until it, or a basic one, has no more room. In the
// latter case the two change places. Of several basic ones the lowest index leaves.
func (t *tableau) step(column, direction int) outcome {
	row, least, end := -1, fraction{}, number{}
	for i, entries := range t.rows {
		pull := entries[column]
		if pull.zero() {
			continue
		}
		gap, edge, ok := t.gap(i, -pull.sign()*direction)
		if !ok {
			continue
		}
		ratio := fraction{gap, pull.abs()}
		by := -1
		if row >= 0 {
			by = ratio.cmp(least)
		}
		if by < 0 || by == 0 && t.basic[i] < t.basic[row] {
			row, least, end = i, ratio, edge
		}
	}
	own := t.left(column, direction)
	switch {
	case row < 0 && own.endless:
		return unbounded
	case row < 0 || !own.endless && own.size.times(least.under).cmp(least.over) <= 0:
		t.slide(column, direction, own.size)
		return moved
	}
	t.pivot(row, column, end)
	if least.over.zero() {
		return stuck
	}
	return moved
}

// gap is how far the basic variable of a row can move, times the scale, and its
// value there.
func (t *tableau) gap(row, direction int) (gap, edge number, ok bool) {
	cell := t.cells[t.basic[row]]
	if direction > 0 {
		above := t.s.above[cell]
		return t.scale.times(above.size).minus(t.level[row]), above.size, !above.endless
	}
	below := t.s.below[cell]
	return t.scale.times(below.size).plus(t.level[row]), below.size.neg(), !below.endless
}

// slide moves a free variable by a length that every basic one has room for.
func (t *tableau) slide(column, direction int, length number) {
	if direction < 0 {
		length = length.neg()
	}
	t.at[column] = t.at[column].plus(length)
	for i, entries := range t.rows {
		if !entries[column].zero() {
			t.level[i] = mulSub(t.level[i], whole(1), entries[column], length, whole(1))
		}
	}
}

// walk moves along a ray, in the column k, until v has reached the target.
func (t *tableau) walk(v, k, s, direction int, target number) {
	now := t.deviation(v, s)
	missing, slope := target.times(now.under).minus(now.over), whole(1)
	if r := t.place[v]; r >= 0 {
		slope = t.rows[r][k].abs()
	}
	// One more than the quotient is enough, and whole.
	length := mulSub(missing, whole(1), number{}, number{}, slope).plus(whole(1))
	t.slide(k, direction, length)
}

// rest goes back to the true table: proofs that begin there need few cells.
func (t *tableau) rest() {
	clear(t.level)
	clear(t.at)
}
