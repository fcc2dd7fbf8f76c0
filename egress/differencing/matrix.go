package differencing

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// gram gives A D Aᵀ over the atoms of zero, for a random diagonal D: one row and
// column for each cell. It is symmetric, and only what is on and above its diagonal is
// filled.
func gram(at *atoms, zero []int32, random *rand.ChaCha8) [][]uint64 {
	g := square(at.cells)
	for _, a := range zero {
		d := nonzero(random)
		of := at.of[a]
		for i, row := range of {
			for _, column := range of[i:] {
				g[row][column] = add(g[row][column], d)
			}
		}
	}
	return g
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

// eliminate brings a symmetric matrix of which the upper half is given to echelon form,
// in place: row i has its pivot on the diagonal, or is zero. There is no exchange of
// rows, since in A D Aᵀ a zero on the diagonal means that the row of A follows from those
// before it, unless D was drawn most unhappily: ok is false then.
func eliminate(ctx context.Context, m [][]uint64) (ok bool, err error) {
	for c, pivot := range m {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if pivot[c] == 0 {
			if slices.ContainsFunc(pivot[c:], func(x uint64) bool { return x != 0 }) {
				return false, nil
			}
			continue
		}
		cancel(m, c)
	}
	return true, nil
}

// cancel makes column c of the rows below row c zero.
func cancel(m [][]uint64, c int) {
	pivot, factor, rows := m[c], negate(invert(m[c][c])), len(m)-c-1
	workers := min(runtime.GOMAXPROCS(0), 1+rows*rows>>15) // a smaller piece is not worth a goroutine
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := c + 1 + w; i < len(m); i += workers {
				if x := pivot[i]; x != 0 { // which is also what row i has in column c
					addMultiple(m[i][i:], multiply(x, factor), pivot[i:])
				}
			}
		})
	}
	wait.Wait()
}

// echelon draws a Gram matrix and eliminates it.
func echelon(ctx context.Context, at *atoms, zero []int32, random *rand.ChaCha8) ([][]uint64, error) {
	for {
		m := gram(at, zero, random)
		if ok, err := eliminate(ctx, m); ok || err != nil {
			return m, err
		}
	}
}

// nullSpace gives a basis of the combinations of cells that are zero on all atoms of
// zero.
func nullSpace(ctx context.Context, at *atoms, zero []int32, random *rand.ChaCha8) ([][]uint64, error) {
	m, err := echelon(ctx, at, zero, random)
	if err != nil {
		return nil, err
	}
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
			sum := uint64(0)
			if inverse[c] != 0 {
				for j := c + 1; j <= free; j++ {
					if u[j] != 0 && m[c][j] != 0 {
						sum = add(sum, multiply(m[c][j], u[j]))
					}
				}
			}
			u[c] = multiply(sum, inverse[c])
		}
		basis = append(basis, u)
	}
	return basis, nil
}

// rank gives the rank of cells × atoms.
func rank(ctx context.Context, at *atoms, random *rand.ChaCha8) (n int, err error) {
	all := make([]int32, len(at.of))
	for i := range all {
		all[i] = int32(i)
	}
	m, err := echelon(ctx, at, all, random)
	for i := range m {
		if m[i][i] != 0 {
			n++
		}
	}
	return n, err
}
