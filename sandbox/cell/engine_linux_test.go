//go:build cgo

package cell

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// viewOf puts a frame into a memfd as the domain writes views, under the name.
func viewOf(t testing.TB, name string, f *abi.Frame) abi.View {
	t.Helper()
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), name)
	t.Cleanup(func() { file.Close() })
	rec, err := table.FromFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	w, err := table.NewWriter(file, rec.Schema())
	if err == nil {
		err = errors.Join(w.Write(rec), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	v := abi.View{Name: name, FD: fd}
	for _, c := range f.Columns {
		v.Columns = append(v.Columns, c.Name)
	}
	return v
}

func typ(t testing.TB, name string) coltype.Type {
	t.Helper()
	parsed, err := coltype.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// claimRows is a view of five rows of every type; the last row is null but for its
// subject.
func claimRows(t testing.TB) *abi.Frame {
	return &abi.Frame{Rows: 5, Columns: []abi.Column{
		{Name: "__subject_person", Type: typ(t, "integer"), Ints: []int64{1, 1, 2, 3, 4}},
		{Name: `区 "县"`, Type: typ(t, "text"), Valid: []byte{0x0f}, Offsets: []uint32{0, 1, 2, 8, 8, 8}, Bytes: []byte("ab朝阳")},
		{Name: "cost", Type: typ(t, "decimal(12,2)"), Valid: []byte{0x0f}, Ints: []int64{1050, -25, 999_999_999_999, 1, 0}},
		{Name: "share", Type: typ(t, "double"), Valid: []byte{0x0f}, Floats: []float64{0.5, -1, 2, 1e300, 0}},
		{Name: "day", Type: typ(t, "date"), Valid: []byte{0x0f}, Days: []int32{0, -1, 19782, lastDay, 0}},
		{Name: "seen", Type: typ(t, "timestamp"), Valid: []byte{0x0f}, Ints: []int64{0, -1, 1_714_536_000_000_001, (lastDay+1)*dayMicros - 1, 0}},
		{Name: "urgent", Type: typ(t, "boolean"), Valid: []byte{0x0f}, Bools: []byte{1, 0, 1, 0, 0}},
		{Name: "big", Type: typ(t, "integer"), Valid: []byte{0x0f}, Ints: []int64{9223372036854775807, 9223372036854775807, 1, -9223372036854775808, 0}},
	}}
}

func lockedEngine(t testing.TB, views ...abi.View) *engine {
	t.Helper()
	e, err := openEngine(views, 1, 256<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	if err := e.lock(1, 256<<20); err != nil {
		t.Fatal(err)
	}
	return e
}

// statement declares the result columns by their types.
func statement(t testing.TB, sql, types string, args ...abi.Value) abi.Statement {
	s := abi.Statement{Name: "s", SQL: sql, Args: args}
	for i, name := range strings.Fields(types) {
		s.Result = append(s.Result, abi.ResultColumn{Name: fmt.Sprintf("c%d", i), Type: typ(t, name)})
	}
	return s
}

func TestViewsComeBackFromTheEngine(t *testing.T) {
	whole := claimRows(t)
	empty := &abi.Frame{Columns: []abi.Column{{Name: "n", Type: typ(t, "integer")}, {Name: "s", Type: typ(t, "text")}}}
	part := viewOf(t, "part", whole)
	part.Columns = []string{"cost"}
	e := lockedEngine(t, viewOf(t, "claims", whole), viewOf(t, `空 "x"`, empty), part)
	s := abi.Statement{SQL: `SELECT * FROM "claims"`}
	for _, c := range whole.Columns {
		s.Result = append(s.Result, abi.ResultColumn{Name: c.Name, Type: c.Type})
	}
	got, err := e.query(s)
	if err != nil {
		t.Fatal(err)
	}
	want, err := abi.Encode(nil, whole)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := abi.Encode(nil, got); err != nil || string(b) != string(want) {
		t.Errorf("%v, %v", show(got), err)
	}
	if f, err := e.query(statement(t, `SELECT n, s FROM "空 ""x"""`, "integer text")); err != nil || f.Rows != 0 {
		t.Errorf("%v, %v", f, err)
	}
	if f, err := e.query(statement(t, `SELECT count(*) FROM "part"`, "integer")); err != nil || show(f)[0][0] != "5" {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := e.query(statement(t, `SELECT share FROM "part"`, "double")); err == nil {
		t.Error("a column that was not asked for was loaded")
	}
}

func TestViewsThatCannotBeLoaded(t *testing.T) {
	good := viewOf(t, "good", claimRows(t))
	bad := good
	bad.Columns = []string{"no such"}
	none := good
	none.Columns = nil
	nowhere := good
	nowhere.Name, nowhere.FD = "nowhere", 9999
	for _, v := range []abi.View{bad, none, nowhere, good} {
		_, err := openEngine([]abi.View{good, v}, 1, 256<<20)
		var f abi.Failure
		if !errors.As(err, &f) || f.At != 2 {
			t.Errorf("%v: %v", v.Columns, err)
		}
	}
	if _, err := openEngine([]abi.View{good}, 1, 1000); err == nil {
		t.Error("a view was loaded into 1000 bytes")
	}
}

func TestResults(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)))
	overflow, result := "overflow", "result"
	for _, c := range []struct{ sql, types, want string }{
		{`SELECT sum(cost), count(*), count(cost) FROM claims`, "decimal(18,2) integer integer", "[[1000000001025 5 4]]"},
		{`SELECT sum(cost) FROM claims`, "decimal(18,4)", "[[100000000102500]]"},
		{`SELECT sum(cost) FROM claims`, "decimal(12,2)", overflow},
		{`SELECT sum(cost) FROM claims`, "decimal(18,1)", overflow},
		{`SELECT sum(cost) FROM claims`, "integer", result},
		{`SELECT sum(cost) FROM claims`, "double", result},
		{`SELECT sum(big) FROM claims WHERE big < 0`, "integer", "[[-9223372036854775808]]"},
		{`SELECT sum(big) FROM claims WHERE big > 0`, "integer", overflow},
		{`SELECT -9223372036854775809`, "integer", overflow},
		{`SELECT 18446744073709551615::UBIGINT`, "integer", overflow},
		{`SELECT 1::UTINYINT, 2::SMALLINT, 3::UINTEGER, 4::UBIGINT, 5::HUGEINT, 6::UHUGEINT, 7::TINYINT, 8::USMALLINT`, "integer integer integer integer integer integer integer integer", "[[1 2 3 4 5 6 7 8]]"},
		{`SELECT 12`, "decimal(4,2)", "[[1200]]"},
		{`SELECT 100`, "decimal(4,2)", overflow},
		{`SELECT 1234567890123456789012345678901.5::DECIMAL(38,1)`, "decimal(18,1)", overflow},
		{`SELECT 2::DOUBLE, 0.5::FLOAT, 'nan'::DOUBLE`, "double double double", "[[2 0.5 NaN]]"},
		{`SELECT 'infinity'::DATE`, "date", overflow},
		{`SELECT DATE '9999-12-31' + 1`, "date", overflow},
		{`SELECT DATE '9999-12-31', DATE '0001-01-01'`, "date date", "[[2932896 -719162]]"},
		{`SELECT DATE '0001-01-01' - 1`, "date", overflow},
		{`SELECT '-infinity'::TIMESTAMP`, "timestamp", overflow},
		{`SELECT TIMESTAMP '1970-01-01 00:00:00.000001', TIMESTAMPTZ '1970-01-01 08:00:00+08'`, "timestamp timestamp", "[[1 0]]"},
		{`SELECT DATE '2024-01-01'`, "timestamp", result},
		{`SELECT 'a'::BLOB`, "text", result},
		{`SELECT [1]`, "integer", result},
		{`SELECT 1, 2`, "integer", result},
		{`SELECT 1`, "integer integer", result},
		{`SELECT true, NULL::BOOLEAN`, "boolean boolean", "[[1 ∅]]"},
		{`SELECT 1`, "boolean", result},
		{`SELECT NULL::DATE, NULL::VARCHAR, NULL::DECIMAL(4,2), NULL::DOUBLE, NULL::TIMESTAMP`, "date text decimal(4,2) double timestamp", "[[∅ ∅ ∅ ∅ ∅]]"},
		{`SELECT "区 ""县""", count(*) FROM claims GROUP BY 1 ORDER BY 1 NULLS LAST`, "text integer", "[[ 1] [a 1] [b 1] [朝阳 1] [∅ 1]]"},
		{`SELECT no_such FROM claims`, "integer", "engine"},
		{`SELECT 1; SELECT 2`, "integer", "[[2]]"},
		{`SELECT ('x' || string_agg("区 ""县""", ','))::INTEGER FROM claims`, "integer", overflow},
		{`SELECT hour(seen), hour(seen AT TIME ZONE 'Asia/Shanghai') FROM claims WHERE seen = TIMESTAMPTZ '1970-01-01 00:00:00+00'`, "integer integer", "[[0 8]]"},
	} {
		f, err := e.query(statement(t, c.sql, c.types))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprint(show(f))
			if _, err := abi.Encode(nil, f); err != nil {
				t.Errorf("%s: %v", c.sql, err)
			}
		}
		if got != c.want {
			t.Errorf("%s as %s: %s, want %s", c.sql, c.types, got, c.want)
		}
	}
}

