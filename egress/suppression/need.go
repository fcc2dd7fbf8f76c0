package suppression

import "math/big"

// Containing is the need of a cell of value x that its interval reaches from first to
// last, at least.
func Containing(x, first, last *big.Rat) Need {
	return Need{Lower: positive(new(big.Rat).Sub(x, first)), Upper: positive(new(big.Rat).Sub(last, x))}
}

// SmallCount is the need of a count x below the threshold t: it could as well be any
// of 0 … t−1. That its interval is no point would not do.
func SmallCount(x, t int64) Need {
	return Containing(big.NewRat(x, 1), new(big.Rat), big.NewRat(t-1, 1))
}

// Dominance is the need of a sum x that fails an (n,k) rule, top being the sum of its
// n largest contributions and k in percent: (100/k)·top − x to both sides, from where
// the cell would pass the rule (Hundepool et al., table 4.2).
func Dominance(x, top *big.Rat, k int64) Need {
	d := new(big.Rat).Mul(top, big.NewRat(100, k))
	return both(d.Sub(d, x))
}

// PPercent is the need of a sum x that fails the p% rule: (p/100)·x₁ − (x − x₁ − x₂)
// to both sides.
func PPercent(x, first, second *big.Rat, p int64) Need {
	d := new(big.Rat).Mul(first, big.NewRat(p, 100))
	d.Sub(d, x)
	return both(d.Add(d, first).Add(d, second))
}

// Wider is the larger of two needs on each side: for a cell that fails several rules.
func (n Need) Wider(m Need) Need {
	return Need{Lower: larger(n.Lower, m.Lower), Upper: larger(n.Upper, m.Upper), Width: larger(n.Width, m.Width)}
}

func larger(a, b *big.Rat) *big.Rat {
	if a == nil || b != nil && a.Cmp(b) < 0 {
		return b
	}
	return a
}

func both(d *big.Rat) Need {
	d = positive(d)
	return Need{Lower: d, Upper: d}
}

func positive(d *big.Rat) *big.Rat {
	if d.Sign() < 0 {
		return new(big.Rat)
	}
	return d
}
