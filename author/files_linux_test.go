//go:build linux && cgo

package author_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yingbi/author"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

const visits = `编号,名称,cost,day,at,urgent,share
1,市医院,1.50,2026-01-02,2026-01-02 08:00:00.25,true,1e-3
2,"a ""b""
c",NULL,,,false,2e10
900719925474099,,12.00,2026-12-31,2026-12-31 23:59:59,,
`

func TestSQL(t *testing.T) {
	c := newChecks(t)
	d := load(t, c, map[string]string{"visits.csv": visits, "空.tsv": "k\tv\n", "2 b.csv": "n\n5\n"})
	for statement, want := range map[string]string{
		`SELECT * FROM visits ORDER BY ALL`: `ok  [编号 名称 cost day at urgent share] [` +
			`[1,"市医院",1.50,"2026-01-02","2026-01-02T00:00:00.25Z",true,0.001],` +
			`[2,"a \"b\"\nc",null,null,null,false,20000000000],` +
			`[900719925474099,null,12.00,"2026-12-31","2026-12-31T15:59:59Z",null,null]]`,
		`SELECT * FROM 空`:     `ok  [k v] []`,
		`SELECT n FROM "2 b"`: `ok  [n] [[5]]`,
		`SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, '-inf'::DOUBLE AS c, -0.05::DECIMAL(3,2) AS d`: `ok  [a b c d] [["NaN","Infinity","-Infinity",-0.05]]`,
		`SELECT 1; SELECT 2`:                               `refused several-statements [] []`,
		`DROP TABLE visits`:                                `refused not-select [] []`,
		`SELECT * FROM read_csv('/etc/passwd')`:            `refused function [] []`,
		`SELECT * FROM duckdb_views`:                       `refused table [] []`,
		"SELECT 1\x00":                                     `refused white-space [] []`,
		"SELECT '" + strings.Repeat("x", abi.MaxSQL) + "'": `refused too-long [] []`,
		`SELECT now()`:                                     `refused not-deterministic [] []`,
		`SELECT nothing FROM visits`:                       `failed engine [] []`,
		`SELECT 300::TINYINT AS n`:                         `failed overflow [] []`,
		`SELECT a.n FROM range(100) a(n), range(100) b(m)`: `failed rows [] []`,
		`SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(10000) c`: `killed time [] []`,
	} {
		q := author.Question{SQL: statement, Time: ample, Memory: 256 << 20, MaxRows: 1000}
		if strings.HasPrefix(want, "killed") {
			q.Time = time.Second
		}
		got, err := c.Query(t.Context(), d, q)
		if line := fmt.Sprint(got.Outcome, " ", got.Reason, " ", got.Columns, " ", text(t, got.Rows.Rows)); err != nil || line != want {
			t.Errorf("%.60s: %s, %v\nwant %s", statement, line, err, want)
		}
	}
}

func TestInspect(t *testing.T) {
	c := newChecks(t)
	dir := t.TempDir()
	for name, k := range map[string]struct{ content, want string }{
		"a table":                {visits, `ok  csv none utf-8 "," 7 columns, 3 = 3 + 0 map[]`},
		"GBK":                    {gbk(t, visits), `ok  csv none gb18030 "," 7 columns, 3 = 3 + 0 map[]`},
		"gzip":                   {zipped(t, visits), `ok  csv gzip utf-8 "," 7 columns, 3 = 3 + 0 map[]`},
		"zstd":                   {frame(t, visits), `ok  csv zstd utf-8 "," 7 columns, 3 = 3 + 0 map[]`},
		"semicolons":             {"a;b\n1,5;2\n", `ok  csv none utf-8 ";" 2 columns, 1 = 1 + 0 map[]`},
		"tabs":                   {"a\tb\n\"1\t2\n", `ok  tsv none utf-8 "\t" 2 columns, 1 = 1 + 0 map[]`},
		"a workbook":             {book(t), `ok  xlsx   "" 2 columns, 2 = 2 + 0 map[]`},
		"Parquet":                {parquet(t), `ok  parquet   "" 2 columns, 3 = 3 + 0 map[]`},
		"only a header":          {"a,b\n", `ok  csv none utf-8 "," 2 columns, 0 = 0 + 0 map[]`},
		"no name":                {",b\n1,2\n", `ok  csv none utf-8 "," 2 columns, 1 = 1 + 0 map[]`},
		"a name that comes back": {"rank,of\nrank,1\nplace,2\n", `ok  csv none utf-8 "," 2 columns, 2 = 2 + 0 map[]`},
		"ragged":                 {"a,b\n1,2\n3\n4,5,6\n7,8\n", `ok  csv none utf-8 "," 2 columns, 4 = 2 + 2 map[ragged:2]`},
		"a stray quote":          {"a,b\n1,\"x\n2,y\n3,z\n", `ok  csv none utf-8 "," 2 columns, 3 = 2 + 1 map[malformed-quote:1]`},
		"a zero byte":            {"a,b\n1,x\x00y\n2,z\n", `ok  csv none utf-8 "," 2 columns, 2 = 2 + 0 map[]`},
		"all ragged":             {"a,b\n1\n2\n3\n", `refused nothing-kept csv none utf-8 "," 2 columns, 3 = 0 + 3 map[ragged:3]`},
		"no header":              {"1,2\n3,4\n", `refused no-header csv none utf-8 "," 2 columns, 0 = 0 + 0 map[]`},
		"a name twice":           {"a,a\n1,2\n", `refused no-header csv none utf-8 "," 2 columns, 0 = 0 + 0 map[]`},
		"nothing":                {"", `refused format    "" 0 columns, 0 = 0 + 0 map[]`},
		"zeros":                  {strings.Repeat("\x00", 4096), `refused no-header csv none utf-8 "," 1 columns, 0 = 0 + 0 map[]`},
		"a picture":              {"\x89PNG\r\n\x1a\n" + strings.Repeat("\xff\xd8\x00\x01", 999), `refused encoding    "" 0 columns, 0 = 0 + 0 map[]`},
		"too wide":               {strings.Repeat("c,", 4999) + "c\n", `refused too-wide    "" 0 columns, 0 = 0 + 0 map[]`},
		"gzip, cut off":          {zipped(t, visits)[:100], `refused archive    "" 0 columns, 0 = 0 + 0 map[]`},
		"gzip, with more":        {zipped(t, visits) + "more", `refused archive    "" 0 columns, 0 = 0 + 0 map[]`},
		"a bomb":                 {zipped(t, "a,b\n"+strings.Repeat("1,2\n", 17<<20)), `refused limit csv gzip utf-8 "," 2 columns, 0 = 0 + 0 map[]`},
		"a broken workbook":      {book(t)[:900], `refused format    "" 0 columns, 0 = 0 + 0 map[]`},
		"Parquet, cut off":       {parquet(t)[:100], `refused format    "" 0 columns, 0 = 0 + 0 map[]`},
		"an old workbook":        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 4096), `refused encrypted    "" 0 columns, 0 = 0 + 0 map[]`},
	} {
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, []byte(k.content), 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Inspect(t.Context(), file, ample)
		file.Close()
		line := fmt.Sprintf("%s %s %s %s %s %q %d columns, %d = %d + %d %v", got.Outcome, got.Reason, got.Format, got.Compression, got.Encoding, got.Delimiter,
			len(got.Columns), got.RowsIn, got.Kept, got.Quarantined, got.Reasons)
		if err != nil || line != k.want || (got.Detail == "") != (got.Outcome == author.OK) || got.Columns == nil {
			t.Errorf("%s: %s (%s), %v\nwant %s", name, line, got.Detail, err, k.want)
		}
	}
}

