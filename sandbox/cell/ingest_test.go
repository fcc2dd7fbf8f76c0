package cell

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

var roomy = abi.Limits{Bytes: 1 << 28, Rows: 1 << 20, Columns: 100}

// upload is what an ingest task answered.
type upload struct {
	rows       [][]string // as text; null is "∅"
	quarantine []string   // row line column reason
	summary    []int64
	err        error
}

func receive(t testing.TB, task func(out *answers) error) upload {
	t.Helper()
	var pipe bytes.Buffer
	u := upload{err: task(&answers{w: &pipe})}
	for {
		m, err := abi.ReadMessage(&pipe, roomy)
		if err == io.EOF {
			return u
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := abi.Decode(m.Payload, roomy)
		if err != nil {
			t.Fatal(err)
		}
		switch m.Name {
		case abi.StreamRows:
			u.rows = append(u.rows, show(f)...)
		case abi.StreamQuarantine:
			for _, row := range show(f) {
				if !abi.Reason(row[3]).Valid() {
					t.Errorf("%q is not in the list of reasons", row[3])
				}
				u.quarantine = append(u.quarantine, strings.Join(row, " "))
			}
		case abi.StreamSummary:
			for _, c := range f.Columns {
				u.summary = append(u.summary, c.Ints[0])
			}
			if u.summary[0] != u.summary[1]+u.summary[2] || int(u.summary[1]) != len(u.rows) || int(u.summary[2]) != len(u.quarantine) {
				t.Errorf("the counts %v do not reconcile with %d rows and %d in quarantine", u.summary, len(u.rows), len(u.quarantine))
			}
		}
	}
}

func show(f *abi.Frame) [][]string {
	out := make([][]string, f.Rows)
	for i := range out {
		for j := range f.Columns {
			out[i] = append(out[i], value(&f.Columns[j], i))
		}
	}
	return out
}

func value(c *abi.Column, i int) string {
	if c.IsNull(i) {
		return "∅"
	}
	switch c.Type.Kind {
	case coltype.Double:
		return fmt.Sprint(c.Floats[i])
	case coltype.Text:
		return string(c.TextAt(i))
	case coltype.Date:
		return fmt.Sprint(c.Days[i])
	case coltype.Boolean:
		return fmt.Sprint(c.Bools[i])
	}
	return fmt.Sprint(c.Ints[i])
}

func column(t testing.TB, name, typ string, nulls ...string) abi.IngestColumn {
	t.Helper()
	parsed, err := coltype.Parse(typ)
	if err != nil {
		t.Fatal(err)
	}
	return abi.IngestColumn{Name: name, Type: parsed, Nulls: nulls}
}

func ingestText(t testing.TB, text string, columns ...abi.IngestColumn) upload {
	t.Helper()
	req := &abi.IngestRequest{Format: abi.FormatCSV, Columns: columns}
	whole := ingestAs(t, req, []byte(text))
	halves := receive(t, func(out *answers) error {
		in, err := openText(section([]byte(text)), "", abi.EncodingUTF8)
		if err != nil {
			return err
		}
		in.Reader = iotest.HalfReader(in.Reader)
		return ingestCSV(req, in, out)
	})
	if fmt.Sprint(whole) != fmt.Sprint(halves) {
		t.Errorf("%.40q reads differently in pieces", text)
	}
	return whole
}

func ingestAs(t testing.TB, req *abi.IngestRequest, b []byte) upload {
	t.Helper()
	return receive(t, func(out *answers) error { return ingest(req, section(b), out) })
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// plainText is UTF-8 to be cut.
func plainText(in io.Reader) *text { return &text{Reader: in, encoding: abi.EncodingUTF8} }

func TestCSVRecords(t *testing.T) {
	for name, c := range map[string]struct{ text, rows, quarantine string }{
		"plain":                   {"a,b\n1,2\n3,4\n", "[[1 2] [3 4]]", "[]"},
		"no last line feed":       {"a,b\n1,2", "[[1 2]]", "[]"},
		"byte order mark":         {"\ufeffa,b\n1,2\n", "[[1 2]]", "[]"},
		"CRLF":                    {"a,b\r\n1,2\r\n", "[[1 2]]", "[]"},
		"CR at the end":           {"a,b\r\n1,2\r", "[[1 2]]", "[]"},
		"quotes":                  {"\"a\",b\n\"1\",\"2\"\r\n\"\",\"\"\n", "[[1 2] [ ]]", "[]"},
		"doubled quotes":          {"a,b\n\"x\"\"y\"\"\",\"\"\"\"\n", "[[x\"y\" \"]]", "[]"},
		"comma in quotes":         {"a,b\n\"1,5\",2\n", "[[1,5 2]]", "[]"},
		"lines in quotes":         {"a,b\n\"1\n2\r\n3\",4\n5,6\n", "[[1\n2\r\n3 4] [5 6]]", "[]"},
		"columns in other order":  {"x,b,y,a\n0,2,0,1\n", "[[1 2]]", "[]"},
		"empty lines":             {"\n\na,b\n\n1,2\n\r\n\n3,4\n\n", "[[1 2] [3 4]]", "[]"},
		"CR inside":               {"a,b\n1\r,2\n", "[[1\r 2]]", "[]"},
		"no rows":                 {"a,b\n", "[]", "[]"},
		"short":                   {"a,b\n1\n3,4\n", "[[3 4]]", "[1 2  ragged]"},
		"long":                    {"a,b\n1,2,3\n3,4\n", "[[3 4]]", "[1 2  ragged]"},
		"quote in a bare cell":    {"a,b\n1,x\"y\n3,4\n", "[[3 4]]", "[1 2  malformed-quote]"},
		"text after a quote":      {"a,b\n\"1\"x,2\n3,4\n", "[[3 4]]", "[1 2  malformed-quote]"},
		"space before a quote":    {"a,b\n1, \"2\"\n3,4\n", "[[3 4]]", "[1 2  malformed-quote]"},
		"quote never closed":      {"a,b\n1,\"2\n3,4\n5,6\n", "[[3 4] [5 6]]", "[1 2  malformed-quote]"},
		"closed lines later":      {"a,b\n1,\"2\n3,4\n5,\"6\"\n7,8\n", "[[3 4] [5 6] [7 8]]", "[1 2  malformed-quote]"},
		"line numbers":            {"a,b\n\n\"1\n\n1\",2\n3\n", "[[1\n\n1 2]]", "[2 6  ragged]"},
		"invalid UTF-8":           {"a,b\n\xd0\xa1,\xe5\n3,4\n", "[[3 4]]", "[1 2 b invalid-utf8]"},
		"invalid in what's extra": {"a,b,c\n1,2,\xff\n", "[[1 2]]", "[]"},
	} {
		u := ingestText(t, c.text, column(t, "a", "text"), column(t, "b", "text"))
		if u.err != nil || fmt.Sprint(u.rows) != c.rows || fmt.Sprint(u.quarantine) != c.quarantine {
			t.Errorf("%s: %v, %q and %q in quarantine", name, u.err, u.rows, u.quarantine)
		}
	}
}

func TestCSVOfOneColumnKeepsEmptyLines(t *testing.T) {
	u := ingestText(t, "a\n1\n\n\n3\n", column(t, "a", "text"))
	if fmt.Sprint(u.rows) != "[[1] [] [] [3]]" {
		t.Errorf("%q", u.rows)
	}
}

// For files that encoding/csv accepts, the records are the same.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "\"a\"\"\n\",b\r\n,\n\r\n\"\"\n", "a\r\n\rb\r\r\n", "\"a\n\"b,c\n", "x,\"\ny,z\"\n\"", "\ufeffq\n",
	} {
		f.Add(s)
	}
	in := newRecords(plainText(nil), "", "") // its 5 MiB once
	f.Fuzz(func(t *testing.T, text string) {
		in.restart([]byte(strings.TrimPrefix(text, "\ufeff")))
		var got [][]string
		lines := int64(0)
		clean := true
		for {
			cells, line, why, err := in.next()
			if err != nil {
				break
			}
			if line <= lines {
				t.Fatalf("line %d after line %d", line, lines)
			}
			lines = line
			clean = clean && why == ""
			var row []string
			for _, c := range cells {
				row = append(row, strings.ReplaceAll(string(c), "\r\n", "\n"))
			}
			got = append(got, row)
		}
		want := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		want.FieldsPerRecord = -1
		rows, err := want.ReadAll()
		if clean != (err == nil) {
			t.Fatalf("%q: clean is %v, encoding/csv says %v", text, clean, err)
		}
		if clean && fmt.Sprintf("%q", got) != fmt.Sprintf("%q", rows) {
			t.Fatalf("%q: %q, encoding/csv says %q", text, got, rows)
		}
	})
}

