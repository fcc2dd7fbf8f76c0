package masking

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
	"yingbi/masking/anonymity"
)

// ladder is the hierarchy of a column as it is written: by words for periods of dates,
// by numbers for lengths of prefixes or widths of bands, or by rows "value, level 1, …".
// The zero ladder has no step below the top, at which every value is null.
type ladder struct {
	place   fault.Place
	periods []string       // each coarser
	numbers []int64        // falling: lengths of prefixes; rising: widths of bands
	rows    [][]string     // one for each value
	byValue map[string]int // of rows
}

var ladderPeriods = []string{"month", "quarter", "year", "decade"}

func readLadder(n *yamldoc.Node) (ladder, error) {
	l := ladder{place: n.Place}
	items, err := n.List()
	if err != nil {
		return l, err
	}
	if len(items) == 0 {
		return l, n.Errorf("want periods such as [month, year], lengths such as [4, 2], widths such as [5, 10], or rows such as [[男, all], [女, all]]")
	}
	if items[0].IsList() {
		return l, l.readRows(n, items)
	}
	if len(items) > maxSteps {
		return l, n.Errorf("want at most %d levels, found %d", maxSteps, len(items))
	}
	for _, item := range items {
		text, err := item.Text()
		if err != nil {
			return l, err
		}
		if step, err := strconv.ParseInt(text, 10, 64); err == nil && step > 0 {
			l.numbers = append(l.numbers, step)
		} else if slices.Contains(ladderPeriods, text) {
			l.periods = append(l.periods, text)
		} else {
			return l, item.Errorf("want a whole number above 0 or one of %s, found %q", strings.Join(ladderPeriods, ", "), text)
		}
	}
	if len(l.numbers) > 0 && len(l.periods) > 0 || !l.nested() {
		return l, n.Errorf("each level must be made of whole values of the one before: periods in the order %s, lengths of prefixes that fall, or widths that rise, each a multiple of the one before",
			strings.Join(ladderPeriods, ", "))
	}
	return l, nil
}

func (l *ladder) readRows(n *yamldoc.Node, items []*yamldoc.Node) error {
	l.byValue = map[string]int{}
	for i, item := range items {
		row, err := item.Texts()
		if err != nil {
			return err
		}
		if len(row) < 2 || len(row) > maxSteps+1 {
			return item.Errorf("a row is a value and what stands for it at 1 to %d levels", maxSteps)
		}
		for _, text := range row {
			if err := checkText(item, text, maxText); err != nil {
				return err
			}
		}
		l.rows, l.byValue[row[0]] = append(l.rows, row), i
	}
	if _, err := anonymity.NewHierarchy(l.rows); err != nil {
		return n.Errorf("%v", err)
	}
	return nil
}

// nested reports whether each step is coarser than the one before.
func (l *ladder) nested() bool {
	for i := 1; i < len(l.periods); i++ {
		if slices.Index(ladderPeriods, l.periods[i]) <= slices.Index(ladderPeriods, l.periods[i-1]) {
			return false
		}
	}
	for i := 2; i < len(l.numbers); i++ {
		if l.falls() != (l.numbers[i] < l.numbers[i-1]) {
			return false
		}
	}
	for i := 1; i < len(l.numbers); i++ {
		if l.numbers[i] == l.numbers[i-1] || !l.falls() && l.numbers[i]%l.numbers[i-1] != 0 {
			return false
		}
	}
	return true
}

func (l *ladder) falls() bool { return len(l.numbers) > 1 && l.numbers[1] < l.numbers[0] }

// encode writes the canonical form.
func (l *ladder) encode() string {
	var parts []string
	for _, step := range l.numbers {
		parts = append(parts, strconv.FormatInt(step, 10))
	}
	for _, row := range l.rows {
		parts = append(parts, "["+quoteAll(row)+"]")
	}
	return "[" + strings.Join(append(parts, l.periods...), ", ") + "]"
}

