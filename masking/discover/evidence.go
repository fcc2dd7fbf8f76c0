package discover

import (
	"cmp"
	"math"
	"math/bits"

	"yingbi/masking/detect"
)

// numTypes is one more than the types of detect, so that a type is an index.
const numTypes = int(detect.AddressZH) + 1

// types is a set of types of detect.
type types uint32

func only(t detect.Type) types { return 1 << t }

func (s types) has(t detect.Type) bool { return s&only(t) != 0 }

// counts has a number for each type.
type counts [numTypes]int64

func (c *counts) add(s types, n int64) {
	for ; s != 0; s &= s - 1 {
		c[bits.TrailingZeros32(uint32(s))] += n
	}
}

// evidence is what some values of a column tell together.
type evidence struct {
	values int64
	fires  counts // values that are of the type by themselves
	likely counts // that are so in a column of nothing else
	weak   counts // that may be, these among them
	near   counts // that have its shape and are not of it: by a check digit, an area, a prefix
	parted counts // of near, those whose parts are right, so that only the check digit is not
	spans  counts // that hold one inside a text
	traits [numTraits]int64

	sizes    bounds[uint32] // bytes of a value
	years    bounds[uint16] // of the dates
	numbers  bounds[uint64] // that the digits of values are
	integers bounds[int64]
}

// bounds are the least and the greatest of some values.
type bounds[T cmp.Ordered] struct {
	low, high T
	any       bool
}

func (b *bounds[T]) take(v T) { b.merge(bounds[T]{v, v, true}) }

func (b *bounds[T]) merge(o bounds[T]) {
	switch {
	case !o.any:
	case !b.any:
		*b = o
	default:
		b.low, b.high = min(b.low, o.low), max(b.high, o.high)
	}
}

// add counts n values of a class.
func (e *evidence) add(c *class, n int64) {
	e.values += n
	e.fires.add(c.fires, n)
	e.likely.add(c.likely, n)
	e.weak.add(c.weak, n)
	e.near.add(c.near, n)
	e.parted.add(c.parted, n)
	e.spans.add(c.spans, n)
	for t := c.traits; t != 0; t &= t - 1 {
		e.traits[bits.TrailingZeros32(uint32(t))] += n
	}
	e.sizes.take(c.size)
	if c.year != 0 {
		e.years.take(c.year)
	}
	if c.traits&hasNumber != 0 {
		e.numbers.take(c.number)
	}
	if c.traits&isInteger != 0 {
		v := int64(c.number)
		if c.traits&isNegative != 0 {
			v = -v
		}
		e.integers.take(v)
	}
}

// each gives the counts of both, one beside the other.
func (e *evidence) each(o *evidence) [6][2][]int64 {
	return [6][2][]int64{
		{e.fires[:], o.fires[:]}, {e.likely[:], o.likely[:]}, {e.weak[:], o.weak[:]}, {e.near[:], o.near[:]}, {e.parted[:], o.parted[:]}, {e.spans[:], o.spans[:]},
	}
}

func (e *evidence) merge(o *evidence) {
	e.values += o.values
	for _, pair := range e.each(o) {
		for i, n := range pair[1] {
			pair[0][i] += n
		}
	}
	for i, n := range o.traits {
		e.traits[i] += n
	}
	e.sizes.merge(o.sizes)
	e.years.merge(o.years)
	e.numbers.merge(o.numbers)
	e.integers.merge(o.integers)
}

// scaled gives the evidence as if each different value had come once. What was seen at
// all stays seen.
func (e *evidence) scaled(by float64) evidence {
	scale := func(n int64) int64 { return int64(math.Ceil(float64(n) * by)) }
	out := *e
	out.values = scale(e.values)
	for _, pair := range out.each(e) {
		for i, n := range pair[1] {
			pair[0][i] = scale(n)
		}
	}
	for i, n := range e.traits {
		out.traits[i] = scale(n)
	}
	return out
}
