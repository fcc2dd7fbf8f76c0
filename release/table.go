package release

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Table is a published table.
type Table struct {
	Name    string   `json:"name"`  // names the file: letters, digits, _ and -
	Title   string   `json:"title"` // for people; may be empty
	Columns []Column `json:"columns"`
	Rows    [][]Cell `json:"rows"`  // each with one cell per column
	Notes   []string `json:"notes"` // how to read the figures; lines of text
	Charts  []Chart  `json:"charts,omitempty"`
	Class   string   `json:"class,omitempty"` // Asserted, where nobody has computed its numbers again; else empty
}

// Column is a column of a published table.
type Column struct {
	Name  string       `json:"name"`
	Title string       `json:"title"` // for people; may be empty
	Type  coltype.Type `json:"type"`
}

// Cell is a figure or a label. Text is the value as it is published: an integer
// in decimal digits, a decimal or a double as a JSON number, a date as
// 2006-01-02, a timestamp as RFC 3339, true or false, or the text itself. It is
// empty if Null (there is no value) or Suppressed (there is one, kept back).
type Cell struct {
	Text             string
	Null, Suppressed bool
}

// Limits of what is published at once.
const (
	maxTables     = 64
	maxColumns    = 256
	maxCells      = 200_000 // of all tables together
	maxTablesJSON = 8 << 20 // bytes
)

const tablesFormat = "yingbi/tables/v1"

const suppressed = `{"suppressed":true}`

// append writes a string, null, or the object that stands for a suppressed cell.
func (c Cell) append(b []byte) ([]byte, error) {
	switch {
	case c.Suppressed:
		return append(b, suppressed...), nil
	case c.Null:
		return append(b, "null"...), nil
	}
	return appendString(b, c.Text)
}

// MarshalJSON writes the cell as it stands in tables.json.
func (c Cell) MarshalJSON() ([]byte, error) { return c.append(nil) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Cell) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*c = Cell{Null: true}
		return nil
	case suppressed:
		*c = Cell{Suppressed: true}
		return nil
	}
	*c = Cell{}
	return json.Unmarshal(b, &c.Text)
}

type tablesFile struct {
	Format    string     `json:"format"`
	Tables    []Table    `json:"tables"`
	Questions []Question `json:"questions,omitempty"`
}

// EncodeTables gives the canonical JSON of the tables, and of the questions: the bytes
// that a reviewer approves. It refuses what ParseTables would not read or Files not render.
func EncodeTables(tables []Table, questions ...Question) ([]byte, error) {
	return tablesFile{tablesFormat, tables, questions}.encode()
}

// ParseTables reads what EncodeTables wrote, and nothing else.
func ParseTables(b []byte) ([]Table, error) {
	f, err := parse(TablesFile, b, maxTablesJSON, tablesFile.encode)
	return f.Tables, err
}

func (f tablesFile) encode() ([]byte, error) {
	if f.Format != tablesFormat {
		return nil, fault.Errorf(fault.Unsupported, "the format of the tables is not %s; a newer version may read it", tablesFormat)
	}
	names, err := checkTables(f.Tables)
	if err != nil {
		return nil, err
	}
	if err := checkQuestions(f.Questions, names); err != nil {
		return nil, err
	}
	b, err := appendValue(nil, reflect.ValueOf(f))
	if err == nil && len(b) > maxTablesJSON {
		err = fault.Errorf(fault.Limit, "the tables have %d bytes, at most %d are published at once: make fewer or smaller tables", len(b), maxTablesJSON)
	}
	return b, err
}

// checkTables gives the names that are taken.
func checkTables(tables []Table) (map[string]bool, error) {
	if len(tables) > maxTables {
		return nil, fault.Errorf(fault.Limit, "%d tables: at most %d are published at once", len(tables), maxTables)
	}
	names, cells := map[string]bool{}, 0
	for _, t := range tables {
		if why := fileNameFlaw(t.Name); why != "" {
			return nil, fault.Errorf(fault.Invalid, "the name of a table, %q, %s", t.Name, why)
		}
		if names[fold(t.Name)] {
			return nil, fault.Errorf(fault.Invalid, "two tables are called %s (capitals make no difference): their files would be one", t.Name)
		}
		names[fold(t.Name)] = true
		if cells += len(t.Rows) * len(t.Columns); cells > maxCells {
			return nil, fault.Errorf(fault.Limit, "the tables have more than %d cells: group by less", maxCells)
		}
		if err := t.check(); err != nil {
			return nil, fault.Errorf(fault.KindOf(err), "table %s: %v", t.Name, err)
		}
	}
	for _, t := range tables {
		if err := t.checkCharts(names); err != nil {
			return nil, fault.Errorf(fault.KindOf(err), "table %s: %v", t.Name, err)
		}
	}
	return names, nil
}

