package hostile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"yingbi/sandbox/abi"
)

// book gives the parts of a workbook with one sheet. A test puts others in the place
// of those with the same name, or adds some.
func book(sheet string, changes ...part) []part {
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	parts := []part{
		{"[Content_Types].xml", `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", fmt.Sprintf(relations, `<Relationship Id="r1" Type="`+kind+`/officeDocument" Target="xl/workbook.xml"/>`)},
		{"xl/workbook.xml", `<workbook xmlns:r="` + kind + `"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(relations, `<Relationship Id="r1" Type="`+kind+`/worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r3" Type="`+kind+`/styles" Target="styles.xml"/><Relationship Id="r4" Type="`+kind+`/sharedStrings" Target="sharedStrings.xml"/>`)},
		{"xl/worksheets/sheet1.xml", sheet},
		{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", `<sst><si><t>x</t></si></sst>`},
	}
	for _, c := range changes {
		at := slices.IndexFunc(parts, func(p part) bool { return p.name == c.name })
		if at < 0 {
			parts = append(parts, c)
		} else {
			parts[at] = c
		}
	}
	return parts
}

// sheet writes rows under a header a, and what follows them.
func sheet(rows string, after ...string) string {
	return `<worksheet><sheetData>` + inline(1, "a") + rows + `</sheetData>` + strings.Join(after, "") + `</worksheet>`
}

func inline(n int, text string) string {
	return fmt.Sprintf(`<row r="%d"><c t="inlineStr"><is><t>%s</t></is></c></row>`, n, text)
}

// Workbooks lists hostile xlsx files.
func Workbooks() []Upload {
	req := abi.IngestRequest{Format: abi.FormatXLSX, Columns: textColumns("a")}
	two := inline(2, "x") + inline(3, "y")
	format := failure(abi.FailFormat)
	bad := func(name string, why abi.Failure, sheet string, changes ...part) Upload {
		return refused(name, zipped(book(sheet, changes...)...), req, why)
	}
	good := func(name string, kept, quarantined int64, why abi.Reason, sheet string, changes ...part) Upload {
		u := read(name, zipped(book(sheet, changes...)...), req, kept, quarantined)
		if why != "" {
			u.Why = []abi.Reason{why}
		}
		return u
	}
	whole := zipped(book(sheet(two))...)
	return []Upload{
		refused("half a workbook", whole[:len(whole)/2], req, format),
		refused("a workbook without its last byte", whole[:len(whole)-1], req, format),
		refused("a zip of no parts", zipped(), req, format),
		refused("a workbook in a zip", zipped(part{"book.xlsx", string(whole)}), req, format),
		refused("a workbook with a password", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1024)...), req, failure(abi.FailEncrypted)),
		refused("parts that are encrypted", flagged(whole), req, failure(abi.FailEncrypted)),
		refused("a part twice", zipped(append(book(sheet(two)), part{"xl/worksheets/sheet1.xml", sheet(two)})...), req, format),
		refused("a part twice, in capitals", zipped(append(book(sheet(two)), part{"XL/Worksheets/Sheet1.xml", "x"})...), req, format),
		refused("5,000 parts", zipped(append(book(sheet(two)), numbered(5000)...)...), req, abi.Over(abi.LimitParts)),
		refused("a directory that lies about sizes", resized(whole), req, failure(abi.FailArchive)),
		bad("macros", failure(abi.FailMacros), sheet(two), part{"xl/vbaProject.bin", "x"}),
		bad("macros of old", failure(abi.FailMacros), sheet(two), part{"xl/macrosheets/sheet1.xml", "x"}),
		bad("entities that grow", format, `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>`+sheet(inline(2, "&c;"))),
		bad("an entity of a file", format, `<!DOCTYPE x SYSTEM "file:///etc/passwd">`+sheet(two)),
		bad("a sheet of spaces", abi.Over(abi.LimitExpansion), `<worksheet>`+strings.Repeat(" ", 70<<20)+`</worksheet>`),
		bad("a million open tags", format, strings.Repeat("<x>", 1<<20)),
		bad("a tag of a megabyte", format, `<worksheet a="`+strings.Repeat("x", 1<<20)+`"/>`),
		bad("tags that cross", format, `<worksheet><sheetData></worksheet></sheetData>`),
		bad("no end", format, `<worksheet><sheetData>`+inline(1, "a")+two),
		bad("a row beyond all", abi.Over(abi.LimitSheetRows), sheet(inline(1<<20+1, "x"))),
		bad("rows in reverse", format, sheet(inline(3, "x")+inline(2, "y"))),
		bad("a cell beyond all columns", format, sheet(`<row r="2"><c r="XFE2"><v>1</v></c></row>`)),
		bad("2,001 cells in the header", failure(abi.FailTooWide), `<worksheet><sheetData><row r="1">`+strings.Repeat(`<c><v>1</v></c>`, abi.MaxColumns+1)+`</row></sheetData></worksheet>`),
		bad("100,000 merged ranges", abi.Over(abi.LimitMerges), sheet(two, `<mergeCells>`+strings.Repeat(`<mergeCell ref="A2:A3"/>`, 100_000)+`</mergeCells>`)),
		bad("100,000 formats", abi.Over(abi.LimitStyles), sheet(two), part{"xl/styles.xml", "<s><cellXfs>" + strings.Repeat("<xf/>", 100_000) + "</cellXfs></s>"}),
		bad("a sheet on the network", format, sheet(two), relation("http://127.0.0.1/sheet.xml")),
		bad("a sheet of the host's", format, sheet(two), relation("/../../../../etc/passwd")),
		bad("a sheet that is its own list", format, sheet(two), relation("workbook.xml")),

		good("a million shared texts", 2, 0, "", sheet(two), part{"xl/sharedStrings.xml", "<sst>" + strings.Repeat("<si><t>x</t></si>", 1<<20) + "</sst>"}),
		good("names that climb", 2, 0, "", sheet(two), part{"../../../../tmp/yingbi", "x"}, part{"/etc/cron.d/x", "x"}, part{`..\..\x`, "x"}),
		good("another workbook behind a link", 2, 0, "", sheet(two), part{"xl/externalLinks/externalLink1.xml", `<externalLink><externalBook r:id="r1"/></externalLink>`}),
		good("formulas", 1, 2, abi.ReasonFormula, sheet(`<row r="2"><c t="str"><f>WEBSERVICE("http://127.0.0.1")</f></c></row><row r="3"><c><f>1/0</f></c></row><row r="4"><c t="str"><f>A2</f><v>x</v></c></row>`)),
		good("errors", 0, 1, abi.ReasonError, sheet(`<row r="2"><c t="e"><v>#DIV/0!</v></c></row>`)),
		good("everything merged", 0, 2, abi.ReasonMerged, sheet(two, `<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>`)),
		good("shared texts that are not there", 0, 2, abi.ReasonFormat, sheet(`<row r="2"><c t="s"><v>4294967295</v></c></row><row r="3"><c t="s"><v>-1</v></c></row>`)),
		good("identity numbers as numbers", 0, 1, abi.ReasonPrecision, sheet(`<row r="2"><c><v>5.30102199003070011E17</v></c></row>`)),
		good("a day beyond the calendar", 0, 1, abi.ReasonDate, sheet(`<row r="2"><c s="1"><v>1e300</v></c></row>`)),
		good("rows far apart", 2, 0, "", sheet(inline(2, "x")+inline(1<<20, "y"))),
	}
}

// relation lets the list of sheets point elsewhere.
func relation(target string) part {
	return part{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="` + target + `"/></Relationships>`}
}

func numbered(n int) (list []part) {
	for i := range n {
		list = append(list, part{fmt.Sprint("xl/media/image", i, ".png"), ""})
	}
	return list
}

// directory visits the entries of an archive's directory.
func directory(b []byte, change func(entry []byte)) []byte {
	b = bytes.Clone(b)
	for i := 0; i+46 < len(b); i++ {
		if string(b[i:i+4]) == "PK\x01\x02" {
			change(b[i:])
		}
	}
	return b
}

// flagged says of each part that it is encrypted.
func flagged(b []byte) []byte { return directory(b, func(e []byte) { e[8] |= 1 }) }

// resized says of each part that it has 16 bytes.
func resized(b []byte) []byte {
	return directory(b, func(e []byte) { copy(e[24:28], "\x10\x00\x00\x00") })
}
