package manifest

import (
	"strconv"
	"strings"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

const (
	maxExpanded = 60       // levels, once derived columns are put in
	maxSQL      = 64 << 10 // bytes of one expression
)

// term types an expression and writes its SQL.
func (s *scope) term(e *expr, m mode) (term, error) {
	if s.depth++; s.depth > maxExpanded {
		return term{}, fault.At(e.at, "nested more than %d levels deep once derived columns are put in", maxExpanded)
	}
	defer func() { s.depth-- }()
	t, err := s.write(e, m)
	if err != nil {
		return term{}, err
	}
	if len(t.sql) > maxSQL {
		return term{}, fault.At(e.at, "the expression grows past %d bytes once derived columns are put in; simplify it", maxSQL)
	}
	if t.typ.Kind == coltype.Double {
		s.doubles = true
	}
	return t, nil
}

func (s *scope) write(e *expr, m mode) (term, error) {
	switch e.op {
	case opNumber:
		return numberTerm(e.text), nil
	case opText:
		t := bound(typeText, Value{Type: typeText, Text: e.text})
		t.open, t.domain = e, []string{e.text}
		return t, nil
	case opBool:
		return term{sql: strings.ToUpper(e.text), typ: typeBoolean}, nil
	case opColumn:
		return s.column(e, m)
	case opNeg, opArith:
		if s.asks { // what does not fit 18 digits would fail for some subjects, and tell of them
			return term{}, fault.At(e.at, "a question does not calculate; compare columns with numbers, found %s", e)
		}
		return s.arith(e, m)
	case opCall:
		return s.call(e, m)
	case opCase:
		return s.cases(e, m)
	case opList:
		return term{}, fault.At(e.at, "a list stands after in, or as the second argument of band, found %s", e)
	}
	return s.truth(e, m)
}

// bound is a constant behind a question mark.
func bound(t coltype.Type, v Value) term {
	return term{sql: "CAST(? AS " + engineType(t) + ")", args: []Value{v}, typ: t}
}

// numberTerm reads digits as an integer, or as the decimal that holds them.
func numberTerm(digits string) term {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(digits, "-"), ".")
	if !point {
		v, _ := strconv.ParseInt(digits, 10, 64) // at most 18 digits
		return bound(typeInteger, Value{Type: typeInteger, Int: v})
	}
	t := coltype.Type{Kind: coltype.Decimal, Precision: uint8(len(whole) + len(fraction)), Scale: uint8(len(fraction))}
	return bound(t, Value{Type: typeText, Text: digits})
}

// glue joins pieces of SQL and terms, keeping bound values in order.
func glue(t coltype.Type, parts ...any) term {
	out := term{typ: t}
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case term:
			b.WriteString(p.sql)
			out.args = append(out.args, p.args...)
		}
	}
	out.sql = b.String()
	return out
}

func (s *scope) number(e *expr, m mode) (term, error) {
	t, err := s.term(e, m)
	if err == nil && !t.typ.Numeric() {
		err = fault.At(e.at, "want a number, found %s, which is %s", e, t.typ)
	}
	return t, err
}

func (s *scope) boolean(e *expr, m mode) (term, error) {
	t, err := s.term(e, m)
	if err == nil && t.typ != typeBoolean {
		err = fault.At(e.at, "want a condition, found %s, which is %s", e, t.typ)
	}
	return t, err
}

// arith keeps integers and decimals exact: the engine fails where a result does
// not fit 18 digits.
func (s *scope) arith(e *expr, m mode) (term, error) {
	a, err := s.number(e.args[0], m)
	if err != nil {
		return term{}, err
	}
	if e.op == opNeg {
		return glue(a.typ, "(-", a, ")"), nil
	}
	b, err := s.number(e.args[1], m)
	if err != nil {
		return term{}, err
	}
	t := common(a.typ, b.typ)
	if t.Kind == coltype.Decimal && e.text == "*" {
		if t = decimal(a.typ.Scale + b.typ.Scale); t.Scale > coltype.MaxPrecision {
			return term{}, fault.At(e.at, "the product has %d decimals; at most %d are exact", t.Scale, coltype.MaxPrecision)
		}
	}
	if t.Kind == coltype.Double {
		a, b = cast(a, t), cast(b, t)
	}
	return cast(glue(t, "(", a, " "+e.text+" ", b, ")"), t), nil
}

func cast(a term, t coltype.Type) term {
	return glue(t, "CAST(", a, " AS "+engineType(t)+")")
}

// common is the type that holds numbers of both types.
func common(a, b coltype.Type) coltype.Type {
	switch {
	case a.Kind == coltype.Double || b.Kind == coltype.Double:
		return typeDouble
	case a.Kind == coltype.Decimal || b.Kind == coltype.Decimal:
		return decimal(max(a.Scale, b.Scale))
	}
	return typeInteger
}

// read gives a quoted text the type that its neighbour has.
func read(t term, want coltype.Type) (term, error) {
	if t.open == nil || want == typeText {
		return t, nil
	}
	switch want.Kind {
	case coltype.Date:
		if _, err := parseDate(t.open.text); err != nil {
			return t, fault.At(t.open.at, "want a date such as '2024-01-31', found %s", t.open)
		}
		return bound(want, Value{Type: typeText, Text: t.open.text}), nil
	case coltype.Timestamp:
		at, err := time.Parse(time.RFC3339Nano, t.open.text)
		if err != nil || at.Year() < 1 || at.Year() > 9999 {
			return t, fault.At(t.open.at, "want a time with its offset such as '2024-01-31T08:00:00+08:00', found %s", t.open)
		}
		return bound(want, Value{Type: typeInteger, Int: at.UnixMicro()}), nil
	}
	return t, nil
}

func parseDate(s string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, s)
	if err == nil && d.Year() < 1 {
		err = strconv.ErrRange
	}
	return d, err
}

// alike gives terms one type, reading quoted texts as dates where others are.
func alike(at fault.Place, terms []term) (coltype.Type, error) {
	t := terms[0].typ
	for _, x := range terms {
		if x.open == nil {
			t = x.typ
			break
		}
	}
	for i, x := range terms {
		x, err := read(x, t)
		if err != nil {
			return t, err
		}
		terms[i] = x
		switch {
		case t.Numeric() && x.typ.Numeric():
			if x.typ != t {
				t = common(t, x.typ)
			}
		case t.Kind != x.typ.Kind:
			return t, fault.At(at, "%s and %s do not go together", t, x.typ)
		}
	}
	return t, nil
}