func TestArguments(t *testing.T) {
	e := lockedEngine(t, viewOf(t, "claims", claimRows(t)))
	value := func(name string, i int64) abi.Value { return abi.Value{Type: typ(t, name), Int: i} }
	for sql, args := range map[string][]abi.Value{
		`SELECT count(*) FROM claims WHERE cost = CAST(? AS DECIMAL(12,2))`: {value("decimal(12,2)", -25)},
		`SELECT count(*) FROM claims WHERE cost > CAST(? AS DECIMAL(12,2))`: {value("decimal(12,2)", 999_999_999_998)},
		`SELECT count(*) FROM claims WHERE day = ?`:                         {value("date", -1)},
		`SELECT count(*) FROM claims WHERE day < CAST(? AS DATE)`:           {value("date", 0)},
		`SELECT count(*) FROM claims WHERE seen = ?`:                        {value("timestamp", -1)},
		`SELECT count(*) FROM claims WHERE seen = CAST(? AS TIMESTAMPTZ)`:   {value("timestamp", 1_714_536_000_000_001)},
		`SELECT count(*) FROM claims WHERE urgent = ? AND big = ?`:          {value("boolean", 1), value("integer", 1)},
		`SELECT count(*) FROM claims WHERE share = ?`:                       {{Type: typ(t, "double"), Float: 1e300}},
		`SELECT count(*) FROM claims WHERE "区 ""县""" = ?`:                   {{Type: typ(t, "text"), Text: "朝阳"}},
		`SELECT CASE WHEN ? IS NULL THEN 1 END`:                             {{Type: typ(t, "text"), Null: true}},
		`SELECT length(?) - 2`:                                              {{Type: typ(t, "text"), Text: "a\x00b"}},
		`SELECT CASE WHEN CAST(? AS VARCHAR) = ''' OR 1=1 --' THEN 1 END`:   {{Type: typ(t, "text"), Text: "' OR 1=1 --"}},
	} {
		f, err := e.query(statement(t, sql, "integer", args...))
		if err != nil || fmt.Sprint(show(f)) != "[[1]]" {
			t.Errorf("%s: %v, %v", sql, f, err)
		}
	}
	for v, want := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 100: "1.00", -12345: "-123.45"} {
		if got := decimalText(v, 2); got != want {
			t.Errorf("%d is written %s", v, got)
		}
	}
	if decimalText(-7, 0) != "-7" {
		t.Error(decimalText(-7, 0))
	}
}

