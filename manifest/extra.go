package manifest

import (
	"fmt"
	"strings"

	"yingbi/internal/coltype"
)

// What some measures need besides sums: a second column, squared deviations, or how
// many stand on each side of a place.

// place gives a quantile as the engine computes it, in doubles: the values in their
// order, and between two of them on a straight line (Hyndman and Fan, Sample
// Quantiles in Statistical Packages, 1996, definition 7). It depends on the values
// alone, not on the order of rows. The place is a constant of three digits.
func place(m Measure, v string) string {
	return fmt.Sprintf("quantile_cont(CAST(%s AS DOUBLE), 0.%03d)", v, m.P)
}

// perType is the type of the sum of a ratio's second column.
func (q *query) perType(i int) coltype.Type { return sumType(q.pers[i].typ) }

// withMiddles adds what must be known of a cell before its subjects are looked at: its
// mean for a standard deviation, its quantile. It gives what __each is made from.
func (q *query) withMiddles(t *PlanTable, with *term) string {
	var items, same []string
	for i, m := range t.Measures {
		switch {
		case m.Kind == SD:
			items = append(items, fmt.Sprintf("avg(%s) AS a%d", q.value("v", i), i))
		case m.Kind.Places():
			items = append(items, fmt.Sprintf("%s AS q%d", place(m, q.value("v", i)), i))
		}
	}
	if items == nil {
		return "__rows"
	}
	group := ""
	for i := range q.keys {
		items = append(items, fmt.Sprintf("g%d AS e%d", i, i))
		same = append(same, fmt.Sprintf("g%d IS NOT DISTINCT FROM e%d", i, i))
	}
	if len(q.keys) > 0 {
		group = " GROUP BY " + q.keyList("g%d")
	}
	with.sql += ", __middle AS (SELECT " + strings.Join(items, ", ") + " FROM __rows" + group + ")"
	if same == nil {
		return "__rows CROSS JOIN __middle"
	}
	return "__rows JOIN __middle ON " + strings.Join(same, " AND ")
}

// extra adds the evidence that a standard deviation, a ratio or an index has beside
// that of its sum, and gives what __each needs for it.
func (q *query) extra(s *selection, m Measure, i, unit int) []string {
	name, y, x := fmt.Sprintf("m%d_extra", i), fmt.Sprintf("y%d", i), q.value("x", i)
	roles := [3]Role{RoleExtraFirst, RoleExtraSecond, RoleExtraTotal}
	switch m.Kind {
	case SD:
		d := fmt.Sprintf("(CAST(%s AS DOUBLE) - a%d)", q.value("v", i), i)
		s.count(RoleExtraNonzero, i, name+"_nonzero", "count(s) FILTER (WHERE "+y+" <> 0)")
		s.largest(roles, i, typeDouble, name, y)
		return []string{q.eachOf(unit, d+" * "+d, typeDouble) + " AS " + y}
	case Ratio:
		s.number(RoleExtra, i, q.perType(i), fmt.Sprintf("m%d_per", i), "sum("+y+")")
		s.count(RoleExtraNonzero, i, name+"_nonzero", "count(s) FILTER (WHERE "+y+" <> 0)")
		s.largest(roles, i, q.perType(i), name, "abs("+y+")")
		return []string{q.eachOf(unit, fmt.Sprintf("w%d", i), q.perType(i)) + " AS " + y}
	case HHI:
		if m.Unit == unit {
			double := "CAST(" + x + " AS DOUBLE)"
			known := " FILTER (WHERE s IS NOT NULL)" // rows of nobody are no part
			s.number(RoleExtra, i, typeDouble, fmt.Sprintf("m%d_index", i),
				"sum("+double+" * "+double+")"+known+" / NULLIF(power(sum(abs("+double+"))"+known+", 2), 0)")
		}
	}
	return nil
}

// unlike counts the subjects whose sum is not zero, and gives what __each needs for it. Of
// a number that the author's module makes of each subject, it counts those who differ from
// its default and, at most, those who differ from the number that most have: else a
// constant for all others would make them contributors, and show what one alone has.
func (q *query) unlike(unit, i int) (each []string, sql string) {
	usual := q.values[q.slots[i]].usual
	if usual == "" {
		return nil, "count(s) FILTER (WHERE " + q.value("x", i) + " <> 0)"
	}
	z, v := q.value("z", i), q.value("v", i)
	if q.slots[i] == i {
		each = []string{v + " AS " + z}
		if q.ordinals[unit] != "" {
			each = []string{"max(" + v + ") AS " + z} // one for each subject of the record
		}
	}
	const known = " FILTER (WHERE s IS NOT NULL)"
	return each, "least(count(s) FILTER (WHERE " + z + " <> " + usual + "), count(" + z + ")" + known + " - coalesce(list_max(map_values(histogram(" + z + ")" + known + ")), 0))"
}

// eachOf is what one subject, or one row, adds to a sum.
func (q *query) eachOf(unit int, v string, t coltype.Type) string {
	if q.ordinals[unit] == "" {
		return v
	}
	return "CAST(sum(" + v + ") AS " + engineType(t) + ")"
}

// eachPlace adds how many subjects have a value on either side of a quantile, and how
// many values each has, and gives what __each needs for it.
func (q *query) eachPlace(s *selection, m Measure, i, unit int) []string {
	name, c, v, at := fmt.Sprintf("m%d", i), q.value("c", i), q.value("v", i), fmt.Sprintf("q%d", i)
	s.count(RoleWith, i, name+"_with", "count(s) FILTER (WHERE "+c+" > 0)")
	s.count(RoleBelow, i, name+"_below", fmt.Sprintf("count(s) FILTER (WHERE l%d)", i))
	s.count(RoleAbove, i, name+"_above", fmt.Sprintf("count(s) FILTER (WHERE r%d)", i))
	s.count(RoleCount, i, name+"_count", "sum("+c+")")
	s.number(RoleExtra, i, typeDouble, name+"_at", fmt.Sprintf("max(p%d)", i))
	below, above := "CAST("+v+" AS DOUBLE) <= "+at, "CAST("+v+" AS DOUBLE) >= "+at
	if q.ordinals[unit] != "" {
		below, above, at = "bool_or("+below+")", "bool_or("+above+")", "max("+at+")"
	}
	return []string{fmt.Sprintf("%s AS l%d", below, i), fmt.Sprintf("%s AS r%d", above, i), fmt.Sprintf("%s AS p%d", at, i)}
}
