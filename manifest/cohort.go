package manifest

import (
	"slices"
	"strconv"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// cohort says which subjects have an index date, and which.
type cohort struct {
	unit  string // the kind of subject
	from  string // an input: its subjects are in the cohort
	index string // a date, or a column of dates of that input

	at, indexAt fault.Place
}

const maxDays = 36_525 // before or after an index date

func (r *reader) cohort(top *yamldoc.Map) error {
	n := top.Get("cohort")
	if n == nil {
		return nil
	}
	m, err := n.Map()
	if err != nil {
		return err
	}
	c := &cohort{at: n.Place}
	for _, f := range []struct {
		key string
		to  *string
	}{{"unit", &c.unit}, {"from", &c.from}, {"index", &c.index}} {
		if *f.to, err = m.NeedText(f.key); err != nil {
			return err
		}
		if err := checkText(m.Get(f.key), *f.to, 128, false); err != nil {
			return err
		}
	}
	c.indexAt = m.Get("index").Place
	r.m.cohort = c
	return m.Done()
}

func (c *cohort) canonical(d *object) {
	if c != nil {
		d.text("unit", c.unit).text("from", c.from).text("index", c.index)
	}
}

func (m *Manifest) checkCohort() error {
	if m.cohort != nil && m.input(m.cohort.from) == nil {
		return fault.At(m.cohort.at, "%q is no input of this manifest", m.cohort.from)
	}
	return nil
}

// window is what exists(input.date, first, last) asks.
type window struct {
	date        *expr
	first, last int64 // days from the index date
}

func readWindow(e *expr) (w window, err error) {
	if len(e.args) != 3 || e.args[0].op != opColumn || e.args[0].input == "" {
		return w, fault.At(e.at, "want exists(input.date, -365, 0): a column of dates of an input, and the first and the last day, counted from the index date")
	}
	w.date = e.args[0]
	for i, to := range []*int64{&w.first, &w.last} {
		a := e.args[1+i]
		if *to, err = strconv.ParseInt(a.text, 10, 64); a.op != opNumber || err != nil || *to < -maxDays || *to > maxDays {
			return w, fault.At(a.at, "want whole days from -%d to %d, found %s", maxDays, maxDays, a)
		}
	}
	if w.first > w.last {
		return w, fault.At(e.args[2].at, "the last day comes before the first")
	}
	return w, nil
}

// exists types exists(input.date, first, last): whether a row's subject has a row of
// that input on the days from first to last, counted from its index date, both
// included. It is unknown of a subject that has no index date.
func (s *scope) exists(e *expr, m mode) (term, error) {
	c := s.c.m.cohort
	if c == nil {
		return term{}, fault.At(e.at, "exists counts days from an index date; declare cohort: {unit: …, from: …, index: …}")
	}
	w, err := readWindow(e)
	if err != nil {
		return term{}, err
	}
	subject, err := s.subject(e, c.unit)
	if err != nil {
		return term{}, err
	}
	index, err := s.index(m)
	if err != nil {
		return term{}, err
	}
	date, err := s.dates(w.date.input, w.date.text, w.date.at, m)
	if err != nil {
		return term{}, err
	}
	s.c.cohort = true
	ord := quoteSQL(ordinal(c.unit))
	among := subject + " IN (SELECT i." + ord + " FROM " + quoteSQL(c.from) + " AS i"
	known := glue(typeBoolean, among+" WHERE i."+ord+" <> 0 AND ", index, " IS NOT NULL)")
	found := glue(typeBoolean, among+" JOIN "+quoteSQL(w.date.input)+" AS e ON i."+ord+" = e."+ord+" WHERE i."+ord+" <> 0 AND e."+date+
		" BETWEEN ", index, " + ", offset(w.first), " AND ", index, " + ", offset(w.last), ")")
	return glue(typeBoolean, "(CASE WHEN ", known, " THEN ", found, " END)"), nil
}

// offset is a number of days as the engine adds it to a date.
func offset(n int64) term {
	return term{sql: "CAST(? AS INTEGER)", args: []Value{{Type: typeInteger, Int: n}}, typ: typeInteger}
}

// subject finds who a row of the table is about.
func (s *scope) subject(e *expr, kind string) (string, error) {
	for _, m := range s.inputs {
		if slices.Contains(m.schema.Subjects, kind) {
			return "NULLIF(" + m.column(ordinal(kind)) + ", 0)", nil
		}
	}
	return "", fault.At(e.at, "no input of this table has subjects of the kind %q, which the cohort is made of", kind)
}

// index is a subject's index date: the same day for all, or its own.
func (s *scope) index(m mode) (term, error) {
	c := s.c.m.cohort
	date := coltype.Type{Kind: coltype.Date}
	if _, err := parseDate(c.index); err == nil {
		return bound(date, Value{Type: typeText, Text: c.index}), s.reach(c.from, c.at)
	}
	column, err := s.dates(c.from, c.index, c.indexAt, m)
	if err != nil {
		return term{}, err
	}
	s.c.check("not_unique", "a "+c.unit+" has several rows in "+c.from+", so that its index date is not one day",
		"SELECT CAST(count(*) AS BIGINT) AS n FROM ("+severalRows(c.from, c.unit, "<> 0")+")", c.at)
	return term{sql: "i." + column, typ: date}, nil
}

// dates reads a column of dates of an input that need not be part of the table.
func (s *scope) dates(input, column string, at fault.Place, m mode) (string, error) {
	in := s.c.m.input(input)
	if in == nil {
		return "", fault.At(at, "%q is no input of this manifest", input)
	}
	if err := s.reach(input, at); err != nil {
		return "", err
	}
	if !slices.Contains(in.Columns, column) {
		return "", fault.At(at, "%s has no column %q here", input, column)
	}
	col := s.c.schema[input].Columns[column]
	if missing := m.needs() &^ col.Uses; missing != 0 {
		return "", denied(at, "%s.%s is used here to %s; the scenario grants it for %s. Ask for the use, or leave it out", input, column, missing, col.Uses)
	}
	if col.Type.Kind != coltype.Date {
		return "", fault.At(at, "want a column of dates, found %s.%s, which is %s", input, column, col.Type)
	}
	s.c.use(input, column)
	return quoteSQL(column), nil
}

// reach opens an input whose rows are about subjects of the cohort alone: whoever else
// they were about would be behind the table's figures without being counted.
func (s *scope) reach(input string, at fault.Place) error {
	if kinds, unit := s.c.schema[input].Subjects, s.c.m.cohort.unit; len(kinds) != 1 || kinds[0] != unit {
		return denied(at, "rows of %q are about these kinds of subjects: %q; a cohort looks into inputs that are about each %s and nobody else, so that who is behind a figure is known", input, kinds, unit)
	}
	s.c.reach(input)
	if !slices.Contains(s.reached, input) {
		s.reached = append(s.reached, input)
	}
	return nil
}
