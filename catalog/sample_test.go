package catalog

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/coltype"
)

// sampled is the minimal description with a column of each kind, whose declarations
// for samples a test replaces.
const sampled = `id: visits
title: 就诊
provider: 医保局
level: 3
openness: unconditional
update: daily
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 王芳, date: 2026-01-05}
subjects: [{column: person, kind: person}]
columns:
  - {name: person, type: text, sample: {unique: false}}
  - {name: chapter, type: text, nulls: ["", 不详], sample: {values: [I, II, "IX"], missing: 3}}
  - {name: cost, type: "decimal(12,2)", sample: {min: 0.5, max: 500000}}
  - {name: beds, type: integer, sample: {max: 40}}
  - {name: at, type: timestamp, sample: {min: 2024-01-01, max: 2024-12-31 23:59:59}}
  - {name: day, type: date, required: true, sample: {min: 2024-01-01, max: 2024-12-31}}
  - {name: ratio, type: double, sample: {min: -1, max: 1}}
  - {name: urgent, type: boolean, sample: {values: ["false"]}}
  - {name: firm, type: text, sample: {same_as: uscc}}
`

func TestSamplesAreRead(t *testing.T) {
	d, err := ParseDescription("v.yaml", []byte(sampled))
	if err != nil {
		t.Fatal(err)
	}
	three, no := 3, false
	for name, want := range map[string]Sample{
		"person": {Unique: &no}, "chapter": {Values: []string{"I", "II", "IX"}, Missing: &three}, "cost": {Min: "0.5", Max: "500000"},
		"at": {Min: "2024-01-01", Max: "2024-12-31 23:59:59"}, "firm": {SameAs: "uscc"},
	} {
		if c, _ := d.Column(name); c.Sample == nil || !reflect.DeepEqual(*c.Sample, want) {
			t.Errorf("%s: %+v, want %+v", name, c.Sample, want)
		}
	}
	if d, err := ParseDescription("w.yaml", []byte(minimal)); err != nil || d.Columns[0].Sample != nil {
		t.Errorf("a column without a sample: %+v, %v", d, err)
	}
}

