package differencing

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// gram gives A D Aᵀ over the atoms of zero, for a random diagonal D: one row and
// column for each cell that has a place below n. It is symmetric, and only what is on and above
// its diagonal is filled.
func gram(at *atoms, zero []int32, places []int32, n int, random *rand.ChaCha8) [][]uint64 {
	g := square(n)
	type entry struct {
		place int32
		value uint64
	}
	var of []entry
	for _, a := range zero {
		of = of[:0]
		for i, cell := range at.of[a] {
			if p := places[cell]; p >= 0 {
				of = append(of, entry{p, at.value(int(a), i)})
			}
		}
		slices.SortFunc(of, func(x, y entry) int { return int(x.place - y.place) })
		d := nonzero(random)
		for i, row := range of {
			f := d
			if at.values != nil {
				f = multiply(d, row.value)
			}
			for _, column := range of[i:] {
				part := f
				if at.values != nil {
					part = multiply(f, column.value)
				}
				g[row.place][column.place] = add(g[row.place][column.place], part)
			}
		}
	}
	return g
}

// core gives the cells that can be part of a combination that is zero on all atoms of
// zero: whichever is the only one that holds such an atom is not; without it others
// are the only ones. places gives each of them its place in cells, and others −1.
func core(at *atoms, zero []int32) (cells, places []int32) {
	holders, held := make([]int32, len(zero)), make([][]int32, at.cells) // by place in zero
	var alone []int
	for i, a := range zero {
		holders[i] = int32(len(at.of[a]))
		for _, cell := range at.of[a] {
			held[cell] = append(held[cell], int32(i))
		}
		if holders[i] == 1 {
			alone = append(alone, i)
		}
	}
	places = make([]int32, at.cells)
	for len(alone) > 0 {
		i := alone[len(alone)-1]
		alone = alone[:len(alone)-1]
		for _, cell := range at.of[zero[i]] {
			if places[cell] < 0 {
				continue
			}
			places[cell] = -1
			for _, j := range held[cell] {
				if holders[j]--; holders[j] == 1 {
					alone = append(alone, int(j))
				}
			}
		}
	}
	for cell, p := range places {
		if p == 0 {
			places[cell] = int32(len(cells))
			cells = append(cells, int32(cell))
		}
	}
	return cells, places
}

func square(n int) [][]uint64 {
	all := make([]uint64, n*n)
	rows := make([][]uint64, n)
	for i := range rows {
		rows[i] = all[i*n : (i+1)*n]
	}
	return rows
}

// nonzero draws from 1 … p−1.
func nonzero(random *rand.ChaCha8) uint64 {
	for {
		if x := random.Uint64() >> 3; x > 0 && x < prime {
			return x
		}
	}
}

// panel is how many pivots are cancelled together: their rows stay in the cache.
const panel = 16

// eliminate brings a symmetric matrix of which the upper half is given to echelon form,
// in place: row i has its pivot on the diagonal, or is zero. There is no exchange of
// rows, since in A D Aᵀ a zero on the diagonal means that the row of A follows from those
// before it, unless D was drawn most unhappily: ok is false then.
func eliminate(ctx context.Context, m [][]uint64) (ok bool, err error) {
	for from := 0; from < len(m); from += panel {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		to := min(from+panel, len(m))
		var pivots [panel]pivot
		for c := from; c < to; c++ {
			row := m[c]
			for _, p := range pivots[:c-from] {
				if p.row[c] != 0 {
					addMultiple(row[c:], multiply(p.row[c], p.factor), p.row[c:])
				}
			}
			pivots[c-from].row = row
			if row[c] != 0 {
				pivots[c-from].factor = negate(invert(row[c]))
			} else if slices.ContainsFunc(row[c:], func(x uint64) bool { return x != 0 }) {
				return false, nil
			}
		}
		cancel(m, to, pivots[:to-from])
	}
	return true, nil
}

// pivot is a row with −1 divided by what it has on the diagonal; 0 for a zero row.
type pivot struct {
	row    []uint64
	factor uint64
}

