package suppression

import "slices"

// tableau holds the equations of one component, solved for some of its cells:
//
//	scale · basic[i] + Σ rows[i][j] · free[j] = 0
//
// Numbers are whole throughout; every entry is a minor of the equations' matrix, so
// that divisions leave no rest. Variables from len(cells) on stand for the equations
// themselves, and are zero: their columns hold the multipliers of the equations.
type tableau struct {
	s     *scaled
	cells []int // of the problem, ascending
	eqs   []int // of the problem

	scale number
	rows  [][]number
	basic []int    // the variable of each row
	free  []int    // the variable of each column
	level []number // scale · value of each basic variable
	at    []number // value of each free variable
	place []int    // of each variable: its row, or ^ its column

	work *int64 // entries that were computed
}

// newTableau takes up the equations of the component, and solves them.
func (s *scaled) newTableau(cells, eqs []int, work *int64) *tableau {
	n, m := len(cells), len(eqs)
	t := &tableau{
		s: s, cells: cells, eqs: eqs, scale: whole(1), rows: make([][]number, m), basic: make([]int, m), free: make([]int, n),
		level: make([]number, m), at: make([]number, n), place: make([]int, n+m), work: work,
	}
	entries := make([]number, n*m)
	for i, e := range eqs {
		t.rows[i] = entries[i*n:][:n:n]
		t.basic[i], t.place[n+i] = n+i, i
		for _, term := range s.Equations[e] {
			if j, ok := slices.BinarySearch(cells, term.Cell); ok {
				t.rows[i][j] = whole(term.Factor)
			}
		}
	}
	for j := range cells {
		t.free[j], t.place[j] = j, ^j
	}
	t.eliminate()
	return t
}

// eliminate brings a cell into the basis for each equation, the shortest row first,
// and drops equations that follow from others.
func (t *tableau) eliminate() {
	left, length := make([]int, len(t.rows)), make([]int, len(t.rows))
	for i := range left {
		left[i], length[i] = i, t.length(i)
	}
	for len(left) > 0 {
		best := 0
		for k, i := range left {
			if length[i] < length[left[best]] {
				best = k
			}
		}
		i := left[best]
		left = slices.Delete(left, best, best+1)
		if length[i] == 0 {
			continue
		}
		k := t.sparsest(i)
		t.pivot(i, k, number{})
		for _, other := range left {
			if !t.rows[other][k].zero() { // it had the cell
				length[other] = t.length(other)
			}
		}
	}
	t.drop()
}

// length counts the cells in a row.
func (t *tableau) length(row int) (n int) {
	*t.work += int64(len(t.free))
	for j, v := range t.rows[row] {
		if t.free[j] < len(t.cells) && !v.zero() {
			n++
		}
	}
	return n
}

// sparsest finds the cell of a row that is in the fewest rows.
func (t *tableau) sparsest(row int) int {
	best, fewest := -1, 0
	for j, v := range t.rows[row] {
		if t.free[j] >= len(t.cells) || v.zero() {
			continue
		}
		count := 0
		for i := range t.rows {
			if !t.rows[i][j].zero() {
				count++
			}
		}
		if best < 0 || count < fewest {
			best, fewest = j, count
		}
	}
	return best
}

// drop forgets rows without a cell.
func (t *tableau) drop() {
	kept := 0
	for i, v := range t.basic {
		if v < len(t.cells) {
			t.rows[kept], t.basic[kept], t.level[kept], t.place[v] = t.rows[i], v, t.level[i], kept
			kept++
		}
	}
	t.rows, t.basic, t.level = t.rows[:kept], t.basic[:kept], t.level[:kept]
}

// pivot swaps the basic variable of row r, which takes the value leaving, with the
// free variable of column k.
func (t *tableau) pivot(r, k int, leaving number) {
	row, p, q := t.rows[r], t.rows[r][k], t.scale
	if p.sign() < 0 { // the scale stays positive
		for j := range row {
			row[j] = row[j].neg()
		}
		t.level[r], leaving, p, q = t.level[r].neg(), leaving.neg(), row[k], q.neg()
	}
	// With the signs as they are now: q · basic + Σ row · free = 0, and |q| is the scale.
	gap := t.level[r].minus(t.scale.times(leaving))
	level := gap.plus(p.times(t.at[k]))
	for i, other := range t.rows {
		if f := other[k]; i != r && (!f.zero() || p.cmp(t.scale) != 0) {
			t.reduce(other, row, k, f, p)
			t.level[i] = mulSub(t.level[i], p, f, gap, t.scale)
			other[k] = f.neg()
			if q.sign() < 0 {
				other[k] = f
			}
			*t.work += int64(len(row))
		}
	}
	row[k] = q
	if q.sign() < 0 {
		leaving = leaving.neg()
	}
	in, out := t.free[k], t.basic[r]
	t.free[k], t.at[k], t.basic[r], t.level[r] = out, leaving, in, level
	t.place[in], t.place[out], t.scale = r, ^k, p
}

// reduce subtracts f/p of the pivot row from another: (other·p − f·row)/scale. Numbers
// are nearly always short; these do not leave the loop.
func (t *tableau) reduce(other, row []number, k int, f, p number) {
	same := p.cmp(t.scale) == 0
	short := f.short() && p.short() && t.scale.short()
	for j, x := range row {
		o := &other[j]
		switch {
		case j == k || x.zero() && (same || o.zero()):
		case short && x.short() && o.short():
			if v := o.small*p.small - f.small*x.small; t.scale.small == 1 {
				o.small = v
			} else {
				o.small = v / t.scale.small
			}
		default:
			*o = mulSub(*o, p, f, x, t.scale)
		}
	}
}