// TestTheDocumentedSamplesParse puts the columns that docs/DATASETS.md shows into a
// description.
func TestTheDocumentedSamplesParse(t *testing.T) {
	doc, err := os.ReadFile("../docs/DATASETS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(doc), "### Sample data")
	_, rest, begun := strings.Cut(rest, "```yaml\n")
	columns, _, closed := strings.Cut(rest, "```")
	if !found || !begun || !closed {
		t.Fatal("docs/DATASETS.md shows no samples")
	}
	head, _, _ := strings.Cut(sampled, "columns:")
	d, err := ParseDescription("d.yaml", []byte(head+columns))
	if err != nil || len(d.Columns) != 4 || d.Columns[2].Sample.SameAs != "uscc" || !*d.Columns[3].Sample.Unique {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestSamplesAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "unique: false", "uniqe: false", `v.yaml:10:48: columns[0].sample.uniqe: unknown key "uniqe"`},
		{"not a mapping", "{unique: false}", "false", "columns[0].sample: want a mapping"},
		{"no value", `[I, II, "IX"]`, "[]", "columns[1].sample.values: give at least one value"},
		{"value twice", `[I, II, "IX"]`, "[I, I]", `columns[1].sample.values[1]: "I" is given twice`},
		{"null among values", `[I, II, "IX"]`, "[I, 不详]", "means that there is no value"},
		{"share", "missing: 3", "missing: 101", "columns[1].sample.missing: want 0 to 100"},
		{"part of a share", "missing: 3", "missing: 0.5", "columns[1].sample.missing"},
		{"missing where required", "{min: 2024-01-01, max: 2024-12-31}", "{missing: 1}", `columns[5].sample.missing: column "day" is required`},
		{"two ways", "{max: 40}", "{max: 40, values: [1]}", "columns[3].sample: give \"values\", or"},
		{"upside down", "{min: 0.5, max: 500000}", "{min: 2, max: 1}", "columns[2].sample.max: 1 is less than min, 2"},
		{"too many digits", "min: 0.5", "min: 0.505", "columns[2].sample.min: want a number with at most 2 digits"},
		{"too large", "max: 500000", "max: 10000000000", "columns[2].sample.max: \"10000000000\" does not fit decimal(12,2)"},
		{"no number", "max: 40", "max: many", "columns[3].sample.max: want a number"},
		{"no day", "max: 2024-12-31}", "max: 2024-02-31}", "columns[5].sample.max: want a day"},
		{"no time", "23:59:59", "24:59:59", "columns[4].sample.max: want a time"},
		{"range of texts", "{same_as: uscc}", "{min: a}", "columns[8].sample.min: a column of type text has no least"},
		{"no truth", `["false"]`, "[maybe]", "columns[7].sample.values[0]: want true or false"},
		{"the same as itself", "same_as: uscc", "same_as: FIRM", "columns[8].sample.same_as: columns of one name share"},
		{"the same as no name", "same_as: uscc", "same_as: a-b", "columns[8].sample.same_as"},
		{"blank", "same_as: uscc", `same_as: ""`, "columns[8].sample.same_as"},
		{"unique and missing", "{same_as: uscc}", "{same_as: uscc, unique: true, missing: 1}", "what is unique in each row is missing in none"},
		{"unique days", "{min: 2024-01-01, max: 2024-12-31}", "{unique: true}", "columns[5].sample: what is unique is counted"},
		{"unique in a range", "{max: 40}", "{max: 40, unique: true}", "columns[3].sample: what is unique is counted"},
		{"values of a subject", "{unique: false}", "{values: [a]}", "subjects[0].column: \"person\" identifies subjects"},
		{"missing subjects", "{unique: false}", "{missing: 1}", "subjects[0].column"},
	} {
		text := strings.Replace(sampled, c.old, c.new, 1)
		if text == sampled {
			t.Fatalf("%s: nothing replaced", c.name)
		}
		if _, err := ParseDescription("v.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "v.yaml:") {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
}

// TestASampleCountsAsAColumn holds the limits of a description that has samples.
func TestASampleCountsAsAColumn(t *testing.T) {
	head, _, _ := strings.Cut(sampled, "  - ")
	for _, n := range []int{MaxColumns / 2, MaxColumns/2 + 1} {
		var b strings.Builder
		b.WriteString(strings.Replace(head, "{column: person, kind: person}", "", 1))
		for i := range n {
			fmt.Fprintf(&b, "  - {name: c%d, type: text, sample: {values: [a]}}\n", i)
		}
		if _, err := ParseDescription("v.yaml", []byte(b.String())); (err == nil) != (n <= MaxColumns/2) {
			t.Errorf("%d columns with samples: %v", n, err)
		}
	}
	for _, n := range []int{maxSampleValues, maxSampleValues + 1} {
		var values []string
		for i := range n {
			values = append(values, fmt.Sprint(i))
		}
		_, err := ParseDescription("v.yaml", []byte(strings.Replace(sampled, `[I, II, "IX"]`, "["+strings.Join(values, ", ")+"]", 1)))
		if (err == nil) != (n == maxSampleValues) {
			t.Errorf("%d values: %v", n, err)
		}
	}
}

// TestWrittenIsRead holds that each ordinal is written as a value that has it.
func TestWrittenIsRead(t *testing.T) {
	columns := []Column{
		{Type: coltype.Type{Kind: coltype.Integer}}, {Type: coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 4}},
		{Type: coltype.Type{Kind: coltype.Decimal, Precision: 18}}, {Type: coltype.Type{Kind: coltype.Double}},
		{Type: coltype.Type{Kind: coltype.Date}}, {Type: coltype.Type{Kind: coltype.Timestamp}, Zone: DefaultZone},
	}
	for _, c := range columns {
		for _, n := range []int64{0, 1, -1, 9, 10, -10_001, 20_000, 1_234_567} {
			if got, err := c.Ordinal(c.Written(n)); err != nil || got != n {
				t.Errorf("%s: %d is written %q, which is %d, %v", c.Type, n, c.Written(n), got, err)
			}
		}
	}
	cost := Column{Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}}
	for text, want := range map[string]int64{"0": 0, "0.5": 50, "-0.05": -5, "12.30": 1230, "9999999999.99": 999_999_999_999} {
		if n, err := cost.Ordinal(text); err != nil || n != want {
			t.Errorf("%q is %d, %v; want %d", text, n, err, want)
		}
	}
	for _, text := range []string{"", ".", "-", "-.5", ".5", "1.", "+1", "1e3", "1.-5", " 1", "1_000", "9999999999999999999"} {
		if n, err := cost.Ordinal(text); err == nil {
			t.Errorf("%q is %d", text, n)
		}
	}
}
