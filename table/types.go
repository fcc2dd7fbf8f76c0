package table

import (
	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// ArrowType gives the Arrow type of a column type. t must be valid.
func ArrowType(t coltype.Type) arrow.DataType {
	switch t.Kind {
	case coltype.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case coltype.Double:
		return arrow.PrimitiveTypes.Float64
	case coltype.Text:
		return arrow.BinaryTypes.String
	case coltype.Date:
		return arrow.FixedWidthTypes.Date32
	case coltype.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case coltype.Boolean:
		return arrow.FixedWidthTypes.Boolean
	default:
		return arrow.PrimitiveTypes.Int64
	}
}

// ColumnType gives the column type of an Arrow type: the reverse of ArrowType,
// and a refusal of every type that it does not give.
func ColumnType(dt arrow.DataType) (coltype.Type, error) {
	var t coltype.Type
	switch dt := dt.(type) {
	case *arrow.Int64Type:
		t.Kind = coltype.Integer
	case *arrow.Decimal128Type:
		if dt.Precision >= 1 && dt.Precision <= coltype.MaxPrecision && dt.Scale >= 0 && dt.Scale <= dt.Precision {
			t = coltype.Type{Kind: coltype.Decimal, Precision: uint8(dt.Precision), Scale: uint8(dt.Scale)}
		}
	case *arrow.Float64Type:
		t.Kind = coltype.Double
	case *arrow.StringType:
		t.Kind = coltype.Text
	case *arrow.Date32Type:
		t.Kind = coltype.Date
	case *arrow.TimestampType:
		if dt.Unit == arrow.Microsecond && dt.TimeZone == "UTC" {
			t.Kind = coltype.Timestamp
		}
	case *arrow.BooleanType:
		t.Kind = coltype.Boolean
	}
	if !t.Valid() {
		return t, fault.Errorf(fault.Unsupported, "table: the Arrow type %s is not the type of any column", dt)
	}
	return t, nil
}

// Field is the name and type of one column.
type Field struct {
	Name string
	Type coltype.Type
}

// Schema gives the Arrow schema of the columns, as FromFrame and NewReader make
// it: every field may be null, no metadata.
func Schema(fields ...Field) *arrow.Schema {
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		out[i] = arrow.Field{Name: f.Name, Type: ArrowType(f.Type), Nullable: true}
	}
	return arrow.NewSchema(out, nil)
}
