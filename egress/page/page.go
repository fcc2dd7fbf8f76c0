package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"yingbi/egress"
	"yingbi/egress/chart"
)

//go:embed style.css parts.html review.html operator.html
var files embed.FS

// Limits of a page. What is cut is said.
const (
	maxRows  = 400  // of a table
	maxText  = 300  // characters of a label or a line
	maxProse = 4000 // characters of a question, a note
	maxLines = 1000 // of the manifest
)

// words picks what is said in the reader's language.
type words struct{ chinese bool }

func (w words) tr(english, chinese string) string {
	if w.chinese {
		return chinese
	}
	return english
}

// side takes the reader's half of a text that says the same in both languages,
// "English · 中文"; another text it gives as it is.
func (w words) side(s string) string {
	english, chinese, ok := strings.Cut(s, " · ")
	if !ok || strings.Contains(chinese, " · ") {
		return line(s)
	}
	return line(w.tr(english, chinese))
}

func line(s string) string { return chart.Clean(s, maxText) }

// lines keeps the ends of lines, and indents of two or more spaces.
func lines(s string, most int) string {
	var out []string
	for l := range strings.Lines(s) {
		if len(out) == most {
			out = append(out, "…")
			break
		}
		out = append(out, chart.Clean(strings.TrimRight(l, "\r\n"), maxProse))
	}
	return strings.Join(out, "\n")
}

// render fills a template. Style and policy stand in every page.
func (w words) render(name string, data any) ([]byte, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(style)
	t, err := template.New(name).Funcs(template.FuncMap{
		"tr": w.tr, "side": w.side, "line": line,
		"prose":  func(s string) string { return lines(s, 100) },
		"code":   func(s string) string { return lines(s, maxLines) },
		"number": func(n int64) string { return chart.Separated(strconv.FormatInt(n, 10)) },
		"join":   func(all []string) string { return strings.Join(all, w.tr(", ", "、")) },
		"lang":   func() string { return w.tr("en", "zh-CN") },
		"style":  func() template.CSS { return template.CSS(style) },
		"policy": func() string {
			return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
		},
	}).ParseFS(files, name, "parts.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// picture is a chart inside of the page: as an image it can run nothing and its
// names do not meet those of another.
type picture struct {
	Source template.URL
	Says   string // for those who cannot see it
}

// draw gives the charts that are declared of a table, as the release has them; without
// one the chart that fits the table, if any.
func (w words) draw(t *egress.Published, declared []chart.Spec) (out []picture) {
	if len(declared) == 0 {
		spec, ok := chart.Choose(t)
		if !ok {
			return nil
		}
		spec.Title = line(t.Name)
		declared = []chart.Spec{spec}
	}
	for _, spec := range declared {
		shown := *t
		shown.Columns = slices.Clone(t.Columns)
		for i, c := range shown.Columns {
			shown.Columns[i].Key = c.Name == spec.X || c.Name == spec.Group
		}
		if svg, err := chart.Draw(&shown, spec); err == nil {
			out = append(out, picture{
				Source: template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)),
				Says:   line(fmt.Sprintf(w.tr("Chart of %s by %s; the table beside it has the same figures", "%[2]s的%[1]s图；表中有同样的数字"), spec.Y, spec.X)),
			})
		}
	}
	return out
}

// leaf is a published table as it is shown.
type leaf struct {
	Name   string
	Header []string
	Rows   [][]leafCell
	More   int // rows that are not shown
	Notes  []string

	Pictures []picture
}

type leafCell struct {
	Text   string
	Hidden bool
	Figure bool // stands to the right
}

func (w words) leaf(t *egress.Published, charts ...chart.Spec) leaf {
	out := leaf{Name: line(t.Name), Pictures: w.draw(t, charts)}
	for _, c := range t.Columns {
		out.Header = append(out.Header, titled(c.Title, c.Name))
	}
	for i, row := range t.Rows {
		if i == maxRows {
			out.More = len(t.Rows) - maxRows
			break
		}
		var cells []leafCell
		for j, v := range row {
			c := leafCell{w.value(v), v.Mark == egress.Suppressed, j < len(t.Columns) && t.Columns[j].Type.Numeric() && !t.Columns[j].Key}
			if c.Figure && v.Mark == "" {
				c.Text = chart.Separated(c.Text)
			}
			cells = append(cells, c)
		}
		out.Rows = append(out.Rows, cells)
	}
	for _, n := range t.Notes {
		out.Notes = append(out.Notes, w.side(n))
	}
	return out
}

// value is a value as people read it.
func (w words) value(v egress.Value) string {
	switch v.Mark {
	case egress.Suppressed:
		return w.tr("✕ suppressed", "✕ 隐去")
	case egress.Missing:
		return "–"
	}
	return line(v.Text)
}

func titled(title, name string) string {
	if title != "" {
		return line(title)
	}
	return line(name)
}
