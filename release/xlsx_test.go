package release

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"yingbi/crypto"
)

// TestGoldenWorkbook pins the bytes: whoever changes them makes the releases that
// exist unverifiable, and must raise the format and keep the old rendering.
func TestGoldenWorkbook(t *testing.T) {
	b, err := workbook(testTables())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/tables.xlsx.sm3", []byte(crypto.Sum(b).String()+"\n"))
}

func openWorkbook(t *testing.T, tables []Table) *excelize.File {
	t.Helper()
	b, err := workbook(tables)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestWorkbookReadsBack reads the workbook with an implementation by others.
func TestWorkbookReadsBack(t *testing.T) {
	f := openWorkbook(t, testTables())
	if got := strings.Join(f.GetSheetList(), "|"); got != "各区县费用|各区县费用 (2)" {
		t.Errorf("the sheets are %s", got)
	}
	const number, str, bit = excelize.CellTypeUnset, excelize.CellTypeInlineString, excelize.CellTypeBool
	for _, c := range []struct {
		sheet, at  string
		typ        excelize.CellType
		raw, shown string
	}{
		{"各区县费用", "A1", str, "区县", "区县"},
		{"各区县费用", "D1", str, "mean", "mean"}, // a column without a title
		{"各区县费用", "B2", number, "120", "120"},
		{"各区县费用", "C2", number, "1234567.80", "1234567.80"},
		{"各区县费用", "C3", number, "-0.5", "-0.50"},
		{"各区县费用", "D2", number, "1.03e4", "10300"},
		{"各区县费用", "A3", str, "江川, \"旧\"区", "江川, \"旧\"区"},
		{"各区县费用", "A4", str, "=1+1", "=1+1"},
		{"各区县费用", "B4", str, "c", "c"},
		{"各区县费用", "C5", number, "", ""},
		{"各区县费用", "A8", str, testTables()[0].Notes[0], testTables()[0].Notes[0]},
		{"各区县费用 (2)", "A2", str, "2026-01-31", "2026-01-31"},
		{"各区县费用 (2)", "C2", bit, "1", "TRUE"},
		{"各区县费用 (2)", "D2", str, "9007199254740993", "9007199254740993"}, // Excel would show …990
		{"各区县费用 (2)", "D3", number, "1000000000000000000", "1000000000000000000"},
	} {
		typ, err := f.GetCellType(c.sheet, c.at)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetCellValue(c.sheet, c.at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		shown, err := f.GetCellValue(c.sheet, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if typ != c.typ || raw != c.raw || shown != c.shown {
			t.Errorf("%s %s: type %v, %q, shown %q; want %v, %q, %q", c.sheet, c.at, typ, raw, shown, c.typ, c.raw, c.shown)
		}
	}
}

func TestTextIsNeverAFormula(t *testing.T) {
	texts := append([]string{"<v>1</v>", "a&b", `"`, "_x0041_", "_x0041_x0042_", "_x005F_", "__x0041_", " a ", "a\nb", "\t", "]]>", "\ufffd"}, injections...)
	table := Table{Name: "t", Columns: []Column{{"=a", "=b", text}}}
	for _, s := range texts {
		table.Rows = append(table.Rows, []Cell{v(s)})
	}
	f := openWorkbook(t, []Table{table})
	for i, s := range append([]string{"=b"}, texts...) {
		at := reference(0, i)
		formula, err := f.GetCellFormula("t", at)
		if err != nil || formula != "" {
			t.Errorf("%s is a formula: %q, %v", at, formula, err)
		}
		if got, err := f.GetCellValue("t", at); err != nil || got != s {
			t.Errorf("%q came back as %q, %v", s, got, err)
		}
	}
}

// TestWorkbookIsPlain: nothing in it but the parts that are documented, stored as
// they are.
func TestWorkbookIsPlain(t *testing.T) {
	b, err := workbook(testTables())
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if f.Method != zip.Store || f.Flags != 0 || f.ModifiedTime != 0 || len(f.Extra) != 0 {
			t.Errorf("%s: %+v", f.Name, f.FileHeader)
		}
	}
	const want = "[Content_Types].xml _rels/.rels xl/workbook.xml xl/_rels/workbook.xml.rels xl/styles.xml xl/worksheets/sheet1.xml xl/worksheets/sheet2.xml"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the parts are %s", got)
	}
}

func TestSheetNames(t *testing.T) {
	long := strings.Repeat("费", 40)
	var tables []Table
	for _, title := range []string{
		"费用", "费用", "FEES", "fees", "a[b]c:d*e?f/g\\h", "'quoted'", "'", "", "History", long, long, strings.Repeat("😀", 20), "fees (2)", " a ",
	} {
		tables = append(tables, Table{Name: "name", Title: title})
	}
	want := []string{
		"费用", "费用 (2)", "FEES", "fees (2)", "a_b_c_d_e_f_g_h", "quoted", "_", "name", "History (2)",
		long[:31*3], long[:27*3] + " (2)", strings.Repeat("😀", 15), "fees (2) (2)", "a",
	}
	got := sheetNames(tables)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q became %q, want %q", tables[i].Title, got[i], want[i])
		}
		if n := len(utf16.Encode([]rune(got[i]))); n > 31 {
			t.Errorf("%q has %d UTF-16 units", got[i], n)
		}
	}
}

func TestReferences(t *testing.T) {
	for column, want := range map[int]string{0: "A1", 25: "Z1", 26: "AA1", 51: "AZ1", 52: "BA1", maxColumns - 1: "IV1"} {
		got := reference(column, 0)
		other, err := excelize.CoordinatesToCellName(column+1, 1)
		if got != want || err != nil || other != want {
			t.Errorf("column %d is %s, want %s (%s, %v)", column, got, want, other, err)
		}
	}
}
