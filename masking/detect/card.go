package detect

import (
	"bytes"

	"yingbi/internal/idnum"
)

// card reads bank cards: Luhn's check digit and a prefix that some bank issues at
// this length, or that ISO/IEC 7812 gives to a network.
func (d *Detector) card(r *reading) float64 {
	n := r.plain()
	if r.letters > 0 || r.marks&^(markSpace|markDash) != 0 || n[0] == '0' || !idnum.Luhn(string(n)) || monotone(n) || firstGroup(r.soft) < 4 {
		return 0
	}
	for k := 4; k <= 9; k++ {
		if d.cards[len(n)][string(n[:k])] {
			return 0.95
		}
	}
	switch two := decimal(n[:2]); {
	case two == 62 && len(n) >= 16: // UnionPay
		return 0.75
	case n[0] == '4' && len(n) == 16: // Visa
		return 0.65
	case two >= 51 && two <= 55 && len(n) == 16: // Mastercard
		return 0.65
	case len(n) == 16 && between(n[:4], 3528, 3589): // JCB
		return 0.55
	case (two == 34 || two == 37) && len(n) == 15: // American Express
		return 0.55
	case len(n) == 16 && between(n[:4], 2221, 2720): // Mastercard, and dates of six digits
		return 0.4
	}
	return 0
}

// monotone reports whether all digits are the same.
func monotone(n []byte) bool { return len(bytes.Trim(n, string(n[:1]))) == 0 }

// firstGroup counts the digits before the first separator.
func firstGroup(soft []byte) int {
	if i := bytes.IndexAny(soft, " -"); i >= 0 {
		return i
	}
	return len(soft)
}
