package manifest

import (
	"fmt"
	"strings"
	"testing"

	"yingbi/internal/coltype"
)

// plain writes the statements of a table in the plain way: each figure by the
// aggregate that says it, nothing shared, nothing narrowed. What a plan runs is
// held to it.
type plain struct{ *query }

// compilePlain compiles the only table of a manifest without its statements.
func compilePlain(t testing.TB, text string) (plain, PlanTable) {
	t.Helper()
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{m: m, schema: only(m, city(t)), plan: &Plan{}, used: map[string]map[string]bool{}, derived: map[string]bool{}}
	q, out, err := c.query(0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range q.slots {
		q.slots[i] = i
	}
	for i, k := range out.Keys {
		q.keys[i] = cast(q.keys[i], k.Type)
	}
	return plain{q}, out
}

// cells gives the figures with distinct subjects, the last columns.
func (q plain) cells(t *PlanTable) Statement {
	s := q.selectKeys(t)
	s.count(RoleRows, 0, "n_rows", "count(*)")
	for i, m := range t.Measures {
		v := fmt.Sprintf("v%d", i)
		switch m.Kind {
		case Sum, Mean:
			s.count(RoleCount, i, "c", "count("+v+")")
			s.number(RoleSum, i, m.Type, "s", "sum("+v+")")
		case Share:
			s.count(RoleHits, i, "h", "count(*) FILTER (WHERE "+v+")")
			s.count(RoleMisses, i, "f", "count(*) FILTER (WHERE NOT "+v+")")
		}
	}
	for u, ordinal := range q.ordinals {
		if ordinal == "" {
			s.count(RoleSubjects, u, "d", "count(*)")
		} else {
			s.count(RoleSubjects, u, "d", fmt.Sprintf("count(DISTINCT u%d)", u))
		}
	}
	return q.statement("cells", q.rows(), "__rows", s)
}

func (q plain) evidence(t *PlanTable, unit int) Statement {
	subject, rows := fmt.Sprintf("u%d", unit), q.ordinals[unit] == ""
	each := []string{subject + " AS s", "count(*) AS n"}
	if rows {
		each = []string{"1 AS s", "1 AS n"}
	}
	s := q.selectKeys(t)
	s.count(RoleSubjects, 0, "n_subjects", "count(s)")
	s.count(RoleRows, 0, "n_rows", "sum(n)")
	largest := func(i int, t coltype.Type, x string) {
		s.number(RoleFirst, i, t, "first", "max(abs("+x+"))")
		s.number(RoleSecond, i, t, "second", "list_extract(max(abs("+x+"), 2), 2)")
		s.number(RoleTotal, i, t, "total", "sum(abs("+x+"))")
	}
	for i, m := range t.Measures {
		v, x := fmt.Sprintf("v%d", i), fmt.Sprintf("x%d", i)
		switch {
		case m.Kind == Subjects && m.Unit != unit:
			each = append(each, fmt.Sprintf("count(DISTINCT u%d) AS %s", m.Unit, x))
			largest(i, typeInteger, x)
		case m.Kind == Count:
			largest(i, typeInteger, "n")
		case m.Kind == Sum, m.Kind == Mean:
			if rows {
				each = append(each, "CASE WHEN "+v+" IS NULL THEN 0 ELSE 1 END AS c"+x, v+" AS "+x)
			} else {
				each = append(each, "count("+v+") AS c"+x, "sum("+v+") AS "+x)
			}
			s.count(RoleWith, i, "w", "count(s) FILTER (WHERE "+x+" IS NOT NULL)")
			s.count(RoleNonzero, i, "z", "count(s) FILTER (WHERE "+x+" <> 0)")
			s.count(RoleCount, i, "c", "sum(c"+x+")")
			s.number(RoleSum, i, m.Type, "s", "sum("+x+")")
			largest(i, m.Type, x)
		case m.Kind == Share:
			if rows {
				each = append(each, "CASE WHEN "+v+" THEN 1 ELSE 0 END AS h"+x, "CASE WHEN NOT "+v+" THEN 1 ELSE 0 END AS f"+x)
			} else {
				each = append(each, "count(*) FILTER (WHERE "+v+") AS h"+x, "count(*) FILTER (WHERE NOT "+v+") AS f"+x)
			}
			s.count(RoleHits, i, "h", "sum(h"+x+")")
			s.count(RoleMisses, i, "f", "sum(f"+x+")")
			s.count(RoleWith, i, "w", "count(s) FILTER (WHERE h"+x+" + f"+x+" > 0)")
			s.count(RoleHitters, i, "hs", "count(s) FILTER (WHERE h"+x+" > 0)")
			s.count(RoleMissers, i, "fs", "count(s) FILTER (WHERE f"+x+" > 0)")
		}
	}
	keys, group := q.keyList("g%d"), ""
	if keys != "" {
		keys += ", "
	}
	if !rows {
		group = " GROUP BY " + keys + subject
	}
	with := q.rows()
	with.sql += ", __each AS (SELECT " + keys + strings.Join(each, ", ") + " FROM __rows" + group + ")"
	return q.statement("evidence", with, "__each", s)
}
