package table

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

// ToFrame gives a record of the types that ArrowType names as a frame: null
// slots zero or empty, as abi.Encode wants them. They share memory where no
// value had to change, so the record must not change while the frame is in use.
func ToFrame(rec arrow.RecordBatch) (*abi.Frame, error) {
	f := &abi.Frame{Rows: int(rec.NumRows()), Columns: make([]abi.Column, rec.NumCols())}
	for i := range f.Columns {
		t, err := ColumnType(rec.Column(i).DataType())
		if err != nil {
			return nil, err
		}
		c := &f.Columns[i]
		c.Name, c.Type = rec.ColumnName(i), t
		if err := toColumn(c, rec.Column(i)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func toColumn(c *abi.Column, arr arrow.Array) error {
	c.Valid = validity(arr)
	switch arr := arr.(type) {
	case *array.Int64:
		c.Ints = withoutNulls(c, arr.Int64Values())
	case *array.Timestamp:
		c.Ints = withoutNulls(c, arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(arr.TimestampValues())))
	case *array.Float64:
		c.Floats = withoutNulls(c, arr.Float64Values())
	case *array.Date32:
		c.Days = withoutNulls(c, arrow.Int32Traits.CastFromBytes(arrow.Date32Traits.CastToBytes(arr.Date32Values())))
	case *array.Boolean:
		c.Bools = make([]byte, arr.Len())
		for i := range c.Bools {
			if arr.Value(i) && !c.IsNull(i) {
				c.Bools[i] = 1
			}
		}
	case *array.Decimal128:
		return narrow(c, arr)
	case *array.String:
		toText(c, arr)
	}
	return nil
}

// validity gives the array's bitmap from bit 0 on, nil if it has no null.
func validity(arr arrow.Array) []byte {
	if arr.NullN() == 0 {
		return nil
	}
	n := arr.Len()
	out := make([]byte, bitutil.BytesForBits(int64(n)))
	bitutil.CopyBitmap(arr.NullBitmapBytes(), arr.Data().Offset(), n, out, 0)
	return out
}

// withoutNulls gives v with zeros in place of the column's nulls.
func withoutNulls[T int64 | int32 | float64](c *abi.Column, v []T) []T {
	if c.Valid == nil {
		return v
	}
	out := slices.Clone(v)
	for i := range out {
		if c.IsNull(i) {
			out[i] = 0
		}
	}
	return out
}

// narrow makes int64 values of decimal128 values, within the column's precision.
func narrow(c *abi.Column, arr *array.Decimal128) error {
	bound := powerOfTen(c.Type.Precision)
	c.Ints = make([]int64, arr.Len())
	for i := range c.Ints {
		if c.IsNull(i) {
			continue
		}
		v := arr.Value(i)
		if !within(v, bound) {
			return fault.Errorf(fault.Limit, "table: a value does not fit %s", c.Type)
		}
		c.Ints[i] = int64(v.LowBits())
	}
	return nil
}

// within reports whether -bound < v < bound.
func within(v decimal128.Num, bound int64) bool {
	low := int64(v.LowBits())
	return v.HighBits() == low>>63 && -bound < low && low < bound
}

func powerOfTen(n uint8) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// toText shares the text of arr if it begins at 0 and no null hides bytes, and
// copies it otherwise.
func toText(c *abi.Column, arr *array.String) {
	n := arr.Len()
	if n == 0 {
		c.Offsets, c.Bytes = []uint32{0}, []byte{}
		return
	}
	offsets, bytes := arr.ValueOffsets(), arr.ValueBytes()
	if offsets[0] == 0 && !hidesBytes(c, offsets) {
		c.Offsets = arrow.Uint32Traits.CastFromBytes(arrow.Int32Traits.CastToBytes(offsets))
		c.Bytes = bytes
		return
	}
	c.Offsets, c.Bytes = make([]uint32, n+1), make([]byte, 0, len(bytes))
	for i := range n {
		if !c.IsNull(i) {
			c.Bytes = append(c.Bytes, arr.Value(i)...)
		}
		c.Offsets[i+1] = uint32(len(c.Bytes))
	}
}

func hidesBytes(c *abi.Column, offsets []int32) bool {
	if c.Valid == nil {
		return false
	}
	for i := range len(offsets) - 1 {
		if c.IsNull(i) && offsets[i] != offsets[i+1] {
			return true
		}
	}
	return false
}

// FieldsOf gives the names and column types of a schema.
func FieldsOf(schema *arrow.Schema) ([]Field, error) {
	fields := make([]Field, schema.NumFields())
	for i, f := range schema.Fields() {
		t, err := ColumnType(f.Type)
		if err != nil {
			return nil, err
		}
		fields[i] = Field{Name: f.Name, Type: t}
	}
	return fields, nil
}
