//go:build cgo

package cell

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yingbi/sandbox/abi"
)

// engineFileOf builds an engine file of a Parquet view and puts it into a memfd.
// slice is the memory that a slice of a sort may take.
func engineFileOf(t testing.TB, v abi.View, cluster string, slice int64) abi.View {
	t.Helper()
	e, err := newEngine(2, 256<<20)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "view")
	req := &abi.PrepareRequest{Columns: v.Columns, Cluster: cluster, Threads: 2, Memory: slice}
	if err := errors.Join(e.build(path, parquetOn(v.FD), req), e.close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(memfd(t, b)), "engine")
	t.Cleanup(func() { file.Close() })
	v.FD, v.Engine = int(file.Fd()), true
	return v
}

// queried loads views as a query cell does and locks the engine.
func queried(t testing.TB, threads int, views ...abi.View) *engine {
	t.Helper()
	e, err := newEngine(threads, 256<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	if err := errors.Join(e.open(views, threads), e.lock(threads, 256<<20)); err != nil {
		t.Fatal(err)
	}
	return e
}

// wholeStatement selects the columns of claimRows, texts as text.
func wholeStatement(f *abi.Frame, order string) abi.Statement {
	s := abi.Statement{SQL: "SELECT "}
	for i, c := range f.Columns {
		if i > 0 {
			s.SQL += ", "
		}
		s.SQL += quoted(c.Name)
		if c.Type.String() == "text" {
			s.SQL += "::VARCHAR"
		}
		s.Result = append(s.Result, abi.ResultColumn{Name: c.Name, Type: c.Type})
	}
	s.SQL += ` FROM "claims"` + order
	return s
}

func frameBytes(t testing.TB, f *abi.Frame) []byte {
	t.Helper()
	b, err := abi.Encode(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Parquet, narrowed, and an engine file hold the same rows of every type.
func TestViewsOfAQueryCell(t *testing.T) {
	whole := claimRows(t)
	parquet := viewOf(t, "claims", whole)
	for name, view := range map[string]abi.View{
		"Parquet":                  parquet,
		"engine file":              engineFileOf(t, parquet, "", 1<<20),
		"engine file, sorted":      engineFileOf(t, parquet, "__subject_person", 1<<20),
		"engine file, many slices": engineFileOf(t, parquet, "__subject_person", 1),
	} {
		got, err := queried(t, 2, view).query(wholeStatement(whole, ` ORDER BY __subject_person, day DESC`))
		if err != nil || !bytes.Equal(frameBytes(t, got), frameBytes(t, whole)) {
			t.Errorf("%s: %v, %v", name, show(got), err)
		}
	}
	empty := viewOf(t, "claims", &abi.Frame{Columns: whole.Columns[:0:0]})
	if _, err := prepareQuery(&abi.QueryRequest{Views: []abi.View{empty}, Threads: 2, Memory: 256 << 20}); err == nil {
		t.Error("a view without a column was loaded")
	}
}

// numbered is a view of n rows: a number, an ordinal that jumps about, null at
// times, a text of few values, one of many and one of none.
func numbered(t testing.TB, n int) *abi.Frame {
	f := &abi.Frame{Rows: n, Columns: []abi.Column{
		{Name: "n", Type: typ(t, "integer")},
		{Name: "__subject_person", Type: typ(t, "integer"), Valid: make([]byte, (n+7)/8)},
		{Name: "few", Type: typ(t, "text"), Offsets: []uint32{0}},
		{Name: "many", Type: typ(t, "text"), Offsets: []uint32{0}},
		{Name: "none", Type: typ(t, "text"), Valid: make([]byte, (n+7)/8), Offsets: make([]uint32, n+1)},
	}}
	for i := range n {
		person := int64(i) * 7919 % 5003
		if person > 0 {
			f.Columns[1].Valid[i/8] |= 1 << (i % 8)
		}
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(i))
		f.Columns[1].Ints = append(f.Columns[1].Ints, person)
		for j, s := range []string{fmt.Sprint("区", i%16), fmt.Sprint("名", i)} {
			c := &f.Columns[2+j]
			c.Bytes = append(c.Bytes, s...)
			c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
		}
	}
	return f
}

func TestEngineFileKeepsTheOrder(t *testing.T) {
	whole := numbered(t, 150_000) // more than a row group
	parquet := viewOf(t, "claims", whole)
	file := engineFileOf(t, parquet, "", 1<<20)
	kept := queried(t, 2, file)
	got, err := kept.query(statement(t, fmt.Sprintf(`SELECT count(*) FROM view%d.main."view" WHERE n <> rowid`, file.FD), "integer"))
	if err != nil || got.Columns[0].Ints[0] != 0 {
		t.Errorf("some rows stand elsewhere: %v, %v", got, err)
	}
	file = engineFileOf(t, parquet, "__subject_person", 4<<20)
	sorted := queried(t, 2, file)
	got, err = sorted.query(statement(t, fmt.Sprintf(`SELECT __subject_person FROM view%d.main."view" ORDER BY rowid`, file.FD), "integer"))
	if err != nil || got.Rows != whole.Rows {
		t.Fatal(err)
	}
	present := slices.DeleteFunc(got.Columns[0].Ints, func(v int64) bool { return v == 0 })
	if !slices.IsSorted(present) || len(present) == whole.Rows {
		t.Errorf("the rows are not sorted: %v …", present[:10])
	}
	for name, e := range map[string]*engine{"in order": kept, "sorted": sorted} {
		got, err := e.query(wholeStatement(whole, " ORDER BY n"))
		if err != nil || !bytes.Equal(frameBytes(t, got), frameBytes(t, whole)) {
			t.Errorf("%s: other rows than the Parquet's, %v", name, err)
		}
	}
}

func TestNarrowTypes(t *testing.T) {
	rows := numbered(t, 3000)
	e := queried(t, 2, viewOf(t, "claims", rows))
	want := `[[n BIGINT] [__subject_person UINTEGER] [few ENUM] [many VARCHAR] [none VARCHAR]]`
	got, err := e.query(statement(t, `SELECT column_name, split_part(data_type, '(', 1) FROM duckdb_columns() WHERE table_name = 'claims'`, "text text"))
	if err != nil || fmt.Sprint(show(got)) != want {
		t.Errorf("%v, %v; want %s", show(got), err, want)
	}
	rows.Columns[1].Ints[7] = 1 << 32
	_, err = prepareQuery(&abi.QueryRequest{Views: []abi.View{viewOf(t, "claims", rows)}, Threads: 2, Memory: 256 << 20})
	if err != (abi.Failure{Code: abi.FailOverflow, At: 1}) {
		t.Errorf("an ordinal of 33 bits: %v", err)
	}
}

// What a locked engine refuses to do with an engine file and beside it.
func TestAttachedEngineFileIsLocked(t *testing.T) {
	parquet := viewOf(t, "claims", claimRows(t))
	view := engineFileOf(t, parquet, "", 1<<20)
	other := engineFileOf(t, parquet, "", 1<<20)
	e := queried(t, 2, view)
	file := fmt.Sprintf("view%d", view.FD)
	for _, sql := range []string{
		`INSERT INTO ` + file + `.main."view" SELECT * FROM claims`, `DELETE FROM ` + file + `.main."view"`, `UPDATE ` + file + `.main."view" SET cost = 1`,
		`DROP TABLE ` + file + `.main."view"`, `CREATE TABLE ` + file + `.main.x AS SELECT 1`, `CREATE VIEW ` + file + `.main.x AS SELECT 1`, `CREATE SCHEMA ` + file + `.x`,
		fmt.Sprintf(`ATTACH '/proc/self/fd/%d' AS x (READ_ONLY)`, other.FD), fmt.Sprintf(`ATTACH '/proc/self/fd/%d' AS x`, other.FD), fmt.Sprintf(`ATTACH '/proc/self/fd/%d' AS x`, view.FD), `ATTACH '/tmp/x.db'`,
		fmt.Sprintf(`SELECT * FROM read_parquet('/proc/self/fd/%d')`, parquet.FD), fmt.Sprintf(`SELECT * FROM read_blob('/proc/self/fd/%d')`, view.FD),
		`COPY claims TO '/tmp/x.csv'`, `EXPORT DATABASE '/tmp/x'`, `SET enable_external_access=true`, `SET threads=8`,
	} {
		if err := e.exec(sql); err == nil {
			t.Errorf("%s: done", sql)
		}
	}
	f, err := e.query(statement(t, `SELECT count(*), sum(cost) FROM claims`, "integer decimal(18,2)"))
	if err != nil || fmt.Sprint(show(f)) != "[[5 1000000001025]]" {
		t.Errorf("afterwards: %v, %v", show(f), err)
	}
}

func TestFilesThatAreNotWhatTheySay(t *testing.T) {
	parquet := viewOf(t, "claims", claimRows(t))
	engineFile := engineFileOf(t, parquet, "", 1<<20)
	cut, swapped, lacks := engineFile, parquet, engineFile
	b, err := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", engineFile.FD))
	if err != nil {
		t.Fatal(err)
	}
	cut.FD = memfd(t, b[:len(b)/2])
	swapped.Engine = true
	lacks.Columns = []string{"no such"}
	none := engineFile
	none.Columns = nil
	parquetOfEngine := engineFile
	parquetOfEngine.Engine = false
	for name, v := range map[string]abi.View{"half of it": cut, "Parquet as an engine file": swapped, "an engine file as Parquet": parquetOfEngine, "a column that it lacks": lacks, "no column": none} {
		_, err := prepareQuery(&abi.QueryRequest{Views: []abi.View{v}, Threads: 2, Memory: 256 << 20})
		var f abi.Failure
		if !errors.As(err, &f) || f.At != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := newEngine(2, 256<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	if err := e.build(filepath.Join(t.TempDir(), "view"), parquetOn(9999), &abi.PrepareRequest{Columns: []string{"n"}}); err == nil {
		t.Error("an engine file was made of nothing")
	}
}

// TestEngineFormat holds that engine files are named after the engine that reads
// them, so that no file of another one is ever opened.
func TestEngineFormat(t *testing.T) {
	e, err := newEngine(1, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	var version string
	if err := e.one("SELECT version()", &version); err != nil || "duckdb "+version != abi.EngineFormat {
		t.Errorf("the engine is duckdb %s, %v; its files are named after %s", version, err, abi.EngineFormat)
	}
}
