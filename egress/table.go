package egress

import (
	"cmp"
	"strconv"
	"time"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// Table is a declared table with the evidence of who is behind it.
type Table struct {
	Name      string
	Keys      []manifest.Key
	Measures  []manifest.Measure
	Units     []manifest.Unit
	Cells     []Cell
	Unmatched []Unmatched
	Origin    manifest.Origin
}

// Cell is one combination of keys.
type Cell struct {
	Keys     []Value    `json:"keys"`
	Rows     int64      `json:"rows"`
	Figures  []Figure   `json:"figures"`  // one per measure
	Evidence []Evidence `json:"evidence"` // one per unit
}

// Figure is what a measure is made of. Which fields are set follows its kind.
type Figure struct {
	Distinct int64  `json:"distinct,omitempty"` // subjects
	Count    int64  `json:"count,omitempty"`    // measures of numbers: rows with a value
	Sum      Amount `json:"sum,omitzero"`       // measures that add numbers up
	Hits     int64  `json:"hits,omitempty"`     // share, rate: rows
	Misses   int64  `json:"misses,omitempty"`   // share, rate: rows
	Extra    Amount `json:"extra,omitzero"`     // median, quantile: itself; sd: Σ of squared deviations; ratio: sum of the second column; hhi: the index
}

// Evidence is who stands behind a cell, for one unit.
type Evidence struct {
	Subjects int64  `json:"subjects"`
	Parts    []Part `json:"parts"` // one per measure
}

// Part is who stands behind one figure, for one unit.
type Part struct {
	With    int64  `json:"with,omitempty"`    // distinct subjects with a value, or with a known condition
	Nonzero int64  `json:"nonzero,omitempty"` // distinct subjects whose sum is not zero
	First   Amount `json:"first,omitzero"`    // largest contribution, absolute
	Second  Amount `json:"second,omitzero"`   // the next one
	Total   Amount `json:"total,omitzero"`    // all of them
	Hitters int64  `json:"hitters,omitempty"` // share, rate: distinct subjects with a hit
	Missers int64  `json:"missers,omitempty"` // share, rate: distinct subjects with a miss
	Below   int64  `json:"below,omitempty"`   // median, quantile: distinct subjects with a value there or below
	Above   int64  `json:"above,omitempty"`   // median, quantile: distinct subjects with a value there or above
	Extra   *Part  `json:"extra,omitempty"`   // sd: of squared deviations; ratio: of the second column
}

// Unmatched counts rows that a join dropped.
type Unmatched struct {
	Input string `json:"input"`
	Rows  int64  `json:"rows"`
}

// Value is one value of a published table: a text in the canonical form of its
// column's type, or a mark.
type Value struct {
	Text string `json:"text,omitempty"`
	Mark Mark   `json:"mark,omitempty"`
}

// Mark says why there is no value. The zero value means that there is one.
type Mark string

// The marks.
const (
	Missing    Mark = "missing"    // a cell of rows without this key; a module's empty value
	Suppressed Mark = "suppressed" // withheld, or empty: the two look alike
)

// valueOf reads a key.
func valueOf(r Result, t coltype.Type, column, row int) Value {
	if r.Null(column, row) {
		return Value{Mark: Missing}
	}
	switch t.Kind {
	case coltype.Text:
		return Value{Text: r.Text(column, row)}
	case coltype.Date:
		return Value{Text: dateText(r.Int(column, row))}
	case coltype.Boolean:
		return Value{Text: strconv.FormatBool(r.Int(column, row) != 0)}
	}
	return Value{Text: amountOf(r, t, column, row).String()}
}

func dateText(days int64) string {
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(days)).Format(time.DateOnly)
}

// order compares two values of a key: by its declared domain, then by its type,
// missing ones last.
func order(k manifest.Key, a, b Value) int {
	if a.Mark != b.Mark {
		return cmp.Compare(a.Mark, b.Mark)
	}
	for _, d := range k.Domain {
		if a.Text == d || b.Text == d {
			return cmp.Compare(bool2int(a.Text != d), bool2int(b.Text != d))
		}
	}
	if k.Type.Kind == coltype.Integer || k.Type.Kind == coltype.Decimal {
		x, errX := parseAmount(a.Text)
		y, errY := parseAmount(b.Text)
		if errX == nil && errY == nil {
			return x.or0().Cmp(y.or0())
		}
	}
	return cmp.Compare(a.Text, b.Text)
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}
