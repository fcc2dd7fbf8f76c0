//go:build linux && cgo

package cell

import (
	"fmt"
	"strings"
	"testing"

	"yingbi/sandbox/abi"
)

// refusedSQL is what the gate refuses, by its word. The engine has one view,
// claims; nothing of this runs.
func refusedSQL() map[abi.Refusal][]string {
	deep := func(n int, open, inner, shut string) string {
		return "SELECT " + strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
	}
	return map[abi.Refusal][]string{
		abi.RefusalNotSelect: {
			`CREATE TABLE x AS SELECT 1`, `CREATE OR REPLACE TABLE claims AS SELECT 1`, `CREATE OR REPLACE VIEW claims AS SELECT 1`, `CREATE MACRO f(a) AS a`, `CREATE TEMP MACRO sum(a) AS 0`,
			`CREATE TYPE t AS ENUM ('a')`, `CREATE SEQUENCE s`, `CREATE SECRET s (TYPE S3)`, `CREATE SCHEMA s`, `CREATE INDEX i ON claims(cost)`,
			`DROP TABLE claims`, `TRUNCATE claims`, `INSERT INTO claims SELECT * FROM claims`, `UPDATE claims SET cost = 0`, `DELETE FROM claims`, `MERGE INTO claims USING claims b ON true WHEN MATCHED THEN DELETE`, `ALTER TABLE claims RENAME TO x`,
			`ATTACH ':memory:' AS m`, `DETACH memory`, `USE memory`, `COPY claims TO '/tmp/x.csv'`, `COPY claims FROM '/etc/passwd'`, `EXPORT DATABASE '/tmp/x'`, `IMPORT DATABASE '/tmp/x'`, `INSTALL httpfs`, `LOAD httpfs`, `CHECKPOINT`, `VACUUM`,
			`SET threads=8`, `SET GLOBAL memory_limit='8GB'`, `RESET memory_limit`, `SET VARIABLE x = 1`, `RESET VARIABLE x`, `PRAGMA version`, `PRAGMA threads=4`, `PRAGMA database_list`, `PRAGMA json_execute_serialized_sql('{}')`, `CALL duckdb_views()`, `CALL pragma_version()`,
			`PREPARE p AS SELECT 1`, `EXECUTE p`, `DEALLOCATE p`, `BEGIN`, `COMMIT`, `ROLLBACK`, `EXPLAIN SELECT 1`, `EXPLAIN ANALYZE SELECT 1`, `COMMENT ON TABLE claims IS 'x'`,
			`SELECT 1; DROP TABLE claims`, `SELECT 1; SET threads=8`, `PIVOT claims ON urgent USING sum(cost)`, `PIVOT claims ON urgent IN (SELECT true) USING sum(cost)`,
			`DESCRIBE claims`, `SHOW TABLES`, `SHOW ALL TABLES`, `SHOW DATABASES`, `SUMMARIZE claims`, `FROM (DESCRIBE claims)`, `SELECT * FROM (SHOW TABLES)`, `FROM (SUMMARIZE claims)`, `WITH d AS (FROM (DESCRIBE claims)) FROM d`,
		},
		abi.RefusalSeveral: {`SELECT 1; SELECT 2`, `SELECT 1;;SELECT 2`, `FROM claims; FROM claims; FROM claims`},
		abi.RefusalTable: {
			`FROM duckdb_views`, `FROM duckdb_settings`, `FROM information_schema.views`, `FROM information_schema.tables`, `FROM sqlite_master`, `FROM pg_catalog.pg_tables`, `FROM pg_settings`, `FROM pragma_database_list`,
			`FROM 'x.csv'`, `FROM "/etc/passwd"`, `FROM '/proc/self/environ'`, `FROM "/proc/self/fd/3"`, `FROM 'http://127.0.0.1/x.parquet'`, `FROM 's3://b/k.csv'`, `FROM '*.parquet'`, `FROM "claims.parquet"`, `FROM 'data:text/csv,a'`,
			`FROM main.claims`, `FROM memory.main.claims`, `FROM memory.claims`, `FROM system.main.claims`, `FROM temp.claims`, `FROM claims, other`, `SELECT (SELECT count(*) FROM x)`, `FROM claims c, c`, `FROM claims SEMI JOIN hidden USING (cost)`,
			`WITH duckdb_views AS (SELECT * FROM duckdb_views) FROM duckdb_views`, `WITH a AS (FROM duckdb_views), duckdb_views AS (SELECT 1) FROM a`, `FROM duckdb_views, (WITH duckdb_views AS (SELECT 1) FROM duckdb_views)`,
			`(WITH duckdb_views AS (SELECT 1) SELECT 1) UNION ALL SELECT count(*) FROM duckdb_views`, `SELECT (WITH duckdb_views AS (SELECT 1) SELECT 1), (SELECT count(*) FROM duckdb_views)`, `WITH x AS (SELECT 1) FROM y`,
			`WITH RECURSIVE duckdb_views AS (SELECT sql FROM duckdb_views UNION ALL SELECT 'x' FROM duckdb_views) FROM duckdb_views`, `WITH RECURSIVE a AS (FROM b), b AS (SELECT 1) FROM a`, `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM recurring.r) FROM r`,
			`SELECT * FROM claims PIVOT (sum(cost) FOR urgent IN (true)) JOIN hidden ON true`, `UNPIVOT hidden ON a`, `SELECT 1 ORDER BY (SELECT sql FROM duckdb_views LIMIT 1)`, `SELECT 1 LIMIT (SELECT count(*) FROM duckdb_views)`, `SELECT sum(cost) FILTER ((FROM hidden)) FROM claims`, `VALUES ((SELECT sql FROM duckdb_views LIMIT 1))`,
			`SELECT list_transform([1], lambda x: (SELECT count(*) FROM duckdb_views))`, `SELECT count(*) OVER (ORDER BY (FROM hidden)) FROM claims`, `SELECT * REPLACE ((FROM hidden) AS cost) FROM claims`, `FROM claims a ASOF JOIN claims b ON a.day >= (FROM hidden)`, `FROM claims GROUP BY (FROM hidden)`,
		},
		abi.RefusalFunction: {
			`FROM duckdb_views()`, `FROM duckdb_tables()`, `FROM duckdb_settings()`, `FROM duckdb_secrets()`, `FROM pragma_table_info('claims')`, `FROM pragma_storage_info('claims')`, `FROM test_all_types()`, `FROM summary((FROM claims))`, `FROM sql_auto_complete('SELECT')`,
			`FROM read_csv('/etc/passwd')`, `FROM read_text('/etc/passwd')`, `FROM read_blob('/proc/self/environ')`, `FROM read_parquet('/proc/self/fd/5')`, `FROM parquet_metadata('/proc/self/fd/5')`, `FROM read_json('x')`, `FROM glob('*')`, `FROM sniff_csv('x')`, `FROM read_duckdb('x')`, `FROM seq_scan('claims')`, `FROM arrow_scan(1, 2, 3)`,
			`FROM query('DROP TABLE claims')`, `FROM query_table('claims')`, `FROM query_table(['claims'])`, `FROM json_execute_serialized_sql('{}')`, `SELECT json_serialize_sql('SELECT 1')`, `SELECT json_serialize_plan('SELECT 1')`, `SELECT json_deserialize_sql('{}')`, `FROM json_each('[1]')`,
			`SELECT getvariable('x')`, `SELECT current_setting('threads')`, `SELECT version()`, `SELECT getenv('HOME')`, `SELECT current_user`, `SELECT "session_user"`, `SELECT user`, `SELECT current_database()`, `SELECT current_schema`, `SELECT current_schemas(true)`, `SELECT current_query()`, `SELECT current_connection_id()`, `SELECT in_search_path('a', 'b')`,
			`SELECT pg_get_viewdef(1)`, `SELECT pg_catalog.pg_get_viewdef(1)`, `SELECT main.query('x')`, `SELECT memory.main.f(1)`, `SELECT cost.abs() FROM claims`, `SELECT pg_sleep(10)`, `SELECT sleep_ms(10000)`, `SELECT write_log('x')`, `SELECT error('x')`, `SELECT stats(cost) FROM claims`, `SELECT vector_type(cost) FROM claims`, `SELECT create_sort_key(1, 'ASC')`,
			`SELECT list_aggregate([1], 'sum')`, `SELECT array_aggregate([1], 'reservoir_quantile')`, `SELECT aggregate([1], 'sum')`, `SELECT enum_range(NULL::VARCHAR)`, `SELECT format('{:1000000000}', 1)`, `SELECT printf('%1000000000d', 1)`, `SELECT bitstring('1', 1000000000)`, `SELECT bitstring_agg(cost) FROM claims`, `SELECT equi_width_bins(1, 2, 1000000000, true)`, `SELECT to_base(1, 2, 1000000000)`, `SELECT bar(1, 0, 1, 1000000000)`,
			`SELECT cast_to_type('1', 1)`, `SELECT make_type('INTEGER')`, `SELECT finalize(cost) FROM claims`, `SELECT "__internal_decompress_string"(1)`, `SELECT no_such_function(1)`, `FROM sum(1)`, `FROM repeat('a', 10)`, `FROM repeat_row(1, num_rows := 1000000000)`, `SELECT sum(query('x')) OVER () FROM claims`, `SELECT 1 ORDER BY query('x')`, `SELECT COLUMNS(lambda c: getenv(c)) FROM claims`,
		},
		abi.RefusalDeterministic: {
			`SELECT now()`, `SELECT today()`, `SELECT current_timestamp`, `SELECT CURRENT_DATE`, `SELECT "Current_Date"`, `SELECT localtime`, `SELECT LOCALTIMESTAMP`, `SELECT get_current_timestamp()`, `SELECT transaction_timestamp()`, `SELECT ago(INTERVAL 1 DAY)`, `SELECT age(day) FROM claims`, `SELECT current_localtimestamp()`,
			`SELECT random()`, `SELECT setseed(0.5)`, `SELECT uuid()`, `SELECT gen_random_uuid()`, `SELECT uuidv7()`, `SELECT cost FROM claims ORDER BY random()`, `SELECT reservoir_quantile(cost, 0.5) FROM claims`, `SELECT nextval('s')`, `SELECT currval('s')`, `SELECT txid_current()`,
			`FROM claims USING SAMPLE 10%`, `FROM claims TABLESAMPLE 10%`, `FROM claims USING SAMPLE 3 ROWS`, `FROM claims TABLESAMPLE reservoir(2)`, `SELECT * FROM (FROM claims USING SAMPLE 10% (bernoulli))`,
			`FROM range(10) TABLESAMPLE 10%`, `FROM (VALUES (1), (2)) v TABLESAMPLE 1 ROWS`, `WITH c AS (FROM claims USING SAMPLE 1) FROM c`, `FROM claims a JOIN claims b TABLESAMPLE 10% USING (big)`, `SELECT (SELECT big FROM claims USING SAMPLE 1)`,
			`SELECT first(big ORDER BY random()) FROM claims`, `SELECT sum(big) OVER (ORDER BY big ROWS BETWEEN random()::INTEGER PRECEDING AND CURRENT ROW) FROM claims`, `SELECT lag(big, 1, random()) OVER () FROM claims`, `FROM claims a JOIN claims b ON random() > 0.5`,
			`SELECT count(*) FROM claims HAVING random() > 0.5`, `SELECT DISTINCT ON (random()) big FROM claims`, `SELECT big FROM claims LIMIT (random() * 10)::INTEGER`, `SELECT count(*) FILTER (random() > 0.5) FROM claims`, `UNPIVOT claims ON random()`, `FROM claims PIVOT (sum(random()) FOR urgent IN (true))`,
			`SELECT CASE WHEN random() > 0.5 THEN 1 END`, `SELECT 1 = ANY (SELECT random())`, `WITH RECURSIVE r(n) AS (SELECT 1.0 UNION ALL SELECT random() FROM r) FROM r`, `SELECT list_transform([1], x -> x + random())`, `SELECT * REPLACE (random() AS cost) FROM claims`, `FROM unnest([random()])`,
		},
		abi.RefusalSize: {
			`SELECT repeat('a', 4000000000)`, `SELECT repeat('a', 10001)`, `SELECT repeat('a', big) FROM claims`, `SELECT repeat('a', 1e9)`, `SELECT repeat('a', 100 * 100000)`, `SELECT repeat('a', 99999999999999999999)`, `SELECT lpad('a', 2000000000, 'b')`, `SELECT rpad('a', 2000000000, 'b')`, `SELECT list_resize([1], 1000000000)`, `SELECT array_resize([1], 1000000000, 2)`, `SELECT "REPEAT"('a', 4000000000)`,
			`FROM range(1000000000)`, `FROM range(-1000000000, 1000000000)`, `FROM generate_series(1, 10000000000)`, `FROM range(9223372036854775807)`, `FROM range(0, 1000000, 2)`, `FROM range(0, -1000000, -1)`, `SELECT unnest(range(1000000000))`, `SELECT range(big) FROM claims`, `FROM range((SELECT 1000000000))`, `SELECT generate_series(1, 200000)`, `FROM range(0, 10, 0)`, `FROM range()`,
			`FROM generate_series(DATE '0001-01-01', DATE '9999-12-31', INTERVAL 1 DAY)`, `FROM generate_series(DATE '2024-01-01', DATE '2025-01-01', INTERVAL 1 MICROSECOND)`, `FROM generate_series(DATE '2024-01-01', DATE '2025-01-01', INTERVAL '1 second')`, `FROM range(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2025-01-01 00:00:00', INTERVAL 1 SECOND)`,
			`SELECT count(*) FROM claims GROUP BY CUBE (cost, share, day, seen, urgent, big, cost+1, cost+2, cost+3)`,
		},
		abi.RefusalType: {
			`SELECT 'a'::regclass`, `SELECT 1::JSON`, `SELECT CAST('x' AS ENUM('x'))`, `SELECT 'x'::no_such_type`, `SELECT 'a'::BLOB`, `SELECT 1::BIT`, `SELECT '1'::UUID`, `SELECT 1::UNION(a INTEGER)`, `SELECT 1::VARIANT`, `SELECT [1]::BLOB[]`, `SELECT {'a': 1}::STRUCT(a JSON)`, `SELECT 1::GEOMETRY`, `SELECT NULL::INTEGER[100000]`, `SELECT CAST(1 AS memory.main.t)`,
		},
		abi.RefusalSyntax: {
			`SELECT ?`, `SELECT $1`, `SELECT $x`, `SELECT #1 FROM claims`, `SELECT DEFAULT`, `FROM claims AT (VERSION => 1)`, `FROM claims AT (TIMESTAMP => '2024-01-01')`, `FROM claims a POSITIONAL JOIN claims b`, `SELECT sum(cost) EXPORT_STATE FROM claims`, `SELECT 'a' COLLATE de`, `FROM claims PIVOT (count(*) FOR urgent IN some_enum)`,
			`WITH RECURSIVE r(n) USING KEY (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) FROM r`, `FROM claims TABLESAMPLE system(10%) REPEATABLE (1)`,
		},
		abi.RefusalParse: {
			``, ` `, `;`, `--`, `SELECT`, `SELECT 1 FROM`, `not SQL`, `SELECT 1 INTO x`, `FROM claims FOR UPDATE`, "SELECT '\xff'", `SELECT 'open`, `SELECT U&'\0041'`, `WITH x AS (DELETE FROM claims RETURNING *) FROM x`,
			deep(6_000, "(SELECT ", "1", ")"), deep(20_000, "(", "1", ")"), deep(5_000, "NOT ", "true", ""), deep(2_500, "CASE WHEN true THEN ", "1", " END"), `SELECT 'a'` + strings.Repeat("||'a'", 5_000),
		},
		abi.RefusalDepth: {
			deep(300, "(SELECT ", "1", ")"), deep(300, "[", "1", "]"), deep(300, "NOT ", "true", ""), `SELECT 'a'` + strings.Repeat("||'a'", 300), `SELECT 1 FROM claims` + strings.Repeat(", claims", 300),
		},
		abi.RefusalLength: {`SELECT '` + strings.Repeat("x", abi.MaxSQL) + `'`},
		abi.RefusalSpace: {
			"SELECT 1\x00; DROP TABLE claims", "SELECT\u00a01", "\ufeffSELECT 1", "SELECT\u30001", "SELECT\u200b1", "SELECT 1\v", "SELECT 1\f", "SELECT\u20281", "SELECT\u20291", "SELECT '\u202e'", "SELECT\u00ad1", "SELECT\u20601", "SELECT '\u3164'", "SELECT '\u115f'", "SELECT '\u2800'", "SELECT 'a\ufe0f'", "SELECT '\ufffd'", "SELECT '\x1b[2J'", "SELECT\u00851", "SELECT '\U000e0041'",
		},
	}
}

func TestGateRefuses(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)))
	statements := 0
	for want, list := range refusedSQL() {
		for _, sql := range list {
			statements++
			if got := e.gate(sql); got != want {
				t.Errorf("%.100q: %q, want %q", sql, got, want)
			}
		}
	}
	if statements < 120 {
		t.Errorf("%d statements", statements)
	}
	f, err := e.explore(`SELECT count(*), (SELECT count(*) FROM claims WHERE cost > 0) FROM claims`, 1)
	if err != nil || fmt.Sprint(show(f)) != "[[5 3]]" {
		t.Errorf("afterwards: %v, %v", f, err)
	}
}
