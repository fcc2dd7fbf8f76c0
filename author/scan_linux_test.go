//go:build linux && cgo

package author_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yingbi/author"
	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
	"yingbi/masking"
	"yingbi/masking/detect"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// residents is a table whose last column has, in one row far down, a number in a text.
func residents(t testing.TB, rows int) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("证件,手机,出生日期,age,金额,备注\n")
	for i := range rows {
		id, err := idnum.SyntheticResidentID("530402", 1940+i%70, 1+i%12, 1+i%28, i%1000)
		if err != nil {
			t.Fatal(err)
		}
		remark := "体检正常，建议复查"
		if i == rows-1 {
			remark = "家属身份证号" + id + "，请电话联系"
		}
		fmt.Fprintf(&out, "%s,139%08d,%d-%02d-%02d,%d,%d.50,%s\n", id, i*48271%100_000_000, 1940+i%70, 1+i%12, 1+i%28, 3+i%80, i%300, remark)
	}
	return out.String()
}

func scanned(t testing.TB, c *author.Checks, content string, s author.Search) author.Scan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := c.Scan(t.Context(), file, s)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestScan reads one table in several forms, and finds the same.
func TestScan(t *testing.T) {
	c := newChecks(t)
	const rows = 20_500 // more than an inspection looks at in a sheet
	text := residents(t, rows)
	for name, content := range map[string]string{
		"csv": text, "GBK": gbk(t, text), "gzip": zipped(t, text), "zstd": frame(t, text), "tsv": strings.ReplaceAll(text, ",", "\t"),
		"a workbook": sheet(t, text), "Parquet": columnar(t, text),
	} {
		var told int64
		got := scanned(t, c, content, author.Search{Time: ample, Progress: func(n int64) { told = n }})
		if got.Report == nil || got.Report.Rows != rows || told != rows || got.LeftOut != 0 {
			t.Errorf("%s: %+v, told of %d rows", name, got, told)
			continue
		}
		line := ""
		var columns []masking.Column
		for i := range got.Report.Columns {
			f := &got.Report.Columns[i]
			held := ""
			for _, s := range f.Types {
				if s.Confidence >= detect.Fires {
					held += fmt.Sprintf("%s:%.2g ", s.Type, s.Share)
				}
			}
			line += fmt.Sprintf("%s %s[%s] %v %d %s\n", f.Name, f.Type(), strings.TrimSpace(held), f.Quasi, f.Level, f.Rule)
			columns = append(columns, masking.Column{Name: f.Name, Type: f.Type(), Identifier: f.Identifier()})
		}
		const want = `证件 text[resident_id:1] false 4 pseudonym
手机 integer[mobile:1] false 3 pseudonym
出生日期 date[] true 3 period
age integer[] true 3 bands
金额 decimal(18,2)[] false 3 keep
备注 text[resident_id:4.9e-05] false 4 drop
`
		if line != want {
			t.Errorf("%s:\n%swant\n%s", name, line, want)
		}
		p, err := masking.ParsePolicy("policy.yaml", got.Report.Policy("proposed", "residents"))
		if err == nil {
			err = p.Check(columns)
		}
		if err != nil {
			t.Errorf("%s: the proposed policy does not load: %v", name, err)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	c := newChecks(t)
	text := residents(t, 100)
	for name, k := range map[string]struct{ content, want string }{
		"nothing":       {"", "refused format"},
		"no header":     {"1,2\n3,4\n", "refused no-header"},
		"gzip, cut off": {zipped(t, text)[:200], "refused archive"},
		"all ragged":    {"a,b\n1\n2\n3\n", "refused nothing-kept"},
		"a workbook":    {book(t)[:900], "refused format"},
	} {
		if got := scanned(t, c, k.content, author.Search{Time: ample}); string(got.Outcome)+" "+got.Reason != k.want || got.Report != nil || got.Detail == "" {
			t.Errorf("%s: %+v, want %s", name, got, k.want)
		}
	}
	if got := scanned(t, c, text, author.Search{Time: time.Millisecond}); got.Reason != "time" || got.Report != nil {
		t.Errorf("no time: %+v", got)
	}
	if got := scanned(t, c, text+"1,2\n", author.Search{Time: ample}); got.LeftOut != 1 || got.Report.Rows != 100 {
		t.Errorf("a ragged row: %+v", got)
	}
	if got := scanned(t, c, "a,\n1,2\n", author.Search{Time: ample}); got.Nameless != 1 || len(got.Report.Columns) != 1 {
		t.Errorf("no name: %+v", got)
	}
}

// TestScanStops gives back the caller's own end.
func TestScanStops(t *testing.T) {
	c := newChecks(t)
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(folder(t, map[string]string{"t.csv": "a,b\n" + strings.Repeat("x,y\n", 3<<20)}), "t.csv")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := c.Scan(ctx, file, author.Search{Time: ample, Progress: func(int64) { cancel() }})
	if err == nil || got.Report != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestScanFlights finds no identifier in three million flights.
func TestScanFlights(t *testing.T) {
	path := filepath.Join("..", "..", "shared", "data", "flights-3m.parquet")
	if _, err := os.Stat(path); err != nil {
		t.Skip("../shared/data is not here: the test over flights needs it")
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := newChecks(t).Scan(t.Context(), file, author.Search{Time: ample})
	if err != nil || got.Report == nil || got.Report.Rows != 3_000_000 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, f := range got.Report.Columns {
		if f.Identifier() != 0 || f.Quasi || f.Level != 1 {
			t.Errorf("a false alarm: %+v", f)
		}
	}
}

// sheet writes a table as a workbook of texts.
func sheet(t testing.TB, text string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = cell
		}
		if err := w.SetRow(fmt.Sprint("A", i+1), cells); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if w.Flush() != nil || f.Write(&out) != nil {
		t.Fatal("no workbook")
	}
	return out.String()
}

// columnar writes a table as Parquet, with the types that its columns have.
func columnar(t testing.TB, text string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f := abi.Frame{Rows: len(rows) - 1, Columns: make([]abi.Column, len(rows[0]))}
	for i, name := range rows[0] {
		c := &f.Columns[i]
		c.Name, c.Type.Kind = name, map[string]coltype.Kind{"手机": coltype.Integer, "age": coltype.Integer, "出生日期": coltype.Date}[name]
		switch {
		case name == "金额":
			c.Type = coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}
		case c.Type.Kind == 0:
			c.Type.Kind, c.Offsets = coltype.Text, []uint32{0}
		}
		for _, row := range rows[1:] {
			appendCell(t, c, row[i])
		}
	}
	rec, err := table.FromFrame(&f)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := table.NewWriter(&out, rec.Schema())
	if err != nil || w.Write(rec) != nil || w.Close() != nil {
		t.Fatal("no Parquet")
	}
	return out.String()
}

func appendCell(t testing.TB, c *abi.Column, text string) {
	t.Helper()
	switch c.Type.Kind {
	case coltype.Text:
		c.Bytes = append(c.Bytes, text...)
		c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
	case coltype.Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		c.Days = append(c.Days, int32(day.Unix()/86400))
	default:
		var n int64
		if _, err := fmt.Sscan(strings.ReplaceAll(text, ".", ""), &n); err != nil {
			t.Fatal(err)
		}
		c.Ints = append(c.Ints, n)
	}
}
