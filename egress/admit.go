package egress

import (
	"math"
	"math/big"
	"strconv"

	"yingbi/egress/label"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// The limits of a table that a protected module emits. It has seen nothing but
// publishable tables, so what it says is a function of them; the limits keep it
// a table about them.
const (
	maxEmittedColumns = 64
	emittedFactor     = 4    // cells per cell of its sources
	emittedAllowance  = 1000 // cells besides
	emittedDigits     = 15   // significant digits of a number
)

// Admit takes what a protected module emitted as a table to be published. words
// are the manifest's own texts (Plan.Words): any other text, and every date, must
// stand in the finished tables that the module was shown, and be fit to leave (package
// label). Numbers are cut to 15
// significant digits, so that none of them carries a message.
func Admit(output string, sources []*Published, words []string, r Result) (*Published, error) {
	a := admission{output: output, words: map[string]bool{}, dates: map[string]bool{}}
	for _, w := range words {
		a.words[w] = label.Check(w) == ""
	}
	limit := emittedAllowance
	for _, s := range sources {
		limit += emittedFactor * len(s.Rows) * len(s.Columns)
		a.learn(s)
	}
	columns := r.Columns()
	if len(columns) == 0 || len(columns) > maxEmittedColumns || r.Rows() == 0 || r.Rows() > limit/len(columns) {
		return nil, fault.Errorf(fault.Denied, "the output %s has %d rows of %d columns; it may have 1 to %d columns and, from the tables that its module was shown, %d cells",
			output, r.Rows(), len(columns), maxEmittedColumns, limit)
	}
	out := &Published{Name: output, Complete: true, Rows: [][]Value{}, Notes: a.notes}
	seen := map[string]bool{}
	for _, c := range columns {
		if !a.words[c.Name] || seen[c.Name] || c.Type.Kind == coltype.Timestamp {
			return nil, fault.Errorf(fault.Denied, "the output %s has a column that may not leave: each is named once, by a column of its sources or by the manifest (outputs: … columns:), and none is a timestamp", output)
		}
		seen[c.Name] = true
		out.Columns = append(out.Columns, PublishedColumn{Name: c.Name, Title: a.title(sources, c.Name), Type: published(c.Type)})
	}
	for row := range r.Rows() {
		values, err := a.row(r, columns, row)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, values)
	}
	return out, nil
}

// published is the type of an emitted column as it leaves: decimals of a module
// carry no promise and become doubles.
func published(t coltype.Type) coltype.Type {
	if t.Kind == coltype.Decimal {
		return coltype.Type{Kind: coltype.Double}
	}
	return t
}

type admission struct {
	output string
	words  map[string]bool
	dates  map[string]bool
	notes  []string
}

// learn takes the names, texts and dates of a finished table.
func (a *admission) learn(s *Published) {
	for i, c := range s.Columns {
		a.words[c.Name] = true
		for _, row := range s.Rows {
			if v := row[i]; v.Mark == "" && c.Type.Kind == coltype.Text {
				a.words[v.Text] = true
			} else if v.Mark == "" && c.Type.Kind == coltype.Date {
				a.dates[v.Text] = true
			}
		}
	}
	for _, n := range s.Notes {
		known := false
		for _, have := range a.notes {
			known = known || have == n
		}
		if !known {
			a.notes = append(a.notes, n)
		}
	}
}

func (a *admission) title(sources []*Published, name string) string {
	for _, s := range sources {
		for _, c := range s.Columns {
			if c.Name == name {
				return c.Title
			}
		}
	}
	return name
}

func (a *admission) row(r Result, columns []Column, row int) ([]Value, error) {
	var out []Value
	for i, c := range columns {
		v, ok := a.value(r, c.Type, i, row)
		if !ok {
			return nil, fault.Errorf(fault.Denied, "the output %s holds, in column %s, a value that may not leave: a text or date that stands in no finished table and not in the manifest, or a number that is not finite or too long", a.output, c.Name)
		}
		out = append(out, v)
	}
	return out, nil
}

func (a *admission) value(r Result, t coltype.Type, column, row int) (Value, bool) {
	if r.Null(column, row) {
		return Value{Mark: Missing}, true
	}
	switch t.Kind {
	case coltype.Text:
		s := r.Text(column, row)
		return Value{Text: s}, a.words[s]
	case coltype.Date:
		s := dateText(r.Int(column, row))
		return Value{Text: s}, a.dates[s]
	case coltype.Boolean:
		return Value{Text: strconv.FormatBool(r.Int(column, row) != 0)}, true
	case coltype.Double:
		f := r.Float(column, row)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return Value{}, false
		}
		return Value{Text: roundDigits(new(big.Rat).SetFloat64(f), emittedDigits)}, true
	}
	n := r.Int(column, row)
	if t.Kind == coltype.Integer && (n >= 1e15 || n <= -1e15) {
		return Value{}, false // would lose its last digits and its type
	}
	return Value{Text: roundDigits(Scaled(n, t.Scale).rat, emittedDigits)}, true
}