// What a locked engine refuses even to the domain, in an open process.
func TestLockedEngine(t *testing.T) {
	view := viewOf(t, "claims", claimRows(t))
	e := lockedEngine(t, view)
	for _, sql := range []string{
		`COPY claims TO '/tmp/x.csv'`, `COPY claims FROM '/etc/passwd'`, `SELECT * FROM read_csv('/etc/passwd')`, `SELECT * FROM read_text('/etc/passwd')`,
		`SELECT * FROM read_blob('/proc/self/environ')`, fmt.Sprintf(`SELECT * FROM read_parquet('/proc/self/fd/%d')`, view.FD), `SELECT * FROM '/etc/passwd'`, `SELECT * FROM '/proc/self/fd/../environ'`,
		`SELECT * FROM glob('/*')`, `ATTACH '/tmp/x.db'`, `INSTALL httpfs`, `LOAD httpfs`, `EXPORT DATABASE '/tmp/x'`, `IMPORT DATABASE '/tmp/x'`,
		`SET memory_limit='8GB'`, `SET GLOBAL threads=8`, `RESET memory_limit`, `RESET lock_configuration`, `SET lock_configuration=false`, `SET enable_external_access=true`, `PRAGMA threads=4`,
		`CREATE PERSISTENT SECRET s (TYPE S3)`, `CHECKPOINT; SET threads=2`,
	} {
		if err := e.exec(sql); err == nil {
			t.Errorf("%s: done", sql)
		}
	}
}

