package masking

import (
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/coltype"
)

// The rules that look at no value: keep, drop, suppress, constant.

func compileKeep(_ *rule, in Column, _ scope) (transform, coltype.Type, error) {
	return func(a arrow.Array) (arrow.Array, error) {
		a.Retain()
		return a, nil
	}, in.Type, nil
}

// compileDrop gives no transform, which is how Compile knows that there is no column.
func compileDrop(*rule, Column, scope) (transform, coltype.Type, error) {
	return nil, coltype.Type{}, nil
}

func compileSuppress(_ *rule, in Column, _ scope) (transform, coltype.Type, error) {
	t := arrowType(in.Type)
	return func(a arrow.Array) (arrow.Array, error) {
		return array.MakeArrayOfNull(memory.DefaultAllocator, t, a.Len()), nil
	}, in.Type, nil
}

func compileConstant(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	if in.Type.Kind == coltype.Text {
		words := wordsOf([]string{r.text("value")})
		return func(a arrow.Array) (arrow.Array, error) { return inWords(nil, make([]int32, a.Len()), words), nil }, in.Type, nil
	}
	add, problem := constantOf(in.Type, r.text("value"))
	if problem != "" {
		return nil, in.Type, r.errorAt("value", "column %s is %s; %q %s", in.Name, in.Type, r.text("value"), problem)
	}
	return func(a arrow.Array) (arrow.Array, error) {
		out := array.NewBuilder(memory.DefaultAllocator, arrowType(in.Type))
		defer out.Release()
		out.Reserve(a.Len())
		for range a.Len() {
			add(out)
		}
		return out.NewArray(), nil
	}, in.Type, nil
}

// constantOf reads the constant as a value of the column's type, which is not text,
// or says why it is none.
func constantOf(t coltype.Type, text string) (add func(array.Builder), problem string) {
	switch t.Kind {
	case coltype.Integer, coltype.Decimal:
		v, problem := scaledConstant(t, text)
		return func(b array.Builder) { appendConstant(b, v) }, problem
	case coltype.Double:
		n, ok := parseNumber(text)
		if !ok {
			return nil, "is no number"
		}
		return func(b array.Builder) { b.(*array.Float64Builder).Append(n.float()) }, ""
	case coltype.Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, "is no date such as 2024-01-31"
		}
		return func(b array.Builder) { b.(*array.Date32Builder).Append(arrow.Date32FromTime(day)) }, ""
	case coltype.Timestamp:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, "is no instant such as 2024-01-31T08:00:00+08:00"
		}
		return func(b array.Builder) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(at.UnixMicro())) }, ""
	case coltype.Boolean:
		v, err := strconv.ParseBool(text)
		if err != nil || text != strconv.FormatBool(v) {
			return nil, "is neither true nor false"
		}
		return func(b array.Builder) { b.(*array.BooleanBuilder).Append(v) }, ""
	default:
		return nil, "has no type"
	}
}

func scaledConstant(t coltype.Type, text string) (int64, string) {
	n, ok := parseNumber(text)
	if !ok {
		return 0, "is no number"
	}
	return n.scaled(t)
}

func appendConstant(b array.Builder, v int64) {
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(v)
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(v))
	}
}
