//go:build linux && cgo

package cell

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// exploreIn runs a statement over visits and areas in a cell of its own.
func exploreIn(t testing.TB, s *sandbox.Sandbox, h *handed, sql string, lim sandbox.Limits) (*abi.Frame, error) {
	t.Helper()
	if len(h.files) == 0 {
		h.add(t, viewFile(t, visits(t)))
		h.add(t, viewFile(t, areas(t)))
	}
	return s.Explore(t.Context(), abi.ExploreRequest{
		Views: []abi.View{
			{Name: "visits", FD: abi.InputFD, Columns: []string{"person", "district", "icd", "day", "cost", "score"}},
			{Name: "areas", FD: abi.InputFD + 1, Columns: []string{"district", "people"}},
		},
		SQL: sql, MaxRows: 1000, Memory: 64 << 20,
	}, h.files, lim)
}

// killedSQL passes the gate and takes more than a cell has, of memory or of time.
func killedSQL() []string {
	many := "visits a, visits b, visits c, visits d, visits e, visits f, visits g, visits h, visits i"
	doubled := "'0123456789abcdef' AS x0"
	for i := range 40 {
		doubled += fmt.Sprintf(", x%d || x%[1]d AS x%d", i, i+1)
	}
	return []string{
		`WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r`,
		`WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) FROM r`,
		`WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT a.n FROM r a, r b, visits) SELECT count(*) FROM r`,
		`SELECT count(*) FROM ` + many + ` WHERE a.score + b.score + c.score + d.score + e.score + f.score + g.score + h.score > i.score`,
		`SELECT count(DISTINCT (a.score, b.score, c.score, d.score, e.score, f.score, g.score)) FROM ` + many,
		`SELECT list((a.icd, b.icd, c.icd))::VARCHAR FROM ` + many,
		`SELECT length(string_agg(a.icd || b.icd, ',')) FROM ` + many,
		`SELECT a.score FROM ` + many + ` ORDER BY a.score * b.score, c.score, d.score`,
		`SELECT sum(a.score) OVER (ORDER BY b.score) FROM ` + many + ` LIMIT 1`,
		`SELECT length(x40) FROM (SELECT ` + doubled + `)`,
		`SELECT length(replace(replace(replace(repeat('a', 10000), 'a', repeat('b', 10000)), 'b', repeat('c', 10000)), 'c', repeat('d', 10000)))`,
		`SELECT length(regexp_replace(regexp_replace(repeat('a', 10000), '', repeat('b', 10000), 'g'), '', repeat('c', 10000), 'g'))`,
		`SELECT len(flatten(list_transform(range(100000), lambda x: range(100000))))`,
		`SELECT list_sum(list_transform(range(100000), lambda x: list_sum(range(100000))))`,
		`SELECT len(list_transform(range(100000), lambda x: repeat('a', 10000)))`,
		`SELECT length(list_reduce(list_transform(range(100000), lambda x: 'abcdefgh'), lambda a, b: a || b || a))`,
		`SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range = c.range + 1`,
		`SELECT count(*) FROM (SELECT DISTINCT a.range, b.range FROM range(100000) a, range(100000) b)`,
		`SELECT unnest(range(100000)), a.icd FROM ` + many,
		`SELECT max(levenshtein(a.icd || repeat('a', 10000), b.icd || repeat('b', 10000))) FROM visits a, visits b`,
		`SELECT sum(hamming(repeat(a.icd, 1000), repeat(a.icd, 1000))), sum(jaccard(repeat(b.icd, 2000), repeat(c.icd, 2000))) FROM ` + many,
		`SELECT approx_top_k((a.icd, b.icd, c.icd, d.icd, e.icd), 100000)::VARCHAR FROM ` + many,
		`SELECT max(a.score * b.score + c.score, 900000)::VARCHAR FROM ` + many,
		`SELECT 'a'` + strings.Repeat(" UNION ALL SELECT 'a'", 3_000),
		`SELECT 1 FROM visits` + strings.Repeat(" JOIN areas ON true", 200),
		`SELECT count(*) FROM visits a WHERE (SELECT sum(x.range * a.score) FROM range(100000) x, range(100000) y WHERE x.range % 7 <> y.range % 3) > 0`,
	}
}

