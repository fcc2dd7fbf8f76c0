package view

import (
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"

	"yingbi/internal/fault"
	"yingbi/masking"
)

// column is one column of a batch, of any of the types that package table stores.
type column struct {
	array   arrow.Array
	values  []int64 // of all types but plain text; anything where there is none
	offsets []int32 // of plain text
	text    []byte
	words   *array.String // of text that comes as numbers of words, which are the values
	packed  []byte        // of packed pseudonyms
}

// columnOf takes an array apart. It shares the array's memory or fills the room.
func columnOf(a arrow.Array, room *[]int64) (column, error) {
	c := column{array: a}
	switch a := a.(type) {
	case *array.String:
		c.offsets, c.text = a.ValueOffsets(), a.ValueBytes()
		return c, nil
	case *array.FixedSizeBinary:
		c.packed = a.Data().Buffers()[1].Bytes()[a.Data().Offset()*masking.PackedSize:]
		return c, nil
	case *array.Int64:
		c.values = a.Int64Values()
		return c, nil
	case *array.Timestamp:
		c.values = arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(a.TimestampValues()))
		return c, nil
	case *array.Float64:
		c.values = arrow.Int64Traits.CastFromBytes(arrow.Float64Traits.CastToBytes(a.Float64Values()))
		return c, nil
	}
	*room = grown(*room, a.Len())
	c.values = *room
	switch a := a.(type) {
	case *array.Dictionary:
		c.words = a.Dictionary().(*array.String)
		for i, number := range a.Indices().(*array.Int32).Int32Values() {
			c.values[i] = int64(number)
		}
	case *array.Date32:
		for i, days := range a.Date32Values() {
			c.values[i] = int64(days)
		}
	case *array.Decimal128:
		for i, v := range a.Values() {
			c.values[i] = int64(v.LowBits())
			if v.HighBits() != c.values[i]>>63 && a.IsValid(i) {
				return c, fault.New(fault.Integrity, "view: a stored decimal has more digits than its type")
			}
		}
	case *array.Boolean:
		for i := range c.values {
			c.values[i] = 0
			if a.Value(i) {
				c.values[i] = 1
			}
		}
	default:
		return c, fault.New(fault.Internal, "view: a column of a type that no view has")
	}
	return c, nil
}

func (c *column) null(i int) bool { return c.array.IsNull(i) }

// length gives the bytes of a text, none for a null.
func (c *column) length(i int) int {
	if c.null(i) {
		return 0
	}
	return int(c.offsets[i+1] - c.offsets[i])
}

func (c *column) bytes(i int) []byte {
	return c.text[c.offsets[i]-c.offsets[0] : c.offsets[i+1]-c.offsets[0]]
}

// layout is how the values of a column are written in the pieces of one batch: as
// what they are above the least of them, in as few bytes as the largest needs. Of a
// text it is the lengths, in front of the texts.
type layout struct {
	low    int64
	width  uint8 // bytes, from 0
	nulls  bool  // a bitmap comes first
	coded  bool  // the values are numbers of words
	packed bool  // the values are pseudonyms
}

func (l layout) flags() (flags byte) {
	if l.nulls {
		flags |= flagNulls
	}
	if l.coded {
		flags |= flagCoded
	}
	if l.packed {
		flags |= flagPacked
	}
	return flags
}

func (c *column) layout() layout {
	l := layout{nulls: c.array.NullN() > 0, coded: c.words != nil, packed: c.packed != nil}
	if l.packed {
		l.width = masking.PackedSize
		return l
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for i, v := range c.values {
		if !l.nulls || !c.null(i) {
			low, high = min(low, v), max(high, v)
		}
	}
	for i := 1; i < len(c.offsets); i++ {
		if !l.nulls || !c.null(i-1) {
			v := int64(c.offsets[i] - c.offsets[i-1])
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high { // there is no value
		low, high = 0, 0
	}
	l.low, l.width = low, uint8((bits.Len64(uint64(high-low))+7)/8)
	return l
}

// size gives the bytes of n rows, without texts.
func (l layout) size(n int) int {
	size := n * int(l.width)
	if l.nulls {
		size += int(bitutil.BytesForBits(int64(n)))
	}
	return size
}

// copyText copies a text. Most have less than 32 bytes, for which two moves that may
// overlap are faster than a call.
func copyText(to, from []byte) {
	n := len(from)
	switch {
	case n > 32 || n < 4:
		copy(to, from)
	case n >= 16:
		*(*[16]byte)(to[n-16:]), *(*[16]byte)(to) = [16]byte(from[n-16:]), [16]byte(from)
	case n >= 8:
		*(*[8]byte)(to[n-8:]), *(*[8]byte)(to) = [8]byte(from[n-8:]), [8]byte(from)
	default:
		*(*[4]byte)(to[n-4:]), *(*[4]byte)(to) = [4]byte(from[n-4:]), [4]byte(from)
	}
}
