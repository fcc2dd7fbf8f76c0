package catalog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/yamldoc"
)

// Sample is what the provider declares of a column for sample data, which an operator
// makes from it outside the domain. It is public like the rest of a description, and
// written by the provider alone: no row of the data set ever comes here.
type Sample struct {
	Values  []string `json:"values,omitempty"`  // that the column may hold, as a file writes them; the commonest first
	Min     string   `json:"min,omitempty"`     // of numbers, dates and timestamps, as a file writes them
	Max     string   `json:"max,omitempty"`     //
	SameAs  string   `json:"same_as,omitempty"` // the column, of any data set, with whose values this one's are shared
	Missing *int     `json:"missing,omitempty"` // how many rows in a hundred have no value
	Unique  *bool    `json:"unique,omitempty"`  // no value comes twice
}

// maxSampleValues bounds the values of one column.
const maxSampleValues = 500

// doubleDigits is how many digits a sample of doubles has behind the point.
const doubleDigits = 4

// Forms of dates and times in samples.
const (
	dayForm    = time.DateOnly
	secondForm = time.DateTime
)

// Ordinal reads a value of the column, as a file writes it, as a whole number: of
// units of the last digit, of days since 1970-01-01 or of seconds since its first in
// UTC. Texts and booleans have none.
func (c Column) Ordinal(text string) (int64, error) {
	switch c.Type.Kind {
	case coltype.Integer:
		return ordinalOf(text, 0)
	case coltype.Decimal:
		n, err := ordinalOf(text, int(c.Type.Scale))
		if limit := int64(math.Pow10(int(c.Type.Precision))); err == nil && (n >= limit || n <= -limit) {
			err = fmt.Errorf("%q does not fit %s", text, c.Type)
		}
		return n, err
	case coltype.Double:
		return ordinalOf(text, doubleDigits)
	case coltype.Date:
		t, err := time.Parse(dayForm, text)
		if err != nil {
			return 0, fmt.Errorf("want a day such as 2026-01-31, found %q", text)
		}
		return t.Unix() / secondsPerDay, nil
	case coltype.Timestamp:
		return c.instant(text)
	}
	return 0, fmt.Errorf("a column of type %s has no least and no largest value; give its values", c.Type)
}

const secondsPerDay = 24 * 60 * 60

// instant reads a time of the column's zone, or the beginning of a day there.
func (c Column) instant(text string) (int64, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return 0, err
	}
	for _, form := range []string{secondForm, dayForm} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.Unix(), nil
		}
	}
	return 0, fmt.Errorf("want a time such as 2026-01-31 08:00:00, found %q", text)
}

// Written writes what Ordinal reads.
func (c Column) Written(n int64) string {
	switch c.Type.Kind {
	case coltype.Decimal:
		return pointed(n, int(c.Type.Scale))
	case coltype.Double:
		return pointed(n, doubleDigits)
	case coltype.Date:
		return time.Unix(n*secondsPerDay, 0).UTC().Format(dayForm)
	case coltype.Timestamp:
		zone, err := time.LoadLocation(c.Zone)
		if err != nil { // a description is read with a zone that exists
			zone = time.UTC
		}
		return time.Unix(n, 0).In(zone).Format(secondForm)
	}
	return strconv.FormatInt(n, 10)
}

// ordinalOf reads a number of at most so many digits behind the point, in units of
// the last of them.
func ordinalOf(text string, scale int) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	wrong := fmt.Errorf("want a number with at most %d digits behind the point, found %q", scale, text)
	if len(fraction) > scale || strings.HasPrefix(text, "+") || strings.HasSuffix(text, ".") || strings.ContainsAny(fraction, "+-") {
		return 0, wrong
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	if err != nil || whole == "" || whole == "-" || n > maxOrdinal || n < -maxOrdinal {
		return 0, wrong
	}
	return n, nil
}

// maxOrdinal leaves room to subtract one from another.
const maxOrdinal = int64(1e18) - 1

// pointed writes a number of units of the last digit behind the point.
func pointed(n int64, scale int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if scale == 0 {
		return sign + strconv.FormatInt(n, 10)
	}
	unit := int64(math.Pow10(scale))
	return fmt.Sprintf("%s%d.%0*d", sign, n/unit, scale, n%unit)
}