// tight are limits for statements that do not end by themselves.
var tight = sandbox.Limits{Memory: 128 << 20, Wall: 400 * time.Millisecond, Output: 1 << 20}

func TestBombsAreKilled(t *testing.T) {
	s := lockedSandbox(t)
	var h handed
	honest := func(when string) {
		f, err := exploreIn(t, s, &h, `SELECT count(*), count(DISTINCT district) FROM visits`, lockedLimits)
		if err != nil || fmt.Sprint(show(f)) != "[[12 3]]" {
			t.Errorf("an honest statement %s: %v, %v", when, f, err)
		}
	}
	honest("before")
	t.Run("bombs", func(t *testing.T) {
		for _, sql := range killedSQL() {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				_, err := exploreIn(t, s, &h, sql, tight)
				var f *sandbox.Failure
				killed := errors.As(err, &f) && (f.Reason == sandbox.Memory || f.Reason == sandbox.Time || f.Code == abi.FailMemory)
				if !killed {
					t.Errorf("%.100s: %v", sql, err)
				}
			})
		}
		t.Run("an honest one", func(t *testing.T) {
			t.Parallel()
			honest("beside the others")
		})
	})
	honest("after")
}

// What the gate refuses in a cell, and what passes it and fails in good order.
func TestExploreCells(t *testing.T) {
	s := lockedSandbox(t)
	var h handed
	for sql, want := range map[string]abi.Failure{
		`SELECT ('x' || max(icd))::DATE FROM visits`: {Code: abi.FailOverflow},
		`SELECT no_such FROM visits`:                 {Code: abi.FailEngine},
		`SELECT score FROM visits, range(100)`:       {Code: abi.FailGuestLimit},
		`SELECT [1]`:                                 abi.Refuse(abi.RefusalType),
		`SELECT now()`:                               abi.Refuse(abi.RefusalDeterministic),
		`FROM duckdb_views()`:                        abi.Refuse(abi.RefusalFunction),
		`SELECT '` + strings.Repeat("x", abi.MaxSQL): abi.Refuse(abi.RefusalLength),
		``: abi.Refuse(abi.RefusalParse),
	} {
		_, err := exploreIn(t, s, &h, sql, lockedLimits)
		var f *sandbox.Failure
		if !errors.As(err, &f) || f.Reason != sandbox.Refused || f.Code != want.Code || f.Refusal() != want.Refusal() {
			t.Errorf("%.80s: %v, want %v", sql, err, want)
		}
	}
	lim := lockedLimits
	lim.Output = 1000
	if _, err := exploreIn(t, s, &h, `SELECT repeat(icd, 1000) FROM visits`, lim); reason(err) != sandbox.Output {
		t.Error(err)
	}
	f, err := exploreIn(t, s, &h, `SELECT * FROM areas ORDER BY people LIMIT 1`, lockedLimits)
	if err != nil || fmt.Sprint(show(f)) != "[[河西 70]]" {
		t.Errorf("%v, %v", f, err)
	}
}

