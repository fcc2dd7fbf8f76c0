package author

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// maxValues is how many values of frames are shown together: they take some
// hundred bytes each on their way to JSON.
const maxValues = 1 << 21

// Rows are a table as JSON has it. A value is null, true, false, a text, or a
// number with all its digits; a date is "2026-01-31", a timestamp
// "2026-01-31T08:00:00.25Z", and of doubles "NaN", "Infinity" and "-Infinity" are texts.
type Rows struct {
	Columns []string       `json:"columns"`
	Types   []coltype.Type `json:"types"`
	Rows    [][]any        `json:"rows"`
}

// values counts those of a frame.
func values(f *abi.Frame) int { return f.Rows * len(f.Columns) }

// rowsOf gives a frame's rows; none of nil.
func rowsOf(f *abi.Frame) Rows {
	r := Rows{Columns: []string{}, Types: []coltype.Type{}, Rows: [][]any{}}
	if f == nil {
		return r
	}
	for i := range f.Columns {
		r.Columns = append(r.Columns, f.Columns[i].Name)
		r.Types = append(r.Types, f.Columns[i].Type)
	}
	for row := range f.Rows {
		cells := make([]any, len(f.Columns))
		for i := range f.Columns {
			cells[i] = value(&f.Columns[i], row)
		}
		r.Rows = append(r.Rows, cells)
	}
	return r
}

func value(c *abi.Column, row int) any {
	if c.IsNull(row) {
		return nil
	}
	switch c.Type.Kind {
	case coltype.Decimal:
		return json.Number(decimal(c.Ints[row], int(c.Type.Scale)))
	case coltype.Double:
		return double(c.Floats[row])
	case coltype.Text:
		return string(c.TextAt(row))
	case coltype.Date:
		return time.Unix(int64(c.Days[row])*24*3600, 0).UTC().Format(time.DateOnly)
	case coltype.Timestamp:
		return time.UnixMicro(c.Ints[row]).UTC().Format(time.RFC3339Nano)
	case coltype.Boolean:
		return c.Bools[row] == 1
	}
	return c.Ints[row]
}

// decimal writes v × 10^-scale with all digits of the scale.
func decimal(v int64, scale int) string {
	digits := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, digits = "-", digits[1:]
	}
	if scale == 0 {
		return sign + digits
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	return sign + digits[:point] + "." + digits[point:]
}

func double(x float64) any {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	}
	return x
}
