package egress

import (
	"math/big"
	"strconv"
	"strings"
)

// roundCount gives the multiple of base that is nearest to n ≥ 0, halves up.
func roundCount(n, base int64) int64 {
	if base <= 1 {
		return n
	}
	return (n + base/2) / base * base
}

// roundDigits writes r with so many significant digits, halves away from zero:
// plain where 10^-9 ≤ |r| < 10^18, else with an exponent.
func roundDigits(r *big.Rat, digits int) string {
	if r.Sign() == 0 {
		return "0"
	}
	abs := new(big.Rat).Abs(r)
	e := magnitude(abs)
	n := nearest(shift(abs, digits-1-e))
	if n.Cmp(power(digits)) == 0 { // 9.996 becomes 10.0
		n, e = power(digits-1), e+1
	}
	sign := ""
	if r.Sign() < 0 {
		sign = "-"
	}
	if e >= -9 && e < 18 {
		return sign + decimalText(shift(new(big.Rat).SetInt(n), e-digits+1), max(0, digits-1-e))
	}
	text := strings.TrimRight(n.String(), "0")
	if len(text) > 1 {
		text = text[:1] + "." + text[1:]
	}
	return sign + text + "e" + strconv.Itoa(e)
}

// magnitude is the e for which 10^e ≤ r < 10^(e+1), r > 0.
func magnitude(r *big.Rat) int {
	e := len(r.Num().String()) - len(r.Denom().String())
	if shift(r, -e).Cmp(big.NewRat(1, 1)) < 0 {
		e--
	}
	return e
}

// shift is r·10^n.
func shift(r *big.Rat, n int) *big.Rat {
	if n < 0 {
		return new(big.Rat).Quo(r, new(big.Rat).SetInt(power(-n)))
	}
	return new(big.Rat).Mul(r, new(big.Rat).SetInt(power(n)))
}

// nearest is the integer nearest to r ≥ 0, halves up.
func nearest(r *big.Rat) *big.Int {
	n := new(big.Int).Lsh(r.Num(), 1)
	n.Add(n, r.Denom())
	return n.Quo(n, new(big.Int).Lsh(r.Denom(), 1))
}

// root is the square root of r ≥ 0, to 60 digits.
func root(r *big.Rat) *big.Rat {
	f := new(big.Float).SetPrec(200).SetRat(r)
	out, _ := f.Sqrt(f).Rat(nil)
	return out
}