// A record of 1 MiB is read, one more byte is not, with and without quotes; and
// what follows is read in any case.
func TestCSVRecordOfOneMebibyte(t *testing.T) {
	for _, c := range []struct {
		open, closed string
		why          abi.Reason
	}{{"", "", abi.ReasonTooLong}, {`"`, `"`, abi.ReasonQuote}, {`"`, `",`, abi.ReasonQuote}, {`x,"","`, `",x`, abi.ReasonQuote}} {
		for over := -1; over <= 2; over++ {
			long := c.open + strings.Repeat("x", maxRecord+over-len(c.open)-len(c.closed)) + c.closed
			in := newRecords(plainText(strings.NewReader(long+"\n1,2\n")), "", "")
			cells, _, why, err := in.next()
			if ok := over <= 0; err != nil || ok != (why == "") || ok != (len(cells) > 0) {
				t.Errorf("%d bytes over, in %q: %d cells, %q, %v", over, c.open, len(cells), why, err)
			}
			if cells, line, why, _ := in.next(); len(cells) != 2 || line != 2 || why != "" {
				t.Errorf("%d bytes over, in %q: then %q on line %d, %s", over, c.open, cells, line, why)
			}
		}
	}
	// Far longer than the buffer, and without an end.
	in := newRecords(plainText(io.MultiReader(strings.NewReader("a\n"), strings.NewReader(strings.Repeat("x", 9*maxRecord)), strings.NewReader("\nb\n\""))), "", "")
	var got []string
	for {
		cells, line, why, err := in.next()
		if err != nil {
			break
		}
		got = append(got, fmt.Sprintf("%s %d %s", cells, line, why))
	}
	if fmt.Sprint(got) != "[[a] 1  [] 2 too-long [b] 3  [] 4 malformed-quote]" {
		t.Error(got)
	}
}

