package manifest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// member counts what one subject contributes to one cell, the plain way.
type memberCount struct {
	rows, count, sum, hits, misses int64
	others                         map[int64]bool // persons, of another kind
}

func members(rows []flat, unit int) map[string]map[int64]*memberCount {
	out := map[string]map[int64]*memberCount{}
	for _, f := range rows {
		if !f.within {
			continue
		}
		if out[f.key] == nil {
			out[f.key] = map[int64]*memberCount{}
		}
		c := out[f.key][f.units[unit]]
		if c == nil {
			c = &memberCount{others: map[int64]bool{}}
			out[f.key][f.units[unit]] = c
		}
		c.rows++
		c.others[f.units[0]] = true
		if f.value != nil {
			c.count++
			c.sum += *f.value
		}
		if f.truth != nil && *f.truth {
			c.hits++
		} else if f.truth != nil {
			c.misses++
		}
	}
	return out
}

func (c *memberCount) expect(role Role, scale int) string {
	switch {
	case role == RoleRows:
		return fmt.Sprint(c.rows)
	case role == RoleOthers:
		return fmt.Sprint(len(c.others))
	case role == RoleCount:
		return fmt.Sprint(c.count)
	case role == RoleSum && c.count == 0:
		return "∅"
	case role == RoleSum && scale == 2:
		return fen(c.sum)
	case role == RoleSum:
		return fmt.Sprint(c.sum)
	case role == RoleHits:
		return fmt.Sprint(c.hits)
	}
	return fmt.Sprint(c.misses)
}

// TestMembersAgreeWithARecount holds each subject of each cell, and what it adds, to a
// count in Go.
func TestMembersAgreeWithARecount(t *testing.T) {
	for seed := range uint64(2) {
		c := draw(rand.New(rand.NewPCG(seed, 7)))
		db := engine(t)
		c.load(t, db)
		for _, rc := range recounts {
			table := plan(t, rc.manifest).Tables[0]
			if len(table.Members) != len(table.Units) {
				t.Fatalf("%s: %d units and %d statements", rc.name, len(table.Units), len(table.Members))
			}
			cells := table.Cells.query(t, db)
			for _, m := range table.Members {
				compareMembers(t, rc, m, cells, len(table.Keys), m.query(t, db), members(rc.rows(c), m.Unit))
			}
		}
	}
}

func compareMembers(t *testing.T, rc recountCase, m MembersStatement, cells [][]string, keys int, got [][]string, want map[string]map[int64]*memberCount) {
	t.Helper()
	n := 0
	for _, w := range want {
		n += len(w)
	}
	if len(got) != n || n == 0 {
		t.Errorf("%s: %d rows, want %d", rc.name, len(got), n)
	}
	seen := map[[2]int64]bool{}
	for _, row := range got {
		cell, _ := strconv.ParseInt(row[0], 10, 64)
		subject, _ := strconv.ParseInt(row[1], 10, 64)
		if seen[[2]int64{cell, subject}] {
			t.Fatalf("%s: %v stands twice", rc.name, row[:2])
		}
		seen[[2]int64{cell, subject}] = true
		key := strings.Join(cells[cell][:keys], "|")
		w := want[key][subject]
		if w == nil {
			t.Fatalf("%s: subject %d is not in cell %q", rc.name, subject, key)
		}
		for i, col := range m.Columns[2:] {
			if got, want := row[2+i], w.expect(col.Role, rc.scale); got != want {
				t.Errorf("%s: cell %q, subject %d: %s is %s, want %s", rc.name, key, subject, col.Name, got, want)
			}
		}
	}
}

// TestMembersAddUpToTheEvidence draws tables at random, and adds up who is behind them.
func TestMembersAddUpToTheEvidence(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 11))
	c := draw(r)
	wide := engine(t)
	c.load(t, wide)
	dbs := []*sql.DB{wide, asHeld(t, c)}
	for _, db := range dbs {
		run(t, db, "UPDATE claims SET weight = days * 0.3 WHERE days <> 2")
		run(t, db, "UPDATE claims SET __subject_person = 0 WHERE person IN ('p7', 'p50')")
	}
	for range 20 {
		text := drawTable(r)
		table := plan(t, text).Tables[0]
		for _, db := range dbs {
			for _, m := range table.Members {
				evidence := table.Evidence[m.Unit].query(t, db)
				subjects := make([]int, len(evidence))
				for _, row := range m.query(t, db) {
					cell, _ := strconv.Atoi(row[0])
					subjects[cell]++
				}
				for i, row := range evidence {
					if fmt.Sprint(subjects[i]) != row[len(table.Keys)] {
						t.Errorf("cell %d has %s subjects and %d members\n%s", i, row[len(table.Keys)], subjects[i], text)
					}
				}
			}
		}
	}
}

// TestRowsHaveNoMembers: nobody could meet the rows of one release in another.
func TestRowsHaveNoMembers(t *testing.T) {
	p := plan(t, head+"inputs:\n  weather: {dataset: weather, columns: [city]}\ntables:\n  t: {from: weather, group_by: [city], measures: {n: count()}}\n")
	if len(p.Tables[0].Members) != 0 || p.Tables[0].Units[0].Kind != RowKind {
		t.Errorf("%+v", p.Tables[0])
	}
}
