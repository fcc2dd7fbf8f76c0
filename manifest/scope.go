package manifest

import (
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// checker turns one manifest into one plan.
type checker struct {
	m       *Manifest
	schema  Schema
	plan    *Plan
	used    map[string]map[string]bool // input → columns that a statement reads
	derived map[string]bool            // derived columns that a table uses
	refs    map[string]bool            // references that a measure uses
	cohort  bool                       // a table uses it
}

// scope is what names mean inside one table.
type scope struct {
	c       *checker
	inputs  []*member
	units   []Unit
	limit   int              // derived columns below this index are visible
	asks    bool             // it is a question about one subject: every column is verified, and nothing fails for some alone
	chosen  map[string]*expr // values of its parameters
	depth   int
	doubles bool
	reached []string     // inputs that exists looks into
	last    ColumnSchema // what the last bare name meant; zero for a derived column
}

// member is one input of a table.
type member struct {
	in     *Input
	schema InputSchema
	alias  string
	equal  map[string]*member // column → the member whose same column it was joined on
}

// mode says what an expression is for, which decides the uses that it needs.
type mode struct {
	use     Use  // of the value
	derived bool // inside a derived column
	coarse  bool // inside something that hides the value: band, prefix, a condition …
}

// condition is the mode of an expression whose truth alone counts.
func (m mode) condition() mode { return mode{use: UseFilter, derived: m.derived, coarse: true} }

// hidden is the mode of an argument whose value the function does not hand on.
func (m mode) hidden() mode { m.coarse = true; return m }

// needs gives the uses that a column must have here.
func (m mode) needs() Use {
	switch {
	case !m.derived:
		return m.use
	case m.coarse:
		return UseDerive
	}
	return UseDerive | m.use
}

// needs gives the uses that a column must have: of a question, the one that is for it.
func (s *scope) needs(m mode) Use {
	if s.asks {
		return UseVerify
	}
	return m.needs()
}

// choice gives the value that was chosen for a parameter of this name, or nil.
func (s *scope) choice(e *expr) *expr {
	return s.chosen[e.name()]
}

// term is a typed piece of SQL with its bound values.
type term struct {
	sql    string
	args   []Value
	typ    coltype.Type
	open   *expr    // a quoted text, which may yet be read as a date
	domain []string // every text that it can be, where the manifest alone decides
	usual  string   // of a number of a mapping's record: the default
}

var (
	typeInteger = coltype.Type{Kind: coltype.Integer}
	typeDouble  = coltype.Type{Kind: coltype.Double}
	typeText    = coltype.Type{Kind: coltype.Text}
	typeBoolean = coltype.Type{Kind: coltype.Boolean}
)

func decimal(scale uint8) coltype.Type {
	return coltype.Type{Kind: coltype.Decimal, Precision: coltype.MaxPrecision, Scale: scale}
}

// engineType is the engine's name of a type.
func engineType(t coltype.Type) string {
	switch t.Kind {
	case coltype.Integer, coltype.Timestamp: // a timestamp is read as its microseconds
		return "BIGINT"
	case coltype.Decimal:
		return "DECIMAL(" + strconv.Itoa(int(t.Precision)) + "," + strconv.Itoa(int(t.Scale)) + ")"
	case coltype.Double:
		return "DOUBLE"
	case coltype.Date:
		return "DATE"
	case coltype.Boolean:
		return "BOOLEAN"
	}
	return "VARCHAR"
}

func (m *member) column(name string) string { return m.alias + "." + quoteSQL(name) }

// resolve finds the member and column that a name means.
func (s *scope) resolve(e *expr) (*member, error) {
	var found []*member
	for _, m := range s.inputs {
		if (e.input == "" || e.input == m.in.Name) && slices.Contains(m.in.Columns, e.text) {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fault.At(e.at, "no column %s here; %s", e, s.known())
	case len(found) == 1 || s.same(found, e.text):
		return found[0], nil
	}
	return nil, fault.At(e.at, "%s is a column of %s and of %s; write %s.%s", e, found[0].in.Name, found[1].in.Name, quoteName(found[0].in.Name), e)
}

// same reports whether joins make the column equal in all members found.
func (s *scope) same(found []*member, column string) bool {
	for _, m := range found[1:] {
		if m.equal[column] == nil || !slices.Contains(found, m.equal[column]) {
			return false
		}
	}
	return true
}

func (s *scope) known() string {
	var out []string
	for _, m := range s.inputs {
		out = append(out, m.in.Name+" has "+strings.Join(m.in.Columns, ", "))
	}
	return strings.Join(out, "; ")
}

// column reads a column and refuses a use that is not granted.
func (s *scope) column(e *expr, m mode) (term, error) {
	if e.input == "" {
		for i, d := range s.c.m.derives {
			if d.name == e.text {
				return s.derived(e, i, m)
			}
		}
	}
	if v := s.choice(e); v != nil && !m.derived {
		return s.term(v, m)
	}
	from, err := s.resolve(e)
	if err != nil {
		return term{}, err
	}
	col := from.schema.Columns[e.text]
	if col.Subject != "" {
		return term{}, denied(e.at, "row per subject: %s says who a row is about; it may join inputs and be counted with subjects(%s), and do nothing else", e, col.Subject)
	}
	if missing := s.needs(m) &^ col.Uses; missing != 0 {
		return term{}, denied(e.at, "%s is used here to %s; the scenario grants it for %s. Ask for the use, or leave it out", e, missing, col.Uses)
	}
	s.c.use(from.in.Name, e.text)
	s.last = col
	t := term{sql: from.column(e.text), typ: col.Type, domain: col.labels, usual: col.usual}
	if col.Type.Kind == coltype.Timestamp {
		t.sql = "epoch_us(" + t.sql + ")"
	}
	return t, nil
}

// derived puts a derived column's expression in the place of its name.
func (s *scope) derived(e *expr, index int, m mode) (term, error) {
	if index >= s.limit {
		return term{}, fault.At(e.at, "%s is derived further down; a derived column may use the ones above it", e)
	}
	s.c.derived[e.text] = true
	outer := s.limit
	s.limit = index
	t, err := s.term(s.c.m.derives[index].expr, mode{use: m.use, derived: true, coarse: m.derived && m.coarse})
	s.limit = outer
	s.last, t.open = ColumnSchema{}, nil
	return t, err
}

func (c *checker) use(input, column string) {
	c.reach(input)
	c.used[input][column] = true
}

// reach notes that a statement reads an input.
func (c *checker) reach(input string) {
	if c.used[input] == nil {
		c.used[input] = map[string]bool{}
	}
}
