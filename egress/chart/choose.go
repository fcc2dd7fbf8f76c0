package chart

import (
	"slices"
	"strconv"

	"yingbi/egress"
	"yingbi/internal/coltype"
)

// Choose gives the chart that fits a table by itself: a tile map for region codes, a
// line over dates or years, bars for another key, a heat map for two keys. It shows the
// table's last figure, most often the one that the others lead to; false where no
// chart would be clear.
func Choose(t *egress.Published) (Spec, bool) {
	if t == nil {
		return Spec{}, false
	}
	marked := slices.ContainsFunc(t.Columns, func(c egress.PublishedColumn) bool { return c.Key })
	leading := LeadingKeys(t)
	var keys, figures []egress.PublishedColumn
	for i, c := range t.Columns {
		switch {
		case c.Key || !marked && i < leading:
			keys = append(keys, c)
		case c.Type.Numeric():
			figures = append(figures, c)
		}
	}
	if len(figures) == 0 || len(keys) == 0 || len(keys) > 2 {
		return Spec{}, false
	}
	s := Spec{X: keys[0].Name, Y: figures[len(figures)-1].Name}
	for _, s.Kind = range kindsFor(t, keys) {
		if s.Kind == Heat || s.Kind == Line && len(keys) == 2 {
			s.Group = keys[1].Name
		}
		if _, err := Draw(t, s); err == nil {
			return s, true
		}
		s.Group = ""
	}
	return Spec{}, false
}

// LeadingKeys counts the key columns of a table that does not mark them, as a module's
// own or one that was read from a file: the fewest first columns that tell the rows
// apart, and texts, dates and truth values right behind them.
func LeadingKeys(t *egress.Published) int {
	rows := make([]string, len(t.Rows))
	for i, c := range t.Columns {
		seen := map[string]bool{}
		for _, s := range rows {
			seen[s] = true
		}
		if len(seen) == len(rows) && c.Type.Numeric() {
			return i
		}
		for r, row := range t.Rows {
			if i < len(row) {
				rows[r] += strconv.Quote(row[i].Text) + string(row[i].Mark)
			}
		}
	}
	return len(t.Columns)
}

// kindsFor lists what may fit, the best first.
func kindsFor(t *egress.Published, keys []egress.PublishedColumn) []Kind {
	time := keys[0].Type.Kind == coltype.Date || allOf(t, keys[0].Name, yearLike)
	switch {
	case len(keys) == 2 && time:
		return []Kind{Line, Heat}
	case len(keys) == 2:
		return []Kind{Heat}
	case time:
		return []Kind{Line, Bar}
	case allOf(t, keys[0].Name, func(s string) bool { return len(s) == 6 && regionCode(s) }):
		return []Kind{Tiles, Bar}
	}
	return []Kind{Bar}
}

func allOf(t *egress.Published, column string, is func(string) bool) bool {
	i := slices.IndexFunc(t.Columns, func(c egress.PublishedColumn) bool { return c.Name == column })
	return !slices.ContainsFunc(t.Rows, func(row []egress.Value) bool { return i >= len(row) || row[i].Mark != "" || !is(row[i].Text) })
}
