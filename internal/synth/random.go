package synth

import (
	"math"
	"math/bits"
)

// A stream keeps the draws for one kind of row apart from those for another.
type stream uint64

const (
	personStream stream = iota + 1
	claimStream
	firmStream
	siteStream
	plantStream
	householdStream
	blockStream
	checkupStream
)

// draws is a sequence of random numbers that is known by where it begins: SplitMix64
// (Steele, Lea and Flood 2014). Rows need no state of other rows.
type draws uint64

// row begins the draws for row i of the stream.
func (c *city) row(s stream, i int) draws {
	return draws(mix(mix(mix(c.seed)+uint64(s)) + uint64(i)))
}

func (d *draws) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// below draws one of 0 … n−1.
func (d *draws) below(n int) int {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int(high)
}

func mix(z uint64) uint64 {
	z ^= z >> 30
	z *= 0xbf58476d1ce4e5b9
	z ^= z >> 27
	z *= 0x94d049bb133111eb
	return z ^ z>>31
}

// steps is how finely chances and quantiles divide what can happen.
const steps = 1 << 12

// chances picks an index by its weight, with 12 random bits.
type chances [steps]uint16

func newChances(n int, weight func(int) int) *chances {
	total := 0
	for i := range n {
		total += weight(i)
	}
	c := &chances{}
	at, upTo := 0, weight(0)
	for k := range c {
		for k*total >= upTo*steps {
			at++
			upTo += weight(at)
		}
		c[k] = uint16(at)
	}
	return c
}

func (c *chances) draw(d *draws) int { return int(c[d.next()>>52]) }

// quantiles is a distribution by its inverse, in units of one: what rows are made
// from is whole numbers, so that no processor rounds them in its own way.
type quantiles [steps + 1]int64

// one is what 1.0 is in a table of quantiles.
const one = 1 << 16

func newQuantiles(inverse func(p float64) float64) *quantiles {
	q := &quantiles{}
	for k := range q {
		p := min(1-1.0/one, max(1.0/one, float64(k)/steps))
		q[k] = int64(math.Round(inverse(p) * one))
	}
	return q
}

// draw interpolates between two entries: 12 bits choose them, 32 the place.
func (q *quantiles) draw(d *draws) int64 {
	v := d.next()
	k := v >> 52
	return q[k] + (q[k+1]-q[k])*int64(v>>20&0xffffffff)>>32
}

// exponential has the mean 1.
func exponential(p float64) float64 { return -math.Log(1 - p) }

// logNormal has the median 1.
func logNormal(sigma float64) func(p float64) float64 {
	return func(p float64) float64 { return math.Exp(sigma * math.Sqrt2 * math.Erfinv(2*p-1)) }
}
