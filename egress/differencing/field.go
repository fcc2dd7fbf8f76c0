package differencing

import (
	"math/big"
	"math/bits"
)

// Prime is 2⁶¹−1. Numbers of the field are below it.
const Prime = prime

const prime = 1<<61 - 1

// fold brings a number below 2⁶³ into the field.
func fold(x uint64) uint64 {
	x = x&prime + x>>61
	if x >= prime {
		x -= prime
	}
	return x
}

func add(a, b uint64) uint64 { return fold(a + b) }
func negate(a uint64) uint64 { return fold(prime - a) }

func multiply(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return fold(lo&prime + lo>>61 + hi<<3)
}

// invert gives 1/a by Fermat's little theorem; a is not 0.
func invert(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = multiply(out, a)
		}
		a = multiply(a, a)
	}
	return out
}

// addMultiple adds f·y to x, number by number.
func addMultiple(x []uint64, f uint64, y []uint64) {
	x = x[:len(y)]
	for i, v := range y {
		hi, lo := bits.Mul64(f, v)
		s := x[i] + lo&prime + (lo>>61 | hi<<3) // below 3·2⁶¹
		s = s&prime + s>>61
		if s >= prime {
			s -= prime
		}
		x[i] = s
	}
}

// addMultiples adds f₀·y₀ + … + f₃·y₃ to x, number by number. It is reduced once.
func addMultiples(x []uint64, f [4]uint64, y [4][]uint64) {
	a, b, c, d := y[0][:len(x)], y[1][:len(x)], y[2][:len(x)], y[3][:len(x)]
	f0, f1, f2, f3 := f[0], f[1], f[2], f[3]
	for i, v := range x {
		h0, l0 := bits.Mul64(f0, a[i])
		h1, l1 := bits.Mul64(f1, b[i])
		l0, carry := bits.Add64(l0, l1, 0)
		h0, _ = bits.Add64(h0, h1, carry)
		h2, l2 := bits.Mul64(f2, c[i])
		l0, carry = bits.Add64(l0, l2, 0)
		h0, _ = bits.Add64(h0, h2, carry)
		h3, l3 := bits.Mul64(f3, d[i])
		l0, carry = bits.Add64(l0, l3, 0)
		h0, _ = bits.Add64(h0, h3, carry)
		x[i] = wide(h0, l0, v)
	}
}

// wide brings hi·2⁶⁴ + lo + v into the field; hi is below 2⁶¹ and v in the field.
func wide(hi, lo, v uint64) uint64 {
	s := lo&prime + (lo>>61|hi<<3)&prime // below 2⁶²
	return fold(s&prime + s>>61 + hi>>58 + v)
}

// dot gives the sum of the products of a and b.
func dot(a, b []uint64) uint64 {
	var hi, lo, sum, carry uint64
	b = b[:len(a)]
	for i, v := range a {
		h, l := bits.Mul64(v, b[i])
		lo, carry = bits.Add64(lo, l, 0)
		hi, _ = bits.Add64(hi, h, carry)
		if i&3 == 3 { // four products are below 2¹²⁴
			sum, hi, lo = wide(hi, lo, sum), 0, 0
		}
	}
	return wide(hi, lo, sum)
}

// rational finds the fraction with numerator and denominator below 2³⁰ that a stands
// for, if there is one (Wang 1981).
func rational(a uint64) (*big.Rat, bool) {
	const most = 1 << 30
	r0, r1, t0, t1 := int64(prime), int64(a), int64(0), int64(1)
	for r1 >= most {
		q := r0 / r1
		r0, r1, t0, t1 = r1, r0-q*r1, t1, t0-q*t1
	}
	if t1 == 0 || t1 >= most || t1 <= -most {
		return nil, false
	}
	return big.NewRat(r1, t1), true
}
