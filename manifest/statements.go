package manifest

import (
	"fmt"
	"strings"

	"yingbi/internal/coltype"
)

// selection grows a SELECT list beside the meaning of its columns.
type selection struct {
	items   []string
	columns []Column
}

func (s *selection) add(role Role, index int, t coltype.Type, name, sql string) {
	s.items = append(s.items, sql+" AS "+name)
	s.columns = append(s.columns, Column{Name: name, Type: t, Role: role, Index: index})
}

// count adds an integer; a sum over no rows is 0.
func (s *selection) count(role Role, index int, name, sql string) {
	s.add(role, index, typeInteger, name, "CAST(coalesce("+sql+", 0) AS BIGINT)")
}

// number adds a number of a measure's type, or NULL.
func (s *selection) number(role Role, index int, t coltype.Type, name, sql string) {
	s.add(role, index, t, name, "CAST("+sql+" AS "+engineType(t)+")")
}

// selectKeys begins a statement with the keys as they are answered. Rows are
// grouped by what the engine holds, which may be a code in the place of a text.
func (q *query) selectKeys(t *PlanTable) *selection {
	s := &selection{}
	for i, k := range t.Keys {
		sql := fmt.Sprintf("g%d", i)
		if k.Type == typeText {
			sql = "CAST(" + sql + " AS VARCHAR)"
		}
		s.add(RoleKey, i, k.Type, fmt.Sprintf("k%d", i), sql)
	}
	return s
}

// statement closes a query: grouped and ordered by the keys.
func (q *query) statement(name string, with term, from string, s *selection) Statement {
	sql := with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM " + from
	if len(q.keys) > 0 {
		sql += " GROUP BY " + q.keyList("g%d") + " ORDER BY " + q.keyList("k%d NULLS LAST")
	}
	return Statement{Name: q.name + "." + name, SQL: sql, Args: with.args, Columns: s.columns}
}

// cells computes the figures themselves, but for distinct subjects, which the
// evidence of their unit counts on the way.
func (q *query) cells(t *PlanTable) Statement {
	s := q.selectKeys(t)
	s.count(RoleRows, 0, "n_rows", "count(*)")
	for i, m := range t.Measures {
		name, v := fmt.Sprintf("m%d", i), q.value("v", i)
		switch {
		case m.Kind.Adds():
			s.count(RoleCount, i, name+"_count", "count("+v+")")
			s.number(RoleSum, i, m.Type, name+"_sum", "sum("+v+")")
			if m.Kind == Ratio {
				s.number(RoleExtra, i, q.perType(i), name+"_per", fmt.Sprintf("sum(w%d)", i))
			}
		case m.Kind.Places():
			s.count(RoleCount, i, name+"_count", "count("+v+")")
			s.number(RoleExtra, i, typeDouble, name+"_at", place(m, v))
		case m.Kind.Counts():
			s.count(RoleHits, i, name+"_hits", "count(*) FILTER (WHERE "+v+")")
			s.count(RoleMisses, i, name+"_misses", "count(*) FILTER (WHERE NOT "+v+")")
		}
	}
	return q.statement("cells", q.rows(), "__rows", s)
}

