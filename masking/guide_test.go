package masking

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// example is a fenced block of rules in the guide, and the table behind it: the raw
// columns, and last what becomes of the first that has a rule. A guide in another
// language has the same.
type example struct {
	yaml  string
	table []string // lines
}

var (
	fenced = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```\n+((?:^\\|[^\n]*\n)*)")
	header = regexp.MustCompile("^`([^`]+)` (\\S+)(?: (\\S+))?$") // name, type, kind of subject
)

func examples(t *testing.T, file string) (out []example) {
	t.Helper()
	doc, err := os.ReadFile("../docs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fenced.FindAllStringSubmatch(string(doc), -1) {
		out = append(out, example{m[1], strings.Split(strings.TrimSpace(m[2]), "\n")})
	}
	return out
}

// TestGuide runs the examples of the guide: whole policies fit the columns of claims,
// and of single rules the values are as the tables say.
func TestGuide(t *testing.T) {
	shown := map[string]bool{}
	for _, e := range examples(t, "MASKING.md") {
		if strings.HasPrefix(e.yaml, "id:") {
			p, err := ParsePolicy("MASKING.md", []byte(e.yaml))
			if err != nil {
				t.Error(err)
			} else if err := p.Check(claimColumns(t)); err != nil {
				t.Error(err)
			}
			continue
		}
		p, err := ParsePolicy("MASKING.md", []byte(head+"columns:\n  "+strings.ReplaceAll(strings.TrimSpace(e.yaml), "\n", "\n  ")+"\n"))
		if err != nil {
			t.Errorf("%s%v", e.yaml, err)
			continue
		}
		for _, r := range p.rules {
			shown[r.name] = true
		}
		e.run(t, p)
	}
	for _, d := range definitions() {
		if !shown[d.name] {
			t.Errorf("the guide has no example of the rule %s", d.name)
		}
	}
}

func (e *example) run(t *testing.T, p *Policy) {
	t.Helper()
	if len(e.table) < 3 {
		t.Errorf("%shas no table of values", e.yaml)
		return
	}
	heads := tableCells(e.table[0])
	last := len(heads) - 1
	columns, values := make([]Column, last), make([][]string, last)
	for i, head := range heads[:last] {
		m := header.FindStringSubmatch(head)
		if m == nil {
			t.Errorf("the column %q is none: write its name in back quotes, its type and the kind of subject", head)
			return
		}
		columns[i] = Column{Name: m[1], Type: mustType(t, m[2]), Subject: m[3]}
	}
	var want []string
	for _, line := range e.table[2:] {
		row := tableCells(line)
		if len(row) != len(heads) {
			t.Errorf("%sa row of %d cells: %s", e.yaml, len(row), line)
			return
		}
		for i := range columns {
			values[i] = append(values[i], row[i])
		}
		want = append(want, row[last])
	}
	got := e.mask(t, p, columns, values)
	if !slices.Equal(got, want) {
		t.Errorf("%sgives\n%s\nand the guide says\n%s", e.yaml, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (e *example) mask(t *testing.T, p *Policy, columns []Column, values [][]string) []string {
	t.Helper()
	m, err := p.Compile(columns, secret)
	if err != nil {
		t.Errorf("%s%v", e.yaml, err)
		return nil
	}
	var fields []arrow.Field
	var arrays []arrow.Array
	for i, c := range columns {
		a := columnOf(t, c.Type, values[i]...)
		fields, arrays = append(fields, arrow.Field{Name: c.Name, Type: a.DataType(), Nullable: true}), append(arrays, a)
	}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(arrays[0].Len()))
	if m.Surveys() {
		err = errors.Join(m.Survey(batch, 0), m.Settle(t.Context()))
	}
	if err != nil {
		t.Errorf("%s%v", e.yaml, err)
		return nil
	}
	out, err := m.Apply(batch, 0)
	if err != nil {
		t.Errorf("%s%v", e.yaml, err)
		return nil
	}
	if out.NumCols() == 0 {
		return slices.Repeat([]string{"–"}, arrays[0].Len())
	}
	return spell(plain(out.Column(0)))
}

// tableCells splits a line of a table; null stands for a missing value.
func tableCells(line string) []string {
	out := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
	for i := range out {
		if out[i] = strings.TrimSpace(out[i]); out[i] == "null" {
			out[i] = null
		}
	}
	return out
}

// TestGuidesAgree holds that the guide in Chinese has the same examples, sections,
// rules, formulas and keys.
func TestGuidesAgree(t *testing.T) {
	english, chinese := examples(t, "MASKING.md"), examples(t, "MASKING.zh-CN.md")
	if len(english) != len(chinese) {
		t.Fatalf("%d examples in English, %d in Chinese", len(english), len(chinese))
	}
	for i, e := range english {
		c := chinese[i]
		if withoutComments(e.yaml) != withoutComments(c.yaml) || !slices.Equal(e.table, c.table) && !strings.HasPrefix(e.yaml, "id:") {
			t.Errorf("example %d differs:\n%s%s\n\n%s%s", i+1, e.yaml, strings.Join(e.table, "\n"), c.yaml, strings.Join(c.table, "\n"))
		}
	}
	for _, what := range []struct {
		name  string
		parts *regexp.Regexp
	}{
		{"rules", regexp.MustCompile("(?m)^### [a-z]+$")}, {"formulas", regexp.MustCompile("(?m)^[a-z]+ += .*$")}, {"keys", regexp.MustCompile("(?m)^\\| `[^`]+`")}, {"levels of headings", regexp.MustCompile(`(?m)^#+ `)},
	} {
		if a, b := fmt.Sprint(what.parts.FindAllString(guide(t, "MASKING.md"), -1)), fmt.Sprint(what.parts.FindAllString(guide(t, "MASKING.zh-CN.md"), -1)); a != b {
			t.Errorf("the %s differ:\n%s\n%s", what.name, a, b)
		}
	}
}

func guide(t *testing.T, file string) string {
	t.Helper()
	doc, err := os.ReadFile("../docs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

var comment = regexp.MustCompile(`(?m) *#.*$`)

func withoutComments(yaml string) string { return comment.ReplaceAllString(yaml, "") }
