package manifest

import (
	"math/big"
	"slices"
	"strconv"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

const (
	maxBounds = 50 // of a band: more would be the value itself
	maxPrefix = 32 // characters
)

// call types the functions that a derived column may use. Each hides its
// argument: what comes out is coarser than what went in.
func (s *scope) call(e *expr, m mode) (term, error) {
	switch e.text {
	case "band":
		return s.band(e, m.hidden())
	case "prefix":
		return s.prefix(e, m.hidden())
	case "year", "month", "quarter":
		if len(e.args) != 1 {
			return term{}, fault.At(e.at, "want %s(date)", e.text)
		}
		d, err := s.date(e.args[0], m.hidden())
		return glue(typeInteger, "CAST("+e.text+"(", d, ") AS BIGINT)"), err
	case "age_at":
		return s.age(e, m.hidden())
	case "exists":
		if s.asks {
			return term{}, fault.At(e.at, "a question looks at one subject's own rows; exists is for tables and models")
		}
		return s.exists(e, m.condition())
	}
	if c, ok := calendarOf(e.text); ok {
		return s.periods(e, c, m.hidden())
	}
	if slices.Contains(measureNames[1:], e.text) {
		return term{}, fault.At(e.at, "%s is a measure; it stands alone, under measures", e.text)
	}
	return term{}, fault.At(e.at, "no function %q; there are band, prefix, year, month, quarter, month_of, quarter_of, week_of, age_at and exists", e.text)
}

func (s *scope) date(e *expr, m mode) (term, error) {
	t, err := s.term(e, m)
	if err == nil {
		t, err = read(t, coltype.Type{Kind: coltype.Date})
	}
	if err == nil && t.typ.Kind != coltype.Date {
		err = fault.At(e.at, "want a date, found %s, which is %s", e, t.typ)
	}
	return t, err
}

// band sorts a number into intervals, each with its lower bound: <18, [18,45),
// >=45. The labels cannot be taken for a date or a formula by a spreadsheet.
func (s *scope) band(e *expr, m mode) (term, error) {
	if len(e.args) != 2 || e.args[1].op != opList {
		return term{}, fault.At(e.at, "want band(number, [bounds])")
	}
	x, err := s.number(e.args[0], m)
	if err != nil {
		return term{}, err
	}
	bounds := e.args[1].args
	if len(bounds) > maxBounds {
		return term{}, fault.At(e.args[1].at, "band has %d bounds; at most %d are read", len(bounds), maxBounds)
	}
	if err := ascending(bounds); err != nil {
		return term{}, err
	}
	labels := bandLabels(bounds)
	parts := []any{"CASE WHEN ", x, " IS NULL THEN NULL"}
	for i, b := range bounds {
		parts = append(parts, " WHEN ", x, " < ", numberTerm(b.text), " THEN ", bound(typeText, Value{Type: typeText, Text: labels[i]}))
	}
	parts = append(parts, " ELSE ", bound(typeText, Value{Type: typeText, Text: labels[len(bounds)]}), " END")
	out := glue(typeText, parts...)
	out.domain = labels
	return out, nil
}

func ascending(bounds []*expr) error {
	for i, b := range bounds {
		if b.op != opNumber || i > 0 && rational(b.text).Cmp(rational(bounds[i-1].text)) <= 0 {
			return fault.At(b.at, "want numbers, each greater than the one before it, found %s", b)
		}
	}
	return nil
}

func rational(digits string) *big.Rat {
	r, _ := new(big.Rat).SetString(digits) // the lexer made the digits
	return r
}

func bandLabels(bounds []*expr) []string {
	out := []string{"<" + bounds[0].text}
	for i := 1; i < len(bounds); i++ {
		out = append(out, "["+bounds[i-1].text+","+bounds[i].text+")")
	}
	return append(out, ">="+bounds[len(bounds)-1].text)
}

func (s *scope) prefix(e *expr, m mode) (term, error) {
	if len(e.args) != 2 || e.args[1].op != opNumber {
		return term{}, fault.At(e.at, "want prefix(text, characters)")
	}
	n, err := strconv.Atoi(e.args[1].text)
	if err != nil || n < 1 || n > maxPrefix {
		return term{}, fault.At(e.args[1].at, "want 1 to %d characters, found %s", maxPrefix, e.args[1])
	}
	t, err := s.term(e.args[0], m)
	if err == nil && t.typ != typeText {
		err = fault.At(e.args[0].at, "want text, found %s, which is %s", e.args[0], t.typ)
	}
	return glue(typeText, "left(", t, ", ", numberTerm(e.args[1].text), ")"), err
}

// age counts completed years on a day: the year's difference, less one before
// the birthday. Someone born on 29 February grows older on 1 March.
func (s *scope) age(e *expr, m mode) (term, error) {
	if len(e.args) != 2 || e.args[1].op != opText {
		return term{}, fault.At(e.at, "want age_at(date of birth, '2024-01-31')")
	}
	day, err := parseDate(e.args[1].text)
	if err != nil {
		return term{}, fault.At(e.args[1].at, "want a date such as '2024-01-31', found %s", e.args[1])
	}
	birth, err := s.date(e.args[0], m)
	if err != nil {
		return term{}, err
	}
	year := bound(typeInteger, Value{Type: typeInteger, Int: int64(day.Year())})
	monthDay := bound(typeInteger, Value{Type: typeInteger, Int: int64(day.Month())*100 + int64(day.Day())})
	return glue(typeInteger, "CAST(", year, " - year(", birth, ") - CASE WHEN month(", birth, ") * 100 + day(", birth, ") > ", monthDay, " THEN 1 ELSE 0 END AS BIGINT)"), nil
}