// evidence computes, for one unit, who is behind each cell: first one row per
// cell and subject (__each), then the cell. Nearly all of its time and memory is
// the hash table of __each: ten million rows that make nine million rows of it
// take a gigabyte.
func (q *query) evidence(t *PlanTable, unit int) Statement {
	each := q.eachKeys(unit)
	s := q.selectKeys(t)
	s.count(RoleSubjects, 0, "n_subjects", "count(s)")
	s.count(RoleRows, 0, "n_rows", "sum(n)")
	for i, m := range t.Measures {
		name := fmt.Sprintf("m%d", i)
		c, x, h, f := q.value("c", i), q.value("x", i), q.value("h", i), q.value("f", i)
		switch {
		case m.Kind == Subjects && m.Unit != unit:
			each = append(each, fmt.Sprintf("count(DISTINCT u%d) AS %s", m.Unit, x))
			largest(s, i, typeInteger, name, x)
		case m.Kind == Count:
			largest(s, i, typeInteger, name, "n")
		case m.Kind.Adds():
			each = append(each, q.eachSum(unit, i, m.Type)...)
			s.count(RoleWith, i, name+"_with", "count(s) FILTER (WHERE "+x+" IS NOT NULL)")
			own, unlike := q.unlike(unit, i)
			each = append(each, own...)
			s.count(RoleNonzero, i, name+"_nonzero", unlike)
			s.count(RoleCount, i, name+"_count", "sum("+c+")")
			s.number(RoleSum, i, m.Type, name+"_sum", "sum("+x+")")
			largest(s, i, m.Type, name, "abs("+x+")")
			each = append(each, q.extra(s, m, i, unit)...)
		case m.Kind.Places():
			each = append(each, q.eachSum(unit, i, m.Type)...)
			each = append(each, q.eachPlace(s, m, i, unit)...)
			largest(s, i, typeInteger, name, c)
		case m.Kind.Counts():
			each = append(each, q.eachShare(unit, i)...)
			s.count(RoleHits, i, name+"_hits", "sum("+h+")")
			s.count(RoleMisses, i, name+"_misses", "sum("+f+")")
			s.count(RoleWith, i, name+"_with", "count(s) FILTER (WHERE "+h+" + "+f+" > 0)")
			s.count(RoleHitters, i, name+"_hitters", "count(s) FILTER (WHERE "+h+" > 0)")
			s.count(RoleMissers, i, name+"_missers", "count(s) FILTER (WHERE "+f+" > 0)")
		}
	}
	with := q.rows()
	source := q.withMiddles(t, &with)
	with.sql += ", __each AS (SELECT " + strings.Join(each, ", ") + " FROM " + source + q.eachGroup(unit) + ")"
	return q.statement(fmt.Sprintf("unit%d", unit), with, "__each", s)
}

// largest adds the two largest contributions and the total of all. x is an
// absolute value, so that negative ones hide nobody.
func largest(s *selection, index int, t coltype.Type, name, x string) {
	s.largest([3]Role{RoleFirst, RoleSecond, RoleTotal}, index, t, name, x)
}

func (s *selection) largest(roles [3]Role, index int, t coltype.Type, name, x string) {
	s.number(roles[0], index, t, name+"_first", "list_extract(max("+x+", 2), 1)")
	s.number(roles[1], index, t, name+"_second", "list_extract(max("+x+", 2), 2)")
	s.number(roles[2], index, t, name+"_total", "sum("+x+")")
}

// eachSum gives what one subject, or one row, adds to a sum. A subject's sum has
// the type of the measure: where it does not fit, its absolute value would not
// either, and it is a third of the time to compare 8 bytes in the place of 16.
func (q *query) eachSum(unit, i int, t coltype.Type) []string {
	v, c, x := q.value("v", i), q.value("c", i), q.value("x", i)
	if q.slots[i] != i {
		return nil
	}
	if q.ordinals[unit] == "" {
		return []string{"CASE WHEN " + v + " IS NULL THEN 0 ELSE 1 END AS " + c, v + " AS " + x}
	}
	return []string{"count(" + v + ") AS " + c, "CAST(sum(" + v + ") AS " + engineType(t) + ") AS " + x}
}

func (q *query) eachShare(unit, i int) []string {
	v, h, f := q.value("v", i), q.value("h", i), q.value("f", i)
	if q.slots[i] != i {
		return nil
	}
	if q.ordinals[unit] == "" {
		return []string{"CASE WHEN " + v + " THEN 1 ELSE 0 END AS " + h, "CASE WHEN NOT " + v + " THEN 1 ELSE 0 END AS " + f}
	}
	return []string{"count(*) FILTER (WHERE " + v + ") AS " + h, "count(*) FILTER (WHERE NOT " + v + ") AS " + f}
}

// eachKeys begins the list of __each: keys, subject, rows.
func (q *query) eachKeys(unit int) []string {
	out := []string{"1 AS s", "1 AS n"}
	if q.ordinals[unit] != "" {
		out = []string{fmt.Sprintf("u%d AS s", unit), "count(*) AS n"}
	}
	if len(q.keys) == 0 {
		return out
	}
	return append([]string{q.keyList("g%d")}, out...)
}

func (q *query) eachGroup(unit int) string {
	if q.ordinals[unit] == "" {
		return ""
	}
	group := fmt.Sprintf(" GROUP BY u%d", unit)
	if len(q.keys) > 0 {
		group = " GROUP BY " + q.keyList("g%d") + fmt.Sprintf(", u%d", unit)
	}
	return group
}