// Lines that each open a quote cost a file no more than a pass or two.
func TestCSVStrayQuotesAreCheap(t *testing.T) {
	for _, line := range []string{"\"a\n", "a,\"\n", "a\"\n", "\"\"\"\n", ",\"\",\"\n", "\"x\"y\n"} {
		text := "a,b\n" + strings.Repeat(line, 200_000)
		in := newRecords(plainText(strings.NewReader(text)), "", "")
		for {
			if _, _, _, err := in.next(); err != nil {
				break
			}
		}
	}
}

func TestWholeFileRefusals(t *testing.T) {
	a, b := column(t, "a", "text"), column(t, "b", "text")
	b.Source = "乙"
	wide := strings.Repeat("x,", abi.MaxColumns)
	for name, c := range map[string]struct {
		text string
		want abi.Failure
	}{
		"empty":                 {"", abi.Failure{Code: abi.FailFormat}},
		"only a mark":           {"\ufeff", abi.Failure{Code: abi.FailFormat}},
		"missing":               {"a,b\n1,2\n", abi.Failure{Code: abi.FailMissingColumn, At: 2}},
		"twice":                 {"a,乙,a\n1,2,3\n", abi.Failure{Code: abi.FailAmbiguousColumn, At: 1}},
		"GBK header":            {"a,\xd2\xd2\n1,2\n", abi.Failure{Code: abi.FailEncoding}},
		"malformed header":      {"a,\"乙\n1,2\n", abi.Failure{Code: abi.FailFormat}},
		"too wide":              {wide + "a\n", abi.Failure{Code: abi.FailTooWide}},
		"other delimiter":       {"a;乙\n1;2\n", abi.Failure{Code: abi.FailDelimiter, At: ';'}},
		"UTF-16":                {"\xff\xfea\x00,\x00b\x00\n\x00", abi.NotA(abi.FailEncoding, abi.EncodingUTF16LE)},
		"as wide as it may be":  {strings.Repeat("x,", abi.MaxColumns-2) + "a,乙\n", abi.Failure{}},
		"what's extra is twice": {"a,x,x,乙\n", abi.Failure{}},
	} {
		u := ingestText(t, c.text, a, b)
		var got abi.Failure
		errors.As(u.err, &got)
		if got != c.want {
			t.Errorf("%s: %v", name, u.err)
		}
	}
	bad := column(t, "a", "timestamp")
	for _, zone := range []string{"Local", "Asia/Atlantis", "../etc/passwd"} {
		bad.Zone = zone
		if u := ingestText(t, "a\n", bad); u.err != (abi.Failure{Code: abi.FailRequest, At: 1}) {
			t.Errorf("zone %s: %v", zone, u.err)
		}
	}
}

