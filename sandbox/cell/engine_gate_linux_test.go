//go:build cgo

package cell

import (
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

// Every way through a locked engine that was found, and what is near it.
func TestGateRefuses(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)))
	for _, sql := range []string{
		// what settings alone let through
		`SELECT * FROM duckdb_views()`, `SELECT * FROM duckdb_views`, `SELECT * FROM information_schema.views`, `SELECT * FROM duckdb_tables()`, `SELECT * FROM sqlite_master`, `SELECT * FROM pg_catalog.pg_tables`,
		`CREATE TABLE x AS SELECT 1`, `CREATE MACRO f(a) AS a`, `CREATE OR REPLACE VIEW claims AS SELECT 1`, `CREATE OR REPLACE TABLE claims AS SELECT 1`, `ATTACH ':memory:' AS m`, `SET VARIABLE x = 1`, `RESET VARIABLE x`,
		`SELECT 1; DROP TABLE claims`, `SELECT 1; SELECT 2`, `DROP TABLE claims`, `INSERT INTO claims SELECT * FROM claims`, `UPDATE claims SET cost = 0`, `DELETE FROM claims`, `TRUNCATE claims`,
		`SELECT * FROM query('SELECT 1')`, `FROM query_table('claims')`, `SELECT * FROM json_execute_serialized_sql('{}')`, `PRAGMA json_execute_serialized_sql('{}')`, `SELECT json_serialize_sql('SELECT 1')`,
		`DESCRIBE claims`, `SHOW TABLES`, `SHOW ALL TABLES`, `SUMMARIZE claims`, `FROM (DESCRIBE claims)`, `SELECT * FROM (SHOW TABLES)`, `FROM (SUMMARIZE claims)`,
		`PIVOT claims ON urgent USING sum(cost)`, `SELECT * FROM claims PIVOT (sum(cost) FOR urgent IN (true))`, `UNPIVOT claims ON cost INTO NAME n VALUE v`, `EXPLAIN SELECT 1`, `EXPLAIN ANALYZE SELECT 1`, `CALL duckdb_views()`, `PREPARE p AS SELECT 1`, `EXECUTE p`, `BEGIN`, `PRAGMA version`, `VACUUM`,
		// files
		`SELECT * FROM 'x.csv'`, `SELECT * FROM "/etc/passwd"`, `SELECT * FROM read_csv('/etc/passwd')`, `SELECT * FROM glob('*')`, `COPY claims TO 'x'`, `SELECT * FROM memory.main.claims`, `SELECT * FROM main.claims`, `SELECT * FROM system.main.claims`,
		// memory and time
		`SELECT * FROM range(1000000000)`, `SELECT * FROM generate_series(1, 10)`, `SELECT lpad('a', 2000000000, 'b')`, `SELECT repeat('a', 4000000000)`, `SELECT unnest([1, 2])`, `SELECT levenshtein('a', 'b')`, `SELECT list_reduce([1], lambda x, y: x)`,
		`WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT * FROM r`, `SELECT ` + strings.Repeat("1 OR ", 30_000) + `1`, `SELECT '` + strings.Repeat("x", maxSQL) + `'`,
		// clock, chance and session
		`SELECT now()`, `SELECT current_timestamp`, `SELECT CURRENT_DATE`, `SELECT "current_user"`, `SELECT random()`, `SELECT uuid()`, `SELECT setseed(0.5)`, `SELECT getvariable('x')`, `SELECT current_setting('threads')`, `SELECT version()`, `SELECT getenv('HOME')`, `SELECT nextval('s')`, `SELECT * FROM claims USING SAMPLE 10%`, `SELECT * FROM claims TABLESAMPLE 10%`,
		`SELECT pg_catalog.pg_get_viewdef(1)`, `SELECT main.query('x')`, `SELECT memory.main.f(1)`, `SELECT txid_current()`, `SELECT write_log('x')`, `SELECT error('x')`, `SELECT in_search_path('a', 'b')`,
		// what a frame cannot hold, or a reader would read otherwise
		`SELECT [1, 2]`, `SELECT {'a': 1}`, `SELECT MAP {'a': 1}`, `SELECT list(cost) FROM claims`, `SELECT string_agg('a', 'b')`, `SELECT array_agg(1)`, `SELECT x.a FROM (SELECT {'a': 1} AS x)`, `SELECT (SELECT [1])[1]`, `SELECT 1::JSON`, `SELECT 'a'::regclass`, `SELECT CAST('x' AS ENUM('x'))`, `SELECT 1::INTEGER[]`, `SELECT (x -> x)`,
		`SELECT COLUMNS(lambda c: true) FROM claims`, `SELECT #1 FROM claims`, `SELECT ?`, `SELECT $1`, `SELECT $x`, `SELECT DEFAULT`, `SELECT * FROM claims AT (VERSION => 1)`,
		"SELECT 1\x00; DROP TABLE claims", "SELECT\u00a01", "\ufeffSELECT 1", "SELECT\u30001", "SELECT\u200b1", "SELECT 1\v", "SELECT\u20281", "SELECT '\xff'", "SELECT '\u202e'",
		``, ` `, `;`, `--`, `SELECT`, `SELECT 1 FROM`, `not SQL`,
		// names out of their scope
		`SELECT * FROM duckdb_views, (WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views)`, `WITH duckdb_views AS (SELECT * FROM duckdb_views) SELECT * FROM duckdb_views`,
		`WITH a AS (SELECT * FROM duckdb_views), duckdb_views AS (SELECT 1) SELECT * FROM a`, `(WITH duckdb_views AS (SELECT 1) SELECT 1) UNION ALL SELECT count(*) FROM duckdb_views`, `SELECT (WITH duckdb_views AS (SELECT 1) SELECT 1), (SELECT count(*) FROM duckdb_views)`, `WITH x AS (SELECT 1) SELECT * FROM y`,
		`WITH x AS (DELETE FROM claims RETURNING *) SELECT * FROM x`,
	} {
		if f, err := e.explore(sql, 100); err != errGate {
			t.Errorf("%.80q: %v, %v", sql, f, err)
		}
	}
	if f, err := e.explore(`SELECT count(*) FROM claims`, 100); err != nil || show(f)[0][0] != "5" {
		t.Errorf("afterwards: %v, %v", f, err)
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
		`SELECT INTERVAL 1 DAY AS i`:                            abi.FailResult,
		`SELECT TIME '00:00' AS i`:                              abi.FailResult,
		`SELECT claims FROM claims`:                             abi.FailResult,
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

func FuzzGate(f *testing.F) {
	for _, s := range []string{
		`SELECT count(*) FROM claims`, `WITH c AS (SELECT 1) SELECT * FROM c, claims`, `SELECT 1; SELECT 2`, `SELECT * FROM duckdb_views`, "SELECT '\x00'", `DESCRIBE claims`,
		`SELECT sum(cost) OVER (PARTITION BY urgent) FROM claims WHERE day > DATE '2024-01-01'`,
	} {
		f.Add(s)
	}
	e := lockedEngine(f, viewOf(f, "claims", claimRows(f)))
	f.Fuzz(func(t *testing.T, sql string) {
		if e.gate(sql) != nil {
			return
		}
		_, _ = e.explore(sql, 1000)
		after, err := e.query(statement(t, `SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM duckdb_tables()), (SELECT count(*) FROM duckdb_databases() WHERE NOT internal)`, "integer integer integer"))
		if err != nil || fmt.Sprint(show(after)) != "[[5 1 1]]" {
			t.Errorf("%q passes and leaves %v, %v", sql, after, err)
		}
	})
}
