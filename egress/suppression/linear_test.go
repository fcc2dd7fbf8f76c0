package suppression

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// vertices gives the least and greatest value of each unknown of a linear program by
// trying every vertex: all but rank of the unknowns at one of their bounds, the rest
// as the equations say. All bounds are finite. It shares no code with the package.
func vertices(rows [][]int64, low, high []int64) (least, most []*big.Rat) {
	n := len(low)
	least, most = make([]*big.Rat, n), make([]*big.Rat, n)
	for free := range 1 << n { // unknowns that are solved for
		var unknown, fixed []int
		for j := range n {
			if free>>j&1 == 1 {
				unknown = append(unknown, j)
			} else {
				fixed = append(fixed, j)
			}
		}
		if len(unknown) > len(rows) {
			continue
		}
		for at := range 1 << len(fixed) {
			x := make([]*big.Rat, n)
			for i, j := range fixed {
				x[j] = big.NewRat(low[j], 1)
				if at>>i&1 == 1 {
					x[j] = big.NewRat(high[j], 1)
				}
			}
			if solve(rows, unknown, x) && within(rows, low, high, x) {
				for j, v := range x {
					if least[j] == nil || v.Cmp(least[j]) < 0 {
						least[j] = v
					}
					if most[j] == nil || v.Cmp(most[j]) > 0 {
						most[j] = v
					}
				}
			}
		}
	}
	return least, most
}

// solve finds the unknowns if they are determined.
func solve(rows [][]int64, unknown []int, x []*big.Rat) bool {
	k := len(unknown)
	m := make([][]*big.Rat, len(rows))
	for i, row := range rows {
		rest := new(big.Rat)
		for j, f := range row {
			if x[j] != nil {
				rest.Sub(rest, new(big.Rat).Mul(big.NewRat(f, 1), x[j]))
			}
		}
		for _, j := range unknown {
			m[i] = append(m[i], big.NewRat(row[j], 1))
		}
		m[i] = append(m[i], rest)
	}
	for c := range k {
		p := c
		for p < len(m) && m[p][c].Sign() == 0 {
			p++
		}
		if p == len(m) {
			return false
		}
		m[c], m[p] = m[p], m[c]
		for i := range m {
			if i == c || m[i][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(m[i][c], m[c][c])
			for j := c; j <= k; j++ {
				m[i][j] = new(big.Rat).Sub(m[i][j], new(big.Rat).Mul(f, m[c][j]))
			}
		}
	}
	for c, j := range unknown {
		x[j] = new(big.Rat).Quo(m[c][k], m[c][c])
	}
	return true
}

func within(rows [][]int64, low, high []int64, x []*big.Rat) bool {
	for _, row := range rows {
		sum := new(big.Rat)
		for j, f := range row {
			sum.Add(sum, new(big.Rat).Mul(big.NewRat(f, 1), x[j]))
		}
		if sum.Sign() != 0 {
			return false
		}
	}
	for j, v := range x {
		if v.Cmp(big.NewRat(low[j], 1)) < 0 || v.Cmp(big.NewRat(high[j], 1)) > 0 {
			return false
		}
	}
	return true
}

// TestIntervalsAreThoseOfEveryVertex compares with all vertices of random systems,
// whose factors are not those of tables and whose vertices are often fractions.
func TestIntervalsAreThoseOfEveryVertex(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	fractions := 0
	for range 150 {
		n, m := 2+r.IntN(4), 1+r.IntN(3)
		low, high, rows := make([]int64, n), make([]int64, n), make([][]int64, m)
		scale := []int64{1, 1_000_003, 1 << 50}[r.IntN(3)] // of bounds: numbers of every length
		var p Problem
		var all []int
		for j := range n {
			low[j], high[j] = -r.Int64N(5)*scale, r.Int64N(5)*scale
			p.Values, all = append(p.Values, new(big.Rat)), append(all, j)
			p.Bounds = append(p.Bounds, Interval{big.NewRat(low[j], 1), big.NewRat(high[j], 1)})
		}
		for i := range m {
			var e Equation
			for j := range n {
				f := r.Int64N(7) - 3
				if rows[i] = append(rows[i], f); f != 0 {
					e = append(e, Term{j, f})
				}
			}
			p.Equations = append(p.Equations, e)
		}
		least, most := vertices(rows, low, high)
		got, err := Intervals(t.Context(), p, all)
		if err != nil {
			t.Fatal(err)
		}
		for j := range n {
			if got[j].Lower.Cmp(least[j]) != 0 || got[j].Upper.Cmp(most[j]) != 0 {
				t.Fatalf("unknown %d of %v in %v, %v: [%v, %v], want [%v, %v]", j, rows, low, high, got[j].Lower, got[j].Upper, least[j], most[j])
			}
			if !most[j].IsInt() {
				fractions++
			}
		}
	}
	if fractions < 20 {
		t.Errorf("only %d fractions: the test looks at too little", fractions)
	}
}

// TestIntervalsDoNotDependOnTheUnit: in another unit the numbers do not fit 64 bits.
func TestIntervalsDoNotDependOnTheUnit(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	unit := new(big.Rat).SetFrac(new(big.Int).Exp(big.NewInt(7), big.NewInt(40), nil), big.NewInt(1_000_003))
	for range 20 {
		p := filled(r, 9, 3, flat(3), flat(4))
		large := p
		large.Values = nil
		for _, v := range p.Values {
			large.Values = append(large.Values, new(big.Rat).Mul(v, unit))
		}
		large.Whole, p.Whole = false, false
		small, err := Protect(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Protect(t.Context(), large)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(small.Suppressed, got.Suppressed) {
			t.Fatalf("%v, in another unit %v", small.Suppressed, got.Suppressed)
		}
		for i, in := range small.Intervals {
			if new(big.Rat).Mul(in.Lower, unit).Cmp(got.Intervals[i].Lower) != 0 || (in.Upper == nil) != (got.Intervals[i].Upper == nil) ||
				in.Upper != nil && new(big.Rat).Mul(in.Upper, unit).Cmp(got.Intervals[i].Upper) != 0 {
				t.Errorf("%v, in another unit %v", in, got.Intervals[i])
			}
		}
	}
}

func TestNumbersStayExact(t *testing.T) {
	edges := []int64{0, 1, -1, 1<<31 - 1, 1 << 31, -1 << 31, 1<<62 - 1, 1 << 62, -1 << 62, 1<<63 - 1, -1 << 63}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				x, y, z := big.NewInt(a), big.NewInt(b), big.NewInt(c)
				want := new(big.Int).Sub(new(big.Int).Mul(x, y), new(big.Int).Mul(y, z))
				if got := mulSub(whole(a), whole(b), whole(b), whole(c), whole(1)); got.big().Cmp(want) != 0 {
					t.Fatalf("%d·%d − %d·%d = %v, want %v", a, b, b, c, got.big(), want)
				}
				if got := whole(a).times(whole(b)).cmp(whole(c)); got != new(big.Int).Mul(x, y).Cmp(z) {
					t.Fatalf("%d·%d against %d: %d", a, b, c, got)
				}
			}
		}
		if got := whole(a).neg().big(); got.Cmp(new(big.Int).Neg(big.NewInt(a))) != 0 {
			t.Errorf("−%d = %v", a, got)
		}
	}
}