func TestQueryTask(t *testing.T) {
	view := viewOf(t, "claims", claimRows(t))
	req := &abi.QueryRequest{Views: []abi.View{view}, Threads: 1, Memory: 256 << 20, Statements: []abi.Statement{
		statement(t, `SELECT count(*) FROM claims`, "integer"), statement(t, `SELECT ('x' || max("区 ""县"""))::DATE FROM claims`, "date"), statement(t, `SELECT 1`, "integer"),
	}}
	run, err := prepareQuery(req)
	if err != nil {
		t.Fatal(err)
	}
	u := receive(t, func(out *answers) error { return run(nil, out) })
	if u.err != (abi.Failure{Code: abi.FailOverflow, At: 2}) {
		t.Errorf("%v", u.err)
	}
}

func BenchmarkLoad(b *testing.B) {
	const rows = 100_000
	f := &abi.Frame{Rows: rows}
	for i := range 8 {
		c := abi.Column{Name: fmt.Sprint("c", i), Type: typ(b, []string{"integer", "decimal(12,2)", "text", "date"}[i%4]), Offsets: []uint32{0}}
		for j := range rows {
			switch i % 4 {
			case 2:
				c.Bytes = fmt.Append(c.Bytes, "区", j%40)
				c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
			case 3:
				c.Days = append(c.Days, int32(j%1000))
			default:
				c.Ints = append(c.Ints, int64(j))
			}
		}
		if i%4 != 2 {
			c.Offsets = nil
		}
		f.Columns = append(f.Columns, c)
	}
	v := viewOf(b, "claims", f)
	for b.Loop() {
		e, err := openEngine([]abi.View{v}, 2, 1<<30)
		if err != nil {
			b.Fatal(err)
		}
		e.close()
	}
}

func BenchmarkQuery(b *testing.B) {
	e := lockedEngine(b)
	s := statement(b, `SELECT i, (i / 7)::DECIMAL(12,2), 'x' || i FROM range(100000) r(i)`, "integer decimal(12,2) text")
	for b.Loop() {
		if f, err := e.query(s); err != nil || f.Rows != 100_000 {
			b.Fatal(err)
		}
	}
}