// unordered gives rows, or chooses among them, as no ORDER BY says. With one
// thread over one file every cell gives the same.
func unordered() []string {
	return []string{
		`SELECT n, d FROM wide LIMIT 1000`,
		`SELECT n FROM wide WHERE x > 0.5 LIMIT 500 OFFSET 40000`,
		`SELECT first(n), last(n), any_value(d), arg_max(n, d), arg_min(n, k), mode(d), min_by(n, k), max(k, 5)::VARCHAR FROM wide GROUP BY k % 97`,
		`SELECT k % 50 AS g, sum(x), avg(x), stddev(x), corr(x, k), regr_slope(x, k), median(x), kurtosis(x), entropy(d), product(1 + x / 1e6) FROM wide GROUP BY g`,
		`SELECT row_number() OVER (), n FROM wide QUALIFY row_number() OVER () % 300 = 7`,
		`SELECT k, row_number() OVER (PARTITION BY k % 10) AS r, lag(n) OVER (ORDER BY k) AS before FROM wide QUALIFY r < 50`,
		`SELECT DISTINCT ON (k % 700) n FROM wide`,
		`SELECT DISTINCT d, k % 5 FROM wide`,
		`SELECT md5(string_agg(n, ',')), md5(list(x)::VARCHAR), md5(array_agg(k)::VARCHAR) FROM wide GROUP BY k % 3`,
		`SELECT a.n, b.n FROM wide a JOIN wide b ON a.k = b.k AND a.n < b.n LIMIT 900`,
		`SELECT a.n, b.n FROM (FROM wide LIMIT 3000) a ASOF JOIN (FROM wide LIMIT 3000) b ON a.d = b.d AND a.x > b.x LIMIT 900`,
		`SELECT n FROM wide USING SAMPLE 1% (bernoulli, 42)`,
		`SELECT n FROM wide USING SAMPLE reservoir(500 ROWS) REPEATABLE (42)`,
		`SELECT approx_count_distinct(n), approx_quantile(x, [0.1, 0.5, 0.9])::VARCHAR, approx_top_k(k, 5)::VARCHAR, histogram(d)::VARCHAR FROM wide`,
		`SELECT n FROM wide ORDER BY d, k % 3 LIMIT 900`,
		`SELECT d FROM wide EXCEPT SELECT 'd1' UNION SELECT d FROM wide INTERSECT SELECT d FROM wide`,
		`SELECT count(*), sum(x) FROM wide WHERE d <> 'd1' AND length(d) > 1 AND x > 0.1 AND k % 7 <> 3 AND d LIKE '%2%'`,
		`SELECT k, count(*), sum(x) FROM wide GROUP BY CUBE (k % 4, d), k % 9, k LIMIT 900`,
	}
}

// wide has n rows, more than the engine reads at once.
func wide(t testing.TB, n int) *abi.Frame {
	f := &abi.Frame{Rows: n, Columns: []abi.Column{
		{Name: "n", Type: coltype.Type{Kind: coltype.Integer}}, {Name: "k", Type: coltype.Type{Kind: coltype.Integer}},
		{Name: "x", Type: coltype.Type{Kind: coltype.Double}}, {Name: "d", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}},
	}}
	state := uint64(1)
	for i := range n {
		state = state*6364136223846793005 + 1442695040888963407
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(i))
		f.Columns[1].Ints = append(f.Columns[1].Ints, int64(state>>33)%20_000)
		f.Columns[2].Floats = append(f.Columns[2].Floats, float64(state>>11)/(1<<53))
		f.Columns[3].Bytes = fmt.Appendf(f.Columns[3].Bytes, "d%d", (state>>40)%30)
		f.Columns[3].Offsets = append(f.Columns[3].Offsets, uint32(len(f.Columns[3].Bytes)))
	}
	return f
}

func TestExploreIsDeterministic(t *testing.T) {
	s := lockedSandbox(t)
	var h handed
	h.add(t, viewFile(t, wide(t, 150_000)))
	run := func(sql string) []byte {
		f, err := s.Explore(t.Context(), abi.ExploreRequest{
			Views: []abi.View{{Name: "wide", FD: abi.InputFD, Columns: []string{"n", "k", "x", "d"}}},
			SQL:   sql, MaxRows: 100_000, Memory: 256 << 20,
		}, h.files, lockedLimits)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		b, err := abi.Encode(nil, f)
		if err != nil || f.Rows == 0 {
			t.Fatalf("%s: %d rows, %v", sql, f.Rows, err)
		}
		return b
	}
	for _, sql := range unordered() {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if !bytes.Equal(run(sql), run(sql)) {
				t.Errorf("%s: two cells give two answers", sql)
			}
		})
	}
}