func (t Table) check() error {
	if why := flaw(t.Title, maxTitle, false); why != "" {
		return fault.New(fault.Invalid, "the title "+why)
	}
	if t.Class != "" && t.Class != Asserted {
		return fault.Errorf(fault.Invalid, "the class %q is none of a table of its own", t.Class)
	}
	if len(t.Columns) == 0 || len(t.Columns) > maxColumns {
		return fault.Errorf(fault.Limit, "%d columns: 1 to %d are published", len(t.Columns), maxColumns)
	}
	names := map[string]bool{}
	for i, c := range t.Columns {
		if why := required(c.Name, maxTitle, false); why != "" {
			return fault.Errorf(fault.Invalid, "the name of column %d %s", i+1, why)
		}
		if why := flaw(c.Title, maxTitle, false); why != "" {
			return fault.Errorf(fault.Invalid, "the title of column %d %s", i+1, why)
		}
		if names[c.Name] || !c.Type.Valid() {
			return fault.Errorf(fault.Invalid, "column %d: the name is taken, or the type is none", i+1)
		}
		names[c.Name] = true
	}
	var l checklist
	l.lines("notes", t.Notes)
	if l.err != nil {
		return l.err
	}
	return t.checkRows()
}

// checkRows never quotes a cell: it may run before anybody allowed it to be seen.
func (t Table) checkRows() error {
	for r, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fault.Errorf(fault.Invalid, "row %d has %d cells for %d columns", r+1, len(row), len(t.Columns))
		}
		for i, c := range row {
			if why := c.flaw(t.Columns[i].Type); why != "" {
				return fault.Errorf(fault.Invalid, "row %d, column %s: %s", r+1, t.Columns[i].Name, why)
			}
		}
	}
	return nil
}

var (
	integerForm = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
	decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	doubleForm  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
)

const maxNumber = 64 // bytes

// flaw says why the cell cannot stand in a column of the type. A label is never
// suppressed: the mark for it in CSV would be a label itself.
func (c Cell) flaw(t coltype.Type) string {
	if c.Null || c.Suppressed {
		switch {
		case c.Text != "" || c.Null && c.Suppressed:
			return "a cell is a value, null or suppressed, one of the three"
		case c.Suppressed && !t.Numeric():
			return "only figures are suppressed; leave the row out instead"
		}
		return ""
	}
	if t.Kind == coltype.Text {
		if why := flaw(c.Text, maxText, true); why != "" {
			return "the text " + why
		}
		return ""
	}
	if len(c.Text) > maxNumber || !written(c.Text, t) {
		return fmt.Sprintf("the value is not written as %s", t)
	}
	return ""
}

// written reports whether s is a value of t, in the form that Cell describes.
func written(s string, t coltype.Type) bool {
	var err error
	switch t.Kind {
	case coltype.Integer:
		_, err = strconv.ParseInt(s, 10, 64)
		return err == nil && integerForm.MatchString(s)
	case coltype.Decimal:
		whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
		return decimalForm.MatchString(s) && len(fraction) <= int(t.Scale) &&
			(whole == "0" || len(whole) <= int(t.Precision-t.Scale))
	case coltype.Double:
		_, err = strconv.ParseFloat(s, 64) // out of range is an error
		return err == nil && doubleForm.MatchString(s)
	case coltype.Date:
		_, err = time.Parse(time.DateOnly, s)
	case coltype.Timestamp:
		_, err = time.Parse(time.RFC3339Nano, s)
	case coltype.Boolean:
		return s == "true" || s == "false"
	}
	return err == nil
}
