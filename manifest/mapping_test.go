package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// mapping completes a manifest whose mapping has these lines, and one table that
// uses it.
func mapping(lines string) string {
	return head + "inputs:\n  claims: {dataset: claims, columns: [person, visit_date, days]}\n" +
		"map:\n  course:\n    " + strings.ReplaceAll(lines, "\n", "\n    ") +
		"\ntables:\n  t: {from: course, group_by: [level], measures: {people: subjects()}}\n"
}

const course = "unit: person\nfrom: [claims]\nrecord: {level: [low, high]}"

func TestMappingPlan(t *testing.T) {
	p := plan(t, mapping("unit: person\nfrom: [claims]\nrecord: {level: [low, high], score: {min: -5, max: 10, scale: 2}}\nshared: false"))
	if p.Assurance != Mapped || p.Guest != nil || len(p.Mappings) != 1 {
		t.Fatalf("%+v", p)
	}
	m := p.Mappings[0]
	if m.Name != "course" || m.Unit != "person" || m.Shared || len(m.Inputs) != 1 || !slices.Equal(m.Inputs[0].Columns, []string{"visit_date", "days"}) {
		t.Errorf("%+v", m)
	}
	if f := m.Record[0]; f.Min != 0 || f.Max != 1 || f.Type().Kind != coltype.Text {
		t.Errorf("%+v", f)
	}
	if f := m.Record[1]; f.Min != -500 || f.Max != 1000 || f.Type() != decimal(2) {
		t.Errorf("%+v", f)
	}
	if len(p.Inputs) != 1 || p.Inputs[0].Name != "course" || p.Inputs[0].Dataset != "" || !slices.Equal(p.Inputs[0].Columns, []string{"level", "__subject_person"}) {
		t.Errorf("the query cell gets %+v", p.Inputs)
	}
	key := p.Tables[0].Keys[0]
	if !slices.Equal(key.Domain, []string{"low", "high"}) || !key.Derived {
		t.Errorf("key %+v", key)
	}
	if o := p.Tables[0].Origin; !slices.Equal(o.Datasets, []string{"claims"}) {
		t.Errorf("origin %+v", o)
	}
}

func TestMappingRefusals(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		kind             fault.Kind
	}{
		{"no unit", mapping("from: [claims]\nrecord: {level: [low, high]}"), "unit", fault.Invalid},
		{"no input", mapping("unit: person\nfrom: []\nrecord: {level: [low, high]}"), "at least one input", fault.Invalid},
		{"unknown input", mapping("unit: person\nfrom: [visits]\nrecord: {level: [low, high]}"), "no input", fault.Invalid},
		{"no field", mapping("unit: person\nfrom: [claims]\nrecord: {}"), "at least one field", fault.Invalid},
		{"one label", mapping("unit: person\nfrom: [claims]\nrecord: {level: [low]}"), "two labels", fault.Invalid},
		{"no bounds", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 0}}"), "max", fault.Invalid},
		{"a text field", mapping("unit: person\nfrom: [claims]\nrecord: {level: text}"), "labels", fault.Invalid},
		{"empty bounds", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 3, max: 3}}"), "less than", fault.Invalid},
		{"a default out of bounds", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 0, max: 3, default: 4}}"), "between min and max", fault.Invalid},
		{"a wide default", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 0, max: 3, scale: 6, default: 10000000000}}"), "either side", fault.Invalid},
		{"a default that is no number", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 0, max: 3, default: most}}"), "number", fault.Invalid},
		{"wide bounds", mapping("unit: person\nfrom: [claims]\nrecord: {level: {min: 0, max: 10000000000, scale: 6}}"), "either side", fault.Invalid},
		{"a field named as the unit", mapping("unit: person\nfrom: [claims]\nrecord: {person: [a, b], level: [a, b]}"), "already the name", fault.Invalid},
		{"the name of an input", strings.Replace(mapping(course), "  course:", "  claims:", 1), "already the name", fault.Invalid},
		{"of another kind", strings.Replace(mapping(course), "unit: person", "unit: enterprise", 1), "about", fault.Denied},
		{"shared above level 2", mapping(course + "\nshared: true"), "level 3", fault.Denied},
		{"unused", strings.Replace(mapping(course), "from: course, group_by: [level]", "from: claims, group_by: [days]", 1), "no table uses", fault.Invalid},
		{"with outputs", mapping(course) + "outputs: {o: {kind: table, derives: [t]}}\n", "emits nothing else", fault.Invalid},
		{"a column that is not for rows", strings.Replace(strings.Replace(mapping(course), "dataset: claims", "dataset: population", 1), "visit_date, days", "birth", 1), "row by row", fault.Denied},
		{"only the subject", strings.Replace(mapping(course), "person, visit_date, days", "person", 1), "no column but", fault.Invalid},
		{"a key per subject", strings.Replace(mapping(course), "group_by: [level]", "group_by: [person]", 1), "row per subject", fault.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Parse("job.yaml", []byte(c.text))
			if err == nil {
				_, err = m.Check(only(m, city(t)))
			}
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v (%v)", err, fault.KindOf(err))
			}
		})
	}
}

func TestMappingSharedAtLevelTwo(t *testing.T) {
	m, err := Parse("job.yaml", []byte(mapping(course+"\nshared: true")))
	if err != nil {
		t.Fatal(err)
	}
	s := city(t)
	low := s["claims"]
	low.Level = 2
	p, err := m.Check(Schema{"claims": low})
	if err != nil || !p.Mappings[0].Shared {
		t.Fatal(err)
	}
	low.Level = 4
	m.Mappings[0].Shared = false
	if _, err := m.Check(Schema{"claims": low}); fault.KindOf(err) != fault.Denied {
		t.Errorf("rows of level 4 are mapped: %v", err)
	}
}

// TestMappingCanonical holds that the canonical text reads as what was written.
func TestMappingCanonical(t *testing.T) {
	m, err := Parse("job.yaml", []byte(mapping("unit: person\nfrom: [claims]\nrecord: {level: [low, 'h, \"i\"'], score: {min: -5, max: 10, scale: 2, default: 2}, n: {min: 1, max: 9}, o: {min: 1, max: 9, default: 9}}\nshared: true")))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("job.yaml", m.Canonical())
	if err != nil {
		t.Fatalf("%v in %s", err, m.Canonical())
	}
	if string(again.Canonical()) != string(m.Canonical()) {
		t.Errorf("%s\n%s", m.Canonical(), again.Canonical())
	}
	strip := func(fields []Field) string {
		out := ""
		for _, f := range fields {
			out += fmt.Sprint(f.Name, f.Labels, f.Min, f.Max, f.Scale, " ", f.Default, " ", f.usual(), "; ")
		}
		return out
	}
	if got, want := strip(m.Mappings[0].Record), `level[low h, "i"] 0 1 0 0 ; score[] -500 1000 2 200 2.00; n[] 1 9 0 1 1; o[] 1 9 0 9 9; `; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if strip(again.Mappings[0].Record) != strip(m.Mappings[0].Record) || !again.Mappings[0].Shared {
		t.Errorf("%+v", again.Mappings)
	}
}