// sample reads what the provider declares for sample data of a column.
func (r *reader) sample(key string, c Column) (s *Sample) {
	if r.err != nil || r.m.Get(key) == nil {
		return nil
	}
	at := r.m.Get(key)
	r.sub(at, func(r *reader) {
		s = &Sample{SameAs: r.lineOr("same_as", ""), Min: r.textOr("min", ""), Max: r.textOr("max", "")}
		if r.m.Get("values") != nil {
			s.Values = r.texts("values", maxSampleValues, func(v string) error { return checkSampleValue(c, v) })
			if r.err == nil && len(s.Values) == 0 {
				r.fail(r.m.Get("values"), "give at least one value")
			}
		}
		if r.m.Get("same_as") != nil {
			r.check("same_as", s.SameAs, checkColumnName)
			if strings.EqualFold(s.SameAs, c.Name) {
				r.fail(r.m.Get("same_as"), "columns of one name share their values as it is; name another column, or leave it out")
			}
		}
		s.Missing, s.Unique = r.missing(c), r.maybe("unique")
		r.bounds(s, c)
		r.agree(s, c, at)
	})
	return s
}

// checkSampleValue refuses what an import would not read as a value of the column.
func checkSampleValue(c Column, v string) error {
	if err := checkCell(v); err != nil {
		return err
	}
	for _, null := range c.Nulls {
		if strings.TrimSpace(v) == null {
			return fmt.Errorf("%q means that there is no value; say how many rows have none with \"missing\"", v)
		}
	}
	switch c.Type.Kind {
	case coltype.Text:
		return nil
	case coltype.Boolean:
		if v != "true" && v != "false" {
			return fmt.Errorf("want true or false, found %q", v)
		}
		return nil
	}
	_, err := c.Ordinal(v)
	return err
}

// missing reads a share in per cent.
func (r *reader) missing(c Column) *int {
	n := r.m.Get("missing")
	if r.err != nil || n == nil {
		return nil
	}
	v, err := n.Int()
	if r.err = err; err == nil && (v < 0 || v > 100) {
		r.fail(n, "want 0 to 100: how many rows in a hundred have no value")
	}
	if r.err == nil && v > 0 && c.Required {
		r.fail(n, "column %q is required, and a row without its value would not be kept", c.Name)
	}
	share := int(v)
	return &share
}

// maybe reads a flag that may be left open.
func (r *reader) maybe(key string) *bool {
	if r.m.Get(key) == nil {
		return nil
	}
	v := r.flag(key)
	return &v
}

// bounds checks least and largest value against the type, and each other.
func (r *reader) bounds(s *Sample, c Column) {
	ends := map[string]int64{}
	for _, end := range [][2]string{{"min", s.Min}, {"max", s.Max}} {
		if r.m.Get(end[0]) != nil {
			r.check(end[0], end[1], func(text string) (err error) {
				ends[end[0]], err = c.Ordinal(text)
				return err
			})
		}
	}
	if r.err == nil && len(ends) == 2 && ends["max"] < ends["min"] {
		r.fail(r.m.Get("max"), "%s is less than min, %s", s.Max, s.Min)
	}
}

// agree refuses two ways to say what the values are, and what none can be made of.
func (r *reader) agree(s *Sample, c Column, at *yamldoc.Node) {
	ways := 0
	for _, given := range []bool{s.Values != nil, s.Min+s.Max != "", s.SameAs != ""} {
		if given {
			ways++
		}
	}
	if ways > 1 {
		r.fail(at, "give \"values\", or \"min\" and \"max\", or \"same_as\", and not two of them")
	}
	if s.Unique == nil || !*s.Unique {
		return
	}
	if s.Missing != nil && *s.Missing > 0 {
		r.fail(at, "what is unique in each row is missing in none")
	}
	if counted := c.Type.Kind == coltype.Text || c.Type.Kind == coltype.Integer; s.Values == nil && (!counted || s.Min+s.Max != "") {
		r.fail(at, "what is unique is counted, in a column of text or integer without \"min\" and \"max\", or is one of \"values\"")
	}
}
