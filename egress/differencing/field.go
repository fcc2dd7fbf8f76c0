package differencing

import (
	"math/big"
	"math/bits"
)

// prime is 2⁶¹−1. Numbers of the field are below it.
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
