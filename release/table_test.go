package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

func TestTablesRoundTrip(t *testing.T) {
	b, err := EncodeTables(testTables())
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseTables(b)
	if err != nil {
		t.Fatal(err)
	}
	want := testTables()
	want[1].Notes = []string{} // a list is never null
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestTablesSpelling(t *testing.T) {
	b, err := EncodeTables([]Table{{
		Name: "t", Columns: []Column{{"a", "<&>", text}, {"n", "", money}},
		Rows: [][]Cell{{v("\"\\\t\u2028影"), v("1.50")}, {{Null: true}, {Suppressed: true}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"format":"yingbi/tables/v1","tables":[{"name":"t","title":"",` +
		`"columns":[{"name":"a","title":"<&>","type":"text"},{"name":"n","title":"","type":"decimal(12,2)"}],` +
		`"rows":[["\"\\\t` + "\u2028" + `影","1.50"],[null,{"suppressed":true}]],"notes":[]}]}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestNoTables(t *testing.T) {
	b, err := EncodeTables(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseTables(b); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	_, err = Files(b, Terms{})
	wantKind(t, err, fault.Conflict)
}

func TestParseTablesRefuses(t *testing.T) {
	b, err := EncodeTables(testTables())
	if err != nil {
		t.Fatal(err)
	}
	whole := string(b)
	for name, s := range map[string]string{
		"empty":            "",
		"null":             "null",
		"other format":     strings.Replace(whole, "tables/v1", "tables/v2", 1),
		"space":            strings.Replace(whole, `"tables":`, `"tables": `, 1),
		"trailing newline": whole + "\n",
		"unknown key":      strings.Replace(whole, `{"format"`, `{"x":1,"format"`, 1),
		"repeated key":     strings.Replace(whole, `"title":"区县"`, `"title":"","title":"区县"`, 1),
		"capital key":      strings.Replace(whole, `"title":`, `"Title":`, 1),
		"other escape":     strings.Replace(whole, "区", `\u533a`, 1),
		"number":           strings.Replace(whole, `"120"`, "120", 1),
		"not suppressed":   strings.Replace(whole, `{"suppressed":true}`, `{"suppressed":false}`, 1),
		"null rows":        `{"format":"yingbi/tables/v1","tables":[{"name":"t","title":"","columns":[{"name":"a","title":"","type":"text"}],"rows":null,"notes":[]}]}`,
		"bad UTF-8":        strings.Replace(whole, "红塔区", "红\xff区", 1),
		"type in capitals": strings.Replace(whole, `"integer"`, `"Integer"`, 1),
	} {
		if _, err := ParseTables([]byte(s)); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	_, err = ParseTables(make([]byte, maxTablesJSON+1))
	wantKind(t, err, fault.Limit)
}

func TestCells(t *testing.T) {
	many := strings.Repeat("9", 16)
	for _, c := range []struct {
		typ  coltype.Type
		good []string
		bad  []string
	}{
		{integer, []string{"0", "5", "-5", "9223372036854775807", "-9223372036854775808"},
			[]string{"", "-0", "+5", "05", "5.0", "1e3", " 5", "9223372036854775808", "=5", "五", "５"}},
		{money, []string{"0", "-0.5", "1.50", "9999999999.99", "0.01"},
			[]string{"", ".5", "5.", "1.234", "10000000000", "01", "+1", "1e3", "1,5", "-", "--1", "NaN"}},
		{coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 18}, []string{"0", "0.123456789012345678"}, []string{"1", "0.1234567890123456789"}},
		{double, []string{"0", "-0", "1.5", "1e21", "1.5E-7", "0." + many},
			[]string{"", "NaN", "Inf", "-Inf", "1e400", "0x1p4", "1_0", ".5", "1.", strings.Repeat("1", maxNumber+1)}},
		{text, []string{"", "影壁", " ", "a\nb", "\t", "'", strings.Repeat("x", maxText)},
			[]string{"\x00", "a\x1b[0m", "\x7f", "\u0085", "\uffff", "\xff", strings.Repeat("x", maxText+1)}},
		{date, []string{"2026-01-31", "0001-01-01"}, []string{"", "2026-02-30", "2026-1-31", "20260131", "2026-01-31 "}},
		{moment, []string{"2026-01-31T08:00:00Z", "2026-01-31T08:00:00.000001+08:00"}, []string{"", "2026-01-31", "2026-01-31 08:00:00"}},
		{boolean, []string{"true", "false"}, []string{"", "True", "1", "yes"}},
	} {
		for _, s := range c.good {
			if why := v(s).flaw(c.typ); why != "" {
				t.Errorf("%v %q: %s", c.typ, s, why)
			}
		}
		for _, s := range c.bad {
			if why := v(s).flaw(c.typ); why == "" {
				t.Errorf("%v %q was accepted", c.typ, s)
			}
		}
		if why := (Cell{Null: true}).flaw(c.typ); why != "" {
			t.Errorf("%v null: %s", c.typ, why)
		}
		if why := (Cell{Suppressed: true}).flaw(c.typ); (why == "") != c.typ.Numeric() {
			t.Errorf("%v suppressed: %q", c.typ, why)
		}
	}
	for _, c := range []Cell{{Text: "1", Null: true}, {Text: "1", Suppressed: true}, {Null: true, Suppressed: true}} {
		if c.flaw(integer) == "" {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestTableRefusals(t *testing.T) {
	column := func(n int) (out []Column) {
		for i := range n {
			out = append(out, Column{Name: fmt.Sprint("c", i), Type: integer})
		}
		return out
	}
	rows := func(n, width int) [][]Cell {
		out := make([][]Cell, n)
		for i := range out {
			out[i] = make([]Cell, width)
			for j := range out[i] {
				out[i][j].Null = true
			}
		}
		return out
	}
	tables := func(n int) (out []Table) {
		for i := range n {
			out = append(out, Table{Name: fmt.Sprint("t", i), Columns: column(1)})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		tables []Table
		kind   fault.Kind // Internal: accepted
	}{
		{"most tables", tables(maxTables), fault.Internal},
		{"too many tables", tables(maxTables + 1), fault.Limit},
		{"most columns", []Table{{Name: "t", Columns: column(maxColumns)}}, fault.Internal},
		{"too many columns", []Table{{Name: "t", Columns: column(maxColumns + 1)}}, fault.Limit},
		{"no columns", []Table{{Name: "t"}}, fault.Limit},
		{"most cells", []Table{{Name: "t", Columns: column(100), Rows: rows(maxCells/100, 100)}}, fault.Internal},
		{"too many cells", []Table{{Name: "t", Columns: column(100), Rows: rows(maxCells/100, 100)}, {Name: "u", Columns: column(1), Rows: rows(1, 1)}}, fault.Limit},
		{"short row", []Table{{Name: "t", Columns: column(2), Rows: rows(1, 1)}}, fault.Invalid},
		{"long row", []Table{{Name: "t", Columns: column(2), Rows: rows(1, 3)}}, fault.Invalid},
		{"same columns", []Table{{Name: "t", Columns: []Column{{"a", "", integer}, {"a", "", text}}}}, fault.Invalid},
		{"no type", []Table{{Name: "t", Columns: []Column{{Name: "a"}}}}, fault.Invalid},
		{"nameless column", []Table{{Name: "t", Columns: []Column{{Type: text}}}}, fault.Invalid},
		{"line break in a title", []Table{{Name: "t", Title: "a\nb", Columns: column(1)}}, fault.Invalid},
		{"line break in a note", []Table{{Name: "t", Columns: column(1), Notes: []string{"a\nb"}}}, fault.Invalid},
		{"names that differ in case", []Table{{Name: "t", Columns: column(1)}, {Name: "T", Columns: column(1)}}, fault.Invalid},
	} {
		_, err := EncodeTables(c.tables)
		if err == nil && c.kind == fault.Internal {
			continue
		}
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	long := []Table{{Name: "t", Columns: []Column{{"a", "", text}}}}
	for range maxTablesJSON/maxText + 1 {
		long[0].Rows = append(long[0].Rows, []Cell{v(strings.Repeat("x", maxText))})
	}
	_, err := EncodeTables(long)
	wantKind(t, err, fault.Limit)
}

func TestTableNames(t *testing.T) {
	for _, s := range []string{"a", "_", "by_district-2", "各区县费用", "tables", "con1", "COMA", strings.Repeat("a", maxName)} {
		if why := fileNameFlaw(s); why != "" {
			t.Errorf("%q %s", s, why)
		}
	}
	for _, s := range []string{
		"", ".", "..", "a.b", "a/b", `a\b`, "../a", "a b", "2a", "-a", "a:b", "a*", "a\x00", "con", "NUL", "Com1", "lpt9",
		"e\u0301", "\xff", "a\u202e", "a\n", strings.Repeat("a", maxName+1),
	} {
		if fileNameFlaw(s) == "" {
			t.Errorf("%q was accepted", s)
		}
	}
}

// TestCanonicalIsJSON holds the encoder against encoding/json, which writes the
// same but for HTML and U+2028.
func TestCanonicalIsJSON(t *testing.T) {
	for _, s := range []any{testTables(), struct {
		S string `json:"s"`
	}{"\b\f\n\r\t\x00\x1f\x7f\"\\/é影😀"}} {
		got, err := appendValue(nil, reflect.ValueOf(s))
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		w := strings.ReplaceAll(strings.TrimSuffix(want.String(), "\n"), `"notes":null`, `"notes":[]`)
		if string(got) != w {
			t.Errorf("got  %s\nwant %s", got, w)
		}
	}
}

func FuzzParseTables(f *testing.F) {
	b, err := EncodeTables(testTables())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"format":"yingbi/tables/v1","tables":[]}`))
	asked, err := EncodeTables(nil, testQuestion())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(asked)
	told, err := EncodeTables(assertedTables())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(told)
	f.Add([]byte(`{"format":"yingbi/tables/v1","tables":[{"name":"t","title":"","columns":[{"name":"a","title":"","type":"double"}],"rows":[["1e5"],[null],[{"suppressed":true}]],"notes":["n"]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tables, err := ParseTables(b)
		if err != nil {
			return
		}
		questions, err := ParseQuestions(b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := EncodeTables(tables, questions...)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted, and encodes again as %q, %v", again, err)
		}
		if _, err := Files(b, Terms{}); err != nil && len(tables)+len(questions) > 0 {
			t.Fatalf("accepted, and cannot be rendered: %v", err)
		}
	})
}
