package cell

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yingbi/sandbox/abi"
)

// parts are the parts of a small workbook, by name; a test changes some of them.
func parts(rows string) map[string]string {
	const rel = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return map[string]string{
		"[Content_Types].xml": `<?xml version="1.0"?><Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":         fmt.Sprintf(rel, `<Relationship Id="r1" Type="`+kind+`/officeDocument" Target="xl/workbook.xml"/>`),
		"xl/workbook.xml": `<workbook xmlns:r="` + kind + `"><workbookPr/><sheets>` +
			`<sheet name="说明" sheetId="1" state="hidden" r:id="r1"/><sheet name="数据 &amp; 图" sheetId="2" r:id="r2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": fmt.Sprintf(rel, `<Relationship Id="r1" Type="`+kind+`/worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r2" Type="`+kind+`/worksheet" Target="/xl/worksheets/sheet2.xml"/>`+
			`<Relationship Id="r3" Type="`+kind+`/styles" Target="styles.xml"/><Relationship Id="r4" Type="`+kind+`/sharedStrings" Target="sharedStrings.xml"/>`),
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="inlineStr"><is><t>hidden</t></is></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
		// Formats: 1 a date, 2 a time, 3 both, 4 a length of time, 5 money, 6 a date of Chinese.
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="&quot;d&quot;#,##0.00\d"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="21"/><xf numFmtId="22"/><xf numFmtId="46"/><xf numFmtId="165"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst><si><t>a</t></si><si><t xml:space="preserve"> b </t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t>文本</t></r><rPh sb="0" eb="1"><t>ふ</t></rPh></si>` +
			`<si><t>1 &lt; 2 &amp;&#65;&#x5F71;_x000D_x_x005F_x000D_</t></si><si><t/></si><si><t>line` + "\r\n" + `two<![CDATA[<&amp;]]></t></si></sst>`,
	}
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range parts {
		p, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(p, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sheetRequest(columns ...abi.IngestColumn) *abi.IngestRequest {
	return &abi.IngestRequest{Format: abi.FormatXLSX, Columns: columns}
}

// One cell of every kind, as each type.
func TestSheetCells(t *testing.T) {
	for _, c := range []struct{ cell, as, want string }{
		{`<c r="A2"><v>12.5</v></c>`, "decimal(6,2)", "1250"},
		{`<c r="A2"><v>12.5</v></c>`, "text", "12.5"},
		{`<c r="A2" t="n"><v>-3</v></c>`, "integer", "-3"},
		{`<c r="A2"><v>1.2E2</v></c>`, "integer", "120"},
		{`<c r="A2"><v>1E-7</v></c>`, "text", "0.0000001"},
		{`<c r="A2"><v>12.340000000000002</v></c>`, "decimal(6,2)", "1234"},
		{`<c r="A2"><v>0.30000000000000004</v></c>`, "double", "0.30000000000000004"},
		{`<c r="A2"><v>0.30000000000000004</v></c>`, "text", "0.3"},
		{`<c r="A2"><v>12.345</v></c>`, "decimal(6,2)", "too-many-digits"},
		{`<c r="A2"><v>999999999999999</v></c>`, "integer", "999999999999999"},
		{`<c r="A2"><v>1000000000000000</v></c>`, "integer", "lost-digits"},
		{`<c r="A2"><v>4.4052418800101E+17</v></c>`, "text", "lost-digits"},
		{`<c r="A2"><v>-4.4052418800101E+17</v></c>`, "decimal(18,0)", "lost-digits"},
		{`<c r="A2"><v>1e17</v></c>`, "double", "1e+17"},
		{`<c r="A2"><v>x</v></c>`, "text", "unparsable"},
		{`<c r="A2"><v>0x10</v></c>`, "integer", "unparsable"},
		{`<c r="A2"><v>1e999</v></c>`, "double", "out-of-range"},
		{`<c r="A2"/>`, "text", "∅"},
		{`<c r="A2"><v/></c>`, "integer", "∅"},
		{``, "integer", "∅"},
		{`<c r="A2" t="s"><v>0</v></c>`, "text", "a"},
		{`<c r="A2" t="s"><v>1</v></c>`, "text", " b "},
		{`<c r="A2" t="s"><v>2</v></c>`, "text", "富文本"},
		{`<c r="A2" t="s"><v>3</v></c>`, "text", "1 < 2 &A影\rx_x000D_"},
		{`<c r="A2" t="s"><v>4</v></c>`, "text", "∅"},
		{`<c r="A2" t="s"><v>5</v></c>`, "text", "line\ntwo<&amp;"},
		{`<c r="A2" t="s"><v>6</v></c>`, "text", " unparsable"},
		{`<c r="A2" t="s"><v>-1</v></c>`, "text", " unparsable"},
		{`<c r="A2" t="inlineStr"><is><t>x</t></is></c>`, "text", "x"},
		{`<c r="A2" t="inlineStr"><is><r><t>2024</t></r><r><t>-01-02</t></r></is></c>`, "date", "19724"},
		{`<c r="A2" t="inlineStr"><is><t>&#xFFFFFF;</t></is></c>`, "text", "invalid-utf8"},
		{`<c r="A2" t="inlineStr"><is><t>&nbsp;</t></is></c>`, "text", "invalid-utf8"},
		{`<c r="A2" t="inlineStr"><is><t>_xD800_</t></is></c>`, "text", "invalid-utf8"},
		{`<c r="A2" t="str"><f>B1&amp;"x"</f><v>ax</v></c>`, "text", "ax"},
		{`<c r="A2"><f>1+1</f><v>2</v></c>`, "integer", "2"},
		{`<c r="A2"><f>1+1</f></c>`, "integer", "no-cached-value"},
		{`<c r="A2" t="str"><f>""</f><v></v></c>`, "integer", "∅"},
		{`<c r="A2" t="b"><v>1</v></c>`, "boolean", "1"},
		{`<c r="A2" t="b"><v>0</v></c>`, "text", "FALSE"},
		{`<c r="A2" t="b"><v>1</v></c>`, "integer", "unparsable"},
		{`<c r="A2"><v>1</v></c>`, "boolean", "1"},
		{`<c r="A2" t="e"><v>#DIV/0!</v></c>`, "text", "error-value"},
		{`<c r="A2" t="e"><v>#N/A</v></c>`, "integer", "∅"},
		{`<c r="A2" t="z"><v>1</v></c>`, "integer", " unparsable"},
		{`<c r="A2" s="1"><v>45293</v></c>`, "date", "19724"},
		{`<c r="A2" s="6"><v>45293</v></c>`, "date", "19724"},
		{`<c r="A2" s="1"><v>45293.5</v></c>`, "date", "unparsable"},
		{`<c r="A2" s="1"><v>45293</v></c>`, "text", "2024-01-02"},
		{`<c r="A2" s="1"><v>45293</v></c>`, "integer", "unparsable"},
		{`<c r="A2" s="3"><v>45293.4375</v></c>`, "timestamp", "1704162600000000"},
		{`<c r="A2" s="3"><v>45293.437511574077</v></c>`, "text", "2024-01-02 10:30:01"},
		{`<c r="A2" s="3"><v>45293</v></c>`, "text", "2024-01-02 00:00:00"},
		{`<c r="A2" s="3"><v>45293.123456789</v></c>`, "timestamp", "too-many-digits"},
		{`<c r="A2" s="2"><v>0.4375</v></c>`, "text", "10:30:00"},
		{`<c r="A2" s="2"><v>0.99999999999</v></c>`, "text", "1900-01-01 00:00:00"},
		{`<c r="A2" s="4"><v>1.5</v></c>`, "decimal(4,1)", "15"},
		{`<c r="A2" s="5"><v>45293</v></c>`, "integer", "45293"},
		{`<c r="A2" s="99"><v>45293</v></c>`, "integer", "45293"},
		{`<c r="A2"><v>45293</v></c>`, "date", "unparsable"},
		{`<c r="A2"><v>20240102</v></c>`, "date", "19724"},
		{`<c r="A2" s="1"><v>0</v></c>`, "date", "impossible-date"},
		{`<c r="A2" s="1"><v>1</v></c>`, "date", "-25567"},
		{`<c r="A2" s="1"><v>59</v></c>`, "date", "-25509"},
		{`<c r="A2" s="1"><v>60</v></c>`, "date", "impossible-date"},
		{`<c r="A2" s="1"><v>61</v></c>`, "date", "-25508"},
		{`<c r="A2" s="1"><v>2958465</v></c>`, "date", "2932896"},
		{`<c r="A2" s="1"><v>2958466</v></c>`, "date", "impossible-date"},
		{`<c r="A2" s="1"><v>-1</v></c>`, "date", "impossible-date"},
		{`<c r="A2" t="d"><v>2024-01-02T00:00:00Z</v></c>`, "date", "19724"},
		{`<c r="A2" t="d"><v>2024-01-02</v></c>`, "date", "19724"},
	} {
		b := zipped(t, parts(`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2">`+c.cell+`<c r="B2"><v>1</v></c></row>`))
		u := ingestAs(t, sheetRequest(column(t, "a", c.as, "", "#N/A")), b)
		got := fmt.Sprint(u.err)
		if u.err == nil && len(u.rows) == 1 {
			got = u.rows[0][0]
		} else if u.err == nil {
			got = strings.TrimPrefix(strings.TrimPrefix(u.quarantine[0], "1 2 "), "a ")
		}
		if got != c.want {
			t.Errorf("%s as %s: %q, want %q", c.cell, c.as, got, c.want)
		}
	}
}

func inlineRow(r int, cells ...string) string {
	row := fmt.Sprintf(`<row r="%d">`, r)
	for i, c := range cells {
		row += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, r, c)
	}
	return row + "</row>"
}

// Rows have the numbers of the sheet; blank ones are none, and the first that is
// not is the header.
func TestSheetRows(t *testing.T) {
	b := zipped(t, parts(`<row r="2"/><row r="3"><c r="A3" s="1"/></row>`+inlineRow(4, "a", "b", "c")+inlineRow(5, "1", "2")+`<row r="9"><c r="C9"><v>3</v></c></row>`+
		inlineRow(10, "1", "2", "3", "4")+`<row r="11"><c r="A11"><v>1</v></c><c r="D11" s="1"/></row>`+`<row><c><v>7</v></c><c/><c><v>8</v></c></row>`))
	u := ingestAs(t, sheetRequest(column(t, "a", "text", ""), column(t, "c", "integer", "")), b)
	if u.err != nil || fmt.Sprint(u.rows) != "[[1 ∅] [∅ 3] [1 ∅] [7 8]]" || fmt.Sprint(u.quarantine) != "[3 10  ragged]" || fmt.Sprint(u.summary) != "[5 4 1 1 0]" {
		t.Errorf("%v %q %q %v", u.err, u.rows, u.quarantine, u.summary)
	}
}

func TestMergedCellsGoToQuarantine(t *testing.T) {
	p := parts(inlineRow(1, "a", "b", "c") + inlineRow(2, "1", "2", "3") + inlineRow(3, "1") + inlineRow(4, "1", "2") + inlineRow(5, "", "2") + inlineRow(6, "1", "2", "3") + inlineRow(7, "1", "x", "y"))
	p["xl/worksheets/sheet2.xml"] = strings.Replace(p["xl/worksheets/sheet2.xml"], "</sheetData>", `</sheetData><mergeCells><mergeCell ref="A4:A5"/><mergeCell ref="C2:C3"/><mergeCell ref="B6:C6"/><mergeCell ref="A7:A7"/><mergeCell ref="A7"/><mergeCell ref="Z1:AB9"/></mergeCells>`, 1)
	u := ingestAs(t, sheetRequest(column(t, "a", "text", ""), column(t, "b", "text", "")), zipped(t, p))
	if u.err != nil || fmt.Sprint(u.rows) != "[[1 2] [1 ∅] [1 x]]" || fmt.Sprint(u.quarantine) != "[3 4 a merged-cells 4 5 a merged-cells 5 6 b merged-cells]" {
		t.Errorf("%v %q %q", u.err, u.rows, u.quarantine)
	}
	// Many ranges over the same rows: the one that reaches furthest counts.
	s := &sheet{ranges: []merge{{1, 9, 0, 0}, {2, 3, 0, 0}, {12, 12, 0, 0}, {11, 20, 5, 5}}}
	s.mergeWithin([]int{5, 0})
	var in []int64
	for s.line = 1; s.line <= 22; s.line++ {
		if s.merged() >= 0 {
			in = append(in, s.line)
		}
	}
	if fmt.Sprint(in) != "[1 2 3 4 5 6 7 8 9 11 12 13 14 15 16 17 18 19 20]" {
		t.Error(in)
	}
}

func TestSheetsAreChosen(t *testing.T) {
	p := parts(inlineRow(1, "a") + inlineRow(2, "x"))
	for name, want := range map[string]error{"": nil, "数据 & 图": nil, "说明": abi.Failure{Code: abi.FailMissingColumn, At: 1}, "没有": abi.Failure{Code: abi.FailSheet}} {
		req := sheetRequest(column(t, "a", "text"))
		req.Sheet = name
		if u := ingestAs(t, req, zipped(t, p)); u.err != want {
			t.Errorf("%q: %v", name, u.err)
		}
	}
	got, err := inspected(t, abi.InspectRequest{}, zipped(t, p))
	if err != nil || fmt.Sprint(got[abi.StreamInspection], got[abi.StreamSheets], got[abi.StreamColumns]) != "[[xlsx    数据 & 图 1 1 1 0]] [[说明 0] [数据 & 图 1]] [[a text 0]]" {
		t.Errorf("%v %v", got, err)
	}
	// The calendar of 1904, and prefixes.
	p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<workbookPr/>", `<x:workbookPr xmlns:x="y" date1904='1'/>`, 1)
	p["xl/worksheets/sheet2.xml"] = `<x:worksheet xmlns:x="y"><x:sheetData>` + inlineRow(1, "a") + `<x:row r="2"><x:c s="1"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>`
	if u := ingestAs(t, sheetRequest(column(t, "a", "date")), zipped(t, p)); u.err != nil || fmt.Sprint(u.rows) != "[[-24107]]" {
		t.Errorf("%v %q", u.err, u.rows)
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	rows := inlineRow(1, "a") + inlineRow(2, "x")
	sheet := func(content string) func(map[string]string) {
		return func(p map[string]string) { p["xl/worksheets/sheet2.xml"] = content }
	}
	wide := `<row r="1">` + strings.Repeat(`<c><v>1</v></c>`, abi.MaxColumns+1) + `</row>`
	format := abi.Failure{Code: abi.FailFormat}
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   abi.Failure
	}{
		"macros":     {func(p map[string]string) { p["xl/vbaProject.bin"] = "x" }, abi.Failure{Code: abi.FailMacros}},
		"old macros": {func(p map[string]string) { p["xl/macrosheets/sheet1.xml"] = "x" }, abi.Failure{Code: abi.FailMacros}},
		"said to have macros": {func(p map[string]string) {
			p["[Content_Types].xml"] = `<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`
		}, abi.Failure{Code: abi.FailMacros}},
		"no list of sheets": {func(p map[string]string) { delete(p, "xl/workbook.xml") }, format},
		"no relations":      {func(p map[string]string) { delete(p, "xl/_rels/workbook.xml.rels") }, format},
		"no sheet":          {func(p map[string]string) { delete(p, "xl/worksheets/sheet2.xml") }, format},
		"nothing that shows": {func(p map[string]string) {
			p["xl/workbook.xml"] = strings.ReplaceAll(p["xl/workbook.xml"], ` sheetId="2"`, ` state="veryHidden"`)
		}, abi.Failure{Code: abi.FailSheet}},
		"a part twice":        {func(p map[string]string) { p["XL/Styles.xml"] = "x" }, format},
		"an empty sheet":      {sheet(`<worksheet><sheetData/></worksheet>`), format},
		"a sheet cut off":     {sheet(`<worksheet><sheetData>` + rows), format},
		"tags that cross":     {sheet(`<worksheet><sheetData>` + rows + `</worksheet></sheetData>`), format},
		"a document type":     {sheet(`<!DOCTYPE x [<!ENTITY y "z">]><worksheet/>`), format},
		"rows out of order":   {sheet(`<worksheet><sheetData>` + inlineRow(2, "a") + inlineRow(1, "x") + `</sheetData></worksheet>`), format},
		"a row twice":         {sheet(`<worksheet><sheetData>` + inlineRow(1, "a") + inlineRow(1, "x") + `</sheetData></worksheet>`), format},
		"cells out of order":  {sheet(`<worksheet><sheetData><row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData></worksheet>`), format},
		"a column beyond all": {sheet(`<worksheet><sheetData><row><c r="XFE1"><v>1</v></c></row></sheetData></worksheet>`), format},
		"a row beyond all":    {sheet(`<worksheet><sheetData>` + inlineRow(1, "a") + inlineRow(maxSheetRows+1, "x") + `</sheetData></worksheet>`), abi.Over(abi.LimitSheetRows)},
		"a merge upside down": {sheet(`<worksheet><sheetData>` + rows + `</sheetData><mergeCells><mergeCell ref="A3:A2"/></mergeCells></worksheet>`), format},
		"too many merges":     {sheet(`<worksheet><sheetData>` + rows + `</sheetData><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:A2"/>`, maxMerges+1) + `</mergeCells></worksheet>`), abi.Over(abi.LimitMerges)},
		"too wide":            {sheet(`<worksheet><sheetData>` + wide + `</sheetData></worksheet>`), abi.Failure{Code: abi.FailTooWide}},
		"too many sheets": {func(p map[string]string) {
			p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<sheets>", "<sheets>"+strings.Repeat(`<sheet name="x" r:id="r1"/>`, maxSheets), 1)
		}, abi.Over(abi.LimitSheets)},
		"too many formats": {func(p map[string]string) {
			p["xl/styles.xml"] = "<s><cellXfs>" + strings.Repeat("<xf/>", maxStyles+1) + "</cellXfs></s>"
		}, abi.Over(abi.LimitStyles)},
		"too deep":              {sheet(strings.Repeat("<x>", xmlDepth+1) + strings.Repeat("</x>", xmlDepth+1)), format},
		"a tag without an end":  {sheet(`<worksheet a="` + strings.Repeat("x", xmlBuffer) + `"/>`), format},
		"a part that is a bomb": {sheet(`<worksheet>` + strings.Repeat(" ", freeExpansion) + `</worksheet>`), abi.Over(abi.LimitExpansion)},
		"no workbook":           {func(p map[string]string) { clear(p); p["readme.txt"] = "x" }, format},
	} {
		p := parts(rows)
		c.change(p)
		if u := ingestAs(t, sheetRequest(column(t, "a", "text")), zipped(t, p)); u.err != c.want || u.summary != nil {
			t.Errorf("%s: %v, want %v", name, u.err, c.want)
		}
	}
	req := sheetRequest(column(t, "a", "text"))
	for name, b := range map[string][]byte{"an old workbook, or one with a password": []byte(compoundMagic + "xxxx")} {
		if u := ingestAs(t, req, b); u.err != (abi.Failure{Code: abi.FailEncrypted}) {
			t.Errorf("%s: %v", name, u.err)
		}
	}
	locked := zipped(t, parts(rows))
	for i := 0; i+46 < len(locked); i++ { // every entry of the directory says that it is encrypted
		if string(locked[i:i+4]) == "PK\x01\x02" {
			locked[i+8] |= 1
		}
	}
	if u := ingestAs(t, req, locked); u.err != (abi.Failure{Code: abi.FailEncrypted}) {
		t.Errorf("encrypted parts: %v", u.err)
	}
	if u := ingestAs(t, req, []byte("a,b\n1,2\n")); u.err != format {
		t.Errorf("a csv: %v", u.err)
	}
	req.Format = abi.FormatCSV
	if u := ingestAs(t, req, zipped(t, parts(rows))); u.err != abi.NotA(abi.FailFormat, abi.FormatXLSX) {
		t.Errorf("a workbook as csv: %v", u.err)
	}
}

// Shared texts beyond the limit are found before they fill the memory, and each
// text that is kept comes back.
func TestSharedStringsAreLimited(t *testing.T) {
	var s shared
	text := bytes.Repeat([]byte{'x'}, maxRecord)
	n := 0
	var err error
	for err == nil {
		if err = s.add(text[:maxRecord-n%3]); err == nil {
			n++
		}
	}
	if err != abi.Over(abi.LimitSharedStrings) || n != maxSharedStrings/(maxRecord+spanSize) {
		t.Errorf("%d texts: %v", n, err)
	}
	for i := range n {
		if got, long, ok := s.get(fmt.Append(nil, i)); !ok || long || len(got) != maxRecord-i%3 {
			t.Fatalf("text %d: %d bytes, %v %v", i, len(got), long, ok)
		}
	}
	s = shared{}
	if err := errors.Join(s.add(append(text, 'y')), s.add([]byte("z"))); err != nil {
		t.Fatal(err)
	}
	if _, long, ok := s.get([]byte("0")); !long || !ok {
		t.Error("a long text is not told")
	}
	if got, long, ok := s.get([]byte("1")); string(got) != "z" || long || !ok {
		t.Errorf("%q", got)
	}
	p := parts(inlineRow(1, "a", "b") + `<row r="2"><c t="s"><v>0</v></c></row>` + inlineRow(3, string(text)+"y") + inlineRow(4, string(text), "y") + inlineRow(5, "z"))
	p["xl/sharedStrings.xml"] = "<sst><si><t>" + string(text) + "xx</t></si></sst>"
	if u := ingestAs(t, sheetRequest(column(t, "a", "text"), column(t, "b", "text", "")), zipped(t, p)); fmt.Sprint(u.quarantine) != "[1 2  too-long 2 3 a too-long 3 4  too-long]" || len(u.rows) != 1 {
		t.Errorf("%v %q", u.err, u.quarantine)
	}
}

func TestFormatCodes(t *testing.T) {
	for code, want := range map[string]dateStyle{
		"General": 0, "0.00": 0, "#,##0_);[Red](#,##0)": 0, `"日期"0`: 0, `\d0`: 0, "@": 0, "0.00E+00": 0, "[h]:mm:ss": 0, "[mm]:ss": 0, "": 0, `_y0`: 0, `0;yyyy`: 0,
		"yyyy-mm-dd": showsDate, "mmm-yy": showsDate, `yyyy"年"m"月"d"日"`: showsDate, "[$-804]aaaa d": showsDate, "mm": showsDate, "[Red]d": showsDate, "dddd": showsDate,
		"h:mm": showsTime, "mm:ss.0": showsTime, "h:mm AM/PM": showsTime, "上午/下午h时mm分": showsTime, "h A/P": showsTime,
		"yyyy/m/d h:mm": showsDate | showsTime, "[$-F800]dddd, mmmm dd, yyyy hh:mm": showsDate | showsTime,
		`"`: 0, "[": 0, `\`: 0, "[h": showsTime,
	} {
		if got := styleOf(code); got != want {
			t.Errorf("%q: %d, want %d", code, got, want)
		}
	}
}

// Times of every millisecond of some days come back exactly.
func TestSerialsOfMilliseconds(t *testing.T) {
	for _, day := range []int64{61, 25569, 45293, 2958465} {
		for millis := int64(0); millis < daySecs*1000; millis += 997 {
			s, why := serialOf(float64(day)+float64(millis)/(daySecs*1000), false)
			if why != "" || s.millis != millis || s.day != day-25569 {
				t.Fatalf("day %d, %d ms: %+v %s", day, millis, s, why)
			}
		}
	}
}

// A workbook of the library's own, read by both.
func library(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	err = w.SetRow("A1", []any{"身份证号", "区县", "就诊日期", "ICD", "费用", "年龄", "时间", "备注"})
	for i := range rows {
		at := time.Date(2024, 3, 1, 12, i%60, 0, 0, time.UTC)
		err = errors.Join(err, w.SetRow(fmt.Sprintf("A%d", i+2), []any{
			fmt.Sprintf("11010119900307%04d", i%10000), fmt.Sprintf("朝阳区%d", i%40), excelize.Cell{StyleID: day, Value: 45293 + i%300}, "IX",
			float64(i%500000) / 100, i % 100, at, "ordinary text",
		}))
	}
	var out bytes.Buffer
	if err := errors.Join(err, w.Flush(), f.Write(&out)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func libraryRequest(t testing.TB) *abi.IngestRequest {
	req := sheetRequest(column(t, "person", "text"), column(t, "district", "text", ""), column(t, "visit", "date", ""), column(t, "icd", "text", ""),
		column(t, "cost", "decimal(12,2)", ""), column(t, "age", "integer", ""), column(t, "at", "timestamp", ""), column(t, "note", "text", ""))
	for i, name := range []string{"身份证号", "区县", "就诊日期", "ICD", "费用", "年龄", "时间", "备注"} {
		req.Columns[i].Source = name
	}
	return req
}

func TestTheLibrarysWorkbook(t *testing.T) {
	b := library(t, 1000)
	u := ingestAs(t, libraryRequest(t), b)
	if u.err != nil || len(u.rows) != 1000 {
		t.Fatalf("%v, %d rows, %q", u.err, len(u.rows), u.quarantine)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range u.rows {
		want := rows[i+1]
		if got[0] != want[0] || got[1] != want[1] || got[5] != want[5] || got[7] != want[7] {
			t.Fatalf("row %d: %q, the library says %q", i, got, want)
		}
		if got[2] != fmt.Sprint(19724+i%300) || got[6] != fmt.Sprint(time.Date(2024, 3, 1, 4, i%60, 0, 0, time.UTC).UnixMicro()) || got[4] != fmt.Sprint(i%500000) {
			t.Fatalf("row %d: %q", i, got)
		}
	}
}

// Any XML as the rows of a sheet: what is inspected can be ingested, and counted.
func FuzzSheet(f *testing.F) {
	f.Add(inlineRow(1, "a", "b")+inlineRow(2, "1", "x&amp;y"), "<t>s</t>")
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1.5</v></c><c r="B2" t="b"><v>1</v></c></row>`, "<r><t>x</t></r><rPh><t>y</t></rPh>")
	f.Add(`<row><c><f>1</f></c></row><!-- x --><row r="7"><c t="e"><v>#N/A</v></c></row>`, "<t>_x0041_</t>")
	f.Add(`<row r="1"><c t="str"><v><![CDATA[a]]></v></c></row></sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells><sheetData>`, "")
	f.Fuzz(func(t *testing.T, rows, item string) {
		p := parts(rows)
		p["xl/sharedStrings.xml"] = "<sst><si>" + item + "</si></sst>"
		b := zipped(t, p)
		got, err := inspected(t, abi.InspectRequest{}, b)
		if err != nil {
			if _, ok := err.(abi.Failure); !ok {
				t.Fatal(err)
			}
			return
		}
		req := requestFor(t, got)
		if len(req.Columns) == 0 {
			return
		}
		if u := ingestAs(t, req, b); got[abi.StreamInspection][0][5] == "1" && u.err != nil {
			t.Fatalf("inspected as %v, then %v", got, u.err)
		}
	})
}

func BenchmarkXLSX(b *testing.B) {
	const rows = 50_000
	book := library(b, rows)
	req := libraryRequest(b)
	b.SetBytes(int64(len(book)))
	b.ReportAllocs()
	for b.Loop() {
		if err := ingest(req, section(book), &answers{w: discard{}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
