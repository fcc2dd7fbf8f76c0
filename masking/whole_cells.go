package masking

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// cells keeps one column of a version by row number. Batches of it may come in any
// order and from several goroutines; after settle it is read alone.
type cells struct {
	t coltype.Type

	mu     sync.Mutex // guards pieces
	pieces []piece

	values []int64 // after settle, of all types but text; see numbersOf
	valid  bitmap
}

// piece is what one batch brought.
type piece struct {
	first  int64
	values []int64
	texts  *array.String
	valid  bitmap
	n      int
}

// see keeps the values of a batch and tells the bytes that they take.
func (c *cells) see(a arrow.Array, first int64) (int64, error) {
	p := piece{first: first, valid: validOf(a), n: a.Len()}
	size := int64(a.Len()) / 8
	if texts, ok := a.(*array.String); ok {
		p.texts = texts
		texts.Retain()
		size += int64(len(texts.ValueBytes())) + 4*int64(a.Len())
	} else {
		var err error
		if p.values, err = numbersOf(a); err != nil {
			return 0, err
		}
		size += 8 * int64(a.Len())
	}
	c.mu.Lock()
	c.pieces = append(c.pieces, p)
	c.mu.Unlock()
	return size, nil
}

// settle puts the pieces in order. They are known to be all rows, each once.
func (c *cells) settle(rows int64) {
	slices.SortFunc(c.pieces, func(a, b piece) int { return cmp.Compare(a.first, b.first) })
	c.valid = make(bitmap, bitutil.BytesForBits(rows))
	if c.t.Kind != coltype.Text {
		c.values = make([]int64, rows)
	}
	for i := range c.pieces {
		p := &c.pieces[i]
		if p.valid == nil {
			bitutil.SetBitsTo(c.valid, p.first, int64(p.n), true)
		} else {
			bitutil.CopyBitmap(p.valid, 0, p.n, c.valid, int(p.first))
		}
		copy(c.values[min(p.first, int64(len(c.values))):], p.values)
		p.values, p.valid = nil, nil
	}
	if c.t.Kind != coltype.Text {
		c.pieces = nil
	}
}

// text gives the text of a row that has one.
func (c *cells) text(row int64) string {
	i, found := slices.BinarySearchFunc(c.pieces, row, func(p piece, row int64) int { return cmp.Compare(p.first, row) })
	if !found {
		i--
	}
	return c.pieces[i].texts.Value(int(row - c.pieces[i].first))
}

// array makes an array of n rows, of which row i is that of the number given.
func (c *cells) array(n int, number func(i int) int64) arrow.Array {
	var valid bitmap
	for i := range n {
		if !c.valid.has(int(number(i))) {
			valid = valid.without(i, n)
		}
	}
	if c.t.Kind != coltype.Text {
		values := make([]int64, n)
		for i := range values {
			values[i] = c.values[number(i)]
		}
		return ofNumbers(c.t, values, valid)
	}
	offsets, text := make([]int32, n+1), []byte(nil)
	for i := range n {
		if valid.has(i) {
			text = append(text, c.text(number(i))...)
		}
		offsets[i+1] = int32(len(text))
	}
	return NewArray(arrow.BinaryTypes.String, n, valid, arrow.Int32Traits.CastToBytes(offsets), text)
}

// numbersOf gives the values of an array of any type but text: decimals scaled,
// doubles by their bits, booleans as 0 and 1. What stands behind a null means nothing.
func numbersOf(a arrow.Array) ([]int64, error) {
	out := make([]int64, a.Len())
	switch a := a.(type) {
	case *array.Int64:
		copy(out, a.Int64Values())
	case *array.Decimal128:
		return whole(a)
	case *array.Float64:
		for i, v := range a.Float64Values() {
			out[i] = int64(math.Float64bits(v))
		}
	case *array.Date32:
		for i, v := range a.Date32Values() {
			out[i] = int64(v)
		}
	case *array.Timestamp:
		for i, v := range a.TimestampValues() {
			out[i] = int64(v)
		}
	case *array.Boolean:
		for i := range out {
			if a.Value(i) {
				out[i] = 1
			}
		}
	default:
		return nil, fault.Errorf(fault.Internal, "masking: no column is stored as %s", a.DataType())
	}
	return out, nil
}

// ofNumbers makes the array of such values.
func ofNumbers(t coltype.Type, values []int64, valid bitmap) arrow.Array {
	stored, n := arrowType(t), len(values)
	switch t.Kind {
	case coltype.Decimal:
		out := make([]decimal128.Num, n)
		for i, v := range values {
			out[i] = decimal128.FromI64(v)
		}
		return NewArray(stored, n, valid, arrow.Decimal128Traits.CastToBytes(out))
	case coltype.Date:
		out := make([]int32, n)
		for i, v := range values {
			out[i] = int32(v)
		}
		return NewArray(stored, n, valid, arrow.Int32Traits.CastToBytes(out))
	case coltype.Boolean:
		out := make([]byte, bitutil.BytesForBits(int64(n)))
		for i, v := range values {
			bitutil.SetBitTo(out, i, v != 0)
		}
		return NewArray(stored, n, valid, out)
	default: // integers, timestamps, and doubles by their bits
		return NewArray(stored, n, valid, arrow.Int64Traits.CastToBytes(values))
	}
}
