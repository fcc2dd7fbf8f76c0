package differencing

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// row is a vector over atoms, with what it is made of.
type row struct {
	columns []int32 // rising
	values  []uint64
	made    []uint64 // of the cells: made · A is the vector
	pivot   int32    // one of the columns; the value there is 1
}

// at gives the value in a column.
func (r *row) at(column int32) uint64 {
	if i, ok := slices.BinarySearch(r.columns, column); ok {
		return r.values[i]
	}
	return 0
}

// plus gives r + f·s. It keeps r's pivot.
func (r *row) plus(f uint64, s *row) *row {
	out := &row{made: slices.Clone(r.made), pivot: r.pivot}
	addMultiple(out.made, f, s.made)
	i, j := 0, 0
	put := func(c int32, v uint64) {
		if v != 0 {
			out.columns, out.values = append(out.columns, c), append(out.values, v)
		}
	}
	for i < len(r.columns) || j < len(s.columns) {
		switch {
		case j == len(s.columns) || i < len(r.columns) && r.columns[i] < s.columns[j]:
			put(r.columns[i], r.values[i])
			i++
		case i == len(r.columns) || s.columns[j] < r.columns[i]:
			put(s.columns[j], multiply(f, s.values[j]))
			j++
		default:
			put(r.columns[i], add(r.values[i], multiply(f, s.values[j])))
			i, j = i+1, j+1
		}
	}
	return out
}

// reach takes what the coefficients make of all atoms; sums is zero for each atom, before
// and after.
func reach(at *atoms, made, sums []uint64) *row {
	r := &row{made: made}
	for cell, f := range made {
		if f == 0 {
			continue
		}
		for i, a := range at.held[cell] {
			if sums[a] == 0 {
				r.columns = append(r.columns, a)
			}
			part := f
			if at.values != nil {
				part = multiply(f, at.worth[cell][i])
			}
			sums[a] = add(sums[a], part)
		}
	}
	slices.Sort(r.columns)
	n := 0
	for _, a := range r.columns { // an atom stands twice where its sum was zero meanwhile
		if sums[a] != 0 {
			r.columns[n], r.values = a, append(r.values, sums[a])
			n++
		}
		sums[a] = 0
	}
	r.columns = r.columns[:n]
	return r
}

// reduce brings rows to reduced echelon form: each has a pivot, 1 there and 0 in the
// pivots of all others. random chooses the pivots; without it they are the first
// columns. Rows that others make are left out.
func reduce(rows []*row, random *rand.ChaCha8) []*row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(len(a.columns), len(b.columns)) })
	owner := map[int32]int{} // of a pivot: its place in out
	var out []*row
	for _, r := range rows {
		for _, c := range slices.Clone(r.columns) {
			if i, ok := owner[c]; ok {
				r = r.plus(negate(r.at(c)), out[i])
			}
		}
		if len(r.columns) == 0 {
			continue
		}
		at := 0
		if random != nil {
			at = int(random.Uint64() % uint64(len(r.columns)))
		}
		r = r.scaled(invert(r.values[at]))
		r.pivot = r.columns[at]
		for i, s := range out {
			if v := s.at(r.pivot); v != 0 {
				out[i] = s.plus(negate(v), r)
			}
		}
		owner[r.pivot] = len(out)
		out = append(out, r)
	}
	return out
}

func (r *row) scaled(f uint64) *row {
	out := &row{columns: r.columns, values: slices.Clone(r.values), made: slices.Clone(r.made), pivot: r.pivot}
	for i, v := range out.values {
		out.values[i] = multiply(f, v)
	}
	for i, v := range out.made {
		out.made[i] = multiply(f, v)
	}
	return out
}
