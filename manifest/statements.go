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

func (q *query) selectKeys(t *PlanTable) *selection {
	s := &selection{}
	for i, k := range t.Keys {
		name := fmt.Sprintf("k%d", i)
		s.items = append(s.items, name)
		s.columns = append(s.columns, Column{Name: name, Type: k.Type, Role: RoleKey, Index: i})
	}
	return s
}

// statement closes a query: grouped and ordered by the keys.
func (q *query) statement(name string, with term, from string, s *selection) Statement {
	sql := with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM " + from
	if len(q.keys) > 0 {
		sql += " GROUP BY " + q.keyList("") + " ORDER BY " + q.keyList(" NULLS LAST")
	}
	return Statement{Name: q.name + "." + name, SQL: sql, Args: with.args, Columns: s.columns}
}

// cells computes the figures themselves.
func (q *query) cells(t *PlanTable) Statement {
	s := q.selectKeys(t)
	s.count(RoleRows, 0, "n_rows", "count(*)")
	for i, m := range t.Measures {
		name, v := fmt.Sprintf("m%d", i), fmt.Sprintf("v%d", i)
		switch m.Kind {
		case Subjects:
			distinct := "count(*)"
			if q.ordinals[m.Unit] != "" {
				distinct = fmt.Sprintf("count(DISTINCT u%d)", m.Unit)
			}
			s.count(RoleDistinct, i, name+"_distinct", distinct)
		case Sum, Mean:
			s.count(RoleCount, i, name+"_count", "count("+v+")")
			s.number(RoleSum, i, m.Type, name+"_sum", "sum("+v+")")
		case Share:
			s.count(RoleHits, i, name+"_hits", "count(*) FILTER (WHERE "+v+")")
			s.count(RoleMisses, i, name+"_misses", "count(*) FILTER (WHERE NOT "+v+")")
		}
	}
	return q.statement("cells", q.rows(), "__rows", s)
}

// evidence computes, for one unit, who is behind each cell: first one row per
// cell and subject (__each), then the cell.
func (q *query) evidence(t *PlanTable, unit int) Statement {
	each := []string{"count(*) AS n"}
	if q.ordinals[unit] == "" {
		each[0] = "1 AS n"
	}
	s := q.selectKeys(t)
	s.count(RoleSubjects, 0, "n_subjects", "count(s)")
	s.count(RoleRows, 0, "n_rows", "sum(n)")
	for i, m := range t.Measures {
		name := fmt.Sprintf("m%d", i)
		switch {
		case m.Kind == Subjects && m.Unit != unit:
			each = append(each, fmt.Sprintf("count(DISTINCT u%d) AS x%d", m.Unit, i))
			largest(s, i, typeInteger, name, fmt.Sprintf("x%d", i))
		case m.Kind == Count:
			largest(s, i, typeInteger, name, "n")
		case m.Kind == Sum, m.Kind == Mean:
			each = append(each, q.eachSum(unit, i)...)
			s.count(RoleWith, i, name+"_with", fmt.Sprintf("count(s) FILTER (WHERE x%d IS NOT NULL)", i))
			s.count(RoleNonzero, i, name+"_nonzero", fmt.Sprintf("count(s) FILTER (WHERE x%d <> 0)", i))
			s.count(RoleCount, i, name+"_count", fmt.Sprintf("sum(c%d)", i))
			s.number(RoleSum, i, m.Type, name+"_sum", fmt.Sprintf("sum(x%d)", i))
			largest(s, i, m.Type, name, fmt.Sprintf("x%d", i))
		case m.Kind == Share:
			each = append(each, q.eachShare(unit, i)...)
			s.count(RoleHits, i, name+"_hits", fmt.Sprintf("sum(h%d)", i))
			s.count(RoleMisses, i, name+"_misses", fmt.Sprintf("sum(f%d)", i))
			s.count(RoleWith, i, name+"_with", fmt.Sprintf("count(s) FILTER (WHERE h%d + f%d > 0)", i, i))
			s.count(RoleHitters, i, name+"_hitters", fmt.Sprintf("count(s) FILTER (WHERE h%d > 0)", i))
			s.count(RoleMissers, i, name+"_missers", fmt.Sprintf("count(s) FILTER (WHERE f%d > 0)", i))
		}
	}
	with := q.rows()
	with.sql += ", __each AS (SELECT " + q.eachKeys(unit) + ", " + strings.Join(each, ", ") + " FROM __rows" + q.eachGroup(unit) + ")"
	return q.statement(fmt.Sprintf("unit%d", unit), with, "__each", s)
}

// largest adds the two largest contributions and the total of all, by absolute
// value, so that negative ones hide nobody.
func largest(s *selection, index int, t coltype.Type, name, x string) {
	s.number(RoleFirst, index, t, name+"_first", "max(abs("+x+"))")
	s.number(RoleSecond, index, t, name+"_second", "list_extract(max(abs("+x+"), 2), 2)")
	s.number(RoleTotal, index, t, name+"_total", "sum(abs("+x+"))")
}

// eachSum gives what one subject, or one row, adds to a sum.
func (q *query) eachSum(unit, i int) []string {
	if q.ordinals[unit] == "" {
		return []string{fmt.Sprintf("CASE WHEN v%d IS NULL THEN 0 ELSE 1 END AS c%d", i, i), fmt.Sprintf("v%d AS x%d", i, i)}
	}
	return []string{fmt.Sprintf("count(v%d) AS c%d", i, i), fmt.Sprintf("sum(v%d) AS x%d", i, i)}
}

func (q *query) eachShare(unit, i int) []string {
	if q.ordinals[unit] == "" {
		return []string{fmt.Sprintf("CASE WHEN v%d THEN 1 ELSE 0 END AS h%d", i, i), fmt.Sprintf("CASE WHEN NOT v%d THEN 1 ELSE 0 END AS f%d", i, i)}
	}
	return []string{fmt.Sprintf("count(*) FILTER (WHERE v%d) AS h%d", i, i), fmt.Sprintf("count(*) FILTER (WHERE NOT v%d) AS f%d", i, i)}
}

func (q *query) eachKeys(unit int) string {
	subject := "1 AS s"
	if q.ordinals[unit] != "" {
		subject = fmt.Sprintf("u%d AS s", unit)
	}
	if len(q.keys) == 0 {
		return subject
	}
	return q.keyList("") + ", " + subject
}

func (q *query) eachGroup(unit int) string {
	if q.ordinals[unit] == "" {
		return ""
	}
	group := fmt.Sprintf(" GROUP BY u%d", unit)
	if len(q.keys) > 0 {
		group = " GROUP BY " + q.keyList("") + fmt.Sprintf(", u%d", unit)
	}
	return group
}
