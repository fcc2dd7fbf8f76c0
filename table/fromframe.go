package table

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

// FromFrame gives f, which must be as abi.Decode gives one, as an Arrow record.
// They share memory, decimals and booleans apart.
func FromFrame(f *abi.Frame) (arrow.RecordBatch, error) {
	fields := make([]Field, len(f.Columns))
	columns := make([]arrow.Array, len(f.Columns))
	for i := range f.Columns {
		c := &f.Columns[i]
		fields[i] = Field{Name: c.Name, Type: c.Type}
		if len(c.Bytes) > math.MaxInt32 {
			return nil, fault.Errorf(fault.Limit, "table: column %d holds %d bytes of text, Arrow takes 2 GiB in a piece", i, len(c.Bytes))
		}
		columns[i] = fromColumn(c, f.Rows)
	}
	return array.NewRecordBatch(Schema(fields...), columns, int64(f.Rows)), nil
}

func fromColumn(c *abi.Column, rows int) arrow.Array {
	var valid *memory.Buffer
	nulls := 0
	if c.Valid != nil {
		valid = memory.NewBufferBytes(c.Valid)
		nulls = rows - bitutil.CountSetBits(c.Valid, 0, rows)
	}
	buffers := []*memory.Buffer{valid}
	for _, b := range valueBuffers(c, rows) {
		buffers = append(buffers, memory.NewBufferBytes(b))
	}
	data := array.NewData(ArrowType(c.Type), rows, buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func valueBuffers(c *abi.Column, rows int) [][]byte {
	switch c.Type.Kind {
	case coltype.Decimal:
		return [][]byte{widen(c.Ints)}
	case coltype.Double:
		return [][]byte{arrow.Float64Traits.CastToBytes(c.Floats)}
	case coltype.Text:
		offsets := c.Offsets
		if len(offsets) == 0 {
			offsets = []uint32{0}
		}
		return [][]byte{arrow.Uint32Traits.CastToBytes(offsets), c.Bytes}
	case coltype.Date:
		return [][]byte{arrow.Int32Traits.CastToBytes(c.Days)}
	case coltype.Boolean:
		return [][]byte{packBits(c.Bools, rows)}
	default:
		return [][]byte{arrow.Int64Traits.CastToBytes(c.Ints)}
	}
}

// widen makes decimal128 values of int64 values.
func widen(v []int64) []byte {
	out := make([]decimal128.Num, len(v))
	for i, x := range v {
		out[i] = decimal128.FromI64(x)
	}
	return arrow.Decimal128Traits.CastToBytes(out)
}

func packBits(v []byte, rows int) []byte {
	out := make([]byte, bitutil.BytesForBits(int64(rows)))
	for i, x := range v {
		out[i/8] |= x << (i % 8)
	}
	return out
}