// TestLoadSaysWhatItLeavesOut loads a file whose end is not like its beginning.
func TestLoadSaysWhatItLeavesOut(t *testing.T) {
	c := newChecks(t)
	d := load(t, c, map[string]string{"t.csv": "a,b\n" + strings.Repeat("1,2\n", 5<<18) + "x,2\nNA,2\n,\n"})
	if got := d.Tables[0]; got.Rows != 5<<18+1 || got.LeftOut != 2 || !slices.Equal(got.Columns, []string{"a", "b"}) {
		t.Errorf("%+v", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	c := newChecks(t)
	many := map[string]string{}
	for i := range author.MaxTables + 1 {
		many[fmt.Sprintf("t%d.csv", i)] = "a\n1\n"
	}
	for want, files := range map[string]map[string]string{
		"at most 64":                          many,
		"a\\nb.csv":                           {"a\nb.csv": "a\n1\n"},
		"cannot be the name":                  {"a.csv": "a\n1\n", "A.tsv": "a\n1\n"},
		"two differ in the case":              {"t.csv": "a,A\n1,2\n"},
		`begins with "__"`:                    {"t.csv": "__subject,b\n1,2\n"},
		"t.csv cannot be a table (no-header)": {"t.csv": "1,2\n3,4\n"},
		"(format)":                            {"a.csv": "a\n1\n", "t.csv": ""},
	} {
		_, err := c.Load(t.Context(), folder(t, files))
		if kind := fault.KindOf(err); err == nil || !strings.Contains(err.Error(), want) || kind != fault.Invalid && kind != fault.Limit {
			t.Errorf("%v: %v, want %s", slices.Sorted(maps.Keys(files))[0], err, want)
		}
	}
	for name, make := range map[string]func(path string) error{
		"link.csv":   func(path string) error { return os.Symlink("/etc/passwd", path) },
		"pipe.csv":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"folder.csv": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		dir := t.TempDir()
		if err := make(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Load(t.Context(), dir); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), name+" is no plain file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Load(t.Context(), filepath.Join(t.TempDir(), "nothing")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no folder: %v", err)
	}
}

func gbk(t testing.TB, text string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return out.String()
}

func frame(t testing.TB, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return string(w.EncodeAll([]byte(text), nil))
}

func book(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{{"编号", "名称"}, {1, "市医院"}, {2, "县医院"}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func parquet(t testing.TB) string {
	t.Helper()
	rec, err := table.FromFrame(&abi.Frame{Rows: 3, Columns: []abi.Column{
		{Name: "编号", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{1, 2, 3}},
		{Name: "share", Type: coltype.Type{Kind: coltype.Double}, Floats: []float64{1, 2.5, 0}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := table.NewWriter(&out, rec.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if w.Write(rec) != nil || w.Close() != nil {
		t.Fatal("no Parquet")
	}
	return out.String()
}
