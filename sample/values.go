package sample

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yingbi/catalog"
	"yingbi/internal/coltype"
)

// What a column holds of which the provider declares nothing.
const (
	someCodes   = 12      // different texts
	someNumber  = 100     // the largest
	someAmount  = 100_000 // the largest of a decimal
	lifetime    = 90      // years that births lie back
	someMissing = 2       // cells in a hundred without a value
)

// words are the values that columns share.
type words struct {
	kind coltype.Kind
	list []string
}

// drawn picks one of the words, the earlier the commoner.
func (w words) drawn(r *row) string { return w.list[r.early(len(w.list))] }

// codes are the texts of a column of which only the name is known.
func codes(name string) words {
	w := words{kind: coltype.Text}
	for i := range someCodes {
		w.list = append(w.list, fmt.Sprintf("%s-%02d", name, i+1))
	}
	return w
}

// ranged makes the values of a column of numbers, dates or times.
func ranged(d *catalog.Dataset, c catalog.Column) (func(*row) string, error) {
	low, high, err := ends(d, c)
	if err != nil {
		return nil, err
	}
	draw := (*row).even
	if unit := unitOf(c); unit > 0 && low >= 0 && high/unit >= 1000 { // what reaches so far is an amount
		draw = (*row).tailed
	}
	return func(r *row) string { return c.Written(draw(r, low, high)) }, nil
}

// unitOf is what one is in ordinals of the column; 0 is no number.
func unitOf(c catalog.Column) int64 {
	if !c.Type.Numeric() {
		return 0
	}
	one, err := c.Ordinal("1")
	if err != nil { // a decimal without room before the point
		return 0
	}
	return one
}

// ends are the least and the largest value of a column, as ordinals.
func ends(d *catalog.Dataset, c catalog.Column) (low, high int64, err error) {
	lowText, highText := usual(d, c)
	if low, err = c.Ordinal(lowText); err != nil {
		return 0, 0, err
	}
	if high, err = c.Ordinal(highText); err != nil {
		return 0, 0, err
	}
	span := high - low
	if c.Sample == nil {
		return low, high, nil
	}
	if c.Sample.Min != "" {
		if low, err = c.Ordinal(c.Sample.Min); err != nil {
			return 0, 0, err
		}
		high = max(high, low+span)
		if _, err := c.Ordinal(c.Written(high)); err != nil { // the type ends before
			high = low
		}
	}
	if c.Sample.Max != "" {
		if high, err = c.Ordinal(c.Sample.Max); err != nil {
			return 0, 0, err
		}
		low = min(low, high)
	}
	return low, high, nil
}

// usual are the ends of a column of which nothing is declared, as a file writes them.
func usual(d *catalog.Dataset, c catalog.Column) (low, high string) {
	switch c.Type.Kind {
	case coltype.Date, coltype.Timestamp:
		from, to := period(d)
		if isBirth(c) {
			from = to.AddDate(-lifetime, 0, 0)
		}
		return from.Format(time.DateOnly), to.Format(time.DateOnly)
	case coltype.Decimal:
		whole := int(c.Type.Precision - c.Type.Scale) // digits before the point
		if whole == 0 {
			return "0", "0." + strings.Repeat("9", int(c.Type.Scale))
		}
		if most := strings.Repeat("9", whole); whole < len(strconv.Itoa(someAmount)) {
			return "0", most
		}
		return "0", strconv.Itoa(someAmount)
	}
	return "0", strconv.Itoa(someNumber)
}

func isBirth(c catalog.Column) bool {
	return strings.Contains(strings.ToLower(c.Name), "birth") || strings.Contains(c.Name+c.Title, "出生")
}

var (
	yearNamed = regexp.MustCompile(`\b(?:19|20)[0-9]{2}\b`)
	openEnd   = regexp.MustCompile(`起|以来|至今|(?i:since|from|onward)`)
)

// period reads from what the provider says of the scope which days rows are from. It
// is the year before the declaration where no year is named.
func period(d *catalog.Dataset) (from, to time.Time) {
	declared, err := time.Parse(time.DateOnly, d.Declaration.Date)
	if err != nil { // a description is read with a day that exists
		declared = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	first, last := declared.Year()-1, declared.Year()-1
	for i, text := range yearNamed.FindAllString(d.Scope, -1) {
		year, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		if i == 0 {
			first, last = year, year
		}
		first, last = min(first, year), max(last, year)
	}
	from, to = time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(last, 12, 31, 0, 0, 0, 0, time.UTC)
	if openEnd.MatchString(d.Scope) && declared.After(to) {
		to = declared
	}
	return from, to
}
