package masking

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Masked arrays are written straight into buffers of the right size: appending
// through Arrow's builders costs more than most rules.

// arrowType is the column type as stored Parquet has it: the same mapping as in
// package table, which masking does not import.
func arrowType(t coltype.Type) arrow.DataType {
	switch t.Kind {
	case coltype.Integer:
		return arrow.PrimitiveTypes.Int64
	case coltype.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case coltype.Double:
		return arrow.PrimitiveTypes.Float64
	case coltype.Date:
		return arrow.PrimitiveTypes.Date32
	case coltype.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case coltype.Boolean:
		return arrow.FixedWidthTypes.Boolean
	default:
		return arrow.BinaryTypes.String
	}
}

// bitmap says which rows have a value; nil when all have.
type bitmap []byte

// validOf copies the bitmap of an array.
func validOf(in arrow.Array) bitmap {
	if in.NullN() == 0 {
		return nil
	}
	out := make(bitmap, bitutil.BytesForBits(int64(in.Len())))
	bitutil.CopyBitmap(in.NullBitmapBytes(), in.Data().Offset(), in.Len(), out, 0)
	return out
}

func (b bitmap) has(i int) bool { return b == nil || b[i/8]>>(i%8)&1 != 0 }

// without gives the bitmap of n rows with row i null.
func (b bitmap) without(i, n int) bitmap {
	if b == nil {
		b = make(bitmap, bitutil.BytesForBits(int64(n)))
		bitutil.SetBitsTo(b, 0, int64(n), true)
	}
	bitutil.ClearBit(b, i)
	return b
}

// NewArray makes an array of n rows from its bitmap, nil where there is no null, and
// its other buffers.
func NewArray(t arrow.DataType, n int, valid []byte, values ...[]byte) arrow.Array {
	buffers := []*memory.Buffer{nil}
	nulls := 0
	if valid != nil {
		buffers[0] = memory.NewBufferBytes(valid)
		nulls = n - bitutil.CountSetBits(valid, 0, n)
	}
	for _, v := range values {
		buffers = append(buffers, memory.NewBufferBytes(v))
	}
	data := array.NewData(t, n, buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// whole reads an integer or decimal array as scaled int64; what stands behind a
// null means nothing. Decimals of our own files have at most 18 digits, so one that
// does not fit is a damaged file.
func whole(in arrow.Array) ([]int64, error) {
	if ints, ok := in.(*array.Int64); ok {
		return ints.Int64Values(), nil
	}
	decimals := in.(*array.Decimal128).Values()
	out := make([]int64, len(decimals))
	for i, v := range decimals {
		out[i] = int64(v.LowBits())
		if v.HighBits() != out[i]>>63 && in.IsValid(i) {
			return nil, fault.New(fault.Integrity, "masking: a stored decimal has more digits than its type")
		}
	}
	return out, nil
}

// overWhole applies f to each value of an integer or decimal column.
func overWhole(t coltype.Type, f func(int64) int64) transform {
	stored := arrowType(t)
	return func(in arrow.Array) (arrow.Array, error) {
		values, err := whole(in)
		if err != nil {
			return nil, err
		}
		valid := validOf(in)
		if t.Kind == coltype.Decimal {
			out := make([]decimal128.Num, len(values))
			for i, v := range values {
				if valid.has(i) {
					out[i] = decimal128.FromI64(f(v))
				}
			}
			return NewArray(stored, len(out), valid, arrow.Decimal128Traits.CastToBytes(out)), nil
		}
		out := make([]int64, len(values))
		for i, v := range values {
			if valid.has(i) {
				out[i] = f(v)
			}
		}
		return NewArray(stored, len(out), valid, arrow.Int64Traits.CastToBytes(out)), nil
	}
}

// overDouble applies f to each value of a double column. NaN has no place on the
// line of numbers and becomes null.
func overDouble(f func(float64) float64) transform {
	return func(in arrow.Array) (arrow.Array, error) {
		values, valid := in.(*array.Float64).Float64Values(), validOf(in)
		out := make([]float64, len(values))
		for i, v := range values {
			switch {
			case !valid.has(i):
			case v != v:
				valid = valid.without(i, len(out))
			default:
				out[i] = f(v)
			}
		}
		return NewArray(arrow.PrimitiveTypes.Float64, len(out), valid, arrow.Float64Traits.CastToBytes(out)), nil
	}
}

// toDates builds a date column, in days since 1970-01-01: each gives the value of a
// row of in that has one, or false for null.
func toDates(in arrow.Array, each func(i int) (int32, bool)) arrow.Array {
	valid, out := validOf(in), make([]int32, in.Len())
	for i := range out {
		if !valid.has(i) {
			continue
		}
		days, ok := each(i)
		if !ok {
			valid = valid.without(i, len(out))
			continue
		}
		out[i] = days
	}
	return NewArray(arrow.PrimitiveTypes.Date32, len(out), valid, arrow.Int32Traits.CastToBytes(out))
}

// toTexts builds a text column of about width bytes a value: each appends the value
// of a row of in that has one, or gives false for null.
func toTexts(in arrow.Array, width int, each func(to []byte, i int) ([]byte, bool)) arrow.Array {
	n, valid := in.Len(), validOf(in)
	offsets, text := make([]int32, n+1), make([]byte, 0, n*width)
	for i := range n {
		if valid.has(i) {
			var ok bool
			if text, ok = each(text, i); !ok {
				valid = valid.without(i, n)
			}
		}
		offsets[i+1] = int32(len(text))
	}
	return NewArray(arrow.BinaryTypes.String, n, valid, arrow.Int32Traits.CastToBytes(offsets), text)
}
