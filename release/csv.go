package release

import (
	"strings"
	"unicode"

	"yingbi/internal/coltype"
)

// byteOrderMark makes Excel read a CSV as UTF-8. Without it, Excel takes the code
// page of the machine, and Chinese turns into garbage on half of them.
const byteOrderMark = "\uFEFF"

// suppressedMark stands for a figure that is kept back: "c" for confidential, the
// flag of Eurostat's tables and, as C, of SDMX (CL_CONF_STATUS). It cannot be
// mistaken for a value, since only figures are suppressed.
const suppressedMark = "c"

// csv renders a table by RFC 4180, with CRLF. The columns' names are the header.
func (t Table) csv() []byte {
	var b strings.Builder
	b.WriteString(byteOrderMark)
	for i, c := range t.Columns {
		separate(&b, i)
		b.WriteString(quoted(harmless(c.Name)))
	}
	b.WriteString("\r\n")
	for _, row := range t.Rows {
		for i, c := range row {
			separate(&b, i)
			b.WriteString(c.csv(t.Columns[i].Type))
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

func separate(b *strings.Builder, column int) {
	if column > 0 {
		b.WriteByte(',')
	}
}

func (c Cell) csv(t coltype.Type) string {
	switch {
	case c.Suppressed:
		return suppressedMark
	case c.Null:
		return ""
	case t.Kind == coltype.Text:
		return quoted(harmless(c.Text))
	}
	return c.Text // written has seen that it is a plain value
}

// harmless puts an apostrophe before a text that a spreadsheet might run as a
// formula (OWASP, CSV injection; the full-width signs because East Asian
// versions read them as the narrow ones). A text that begins with an apostrophe
// gets one more, so that a reader who takes one away has the text again.
func harmless(s string) string {
	core := strings.TrimLeftFunc(s, unicode.IsSpace)
	if strings.IndexAny(s, "'\t\r\n") == 0 || strings.IndexAny(core, "=+-@＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}

// quoted tells an empty text, "", from a cell without a value, which is empty.
func quoted(s string) string {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
