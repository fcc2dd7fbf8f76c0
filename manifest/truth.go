package manifest

import (
	"slices"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// truth types what is true, false or unknown.
func (s *scope) truth(e *expr, m mode) (term, error) {
	m = m.condition()
	switch e.op {
	case opAnd:
		return s.chain(e, m, " AND ")
	case opOr:
		return s.chain(e, m, " OR ")
	case opNot:
		a, err := s.boolean(e.args[0], m)
		return glue(typeBoolean, "(NOT ", a, ")"), err
	case opIsNull:
		a, err := s.term(e.args[0], m)
		return glue(typeBoolean, "(", a, " IS NULL)"), err
	}
	terms := make([]term, len(e.args))
	for i, a := range e.args {
		t, err := s.term(a, m)
		if err != nil {
			return term{}, err
		}
		terms[i] = t
	}
	t, err := alike(e.at, terms)
	if err != nil {
		return term{}, err
	}
	ordered := t.Numeric() || t.Kind == coltype.Date || t.Kind == coltype.Timestamp
	if !ordered && (e.op == opBetween || e.op == opCompare && e.text != "=" && e.text != "!=") {
		return term{}, fault.At(e.at, "%s values have no order here; compare them with =, != or in", t)
	}
	return compare(e, terms), nil
}

func compare(e *expr, terms []term) term {
	switch e.op {
	case opBetween:
		return glue(typeBoolean, "(", terms[0], " BETWEEN ", terms[1], " AND ", terms[2], ")")
	case opIn:
		parts := []any{"(", terms[0], " IN ("}
		for i, item := range terms[1:] {
			if i > 0 {
				parts = append(parts, ", ")
			}
			parts = append(parts, item)
		}
		return glue(typeBoolean, append(parts, "))")...)
	}
	sign := e.text
	if sign == "!=" {
		sign = "<>"
	}
	return glue(typeBoolean, "(", terms[0], " "+sign+" ", terms[1], ")")
}

func (s *scope) chain(e *expr, m mode, word string) (term, error) {
	parts := []any{"("}
	for i, a := range e.args {
		t, err := s.boolean(a, m)
		if err != nil {
			return term{}, err
		}
		if i > 0 {
			parts = append(parts, word)
		}
		parts = append(parts, t)
	}
	return glue(typeBoolean, append(parts, ")")...), nil
}

// cases types case when … end. Its conditions hide what they look at; its values
// are handed on.
func (s *scope) cases(e *expr, m mode) (term, error) {
	var conditions, values []term
	for i, a := range e.args {
		isValue := i%2 == 1 || i == len(e.args)-1
		if !isValue {
			c, err := s.boolean(a, m.condition())
			if err != nil {
				return term{}, err
			}
			conditions = append(conditions, c)
			continue
		}
		v, err := s.term(a, m)
		if err != nil {
			return term{}, err
		}
		values = append(values, v)
	}
	domain := domainOf(values)
	t, err := alike(e.at, values)
	if err != nil {
		return term{}, err
	}
	if t.Kind != coltype.Text {
		domain = nil
	}
	if s.asks && t.Numeric() { // brought to one type, a number may not fit it
		return term{}, fault.At(e.at, "a question takes texts, dates and conditions from case, found %s", t)
	}
	parts := []any{"CASE"}
	for i, v := range values {
		if i < len(conditions) {
			parts = append(parts, " WHEN ", conditions[i], " THEN ", cast(v, t))
		} else {
			parts = append(parts, " ELSE ", cast(v, t))
		}
	}
	out := glue(t, append(parts, " END")...)
	out.domain = domain
	return out, nil
}

// domainOf unites what texts can be, where the manifest alone decides.
func domainOf(values []term) []string {
	var out []string
	for _, v := range values {
		if v.domain == nil {
			return nil
		}
		for _, d := range v.domain {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}
