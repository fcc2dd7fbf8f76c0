package manifest

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// query is the SQL of one table as it grows.
type query struct {
	scope    *scope
	name     string // table0: begins the names of its statements
	source   string // FROM … JOIN …
	where    term
	keys     []term
	values   []term   // one per measure; empty for subjects and count
	pers     []term   // one per measure; the second column of a ratio
	slots    []int    // one per measure: the first measure of the same value
	ordinals []string // one per unit; empty for the unit of rows
	linked   []link   // inputs whose rows one kind of subject joins
}

// link is an input that is joined by a kind of subject.
type link struct {
	member *member
	kind   string
}

// from builds the source of a table: its inputs, joined one after the other.
func (q *query) from(decl *table) ([]JoinStatement, error) {
	first := q.add(decl.from)
	q.source = first.sql()
	q.protect(first, "")
	var out []JoinStatement
	for i, j := range decl.joins {
		s, err := q.join(j, fmt.Sprintf("%s.join%d", q.name, i))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(q.scope.units) == 0 {
		q.scope.units, q.ordinals = []Unit{{Kind: RowKind, Input: decl.from}}, []string{""}
	}
	return out, nil
}

func (q *query) add(name string) *member {
	s := q.scope
	m := &member{in: s.c.m.input(name), schema: s.c.schema[name], alias: fmt.Sprintf("t%d", len(s.inputs)), equal: map[string]*member{}}
	s.inputs = append(s.inputs, m)
	return m
}

func (m *member) sql() string { return quoteSQL(m.in.Name) + " AS " + m.alias }

// protect adds the units that an input brings, but for the kind by which it was
// joined: that subject is already there.
func (q *query) protect(m *member, joined string) {
	for _, kind := range m.schema.Subjects {
		if kind == joined {
			continue
		}
		q.scope.units = append(q.scope.units, Unit{Kind: kind, Input: m.in.Name})
		q.ordinals = append(q.ordinals, m.column(ordinal(kind)))
	}
}

func (q *query) join(j join, name string) (JoinStatement, error) {
	left, err := q.left(j)
	if err != nil {
		return JoinStatement{}, err
	}
	right := q.add(j.input)
	kind, err := q.joinable(j, left, right)
	if err != nil {
		return JoinStatement{}, err
	}
	on := left.column(j.left) + " = " + right.column(j.right)
	if kind != "" {
		on = left.column(ordinal(kind)) + " = " + right.column(ordinal(kind))
		q.checkLinks(j, left, right, kind)
	} else {
		q.scope.c.use(left.in.Name, j.left)
		q.scope.c.use(right.in.Name, j.right)
		q.checkUnique(j, right)
	}
	if j.left == j.right {
		right.equal[j.right] = left
	}
	unmatched := "SELECT CAST(count(*) AS BIGINT) AS n FROM " + q.source + " WHERE NOT EXISTS (SELECT 1 FROM " + right.sql() + " WHERE " + on + ")"
	q.source += " JOIN " + right.sql() + " ON " + on
	q.protect(right, kind)
	return JoinStatement{Statement: Statement{Name: name, SQL: unmatched, Columns: numberColumn()}, Input: j.input}, nil
}

func numberColumn() []Column {
	return []Column{{Name: "n", Type: typeInteger, Role: RoleNumber}}
}

// left finds the side that is already there.
func (q *query) left(j join) (*member, error) {
	e := &expr{op: opColumn, text: j.left, at: j.at}
	m, err := q.scope.resolve(e)
	if err != nil && !slices.ContainsFunc(q.scope.inputs, func(m *member) bool { return slices.Contains(m.in.Columns, j.left) }) {
		return nil, err
	}
	if err != nil { // several inputs have it: a subject is the same person in all, so the first will do
		for _, m := range q.scope.inputs {
			if m.schema.Columns[j.left].Subject != "" && slices.Contains(m.in.Columns, j.left) {
				return m, nil
			}
		}
	}
	return m, err
}

// joinable says by which kind of subject two columns match, or "" for a code.
func (q *query) joinable(j join, left, right *member) (string, error) {
	if !slices.Contains(right.in.Columns, j.right) {
		return "", fault.At(j.at, "%s has no column %q; a join needs a column on both sides", right.in.Name, j.right)
	}
	a, b := left.schema.Columns[j.left], right.schema.Columns[j.right]
	for _, side := range []struct {
		input, name string
		col         ColumnSchema
	}{{left.in.Name, j.left, a}, {right.in.Name, j.right, b}} {
		if side.col.Uses&UseJoin == 0 {
			return "", denied(j.at, "%s.%s is used here to join; the scenario grants it for %s", side.input, side.name, side.col.Uses)
		}
	}
	if a.Subject != b.Subject {
		return "", fault.At(j.at, "%s.%s is %s and %s.%s is %s; they cannot match", left.in.Name, j.left, subjectOf(a), right.in.Name, j.right, subjectOf(b))
	}
	if a.Subject == "" && (a.Type != b.Type || !slices.Contains([]coltype.Kind{coltype.Integer, coltype.Text, coltype.Date}, a.Type.Kind)) {
		return "", fault.At(j.at, "a code is integer, text or date on both sides; %s.%s is %s and %s.%s is %s", left.in.Name, j.left, a.Type, right.in.Name, j.right, b.Type)
	}
	return a.Subject, nil
}

func subjectOf(c ColumnSchema) string {
	if c.Subject == "" {
		return "a code"
	}
	return "a subject of the kind " + c.Subject
}

// checkUnique demands that a code names one row on the right.
func (q *query) checkUnique(j join, right *member) {
	column := quoteSQL(j.right)
	sql := "SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT " + column + " FROM " + quoteSQL(right.in.Name) +
		" WHERE " + column + " IS NOT NULL GROUP BY " + column + " HAVING count(*) > 1)"
	q.scope.c.check("not_unique", fmt.Sprintf("%s.%s does not name one row: a join on a code needs a key that is unique on the right", right.in.Name, j.right), sql, j.at)
}

// checkLinks demands that no subject has several rows in two inputs that it
// joins: each row of one would be counted once for each row of the other.
func (q *query) checkLinks(j join, left, right *member, kind string) {
	if !slices.Contains(q.linked, link{left, kind}) {
		if left != q.scope.inputs[0] { // left was joined on a code, so its rows already stand many times
			q.scope.c.check("not_unique", fmt.Sprintf("a %s has several rows in %s: each row of the table would be counted many times over", kind, right.in.Name),
				"SELECT CAST(count(*) AS BIGINT) AS n FROM ("+repeated(right, kind, "IS NOT NULL")+")", j.at)
		}
		q.linked = append(q.linked, link{left, kind})
	}
	for _, l := range q.linked {
		if l.kind != kind {
			continue
		}
		// Of the left, which is the larger, only what is repeated on the right is counted.
		sql := "SELECT CAST(count(*) AS BIGINT) AS n FROM (" + repeated(l.member, kind, "IN ("+repeated(right, kind, "IS NOT NULL")+")") + ")"
		q.scope.c.check("many_to_many", fmt.Sprintf("a %s has several rows in %s and several in %s: joined, each row would be counted many times over", kind, l.member.in.Name, right.in.Name), sql, j.at)
	}
	q.linked = append(q.linked, link{right, kind})
}

// repeated selects the subjects that have more than one row, of those for which
// a condition holds.
func repeated(m *member, kind, condition string) string {
	return severalRows(m.in.Name, kind, condition)
}

func severalRows(input, kind, condition string) string {
	column := quoteSQL(ordinal(kind))
	return "SELECT " + column + " FROM " + quoteSQL(input) + " WHERE " + column + " " + condition + " GROUP BY " + column + " HAVING count(*) > 1"
}

// check adds a check once, however many tables need it.
func (c *checker) check(code, reason, sql string, at fault.Place) {
	if slices.ContainsFunc(c.plan.Checks, func(s CheckStatement) bool { return s.SQL == sql }) {
		return
	}
	c.plan.Checks = append(c.plan.Checks, CheckStatement{
		Statement: Statement{Name: fmt.Sprintf("check%d", len(c.plan.Checks)), SQL: sql, Columns: numberColumn()},
		Code:      code, Reason: reason, At: at,
	})
}

// rows is the common table of both statements: one row per joined row, with
// keys g0…, ordinals u0… and values v0….
func (q *query) rows() term {
	parts := []any{"WITH __rows AS (SELECT "}
	comma := ""
	put := func(name string, t ...any) {
		parts = append(append(append(parts, comma), t...), " AS "+name)
		comma = ", "
	}
	for i, k := range q.keys {
		put(fmt.Sprintf("g%d", i), k)
	}
	for i, u := range q.ordinals {
		if u != "" {
			put(fmt.Sprintf("u%d", i), "NULLIF("+u+", 0)")
		}
	}
	for i, v := range q.values {
		if v.sql != "" && q.slots[i] == i {
			put(q.value("v", i), v)
		}
	}
	for i, v := range q.pers {
		if v.sql != "" {
			put(fmt.Sprintf("w%d", i), v)
		}
	}
	if comma == "" {
		put("one", "1")
	}
	parts = append(parts, " FROM "+q.source)
	if q.where.sql != "" {
		parts = append(parts, " WHERE ", q.where)
	}
	return glue(coltype.Type{}, append(parts, ")")...)
}

// keyList writes each key's number in a format.
func (q *query) keyList(format string) string {
	names := make([]string, len(q.keys))
	for i := range q.keys {
		names[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(names, ", ")
}

// value names a column that belongs to a measure's value.
func (q *query) value(prefix string, measure int) string {
	return fmt.Sprint(prefix, q.slots[measure])
}

// addValue takes the value of the next measure; equal values share one column.
func (q *query) addValue(t term) {
	i := slices.IndexFunc(q.values, func(v term) bool { return v.sql != "" && v.sql == t.sql && slices.Equal(v.args, t.args) })
	if i < 0 {
		i = len(q.values)
	}
	q.values, q.slots = append(q.values, t), append(q.slots, i)
}