// fit says what a column of this type becomes, or what the ladder asks of it.
func (l *ladder) fit(c Column) (coltype.Type, error) {
	wrong := func(wanted string) (coltype.Type, error) {
		return c.Type, fault.At(l.place, "the hierarchy of column %s needs %s; after its rule it is %s", c.Name, wanted, c.Type)
	}
	switch kind := c.Type.Kind; {
	case l.periods != nil && kind != coltype.Date:
		return wrong("a date")
	case l.rows != nil && kind != coltype.Text && kind != coltype.Integer:
		return wrong("text or an integer")
	case kind == coltype.Text && len(l.numbers) > 1 && !l.falls():
		return wrong("an integer for widths that rise; lengths of prefixes fall")
	case kind == coltype.Integer && l.falls():
		return wrong("text for lengths of prefixes that fall; widths of bands rise")
	case l.numbers != nil && kind != coltype.Text && kind != coltype.Integer:
		return wrong("text for lengths of prefixes, or an integer for widths of bands")
	case l.rows != nil, l.numbers != nil:
		return text, nil
	}
	return c.Type, nil
}

// The names of values at levels, for the search. A value's own begins with a colon.
const (
	noValue   = "null"
	anyValue  = "any" // of the top: null in the view
	nameStart = ":"
)

// names gives a value's names from level 0 up to the top; false for a value that no
// row has.
func (l *ladder) names(kind coltype.Kind, value string) ([]string, bool) {
	names := []string{nameStart + value}
	add := func(name string) { names = append(names, nameStart+name) }
	switch {
	case l.rows != nil:
		i, ok := l.byValue[value]
		if !ok {
			return nil, false
		}
		for _, name := range l.rows[i][1:] {
			add(name)
		}
	case kind == coltype.Date:
		day, _ := strconv.ParseInt(value, 10, 32)
		for _, period := range l.periods {
			add(strconv.FormatInt(firstOf(period, day), 10))
		}
	case kind == coltype.Text:
		for _, length := range l.numbers {
			add(firstRunes(value, int(min(length, maxText))))
		}
	default:
		v, _ := strconv.ParseInt(value, 10, 64)
		for _, width := range l.numbers {
			add(band(v, width))
		}
	}
	if _, closed := l.closed(); closed {
		return names, true
	}
	return append(names, anyValue), true
}

// none gives the names of null: it stays null, and is what all others are at the top.
func (l *ladder) none() []string {
	top, closed := l.closed()
	names := slices.Repeat([]string{noValue}, l.levels()-1)
	if !closed {
		return append(names, anyValue)
	}
	return append(names, nameStart+top)
}

// closed reports whether the rows end at one value, which is then the top.
func (l *ladder) closed() (top string, ok bool) {
	for i, row := range l.rows {
		if last := row[len(row)-1]; i > 0 && last != top {
			return "", false
		} else {
			top = last
		}
	}
	return top, l.rows != nil
}

// levels counts them, the value itself and the top included.
func (l *ladder) levels() int {
	if l.rows == nil {
		return len(l.numbers) + len(l.periods) + 2
	}
	if _, closed := l.closed(); closed {
		return len(l.rows[0])
	}
	return len(l.rows[0]) + 1
}

// title names a level for people.
func (l *ladder) title(level int) string {
	switch {
	case level == 0:
		return "as its rule leaves it"
	case l.rows != nil && level < len(l.rows[0]):
		return "level " + strconv.Itoa(level)
	case level == l.levels()-1:
		return "nothing"
	case l.periods != nil:
		return l.periods[level-1]
	default:
		return strconv.FormatInt(l.numbers[level-1], 10)
	}
}

// firstOf gives the first day of a period, in days since 1970-01-01 as the day is.
func firstOf(period string, day int64) int64 {
	y, m, _ := time.Unix(day*secondsPerDay, 0).UTC().Date()
	switch period {
	case "quarter":
		m = (m-1)/3*3 + 1
	case "year":
		m = time.January
	case "decade":
		y, m = int(floorDiv(int64(y), 10))*10, time.January
	}
	return max(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay, math.MinInt32)
}

// band writes [30,40) for a value in it.
func band(v, width int64) string {
	low := floorDiv(v, width) * width
	if low > v { // the band begins below what an integer holds
		return "<" + strconv.FormatInt(low+width, 10)
	}
	if low > math.MaxInt64-width {
		return "≥" + strconv.FormatInt(low, 10)
	}
	return "[" + strconv.FormatInt(low, 10) + "," + strconv.FormatInt(low+width, 10) + ")"
}
