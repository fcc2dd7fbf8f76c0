package release

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew: a change of format")

func TestGoldenCSV(t *testing.T) {
	for _, table := range testTables() {
		golden(t, "testdata/"+table.Name+".csv", table.csv())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%q\nwant\n%q", name, got, want)
	}
}

// injections are texts that a spreadsheet runs, or might.
var injections = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000+1", "＝1", "＋1", "－1", "＠a", "'=1",
	`=cmd|' /C calc'!A0`, `=HYPERLINK("http://x","y")`, "-10~0", "=", "-",
}

func TestFormulasAreHarmless(t *testing.T) {
	for _, s := range injections {
		if got := harmless(s); got != "'"+s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{"", "a", "a=1", "1", "0-17", "影壁", " a", "(=1)", "#N/A", "\"=1\"", "a'"} {
		if got := harmless(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// TestCSVReadsBack holds the file against another implementation of RFC 4180, and
// takes the apostrophes away again.
func TestCSVReadsBack(t *testing.T) {
	table := Table{Name: "t", Columns: []Column{{"=name", "", text}, {"n", "", integer}}}
	texts := append([]string{"", "a,b", `a"b`, `"`, "a\nb", "影壁", "'quoted'", " "}, injections...)
	for _, s := range texts {
		table.Rows = append(table.Rows, []Cell{v(s), v("-5")})
	}
	body, ok := strings.CutPrefix(string(table.csv()), "\uFEFF")
	if !ok {
		t.Fatal("no byte order mark")
	}
	records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if records[0][0] != "'=name" || len(records) != len(texts)+1 {
		t.Fatalf("%d records, header %q", len(records), records[0])
	}
	for i, s := range texts {
		got := strings.TrimPrefix(records[i+1][0], "'")
		// encoding/csv takes a line break inside quotes for "\n", whatever it was.
		if got != strings.ReplaceAll(s, "\r\n", "\n") || records[i+1][1] != "-5" {
			t.Errorf("%q came back as %q", s, records[i+1])
		}
	}
}
