package view

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// gather makes one array of the values at the places. The types are those that
// package table stores.
func gather(t arrow.DataType, parts []arrow.Array, places []at) arrow.Array {
	builder := array.NewBuilder(memory.DefaultAllocator, t)
	defer builder.Release()
	builder.Reserve(len(places))
	switch b := builder.(type) {
	case *array.Int64Builder:
		pick(b, typed[*array.Int64](parts), places)
	case *array.Decimal128Builder:
		pick(b, typed[*array.Decimal128](parts), places)
	case *array.Float64Builder:
		pick(b, typed[*array.Float64](parts), places)
	case *array.StringBuilder:
		pick(b, typed[*array.String](parts), places)
	case *array.Date32Builder:
		pick(b, typed[*array.Date32](parts), places)
	case *array.TimestampBuilder:
		pick(b, typed[*array.Timestamp](parts), places)
	case *array.BooleanBuilder:
		pick(b, typed[*array.Boolean](parts), places)
	}
	return builder.NewArray()
}

// typed gives the parts as the arrays that their type says they are.
func typed[A arrow.Array](parts []arrow.Array) []A {
	out := make([]A, len(parts))
	for i, p := range parts {
		out[i] = p.(A)
	}
	return out
}

// pick appends the values at the places.
func pick[T any, A interface {
	arrow.Array
	Value(int) T
}, B interface {
	Append(T)
	AppendNull()
}](b B, parts []A, places []at) {
	for _, p := range places {
		if part := parts[p.batch]; part.IsNull(p.row) {
			b.AppendNull()
		} else {
			b.Append(part.Value(p.row))
		}
	}
}
