package manifest

import (
	"fmt"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Names and texts that try to leave their quotes. Each is used as a column, a
// kind of subject, a data set's value and a literal; the engine must see a name
// or a value and nothing else.
var hostile = []string{
	`"; DROP TABLE claims; --`,
	`x" FROM claims UNION SELECT secret FROM secrets --`,
	`'; DROP TABLE claims; --`,
	`' OR '1'='1`,
	`$1`, `?`, `??`, `:name`, `\`, `\'`, `''`, `""`,
	`/* */`, `-- `, `#`, `E'\n'`, `$$x$$`,
	"\u00a0", "＂", "＇", "東\u3000京",
	strings.Repeat("長", 128),
}

func TestHostileNamesStayNames(t *testing.T) {
	for _, evil := range hostile {
		if strings.TrimSpace(evil) == "" {
			continue // a blank name is refused before this
		}
		m := &Manifest{Limits: Limits{defaultMemory, defaultTime}, Name: "n", Scenario: "s", Question: "q",
			Inputs: []Input{{Name: "claims", Dataset: "d", Columns: []string{evil}, columns: make([]fault.Place, 1)}},
			tables: []table{{name: "t", from: "claims",
				keys:     []keyName{{name: evil}},
				where:    mustExpr(t, quoteSQL(evil)+" in ["+quoteText(evil)+", 'b']"),
				measures: []measure{{name: "n", kind: Count}}}},
		}
		s := Schema{"claims": {Level: 1, Subjects: []string{evil}, Columns: map[string]ColumnSchema{
			evil: {Type: coltype.Type{Kind: coltype.Text}, Uses: full},
		}}}
		again, err := Parse("canonical", m.Canonical())
		if err != nil {
			t.Errorf("%q: canonical text is refused: %v", evil, err)
			continue
		}
		p, err := again.Check(s)
		if err != nil {
			t.Errorf("%q: %v", evil, err)
			continue
		}
		db := engine(t)
		run(t, db, fmt.Sprintf("CREATE TABLE claims(%s VARCHAR, %s BIGINT)", quoteSQL(evil), quoteSQL(ordinal(evil))))
		run(t, db, fmt.Sprintf("INSERT INTO claims VALUES (%s, 1), ('other', 2), ('b', 3)", quoteText(evil)))
		for _, s := range p.Statements() {
			if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(s.SQL, quoteSQL(evil), ""), quoteSQL(ordinal(evil)), ""), evil) && len(evil) > 2 {
				t.Errorf("%q stands bare in %s", evil, s.SQL)
			}
			rows := s.query(t, db)
			if s.Columns[0].Role != RoleKey { // who is behind the cells, by their places
				if len(rows) != 2 {
					t.Errorf("%q: %s: %q", evil, s.Name, rows)
				}
				continue
			}
			var keys []string
			for _, r := range rows {
				keys = append(keys, r[0])
			}
			if want := fmt.Sprint([]string{evil, "b"}); len(rows) != 2 || fmt.Sprint(keys) != want && fmt.Sprint(keys) != fmt.Sprint([]string{"b", evil}) {
				t.Errorf("%q: %s: keys %q", evil, s.Name, keys)
			}
		}
	}
}

func mustExpr(t *testing.T, s string) *expr {
	t.Helper()
	e, err := parseExpr(s, at)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return e
}

// The engine's traps: NUL ends its statements, and names that it compares
// without case or keeps for itself could shadow a view.
func TestNothingEndsAStatement(t *testing.T) {
	for _, bad := range []string{"a\x00b", "a\nb", "\x7f"} {
		if _, err := parseExpr(`"`+bad+`" = 1`, at); err == nil {
			t.Errorf("the name %q is read", bad)
		}
		if _, err := parseExpr(`x = '`+bad+`'`, at); err == nil {
			t.Errorf("the text %q is read", bad)
		}
	}
}

// A sum that does not fit fails; it never wraps.
func TestOverflowFails(t *testing.T) {
	db := engine(t)
	run(t, db, `CREATE TABLE claims(days BIGINT, cost DECIMAL(12,2), district VARCHAR, __subject_person BIGINT)`)
	run(t, db, `INSERT INTO claims VALUES (9223372036854775807, 9999999999.99, 'a', 1), (1, 9999999999.99, 'a', 2)`)
	for _, m := range [][2]string{{"", "sum(days)"}, {"days + 1 > cost", "count()"}, {"days * 2 > cost", "count()"}, {"-days - 2 < cost", "count()"}, {"cost * 100000000 > days", "count()"}, {"cost * cost * 1 > days", "count()"}} {
		p := plan(t, job(m[0], "district", m[1]))
		if rows, err := db.Query(p.Tables[0].Cells.SQL, values(p.Tables[0].Cells)...); err == nil {
			rows.Close()
			t.Errorf("%s: no failure", m)
		}
	}
}

func values(s Statement) []any {
	var out []any
	for _, a := range s.Args {
		if a.Type == typeInteger {
			out = append(out, a.Int)
		} else {
			out = append(out, a.Text)
		}
	}
	return out
}

// Instants compare alike whether the engine holds them with a zone or without.
func TestInstants(t *testing.T) {
	for _, kind := range []string{"TIMESTAMP", "TIMESTAMPTZ"} {
		db := engine(t)
		run(t, db, "CREATE TABLE claims(admitted "+kind+", district VARCHAR, __subject_person BIGINT)")
		run(t, db, "INSERT INTO claims VALUES ('2023-12-31 16:00:00+00', 'a', 1), ('2023-12-31 15:59:59.999999+00', 'a', 2)")
		p := plan(t, job("admitted >= '2024-01-01T00:00:00+08:00'", "district", "count()"))
		if got := fmt.Sprint(p.Tables[0].Cells.query(t, db)); got != "[[a 1]]" {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

// What the language lets through, the engine can parse: nesting at its limit.
func TestDeepestExpressionsRun(t *testing.T) {
	db := engine(t)
	run(t, db, `CREATE TABLE claims(days BIGINT, cost DECIMAL(12,2), district VARCHAR, urgent BOOLEAN, visit_date DATE, __subject_person BIGINT)`)
	run(t, db, `INSERT INTO claims VALUES (1, 1, 'a', true, '2020-01-01', 1)`)
	deepest := func(step string, start string, most int) string {
		for range most {
			start = fmt.Sprintf(step, start)
		}
		return start
	}
	for _, where := range []string{
		deepest("(%s + 1)", "days", 36) + " > 0",
		deepest("-(1 + %s)", "days", 18) + " < 0",
		deepest("not (%s)", "urgent", 38),
		deepest("case when urgent then %s + 1 else days end", "days", 18) + " > 0",
		deepest("(urgent and (%s))", "urgent", 19),
		"urgent" + strings.Repeat(" and urgent", 900),
		"days in [1" + strings.Repeat(", 1", 900) + "]",
	} {
		p := plan(t, job(where, "district", "count()"))
		p.Tables[0].Cells.query(t, db)
	}
	chain := "derive:\n  d0: days + 1\n"
	for i := 1; i < 28; i++ {
		chain += fmt.Sprintf("  d%d: d%d + 1\n", i, i-1)
	}
	p := plan(t, head+claims+chain+"tables: {t: {from: claims, where: d27 > 0, group_by: [district], measures: {m: count()}}}\n")
	if got := fmt.Sprint(p.Tables[0].Cells.query(t, db)); p.Threads != 2 {
		t.Errorf("%s, %d threads", got, p.Threads)
	}
}