// cancel makes the columns of the pivots zero in all rows from one on.
func cancel(m [][]uint64, from int, pivots []pivot) {
	rows := len(m) - from
	workers := min(runtime.GOMAXPROCS(0), 1+rows*rows>>11) // a smaller piece is not worth a goroutine
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := from + w; i < len(m); i += workers {
				for four := range slices.Chunk(pivots, 4) {
					var f [4]uint64
					var y [4][]uint64
					for t := range y {
						p := four[min(t, len(four)-1)]
						if y[t] = p.row[i:]; t < len(four) {
							f[t] = multiply(p.row[i], p.factor) // p.row[i] is also what row i has in the pivot's column
						}
					}
					if f != ([4]uint64{}) {
						addMultiples(m[i][i:], f, y)
					}
				}
			}
		})
	}
	wait.Wait()
}

// echelon draws a symmetric matrix and eliminates it.
func echelon(ctx context.Context, draw func() [][]uint64) ([][]uint64, error) {
	for {
		m := draw()
		if ok, err := eliminate(ctx, m); ok || err != nil {
			return m, err
		}
	}
}

// nullSpace gives a basis of the combinations of cells that are zero on all atoms of
// zero, and how many cells were eliminated for it.
func nullSpace(ctx context.Context, at *atoms, zero []int32, random *rand.ChaCha8) (basis [][]uint64, size int, err error) {
	cells, places := core(at, zero)
	m, err := echelon(ctx, func() [][]uint64 { return gram(at, zero, places, len(cells), random) })
	if err != nil {
		return nil, 0, err
	}
	basis, err = kernel(ctx, m)
	for i, u := range basis {
		basis[i] = make([]uint64, at.cells)
		for place, cell := range cells {
			basis[i][cell] = u[place]
		}
	}
	return basis, len(cells), err
}

// narrow gives a basis of those combinations of a basis that are zero on all atoms of
// zero.
func narrow(ctx context.Context, at *atoms, basis [][]uint64, zero []int32, random *rand.ChaCha8) ([][]uint64, error) {
	values := make([][]uint64, len(basis))
	for i, u := range basis {
		values[i] = make([]uint64, len(zero))
		for j, a := range zero {
			for place, cell := range at.of[a] {
				part := u[cell]
				if at.values != nil {
					part = multiply(part, at.values[a][place])
				}
				values[i][j] = add(values[i][j], part)
			}
		}
	}
	m, err := echelon(ctx, func() [][]uint64 {
		g, scaled, d := square(len(basis)), make([]uint64, len(zero)), make([]uint64, len(zero))
		for j := range d {
			d[j] = nonzero(random)
		}
		for i, v := range values {
			for j, x := range v {
				scaled[j] = multiply(x, d[j])
			}
			for j := i; j < len(values); j++ {
				g[i][j] = dot(scaled, values[j])
			}
		}
		return g
	})
	if err != nil {
		return nil, err
	}
	out, err := kernel(ctx, m)
	for i, f := range out {
		out[i] = make([]uint64, at.cells)
		for j, x := range f {
			if x != 0 {
				addMultiple(out[i], x, basis[j])
			}
		}
	}
	return out, err
}

// kernel gives a basis of what a symmetric matrix in echelon form makes zero.
func kernel(ctx context.Context, m [][]uint64) ([][]uint64, error) {
	inverse := make([]uint64, len(m))
	for c := range m {
		if m[c][c] != 0 {
			inverse[c] = negate(invert(m[c][c]))
		}
	}
	var basis [][]uint64
	for free := range m {
		if m[free][free] != 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		u := make([]uint64, len(m))
		u[free] = 1
		for c := free - 1; c >= 0; c-- {
			if inverse[c] != 0 {
				u[c] = multiply(dot(m[c][c+1:free+1], u[c+1:free+1]), inverse[c])
			}
		}
		basis = append(basis, u)
	}
	return basis, nil
}
