package yamldoc

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

const sample = `name: 慢病费用
tables:
  by_district:
    group_by: [district, age_band]
    limit: 12
    code: "012"
    note: |
      two
      lines
empty:
`

func TestParseKeepsPlacesAndValues(t *testing.T) {
	doc, err := Parse("job.yaml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	top, err := doc.Map()
	if err != nil {
		t.Fatal(err)
	}
	if name, err := top.NeedText("name"); err != nil || name != "慢病费用" {
		t.Errorf("name = %q, %v", name, err)
	}
	tables, err := top.Get("tables").Map()
	if err != nil {
		t.Fatal(err)
	}
	table, err := tables.Get("by_district").Map()
	if err != nil {
		t.Fatal(err)
	}
	groups, err := table.Get("group_by").Texts()
	if err != nil || strings.Join(groups, "|") != "district|age_band" {
		t.Errorf("group_by = %v, %v", groups, err)
	}
	limit := table.Get("limit")
	if v, err := limit.Int(); err != nil || v != 12 {
		t.Errorf("limit = %d, %v", v, err)
	}
	if want := (fault.Place{File: "job.yaml", Line: 5, Column: 12, Field: "tables.by_district.limit"}); limit.Place != want {
		t.Errorf("place = %+v, want %+v", limit.Place, want)
	}
	if code := table.Get("code"); !code.Quoted() {
		t.Error("a quoted number is not seen as text")
	}
	if note, err := table.Get("note").Text(); err != nil || note != "two\nlines\n" {
		t.Errorf("note = %q, %v", note, err)
	}
	if err := table.Done(); err != nil {
		t.Error(err)
	}
	if top.Get("empty") != nil {
		t.Error("an empty value is not nil")
	}
	if err := top.Done(); err != nil {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"repeated key":   {"a: 1\na: 2\n", "f.yaml:2:1"},
		"anchor":         {"a: &x 1\nb: *x\n", "f.yaml:1:4: a: anchor"},
		"merge":          {"a:\n  <<: {b: 1}\n", "f.yaml:2"},
		"tag":            {"a: !!binary aGk=\n", "f.yaml:1:4: a: tag"},
		"two documents":  {"a: 1\n---\nb: 2\n", "one YAML document"},
		"empty":          {"", "one YAML document"},
		"not UTF-8":      {"a: \xff\n", "UTF-8"},
		"too deep":       {strings.Repeat("[", 60) + strings.Repeat("]", 60), "too deeply"},
		"bracket bomb":   {strings.Repeat("[", 100_000), "too deeply"},
		"deep brackets":  {strings.Repeat("[", maxBrackets) + strings.Repeat("]", maxBrackets), "too deeply"},
		"unclosed":       {"a: [1, 2\n", "f.yaml"},
		"too long":       {strings.Repeat("#", MaxBytes+1), "bytes"},
		"too many nodes": {"a: [" + strings.Repeat("1,", MaxNodes) + "1]\n", "more than"},
	} {
		_, err := Parse("f.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: kind %v", name, fault.KindOf(err))
		}
	}
}

func TestBracketsInQuotesAreText(t *testing.T) {
	text := "labels: [" + strings.Repeat(`"[18,45)", `, 500) + `"x"]`
	doc, err := Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := doc.Map()
	if err != nil {
		t.Fatal(err)
	}
	if labels, err := m.Get("labels").Texts(); err != nil || len(labels) != 501 || labels[0] != "[18,45)" {
		t.Errorf("%d labels, %v", len(labels), err)
	}
}

func TestReadersRefuseTheWrongShape(t *testing.T) {
	doc, err := Parse("f.yaml", []byte("a: {b: x}\nc: 1\nd: ' '\n"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := doc.Map()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Get("a").Text(); err == nil || !strings.Contains(err.Error(), "f.yaml:1") {
		t.Errorf("Text of a mapping: %v", err)
	}
	if _, err := m.Get("c").List(); err == nil {
		t.Error("List of a number")
	}
	if _, err := m.Get("c").Bool(); err == nil {
		t.Error("Bool of a number")
	}
	if _, err := m.NeedText("d"); err == nil {
		t.Error("NeedText of a blank")
	}
	if _, err := m.Need("z"); err == nil || !strings.Contains(err.Error(), `"z" is missing`) {
		t.Errorf("Need of an absent key: %v", err)
	}
	n, err := doc.Map()
	if err != nil {
		t.Fatal(err)
	}
	n.Get("a")
	if err := n.Done(); err == nil || !strings.Contains(err.Error(), `unknown key "c"`) {
		t.Errorf("Done: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "a: &x 1\nb: *x\n", "[{a: 1}, {b: [1]}]", "? a\n: b", "a: 'it''s'", "\ufeffa: 1", "- - - x", "a: >\n b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := Parse("f.yaml", b)
		if err == nil && doc == nil {
			t.Fatal("accepted without a document")
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("kind %v", fault.KindOf(err))
		}
	})
}
