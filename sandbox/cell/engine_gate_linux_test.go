//go:build cgo

package cell

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yingbi/sandbox/abi"
)

func TestGateAdmits(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)), viewOf(t, "人", claimRows(t)))
	for sql, want := range map[string]string{
		`SELECT 1 AS x`:                       "[[1]]",
		`from claims select count(*)`:         "[[5]]",
		`SELECT COUNT(*) FROM "Claims" AS c;`: "[[5]]",
		"SELECT\n\tsum(cost)\r\nFROM claims":  "[[1000000001025]]",
		`SELECT count(*) FROM claims a JOIN 人 b ON a.big = b.big AND a.cost IS NOT NULL`:                                                                                "[[6]]",
		`WITH c AS (SELECT cost x FROM claims), d AS (SELECT max(x) y FROM c) SELECT y FROM d`:                                                                          "[[999999999999]]",
		`SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(a, b) ORDER BY a DESC LIMIT 1`:                                                                                     "[[2 b]]",
		`SELECT urgent, count(*) FILTER (WHERE cost > 0) FROM claims GROUP BY ALL HAVING count(*) > 0 ORDER BY ALL`:                                                     "[[0 1] [1 2] [∅ 0]]",
		`SELECT row_number() OVER (ORDER BY cost) FROM claims WHERE cost BETWEEN 0.01 AND 1 QUALIFY true`:                                                               "[[1]]",
		`SELECT 1 WHERE EXISTS (SELECT 1 FROM claims) AND 2 IN (SELECT 2) UNION ALL SELECT 2 EXCEPT SELECT 2`:                                                           "[[1]]",
		`SELECT CASE WHEN share > 1 THEN year(day) ELSE extract(month FROM day) END FROM claims WHERE __subject_person = 2`:                                             "[[2024]]",
		`SELECT try_cast('x' AS INTEGER), '1.5'::DECIMAL(4,2), coalesce(NULL, 2), nullif(1, 1), 'abc' LIKE 'a%', 'a' SIMILAR TO '[a]'`:                                  "[[∅ 150 2 ∅ 1 1]]",
		`SELECT median(cost) > 1, bool_or(urgent), count(DISTINCT day) FROM claims`:                                                                                     "[[1 1 4]]",
		`SELECT '; DROP TABLE claims; --' AS "query", $$a;b$$ AS b -- read_csv('x')`:                                                                                    "[[; DROP TABLE claims; -- a;b]]",
		`SELECT DATE '2024-02-29'::TIMESTAMPTZ, '1'::TEXT, 5::INT8, 5::REAL, -1 IS NOT DISTINCT FROM NULL, DATE '2024-01-31' + INTERVAL 1 MONTH, NOT true, 3 IN (1, 2)`: "[[1709164800000000 1 5 5 0 1709164800000000 0 0]]",
		`SELECT urgent, count(*) FROM claims GROUP BY ROLLUP(urgent) ORDER BY 2 DESC LIMIT 1`:                                                                           "[[∅ 5]]",
		`SELECT max(z.n) FROM claims c, LATERAL (SELECT c.big AS n) z`:                                                                                                  "[[9223372036854775807]]",
		`WITH duckdb_views AS (SELECT 7 AS x) SELECT x FROM duckdb_views`:                                                                                               "[[7]]",
	} {
		f, err := e.explore(sql, 100)
		if err != nil || fmt.Sprint(show(f)) != want {
			t.Errorf("%s: %v, %v", sql, f, err)
		}
	}
}

// What passes the gate and then fails gives a code, whatever the engine says.
func TestExploreGivesCodes(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)))
	for sql, want := range map[string]abi.Code{
		`SELECT ('x' || max("区 ""县"""))::DATE AS d FROM claims`: abi.FailOverflow,
		`SELECT sum(big) AS s FROM claims WHERE big > 0`:        abi.FailOverflow,
		`SELECT no_such FROM claims`:                            abi.FailEngine,
		`SELECT sum("区 ""县""") FROM claims`:                     abi.FailEngine,
		`SELECT cost FROM claims`:                               abi.FailGuestLimit,
	} {
		if _, err := e.explore(sql, 4); err != (abi.Failure{Code: want}) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if f, err := e.explore(`SELECT 12345678901234567890.5::DECIMAL(38,1)::DECIMAL(30,1) * 0 AS d, cost FROM claims`, 5); err != nil || f.Columns[0].Type != typ(t, "decimal(18,2)") && f.Columns[0].Type != typ(t, "decimal(18,1)") {
		t.Errorf("%v, %v", f, err)
	}
}

