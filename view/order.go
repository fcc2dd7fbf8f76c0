package view

import (
	"math/bits"

	"yingbi/crypto"
)

// Rows stand in the order of keys of 64 bits: those of a view have a pseudo-random
// one for each row number, those that are grouped one for each subject. They are put
// in order in two steps: the keys are cut into equal buckets, and each bucket is
// sorted by itself.
const (
	bucketRows  = 130_000  // of a bucket on average: its columns stay in the core's cache while they are sorted
	bucketBytes = 32 << 20 // of stored Parquet, for rows that are long
	manyBuckets = 1024     // with more, what a batch of rows adds to a bucket becomes small
	partBuckets = 8        // of a part at most: fewer rows than catalog.PartRows
	fewParts    = 8        // from which on a part may have several buckets: cores take whole parts
)

// shape says how a view is cut. It follows from the version alone, so the same
// view has the same parts wherever and by however many cores it is built.
type shape struct {
	rows    int64
	buckets int64
	perPart int64 // buckets of a part; the last one may have fewer
}

// shapeOf gives the shape of a view of so many rows, which are stored in so many
// bytes, with buckets of so many rows.
func shapeOf(rows, stored, bucket int64) shape {
	buckets := min(manyBuckets, max(over(rows, bucket), over(stored, bucketBytes)))
	buckets = max(buckets, over(rows, 4*bucket), 1)
	fit := partBuckets * bucket * buckets / max(rows, 1)
	return shape{rows, buckets, max(1, min(fit, buckets/fewParts, partBuckets))}
}

func (s shape) parts() int64 { return over(s.buckets, s.perPart) }

// over divides and rounds up.
func over(a, b int64) int64 { return (a + b - 1) / b }

// place is where a row goes: its bucket, and where in it. Should two places be the
// same, the row that was read first goes first.
type place struct{ bucket, rest uint32 }

// placeOf gives the place of the rows with a key, in one of so many buckets.
func placeOf(key uint64, buckets int64) place {
	bucket, rest := bits.Mul64(key, uint64(buckets))
	return place{uint32(bucket), uint32(rest >> 32)}
}

// rowKeys gives the keys of row numbers. The identity makes them the view's own.
func rowKeys(secret []byte, identity crypto.Digest) (*crypto.PRF, error) {
	key, err := crypto.KeyFromBytes(crypto.Derive(secret, identity[:], "view row order", 16))
	if err != nil {
		return nil, err
	}
	return crypto.NewPRF(key)
}

// inOrder gives the ranks of a bucket's rows from their rests; of equal rests the
// earlier row comes first.
func (s *sorter) inOrder(rests []uint32) (ranks []uint32) {
	n := len(rests)
	s.a, s.b, s.ranks = grown(s.a, n), grown(s.b, n), grown(s.ranks, n)
	for i, rest := range rests {
		s.a[i] = uint64(rest)<<32 | uint64(i)
	}
	for shift := 32; shift < 64; shift += digitBits {
		s.byDigit(shift)
	}
	for rank, v := range s.a {
		s.ranks[uint32(v)] = uint32(rank)
	}
	return s.ranks
}

// run is rows of a bucket that have one rest.
type run struct{ rest, rows uint32 }

// runs gives the runs of the rests that inOrder put in order, behind out.
func (s *sorter) runs(out []run) []run {
	for _, v := range s.a {
		rest := uint32(v >> 32)
		if n := len(out); n > 0 && out[n-1].rest == rest {
			out[n-1].rows++
		} else {
			out = append(out, run{rest, 1})
		}
	}
	return out
}

// sorter is room for sorting.
type sorter struct {
	a, b  []uint64 // rest ‖ number in the bucket
	ranks []uint32
}

const digitBits = 11 // three rounds for 32 bits

// byDigit is a round of a radix sort: it keeps the order of equal digits.
func (s *sorter) byDigit(shift int) {
	var starts [1 << digitBits]uint32
	for _, v := range s.a {
		starts[v>>shift&(1<<digitBits-1)]++
	}
	sum := uint32(0)
	for i, n := range starts {
		starts[i] = sum
		sum += n
	}
	for _, v := range s.a {
		digit := v >> shift & (1<<digitBits - 1)
		s.b[starts[digit]] = v
		starts[digit]++
	}
	s.a, s.b = s.b, s.a
}

// grown gives a slice of n values, reusing the old one's room.
func grown[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n, n+n/8)
	}
	return old[:n]
}
