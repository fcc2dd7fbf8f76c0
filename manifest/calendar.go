package manifest

import (
	"fmt"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// maxPeriods bounds a calendar: ten years of days would be rows.
const maxPeriods = 400

// calendar is a division of time whose periods have labels: their list is known before
// any data is read, so that an empty one looks like a withheld one.
type calendar struct {
	example [2]string
	start   func(label string) time.Time    // of a well-formed label
	next    func(start time.Time) time.Time // the period after it
	label   func(start time.Time) string    // of the period that begins there
	sql     func(d term) term
}

// calendarOf finds the calendar of a function.
func calendarOf(function string) (calendar, bool) {
	switch function {
	case "month_of":
		return calendar{[2]string{"2024-01", "2024-12"}, func(s string) time.Time { return day(s, "%d-%d", 1, 0) },
			func(d time.Time) time.Time { return d.AddDate(0, 1, 0) },
			func(d time.Time) string { return d.Format("2006-01") },
			func(d term) term { return glue(typeText, "strftime(", d, ", ", plainText("%Y-%m"), ")") }}, true
	case "quarter_of":
		return calendar{[2]string{"2024-Q1", "2024-Q4"}, func(s string) time.Time { return day(s, "%d-Q%d", 3, -2) },
			func(d time.Time) time.Time { return d.AddDate(0, 3, 0) },
			func(d time.Time) string { return fmt.Sprintf("%04d-Q%d", d.Year(), (d.Month()+2)/3) },
			func(d term) term {
				return glue(typeText, "(strftime(", d, ", ", plainText("%Y-Q"), ") || CAST(quarter(", d, ") AS VARCHAR))")
			}}, true
	case "week_of": // of ISO 8601: from Monday, the first holds 4 January
		return calendar{[2]string{"2024-W01", "2024-W52"}, monday,
			func(d time.Time) time.Time { return d.AddDate(0, 0, 7) },
			func(d time.Time) string { y, w := d.ISOWeek(); return fmt.Sprintf("%04d-W%02d", y, w) },
			func(d term) term { return glue(typeText, "strftime(", d, ", ", plainText("%G-W%V"), ")") }}, true
	}
	return calendar{}, false
}

func plainText(s string) term { return bound(typeText, Value{Type: typeText, Text: s}) }

// day is the first of the month that a label of year and number names.
func day(label, format string, months, plus int) time.Time {
	var year, n int
	if _, err := fmt.Sscanf(label, format, &year, &n); err != nil || n < 1 || n > 12 {
		return time.Time{}
	}
	return time.Date(year, time.Month(months*n+plus), 1, 0, 0, 0, 0, time.UTC)
}

func monday(label string) time.Time {
	var year, week int
	if _, err := fmt.Sscanf(label, "%d-W%d", &year, &week); err != nil || week < 1 || week > 53 {
		return time.Time{}
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	return fourth.AddDate(0, 0, -int(fourth.Weekday()+6)%7+7*(week-1))
}

// read checks a bound: what names a period is written in one way.
func (c calendar) read(e *expr) (time.Time, error) {
	start := c.start(e.text)
	if e.op != opText || start.Year() < 1000 || start.Year() > 9998 || c.label(start) != e.text {
		return start, fault.At(e.at, "want a bound such as '%s', found %s", c.example[0], e)
	}
	return start, nil
}

// periods types month_of(date, '2024-01', '2024-12') and its like. A day outside is
// missing.
func (s *scope) periods(e *expr, c calendar, m mode) (term, error) {
	if len(e.args) != 3 {
		return term{}, fault.At(e.at, "want %s(date, '%s', '%s'): the date, the first and the last", e.text, c.example[0], c.example[1])
	}
	first, err := c.read(e.args[1])
	if err != nil {
		return term{}, err
	}
	last, err := c.read(e.args[2])
	if err != nil {
		return term{}, err
	}
	var labels []string
	at := first
	for ; !at.After(last) && len(labels) <= maxPeriods; at = c.next(at) {
		labels = append(labels, c.label(at))
	}
	if len(labels) == 0 || len(labels) > maxPeriods {
		return term{}, fault.At(e.args[2].at, "want at most %d periods, the last not before the first", maxPeriods)
	}
	d, err := s.date(e.args[0], m)
	if err != nil {
		return term{}, err
	}
	date := func(t time.Time) term {
		return bound(coltype.Type{Kind: coltype.Date}, Value{Type: typeText, Text: t.Format(time.DateOnly)})
	}
	out := glue(typeText, "CASE WHEN ", d, " BETWEEN ", date(first), " AND ", date(at.AddDate(0, 0, -1)), " THEN ", c.sql(d), " END")
	out.domain = labels
	return out, nil
}
