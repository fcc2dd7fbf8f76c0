package manifest

import (
	"fmt"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

const wantWhen = "an answer holds for any(condition), every(condition), count() >= 2, sum(column) > 1000, or these joined by and, or and not"

// when types what an answer holds for: a condition over the sums of one subject's rows.
func (k *question) when(e *expr) (term, error) {
	switch e.op {
	case opAnd:
		return k.joined(e, "(", " AND ")
	case opOr:
		return k.joined(e, "(", " OR ")
	case opNot:
		return k.joined(e, "(NOT ", "")
	}
	if k.calls++; k.calls > maxCalls {
		return term{}, fault.At(e.at, "the question takes any, every, count and sum more than %d times; simplify it", maxCalls)
	}
	switch {
	case e.op == opCompare || e.op == opBetween || e.op == opIn:
		return k.compared(e)
	case e.op != opCall || e.text != "any" && e.text != "every" || len(e.args) != 1:
		return term{}, fault.At(e.at, wantWhen+", found %s", e)
	}
	t, err := k.q.scope.boolean(e.args[0], mode{})
	if err != nil {
		return t, err
	}
	sign := " > 0)"
	if e.text == "every" {
		sign = " = n)"
	}
	return term{sql: "(" + k.add(t) + sign, typ: typeBoolean}, nil
}

func (k *question) joined(e *expr, open, word string) (term, error) {
	parts := []any{open}
	for i, a := range e.args {
		t, err := k.when(a)
		if err != nil {
			return t, err
		}
		if i > 0 {
			parts = append(parts, word)
		}
		parts = append(parts, t)
	}
	return glue(typeBoolean, append(parts, ")")...), nil
}

// add takes a value of each row, and names what __each has of it.
func (k *question) add(t term) string {
	k.q.addValue(t)
	return k.q.value("a", len(k.q.values)-1)
}

// compared types count() or sum(column) beside numbers. They have no more decimals than
// the column, so that no comparison can fail, however large the sum.
func (k *question) compared(e *expr) (term, error) {
	figure, err := k.figure(e.args[0])
	if err != nil {
		return figure, err
	}
	terms := []term{figure}
	for _, a := range e.args[1:] {
		if chosen := k.q.scope.choice(a); chosen != nil {
			a = chosen
		}
		if a.op != opNumber {
			return term{}, fault.At(a.at, "%s is compared with numbers and parameters that are numbers, found %s", e.args[0], a)
		}
		number := numberTerm(a.text)
		if number.typ.Scale > figure.typ.Scale {
			return term{}, fault.At(a.at, "%s has %d decimals, and %s has %d", a, number.typ.Scale, e.args[0], figure.typ.Scale)
		}
		terms = append(terms, number)
	}
	return compare(e, terms), nil
}

// figure types count() or sum(column). A sum of integers or decimals of 18 digits fits 38
// of them; of doubles it would depend on the order of rows.
func (k *question) figure(e *expr) (term, error) {
	s := k.q.scope
	switch {
	case e.op == opCall && e.text == "count" && len(e.args) == 0:
		return term{sql: "n", typ: typeInteger}, nil
	case e.op != opCall || e.text != "sum" || len(e.args) != 1:
		return term{}, fault.At(e.at, wantWhen+", found %s", e)
	}
	if s.choice(e.args[0]) != nil {
		return term{}, fault.At(e.at, "sum takes one stored column, and %s is a parameter", e.args[0])
	}
	t, err := s.stored(measure{kind: Sum}, e.args[0])
	if err != nil {
		return t, err
	}
	if t.typ.Kind == coltype.Double {
		return t, fault.At(e.at, "sum of a question takes integers and decimals, and %s is %s", e.args[0], t.typ)
	}
	return term{sql: k.add(t), typ: t.typ}, nil
}

// each gives the sums of one subject's rows: their number n, and for each value the rows
// where it is true, or its sum.
func (k *question) each() string {
	out := "SELECT count(*) AS n"
	for i, v := range k.q.values {
		switch {
		case k.q.slots[i] != i:
		case v.typ == typeBoolean:
			out += fmt.Sprintf(", count(*) FILTER (WHERE v%d) AS a%d", i, i)
		default:
			out += fmt.Sprintf(", sum(v%d) AS a%d", i, i)
		}
	}
	return out + " FROM __rows WHERE u0 "
}

// index is the place of the answer. A condition that is unknown does not hold, and none
// holds where there are no rows.
func (k *question) index() term {
	last := len(k.whens)
	parts := []any{fmt.Sprintf("CASE WHEN n = 0 THEN %d", last)}
	for i, w := range k.whens {
		parts = append(parts, " WHEN ", w, fmt.Sprintf(" THEN %d", i))
	}
	return glue(typeInteger, append(parts, fmt.Sprintf(" ELSE %d END", last))...)
}

func (k *question) ask(ordinal int64) Statement {
	broken := ""
	for _, check := range k.checks {
		broken += fmt.Sprintf("WHEN (%s) <> 0 THEN %d ", check, Broken)
	}
	sql := glue(typeInteger, k.q.rows(), ", __each AS ("+k.each()+"= ", bound(typeInteger, Value{Type: typeInteger, Int: ordinal}),
		") SELECT CAST(CASE "+broken+"WHEN true THEN ", k.index(), " END AS BIGINT) AS answer FROM __each")
	return Statement{Name: k.q.name + ".ask", SQL: sql.sql, Args: sql.args, Columns: []Column{{Name: "answer", Type: typeInteger, Role: RoleNumber}}}
}

// listed counts the subjects of the first input.
func (k *question) listed() Statement {
	column := quoteSQL(ordinal(k.kind))
	return Statement{Name: k.q.name + ".listed", SQL: "SELECT CAST(count(DISTINCT " + column + ") AS BIGINT) AS n FROM " + quoteSQL(k.from) + " WHERE " + column + " <> 0", Columns: numberColumn()}
}

// census counts the subjects of each answer but the last.
func (k *question) census(combination int) Statement {
	s := &selection{}
	for i := range k.whens {
		s.count(RoleSubjects, i, fmt.Sprintf("a%d", i), fmt.Sprintf("count(*) FILTER (WHERE a = %d)", i))
	}
	sql := glue(typeInteger, k.q.rows(), ", __each AS ("+k.each()+"IS NOT NULL GROUP BY u0), __answers AS (SELECT ", k.index(), " AS a FROM __each) SELECT "+strings.Join(s.items, ", ")+" FROM __answers")
	return Statement{Name: fmt.Sprintf("%s.census%d", k.q.name, combination), SQL: sql.sql, Args: sql.args, Columns: s.columns}
}
