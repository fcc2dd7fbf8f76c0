package manifest

import (
	"fmt"
	"strings"
)

// MembersStatement tells who is behind each cell, for one unit: one row for each cell
// and subject, in no order, with what the subject contributes to each measure that
// adds something up. A value that several measures take stands there once, for the
// first of them.
type MembersStatement struct {
	Statement
	Unit int // its index
}

// members computes who contributes what. A unit of rows has none: its rows are nobody
// whom another release could meet again.
func (q *query) members(t *PlanTable, unit int) (MembersStatement, bool) {
	if q.ordinals[unit] == "" {
		return MembersStatement{}, false
	}
	each := q.eachKeys(unit)
	s := &selection{}
	s.count(RoleCell, 0, "cell", q.cellNumber())
	s.count(RoleSubject, 0, "subject", "s")
	s.count(RoleRows, 0, "n_rows", "n")
	for i, m := range t.Measures {
		name := fmt.Sprintf("m%d", i)
		switch {
		case m.Kind == Subjects && m.Unit != unit:
			each = append(each, fmt.Sprintf("count(DISTINCT u%d) AS x%d", m.Unit, i))
			s.count(RoleOthers, i, name+"_others", fmt.Sprintf("x%d", i))
		case q.slots[i] != i:
		case m.Kind.Adds() || m.Kind.Places():
			each = append(each, q.eachSum(unit, i, m.Type)...)
			s.count(RoleCount, i, name+"_count", q.value("c", i))
			s.number(RoleSum, i, m.Type, name+"_sum", q.value("x", i))
		case m.Kind.Counts():
			each = append(each, q.eachShare(unit, i)...)
			s.count(RoleHits, i, name+"_hits", q.value("h", i))
			s.count(RoleMisses, i, name+"_misses", q.value("f", i))
		}
		switch {
		case m.Kind == SD: // its squares add up, deviations from a mean of their own do not
			v := "CAST(" + q.value("v", i) + " AS DOUBLE)"
			each = append(each, q.eachOf(unit, v+" * "+v, typeDouble)+fmt.Sprintf(" AS y%d", i))
			s.number(RoleExtra, i, typeDouble, name+"_squares", fmt.Sprintf("y%d", i))
		case m.Kind == Ratio:
			each = append(each, q.eachOf(unit, fmt.Sprintf("w%d", i), q.perType(i))+fmt.Sprintf(" AS y%d", i))
			s.number(RoleExtra, i, q.perType(i), name+"_per", fmt.Sprintf("y%d", i))
		}
	}
	with := q.rows()
	with.sql += ", __each AS (SELECT " + strings.Join(each, ", ") + fmt.Sprintf(" FROM __rows WHERE u%d IS NOT NULL", unit) + q.eachGroup(unit) + ")"
	from := "__each"
	if len(q.keys) > 0 {
		with.sql += ", __cells AS (SELECT " + q.keyList("g%d") + ", row_number() OVER (ORDER BY " + q.cellOrder(t) + ") - 1 AS cell FROM (SELECT DISTINCT " + q.keyList("g%d") + " FROM __rows))"
		from += " JOIN __cells ON " + q.sameCell()
	}
	sql := with.sql + " SELECT " + strings.Join(s.items, ", ") + " FROM " + from
	return MembersStatement{Statement{fmt.Sprintf("%s.members%d", q.name, unit), sql, with.args, s.columns}, unit}, true
}

// cellNumber is the place of a row's cell in the answer of the Cells statement.
func (q *query) cellNumber() string {
	if len(q.keys) == 0 {
		return "0"
	}
	return "cell"
}

// cellOrder is the order of the Cells statement.
func (q *query) cellOrder(t *PlanTable) string {
	var out []string
	for _, item := range q.selectKeys(t).items {
		expression, _, _ := strings.Cut(item, " AS k")
		out = append(out, expression+" NULLS LAST")
	}
	return strings.Join(out, ", ")
}

func (q *query) sameCell() string {
	var out []string
	for i := range q.keys {
		out = append(out, fmt.Sprintf("__each.g%d IS NOT DISTINCT FROM __cells.g%d", i, i))
	}
	return strings.Join(out, " AND ")
}
