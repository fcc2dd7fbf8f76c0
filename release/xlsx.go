package release

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"yingbi/internal/coltype"
)

// The workbook is written here, part by part, and not by a library, since Verify
// renders it again and compares: the bytes must be the same for as long as
// anybody holds a release. So the parts are also stored without compression,
// with sizes and checksums known beforehand and without times.

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	officeNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relsNS   = "http://schemas.openxmlformats.org/package/2006/relationships"
	relsType = "application/vnd.openxmlformats-package.relationships+xml"
	typesNS  = "http://schemas.openxmlformats.org/package/2006/content-types"
	bookType = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// The styles, as indices of cellXfs in styles; styleScale + n shows n decimals.
const (
	styleGeneral = iota
	styleHeader
	styleText
	styleScale
)

// workbook renders the tables, one sheet each.
func workbook(tables []Table) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	names := sheetNames(tables)
	var sheets, relations, overrides strings.Builder
	for i, name := range names {
		n := i + 1
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escaped(name), n, n)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, officeNS, n)
		fmt.Fprintf(&overrides, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, bookType)
	}
	parts := [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + typesNS + `"><Default Extension="rels" ContentType="` + relsType + `"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + bookType + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + bookType + `styles+xml"/>` + overrides.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + relsNS + `"><Relationship Id="rId1" Type="` + officeNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + mainNS + `" xmlns:r="` + officeNS + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + relsNS + `">` + relations.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(names)+1, officeNS)},
		{"xl/styles.xml", styles()},
	}
	for i, t := range tables {
		parts = append(parts, [2]string{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), t.sheet()})
	}
	for _, p := range parts {
		if err := storePart(z, p[0], xmlHead+p[1]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return buf.Bytes(), err
}

func storePart(z *zip.Writer, name, content string) error {
	size := uint64(len(content))
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CreatorVersion: 20, ReaderVersion: 20, CRC32: crc32.ChecksumIEEE([]byte(content)),
		CompressedSize64: size, UncompressedSize64: size,
	})
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	return err
}

func styles() string {
	var b strings.Builder
	b.WriteString(`<styleSheet xmlns="` + mainNS + `"><numFmts count="18">`)
	for scale := 1; scale <= coltype.MaxPrecision; scale++ {
		fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="0.%s"/>`, 163+scale, strings.Repeat("0", scale))
	}
	const font = `<sz val="11"/><name val="Calibri"/><family val="2"/></font>`
	b.WriteString(`</numFmts><fonts count="2"><font>` + font + `<font><b/>` + font + `</fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="22">`)
	xf := func(format, font int) {
		fmt.Fprintf(&b, `<xf numFmtId="%d" fontId="%d" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`, format, font)
	}
	xf(0, 0)  // styleGeneral
	xf(49, 1) // styleHeader: 49 is text
	xf(49, 0) // styleText: stays text when somebody edits the cell
	xf(1, 0)  // styleScale: 1 is 0, all digits shown
	for scale := 1; scale <= coltype.MaxPrecision; scale++ {
		xf(163+scale, 0)
	}
	b.WriteString(`</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`)
	return b.String()
}

// sheet renders a table under a header that stays in sight, and its notes below.
func (t Table) sheet() string {
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="` + mainNS + `"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData><row r="1">`)
	for i, c := range t.Columns {
		title := c.Title
		if title == "" {
			title = c.Name
		}
		textCell(&b, reference(i, 0), styleHeader, title)
	}
	b.WriteString("</row>")
	for r, row := range t.Rows {
		fmt.Fprintf(&b, `<row r="%d">`, r+2)
		for i, c := range row {
			c.xlsx(&b, reference(i, r+1), t.Columns[i].Type)
		}
		b.WriteString("</row>")
	}
	for i, note := range t.Notes { // below, after an empty row
		row := len(t.Rows) + 2 + i
		fmt.Fprintf(&b, `<row r="%d">`, row+1)
		textCell(&b, reference(0, row), styleText, note)
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData></worksheet>")
	return b.String()
}

func (c Cell) xlsx(b *strings.Builder, at string, t coltype.Type) {
	switch {
	case c.Null:
	case c.Suppressed:
		textCell(b, at, styleText, suppressedMark)
	case t.Kind == coltype.Boolean:
		bit := 0
		if c.Text == "true" {
			bit = 1
		}
		fmt.Fprintf(b, `<c r="%s" t="b"><v>%d</v></c>`, at, bit)
	case t.Kind == coltype.Double:
		fmt.Fprintf(b, `<c r="%s"><v>%s</v></c>`, at, c.Text)
	case t.Numeric() && digits(c.Text) <= 15:
		fmt.Fprintf(b, `<c r="%s" s="%d"><v>%s</v></c>`, at, styleScale+int(t.Scale), c.Text)
	default: // also an exact number of more than 15 digits, which Excel would round in silence
		textCell(b, at, styleText, c.Text)
	}
}

func textCell(b *strings.Builder, at string, style int, s string) {
	fmt.Fprintf(b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, style, escaped(s))
}

// digits counts the significant digits of a number without an exponent.
func digits(s string) int {
	s = strings.Replace(strings.TrimPrefix(s, "-"), ".", "", 1)
	return len(strings.Trim(s, "0"))
}

// reference names a cell, column and row counted from 0: A1, IV2.
func reference(column, row int) string {
	name := string(rune('A' + column%26))
	if column >= 26 { // at most 256 columns
		name = string(rune('A'+column/26-1)) + name
	}
	return fmt.Sprintf("%s%d", name, row+1)
}

// bent matches what a spreadsheet reads as an escaped character (ST_Xstring, ECMA-376 §22.9.2.19).
var bent = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;",
	"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

func escaped(s string) string {
	for i := 0; i < len(s); i++ {
		if bent.MatchString(s[i:]) {
			s, i = s[:i]+"_x005F"+s[i:], i+len("_x005F")
		}
	}
	return entities.Replace(s)
}

// sheetNames makes of each table's title, or its name, what Excel takes as the
// name of a sheet: at most 31 UTF-16 units without []:*?/\, no apostrophe at
// either end, not "History", and no two the same.
func sheetNames(tables []Table) []string {
	taken := map[string]bool{"history": true}
	var out []string
	for _, t := range tables {
		base := t.Title
		if base == "" {
			base = t.Name
		}
		base = strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\`, r) {
				return '_'
			}
			return r
		}, base)
		name := sheetName(base, "")
		for n := 2; taken[fold(name)]; n++ {
			name = sheetName(base, fmt.Sprintf(" (%d)", n))
		}
		taken[fold(name)] = true
		out = append(out, name)
	}
	return out
}

func sheetName(base, suffix string) string {
	end, left := 0, 31-len(suffix)
	for i, r := range base {
		if left -= utf16.RuneLen(r); left < 0 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	name := strings.Trim(base[:end], "' ")
	if name == "" {
		name = "_"
	}
	return name + suffix
}
