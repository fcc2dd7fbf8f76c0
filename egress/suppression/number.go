package suppression

import (
	"math"
	"math/big"
	"math/bits"
)

// number is a whole number: small while it fits, else big.
type number struct {
	small int64
	large *big.Int // nil: small is the value
}

func whole(v int64) number { return number{small: v} }

// fromBig takes b over.
func fromBig(b *big.Int) number {
	if b.IsInt64() {
		return number{small: b.Int64()}
	}
	return number{large: b}
}

func (n number) big() *big.Int {
	if n.large != nil {
		return n.large
	}
	return big.NewInt(n.small)
}

func (n number) sign() int {
	switch {
	case n.large != nil:
		return n.large.Sign()
	case n.small > 0:
		return 1
	case n.small < 0:
		return -1
	}
	return 0
}

// short reports that the product of two such numbers has at most 62 bits.
func (n number) short() bool { return n.large == nil && n.small == int64(int32(n.small)) }

func (n number) zero() bool { return n.large == nil && n.small == 0 }
func (n number) neg() number {
	if n.large == nil && n.small != math.MinInt64 {
		return number{small: -n.small}
	}
	return fromBig(new(big.Int).Neg(n.big()))
}
func (n number) abs() number {
	if n.sign() < 0 {
		return n.neg()
	}
	return n
}
func (n number) times(m number) number { return mulSub(n, m, number{}, number{}, whole(1)) }
func (n number) plus(m number) number  { return mulSub(n, whole(1), m, whole(-1), whole(1)) }
func (n number) minus(m number) number { return mulSub(n, whole(1), m, whole(1), whole(1)) }

func (n number) cmp(m number) int {
	if n.large == nil && m.large == nil {
		switch {
		case n.small < m.small:
			return -1
		case n.small > m.small:
			return 1
		}
		return 0
	}
	return n.big().Cmp(m.big())
}

// mulSub is (a·p − f·x)/q, where q divides the rest.
func mulSub(a, p, f, x, q number) number {
	if a.large == nil && p.large == nil && f.large == nil && x.large == nil && q.large == nil {
		u, ok1 := product(a.small, p.small)
		v, ok2 := product(f.small, x.small)
		if ok1 && ok2 {
			if q.small == 1 {
				return number{small: u - v}
			}
			return number{small: (u - v) / q.small}
		}
	}
	u, v := new(big.Int).Mul(a.big(), p.big()), new(big.Int).Mul(f.big(), x.big())
	return fromBig(u.Quo(u.Sub(u, v), q.big()))
}

// product multiplies where the result has at most 62 bits.
func product(a, b int64) (int64, bool) {
	if a == int64(int32(a)) && b == int64(int32(b)) {
		return a * b, true
	}
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low >= 1<<62 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// fraction is over/under with under > 0.
type fraction struct{ over, under number }

func (f fraction) cmp(g fraction) int { return f.over.times(g.under).cmp(g.over.times(f.under)) }
func (f fraction) plus(g fraction) fraction {
	return fraction{f.over.times(g.under).plus(g.over.times(f.under)), f.under.times(g.under)}
}
func (f fraction) rat() *big.Rat { return new(big.Rat).SetFrac(f.over.big(), f.under.big()) }
