package masking

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

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

// whole reads an integer or decimal array as scaled int64. Decimals of our own
// files have at most 18 digits, so one that does not fit is a damaged file.
func whole(in arrow.Array) ([]int64, error) {
	if ints, ok := in.(*array.Int64); ok {
		return ints.Int64Values(), nil
	}
	decimals := in.(*array.Decimal128)
	out := make([]int64, decimals.Len())
	for i := range out {
		if decimals.IsNull(i) {
			continue
		}
		v := decimals.Value(i)
		out[i] = int64(v.LowBits())
		if decimal128.FromI64(out[i]) != v {
			return nil, fault.New(fault.Integrity, "masking: a stored decimal has more digits than its type")
		}
	}
	return out, nil
}

// overWhole applies f to each value of an integer or decimal column.
func overWhole(t coltype.Type, f func(int64) int64) transform {
	return func(in arrow.Array) (arrow.Array, error) {
		values, err := whole(in)
		if err != nil {
			return nil, err
		}
		out := array.NewBuilder(memory.DefaultAllocator, arrowType(t))
		defer out.Release()
		out.Reserve(len(values))
		for i, v := range values {
			if in.IsNull(i) {
				out.AppendNull()
			} else {
				appendWhole(out, f(v))
			}
		}
		return out.NewArray(), nil
	}
}

func appendWhole(out array.Builder, v int64) {
	switch b := out.(type) {
	case *array.Int64Builder:
		b.UnsafeAppend(v)
	case *array.Decimal128Builder:
		b.UnsafeAppend(decimal128.FromI64(v))
	}
}

// overDouble applies f to each value of a double column. NaN has no place on the
// line of numbers and becomes null.
func overDouble(f func(float64) float64) transform {
	return func(in arrow.Array) (arrow.Array, error) {
		out := array.NewFloat64Builder(memory.DefaultAllocator)
		defer out.Release()
		values := in.(*array.Float64).Float64Values()
		out.Reserve(len(values))
		for i, v := range values {
			if in.IsNull(i) || v != v {
				out.UnsafeAppendBoolToBitmap(false)
			} else {
				out.UnsafeAppend(f(v))
			}
		}
		return out.NewArray(), nil
	}
}

// toText builds a text column: each gives the value at i, or false for null.
func toText(n, width int, each func(i int) (string, bool)) arrow.Array {
	out := array.NewStringBuilder(memory.DefaultAllocator)
	defer out.Release()
	out.Reserve(n)
	out.ReserveData(n * width)
	for i := range n {
		if text, ok := each(i); ok {
			out.Append(text)
		} else {
			out.AppendNull()
		}
	}
	return out.NewArray()
}

// toDate builds a date column in the same way, in days since 1970-01-01.
func toDate(n int, each func(i int) (int32, bool)) arrow.Array {
	out := array.NewDate32Builder(memory.DefaultAllocator)
	defer out.Release()
	out.Reserve(n)
	for i := range n {
		if days, ok := each(i); ok {
			out.Append(arrow.Date32(days))
		} else {
			out.AppendNull()
		}
	}
	return out.NewArray()
}
