//go:build cgo

package cell

import (
	"context"
	"database/sql"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// query runs a statement that the domain wrote and gives its rows as the
// declared columns, by position.
func (e *engine) query(s abi.Statement) (*abi.Frame, error) {
	args := make([]any, len(s.Args))
	for i, v := range s.Args {
		args[i] = argument(v)
	}
	rows, err := e.db.QueryContext(context.Background(), s.SQL, args...)
	if err != nil {
		return nil, engineFailure(err, 0)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil || len(types) != len(s.Result) {
		return nil, abi.Failure{Code: abi.FailResult}
	}
	for i, t := range types {
		if !holds(s.Result[i].Type, t.DatabaseTypeName()) {
			return nil, abi.Failure{Code: abi.FailResult}
		}
	}
	return collect(rows, s.Result, math.MaxInt)
}

// argument gives a bound value to the driver. A decimal goes as text, which the
// statement casts: CAST(? AS DECIMAL(12,2)) is exact.
func argument(v abi.Value) any {
	if v.Null {
		return nil
	}
	switch v.Type.Kind {
	case coltype.Decimal:
		return decimalText(v.Int, int(v.Type.Scale))
	case coltype.Double:
		return v.Float
	case coltype.Text:
		return v.Text
	case coltype.Date:
		return duckdb.Typed(time.Unix(v.Int*daySecs, 0).UTC(), duckdb.TYPE_DATE)
	case coltype.Timestamp:
		return duckdb.Typed(time.UnixMicro(v.Int).UTC(), duckdb.TYPE_TIMESTAMP_TZ)
	case coltype.Boolean:
		return v.Int == 1
	default:
		return v.Int
	}
}

// decimalText writes v × 10^-scale.
func decimalText(v int64, scale int) string {
	digits := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, digits = "-", digits[1:]
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	if scale == 0 {
		return sign + digits
	}
	return sign + digits[:point] + "." + digits[point:]
}

const wholeTypes = " TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT "

// holds reports whether a column type takes values of an engine's type exactly,
// their range apart.
func holds(t coltype.Type, engineType string) bool {
	whole := strings.Contains(wholeTypes, " "+engineType+" ")
	switch t.Kind {
	case coltype.Integer:
		return whole
	case coltype.Decimal:
		return whole || strings.HasPrefix(engineType, "DECIMAL")
	case coltype.Double:
		return engineType == "DOUBLE" || engineType == "FLOAT"
	case coltype.Text:
		return engineType == "VARCHAR" || engineType == "ENUM"
	case coltype.Date:
		return engineType == "DATE"
	case coltype.Timestamp:
		return engineType == "TIMESTAMP" || engineType == "TIMESTAMPTZ"
	default:
		return engineType == "BOOLEAN"
	}
}

// nearest is the column type for an engine's type; none if there is none.
func nearest(engineType string) coltype.Type {
	for k := coltype.Integer; k <= coltype.Boolean; k++ {
		if k != coltype.Decimal && holds(coltype.Type{Kind: k}, engineType) {
			return coltype.Type{Kind: k}
		}
	}
	inner, ok := strings.CutPrefix(strings.TrimSuffix(engineType, ")"), "DECIMAL(")
	width, scale, _ := strings.Cut(inner, ",")
	p, err1 := strconv.Atoi(width)
	s, err2 := strconv.Atoi(scale)
	t := coltype.Type{Kind: coltype.Decimal, Precision: uint8(min(p, coltype.MaxPrecision)), Scale: uint8(s)}
	if !ok || err1 != nil || err2 != nil || !t.Valid() {
		return coltype.Type{}
	}
	return t
}

// collect reads rows into a frame of the columns.
func collect(rows *sql.Rows, columns []abi.ResultColumn, maxRows int) (*abi.Frame, error) {
	f := &abi.Frame{Columns: make([]abi.Column, len(columns))}
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		if !c.Type.Valid() {
			return nil, abi.Failure{Code: abi.FailResult}
		}
		f.Columns[i] = abi.Column{Name: c.Name, Type: c.Type}
		if c.Type.Kind == coltype.Text {
			f.Columns[i].Offsets = []uint32{0}
		}
		into[i] = &cells[i]
	}
	for rows.Next() {
		if f.Rows == maxRows {
			return nil, abi.Failure{Code: abi.FailGuestLimit}
		}
		if rows.Scan(into...) != nil {
			return nil, abi.Failure{Code: abi.FailEngine}
		}
		for i := range cells {
			if err := appendCell(&f.Columns[i], f.Rows, cells[i]); err != nil {
				return nil, err
			}
		}
		f.Rows++
	}
	if err := rows.Err(); err != nil {
		return nil, engineFailure(err, 0)
	}
	return f, nil
}

// appendCell adds what the driver gave for one row, null or a value.
func appendCell(c *abi.Column, row int, v any) error {
	if row%8 == 0 {
		c.Valid = append(c.Valid, 0)
	}
	if v != nil {
		c.Valid[row/8] |= 1 << (row % 8)
	}
	if !appendValue(c, v) {
		return abi.Failure{Code: abi.FailOverflow}
	}
	return nil
}

// appendValue adds a value, zero for nil; false if the column's type does not
// hold it.
func appendValue(c *abi.Column, v any) (ok bool) {
	switch c.Type.Kind {
	case coltype.Double:
		var x float64
		x, ok = floating(v)
		c.Floats = append(c.Floats, x)
	case coltype.Text:
		s, isText := v.(string)
		ok = (v == nil || isText) && utf8.ValidString(s) && len(c.Bytes)+len(s) <= math.MaxUint32
		c.Bytes = append(c.Bytes, s...)
		c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
	case coltype.Boolean:
		x, isBool := v.(bool)
		ok = v == nil || isBool
		c.Bools = append(c.Bools, 0)
		if x {
			c.Bools[len(c.Bools)-1] = 1
		}
	case coltype.Date:
		var at time.Time
		at, ok = moment(v)
		c.Days = append(c.Days, int32(at.Unix()/daySecs)) // midnight: exact
	case coltype.Timestamp:
		var at time.Time
		at, ok = moment(v)
		c.Ints = append(c.Ints, at.UnixMicro())
	default:
		var x int64
		x, ok = wholeNumber(v, c.Type)
		c.Ints = append(c.Ints, x)
	}
	return ok
}

func floating(v any) (float64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// moment gives a date or time from year 1 to 9999; 1970 for nil.
func moment(v any) (time.Time, bool) {
	zero := time.Unix(0, 0)
	at, ok := v.(time.Time)
	if !ok || at.Unix() < firstDay*daySecs || at.Unix() >= (lastDay+1)*daySecs {
		return zero, v == nil
	}
	return at, true
}

// wholeNumber gives an integer, or a decimal in units of its scale, if it is one
// of the type exactly. Nearly all values have the type's own scale and fit.
func wholeNumber(v any, t coltype.Type) (int64, bool) {
	n, scale := int64(0), 0
	var large *big.Int // in the place of n
	switch v := v.(type) {
	case nil:
		return 0, true
	case int8:
		n = int64(v)
	case int16:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	case uint8:
		n = int64(v)
	case uint16:
		n = int64(v)
	case uint32:
		n = int64(v)
	case uint64:
		large = new(big.Int).SetUint64(v)
	case *big.Int:
		large = v
	case duckdb.Decimal:
		large, scale = v.Value, int(v.Scale)
	default:
		return 0, false
	}
	if large != nil && large.IsInt64() {
		n, large = large.Int64(), nil
	}
	if large != nil || scale != int(t.Scale) {
		if large == nil {
			large = big.NewInt(n)
		}
		var why abi.Reason
		if n, why = rescaleBig(large, scale-int(t.Scale)); why != "" {
			return 0, false
		}
	}
	return n, t.Kind != coltype.Decimal || n < pow10[t.Precision] && n > -pow10[t.Precision]
}
