package suppression

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// A cell that is withheld anyway hides a primary one for nothing, and needs no
// protection itself.
func TestWithheldCells(t *testing.T) {
	row := Problem{Equations: []Equation{{{0, 1}, {1, 1}, {2, 1}, {3, -1}}}, Whole: true}
	for _, v := range []int64{3, 40, 20, 63} {
		row.Values = append(row.Values, big.NewRat(v, 1))
	}
	for _, c := range []struct{ primary, withheld, secondary []int }{
		{[]int{0}, nil, []int{2}},
		{[]int{0}, []int{1}, nil},
		{nil, []int{0}, nil},
		{[]int{0}, []int{1, 2, 3}, nil},
	} {
		p := row
		p.Primary, p.Withheld = c.primary, c.withheld
		got, err := Protect(t.Context(), p)
		if err != nil || !slices.Equal(got.Secondary, c.secondary) || len(got.Intervals) != len(c.primary)+len(c.withheld)+len(c.secondary) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
	p := row
	p.Primary, p.Withheld = []int{0}, []int{0}
	if _, err := Protect(t.Context(), p); err == nil {
		t.Error("a cell is primary and withheld besides")
	}
}

// The attacker who tries all tables finds no protected cell either where others are
// withheld for nothing.
func TestNobodyFindsACellBesideWithheldOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	tried := 0
	for _, shape := range shapes() {
		for range 15 {
			p := filled(r, 4, 2, shape.dims...)
			if len(shape.dims) == 1 {
				p = linked(p, 1, 2)
			}
			for c := range p.Values {
				if !slices.Contains(p.Primary, c) && r.IntN(5) == 0 {
					p.Withheld = append(p.Withheld, c)
				}
			}
			got, err := Protect(t.Context(), p)
			if err != nil {
				t.Fatalf("%s: %v", shape.name, err)
			}
			if len(got.Suppressed) <= 14 {
				tried++
				p.holdTables(t, shape.name, got)
			}
		}
	}
	if tried < 40 {
		t.Errorf("%d patterns were tried", tried)
	}
}