// A name that the gate takes for a common table expression is one to the engine,
// wherever it stands: no plan of what is admitted reads the catalogue's view of
// that name.
func TestNamesMeanTheSameToTheEngine(t *testing.T) {
	e := exploring(t)
	admitted := 0
	for _, sql := range []string{
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x UNION ALL SELECT (SELECT max(x)+1 FROM duckdb_views) FROM duckdb_views WHERE x<3) FROM duckdb_views`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x UNION ALL SELECT 2 FROM (SELECT * FROM (FROM duckdb_views)) WHERE x<2) FROM duckdb_views`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x UNION SELECT 2 WHERE EXISTS (FROM duckdb_views)) FROM duckdb_views`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x UNION SELECT 2 FROM visits, LATERAL (FROM duckdb_views)) SELECT count(*) FROM duckdb_views`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x UNION (WITH z AS (FROM duckdb_views) SELECT x+1 FROM z WHERE x<3)) FROM duckdb_views`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT * FROM duckdb_views PIVOT (sum(x) FOR x IN (1))`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT * FROM duckdb_views UNPIVOT (v FOR n IN (x))`,
		`WITH duckdb_views AS (SELECT 1 AS x) (SELECT x FROM duckdb_views) UNION ALL (SELECT x FROM duckdb_views)`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT 1 ORDER BY (SELECT x FROM duckdb_views)`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT 1 LIMIT (SELECT x FROM duckdb_views)`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT list_transform([1], y -> y + 1) FROM duckdb_views WHERE x = ANY(SELECT x FROM duckdb_views)`,
		`WITH duckdb_views AS (SELECT 1 AS x), b AS (WITH c AS (FROM duckdb_views) FROM c) FROM b`,
		`WITH DUCKDB_views AS (SELECT 1 AS x) FROM duckdb_VIEWS`,
		`WITH "duckdb_views" AS NOT MATERIALIZED (SELECT 1 AS x) FROM duckdb_views d JOIN duckdb_views e USING (x)`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x) FROM duckdb_views`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT (WITH b AS (FROM duckdb_views) SELECT x FROM b)`,
		`WITH duckdb_views AS (SELECT 1 AS x) PIVOT duckdb_views ON x IN (1) USING count(*)`,
		`WITH duckdb_views AS (SELECT 1 AS x) FROM unnest((SELECT list(x) FROM duckdb_views))`,
		`WITH duckdb_views AS (SELECT 1 AS x) VALUES ((SELECT x FROM duckdb_views))`,
		`WITH duckdb_views AS (SELECT 1 AS x) SELECT x FROM (VALUES ((SELECT x FROM duckdb_views))) v(x) GROUP BY x HAVING x = (SELECT x FROM duckdb_views) QUALIFY row_number() OVER (ORDER BY (SELECT x FROM duckdb_views)) = 1`,
		`WITH RECURSIVE duckdb_views AS ((SELECT 1 AS x) UNION ALL (SELECT 2 UNION ALL SELECT 3 FROM duckdb_views WHERE x < 1)) FROM duckdb_views`,
		`WITH RECURSIVE duckdb_views AS (SELECT 1 AS x INTERSECT SELECT 1 FROM duckdb_views) FROM duckdb_views`,
	} {
		rows, err := e.db.Query("EXPLAIN " + sql)
		if err != nil {
			t.Fatal(sql, err)
		}
		var key, plan string
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&key, &plan))
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil || plan == "" {
			t.Fatal(sql, err)
		}
		why, reads := e.gate(sql), strings.Contains(plan, " DUCKDB_VIEWS ")
		if why == "" {
			admitted++
		}
		if reads != (why == abi.RefusalTable) || !reads && why != "" {
			t.Errorf("%s: %q, and the plan is\n%s", sql, why, plan)
		}
	}
	if admitted < 15 {
		t.Errorf("%d admitted", admitted)
	}
}

// What one statement leaves in its connection no other meets.
func TestEachStatementHasItsConnection(t *testing.T) {
	e := exploring(t)
	e.tables["left"] = true
	if err := e.exec(`CREATE TEMP TABLE "left" AS SELECT 1`); err != nil {
		t.Fatal(err)
	}
	if f, err := e.explore(`FROM "left"`, 1); err != (abi.Failure{Code: abi.FailEngine}) {
		t.Errorf("%v, %v", f, err)
	}
}

// FuzzGate holds the gate to what it promises of any text: what it admits is one
// SELECT in whose tree, read here without the gate's rules, every function is on
// the list, every table a view or the name of a common table expression, and
// nothing names a schema of the catalogue. What follows it is refused again.
func FuzzGate(f *testing.F) {
	for want, list := range refusedSQL() {
		if want != abi.RefusalDepth && want != abi.RefusalLength && want != abi.RefusalParse {
			for _, s := range list {
				f.Add(s)
			}
		}
	}
	for _, c := range honestSQL() {
		f.Add(c.sql)
	}
	e := exploring(f)
	f.Fuzz(func(t *testing.T, sql string) {
		why := e.gate(sql)
		if again := e.gate(sql); again != why {
			t.Fatalf("%q: %q, then %q", sql, why, again)
		}
		if why != "" {
			if abi.Refuse(why).Refusal() != why {
				t.Fatalf("%q: the word %q is not in the list", sql, why)
			}
			return
		}
		trees, why := e.parse(sql)
		if why != "" || len(trees) != 1 {
			t.Fatalf("%q: %d trees, %q", sql, len(trees), why)
		}
		names := map[string]bool{"visits": true, "areas": true}
		everyObject(trees[0], func(node map[string]any) {
			if name, ok := node["key"].(string); ok && node["value"] != nil {
				names[asciiLower(name)] = true
			}
		})
		everyObject(trees[0], func(node map[string]any) {
			if name, present := node["function_name"]; present && !functions[asciiLower(fmt.Sprint(name))] {
				t.Errorf("%q passes with the function %v", sql, name)
			}
			if name, present := node["table_name"]; present && !names[asciiLower(fmt.Sprint(name))] {
				t.Errorf("%q passes with the table %v", sql, name)
			}
			for _, key := range []string{"schema", "schema_name", "catalog", "catalog_name"} {
				if s, present := node[key]; present && s != "" && s != "main" {
					t.Errorf("%q passes with the %s %v", sql, key, s)
				}
			}
		})
		for _, other := range []string{sql + "\n; DROP TABLE visits", "SELECT 1; " + sql} {
			if e.gate(other) == "" {
				t.Errorf("%q passes", other)
			}
		}
	})
}

// everyObject calls f with each object of a tree.
func everyObject(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, child := range v {
			everyObject(child, f)
		}
	case map[string]any:
		f(v)
		for _, child := range v {
			everyObject(child, f)
		}
	}
}
