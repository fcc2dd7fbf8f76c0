package differencing

import (
	"math/rand/v2"
	"testing"
)

// TestSumsOfProducts holds what is reduced once to what is reduced each time, with the
// greatest numbers there are.
func TestSumsOfProducts(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	number := func() uint64 {
		if random.Uint64()%4 == 0 {
			return prime - 1
		}
		return nonzero(random)
	}
	for n := range 40 {
		var f [4]uint64
		var y [4][]uint64
		x, want, dots := make([]uint64, n), make([]uint64, n), uint64(0)
		for i := range x {
			x[i] = number()
		}
		copy(want, x)
		for t := range y {
			f[t], y[t] = number(), make([]uint64, n)
			for i := range y[t] {
				y[t][i] = number()
			}
			addMultiple(want, f[t], y[t])
		}
		for i := range n {
			dots = add(dots, multiply(y[0][i], y[1][i]))
		}
		addMultiples(x, f, y)
		for i := range x {
			if x[i] != want[i] {
				t.Fatalf("%d numbers: %d at %d, not %d", n, x[i], i, want[i])
			}
		}
		if got := dot(y[0], y[1]); got != dots {
			t.Fatalf("%d numbers: %d, not %d", n, got, dots)
		}
	}
}

// TestEliminate holds the panels of pivots to one pivot after the other, with rows that
// follow from others.
func TestEliminate(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	for _, n := range []int{1, 2, 15, 16, 17, 33, 70} {
		a := square(n) // of rank about three quarters, times itself with a diagonal between
		for i := range a {
			for j := range a[i][:(3*n+3)/4] {
				a[i][j] = random.Uint64() % 2
			}
		}
		m, plain := square(n), square(n)
		for j := range n {
			d := nonzero(random)
			for r := range n {
				for c := r; c < n; c++ {
					m[r][c] = add(m[r][c], multiply(d, multiply(a[r][j], a[c][j])))
				}
			}
		}
		for i := range m {
			copy(plain[i], m[i])
		}
		if ok, err := eliminate(t.Context(), m); !ok || err != nil {
			t.Fatal(n, ok, err)
		}
		for c, p := range plain {
			for i := c + 1; i < n && p[c] != 0; i++ {
				addMultiple(plain[i][i:], multiply(p[i], negate(invert(p[c]))), p[i:])
			}
			for j := c; j < n; j++ {
				if m[c][j] != p[j] {
					t.Fatalf("%d rows: row %d differs in column %d", n, c, j)
				}
			}
		}
	}
}