// Header names are compared in composed characters; the summary counts the rest.
func TestHeaderNames(t *testing.T) {
	a := column(t, "name", "text")
	a.Source = "caf\u00e9"
	b := a
	b.Name = "again"
	u := ingestText(t, "x,cafe\u0301,y\n1,2,3\n", a, b)
	if u.err != nil || fmt.Sprint(u.rows, u.summary) != "[[2 2]] [1 1 0 2 0]" {
		t.Errorf("%v %q %v", u.err, u.rows, u.summary)
	}
}

func TestNullsAndRequired(t *testing.T) {
	a, b := column(t, "a", "integer", "", "NULL", "空"), column(t, "b", "text", "-")
	a.Required = false
	c := column(t, "c", "date", "")
	c.Required = true
	u := ingestText(t, "a,b,c\n,-,2024-01-02\nNULL,,2024-01-02\n空,\"-\",2024-01-02\n\"\",null,2024-01-02\nnull,x,2024-01-02\n1,x,\n", a, b, c)
	if fmt.Sprint(u.rows) != "[[∅ ∅ 19724] [∅  19724] [∅ ∅ 19724] [∅ null 19724]]" || fmt.Sprint(u.quarantine) != "[5 6 a unparsable 6 7 c missing-value]" {
		t.Errorf("%q, quarantine %q", u.rows, u.quarantine)
	}
}

// A row that is given up leaves nothing behind in the next: not its text, not
// its nulls.
func TestRejectedRowsLeaveNoTrace(t *testing.T) {
	u := ingestText(t, "a,b,c\nsecret,-,x\nshort,w,1\n,-,y\nz,v,2\n", column(t, "a", "text", ""), column(t, "b", "text", "-"), column(t, "c", "integer"))
	if fmt.Sprint(u.rows) != "[[short w 1] [z v 2]]" {
		t.Errorf("%q", u.rows)
	}
}

func TestFramesAreCutAtTheBatch(t *testing.T) {
	for _, rows := range []int{0, 9, 10, 11, 30} {
		text := "a,b\n" + strings.Repeat("1,x\n2\n", rows)
		req := &abi.IngestRequest{BatchRows: 10, Columns: []abi.IngestColumn{column(t, "a", "integer"), column(t, "b", "text")}}
		var pipe bytes.Buffer
		if err := ingestCSV(req, plainText(strings.NewReader(text)), &answers{w: &pipe}); err != nil {
			t.Fatal(err)
		}
		frames := 0
		for {
			m, err := abi.ReadMessage(&pipe, roomy)
			if err != nil {
				break
			}
			if m.Name == abi.StreamRows {
				frames++
			}
		}
		if want := (rows + 9) / 10; frames != want {
			t.Errorf("%d rows came in %d frames, want %d", rows, frames, want)
		}
	}
	// Many columns make short frames.
	wide := &abi.IngestRequest{Columns: make([]abi.IngestColumn, abi.MaxColumns)}
	for i := range wide.Columns {
		wide.Columns[i] = column(t, fmt.Sprint(i), "boolean")
	}
	b, err := newBatch(wide, nil)
	if err != nil || b.limit != batchCells/abi.MaxColumns {
		t.Fatal(err)
	}
	if err := b.out.stop(); err != nil {
		t.Error(err)
	}
	// Long text ends a frame before its rows are full.
	long := "a\n" + strings.Repeat(strings.Repeat("x", maxRecord)+"\n", 20)
	u := ingestText(t, long, column(t, "a", "text"))
	if len(u.rows) != 20 || u.err != nil {
		t.Errorf("%d rows, %v", len(u.rows), u.err)
	}
}
