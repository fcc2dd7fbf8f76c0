package catalog

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/masking/detect"
)

// levelled is a description whose columns carry what a column may say of levels.
const levelled = `id: visits
title: 就诊
provider: 卫健委
level: 3
lowered: {reason: 区县与月份已公开发布, by: 王芳, date: 2026-02-01}
openness: closed
update: monthly
declaration: {state_secrets: none, state_security: none, public_interest: none, restricted: none, by: 王芳, date: 2026-01-05}
subjects: [{kind: person, column: person}]
columns:
  - {name: person, type: text, identifier: resident_id}
  - {name: phone, type: text, identifier: mobile, category: personal}
  - {name: district, type: text, level: 1, category: regional_statistics}
  - {name: diagnosis, type: text, category: medical_health}
  - {name: remark, type: text, level: 4}
  - {name: cost, type: "decimal(12,2)"}
raw_use:
  - {scenario: recall, columns: [phone], reason: 召回通知需拨打电话, by: 王芳, date: 2026-02-01}
`

func parsed(t testing.TB, text string) *Dataset {
	t.Helper()
	d, err := ParseDescription("v.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// changed replaces pieces of a text, each of which must be there.
func changed(t testing.TB, text string, pieces ...string) string {
	t.Helper()
	for i := 0; i < len(pieces); i += 2 {
		if !strings.Contains(text, pieces[i]) {
			t.Fatalf("nothing to replace: %q", pieces[i])
		}
		text = strings.Replace(text, pieces[i], pieces[i+1], 1)
	}
	return text
}

func TestEffectiveLevels(t *testing.T) {
	d := parsed(t, levelled)
	got := map[string]int{}
	for _, c := range d.Columns {
		got[c.Name] = d.LevelOf(c.Name)
	}
	want := map[string]int{"person": 3, "phone": 3, "district": 1, "diagnosis": 4, "remark": 4, "cost": 3}
	if !reflect.DeepEqual(got, want) || d.EffectiveLevel() != 4 || d.LevelOf("nothing") != 4 {
		t.Errorf("levels %v, the data set %d", got, d.EffectiveLevel())
	}
	if phone, _ := d.Column("phone"); phone.Identifier != detect.Mobile {
		t.Errorf("identifier %v", phone.Identifier)
	}
	if d = parsed(t, minimal); d.EffectiveLevel() != 1 || d.LevelOf("temp") != 1 {
		t.Error("a description without levels of columns has another than its own")
	}
	// A category never lowers by itself.
	d = parsed(t, changed(t, levelled, "level: 1, category", "category"))
	if d.LevelOf("district") != 3 {
		t.Errorf("a category lowers to %d", d.LevelOf("district"))
	}
}

func TestLevelRefusals(t *testing.T) {
	const reason = "lowered: {reason: 区县与月份已公开发布, by: 王芳, date: 2026-02-01}\n"
	for _, c := range []struct{ name, old, new, want string }{
		{"no reason", reason, "", `columns[2].level: "district" is declared lower than its data set or category, 3`},
		{"blank reason", "区县与月份已公开发布", "' '", "lowered.reason"},
		{"nobody", ", by: 王芳, date: 2026-02-01}\nopenness", ", date: 2026-02-01}\nopenness", `"by" is missing`},
		{"no such day", "date: 2026-02-01}\nopenness", "date: 2026-02-31}\nopenness", "lowered.date: want a day"},
		{"unknown key", "by: 王芳, date: 2026-02-01}\nopenness", "by: 王芳, date: 2026-02-01, until: 2027-01-01}\nopenness", `unknown key "until"`},
		{"level 5", "level: 4", "level: 5", "columns[4].level: want a level from 1 to 4, found 5"},
		{"level 0", "level: 4", "level: 0", "columns[4].level"},
		{"identifier", "identifier: mobile", "identifier: telephone", `columns[1].identifier: "telephone" is no kind of identifier; they are resident_id`},
		{"category", "category: personal", "category: private", `columns[1].category: "private" is no category; they are biometric`},
		{"consent to nothing", "columns: [phone]", "columns: []", "at least one"},
		{"consent to no column", "columns: [phone]", "columns: [tel]", `"tel" is not a column`},
		{"consent to a subject", "columns: [phone]", "columns: [person]", "never left unmasked"},
		{"consent without a reason", "reason: 召回通知需拨打电话, ", "", `"reason" is missing`},
		{"consent twice", "raw_use:\n", "raw_use:\n  - {scenario: recall, columns: [cost], reason: r, by: b, date: 2026-02-01}\n", "given twice"},
		{"no scenario", "scenario: recall", "scenario: 召回", "raw_use[0].scenario"},
	} {
		_, err := ParseDescription("v.yaml", []byte(changed(t, levelled, c.old, c.new)))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "v.yaml:") {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
	}
}

func TestLoweredFrom(t *testing.T) {
	old := parsed(t, levelled)
	for _, c := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"nothing", nil, ""},
		{"raised", []string{"level: 1, cat", "level: 2, cat"}, ""},
		{"a column", []string{"level: 4", "level: 2"}, "4 to 2: remark"},
		{"the data set", []string{"level: 3\n", "level: 2\n"}, "3 to 2: the data set, person, cost"},
		{"a category taken away", []string{", category: medical_health", ""}, "4 to 3: diagnosis"},
		{"a level taken away", []string{", level: 4", ""}, "4 to 3: remark"},
		{"a column that is new", []string{"name: cost,", "name: price, level: 2,"}, "3 to 2: price"},
		{"several", []string{"level: 4", "level: 1", "text, category: medical_health", "text, level: 1"}, "4 to 1: diagnosis, remark"},
	} {
		d := parsed(t, changed(t, levelled, c.edits...))
		if got := Describe(d.LoweredFrom(old)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := Describe(old.LoweredFrom(nil)); got != "3 to 1: district" {
		t.Errorf("at first: %q", got)
	}
}

func TestConsents(t *testing.T) {
	d := parsed(t, levelled)
	if !d.Consents("recall", "phone") || !d.Consents("", "phone") || d.Consents("recall", "cost") || d.Consents("other", "phone") {
		t.Error("consents are not those that were given")
	}
	more := parsed(t, changed(t, levelled, "columns: [phone]", "columns: [phone, cost]"))
	if got := more.NewConsents(d); len(got) != 1 || !slices.Equal(got[0].Columns, []string{"cost"}) || got[0].Scenario != "recall" {
		t.Errorf("new: %+v", got)
	}
	if d.NewConsents(d) != nil || d.NewConsents(more) != nil || len(d.NewConsents(nil)) != 1 {
		t.Error("new consents are not those that are new")
	}
}

func TestAmends(t *testing.T) {
	old := parsed(t, levelled)
	if old.Amends(parsed(t, levelled+"# a comment\n")) {
		t.Error("the same description amends itself")
	}
	for edit, want := range map[string]bool{
		"level: 4|level: 2": true, "level: 3\n|level: 4\n": true, "category: medical_health|level: 4": true,
		"columns: [phone]|columns: [cost]": true,
		"title: 就诊|title: 门诊":              false, "identifier: mobile|identifier: landline": false, "12,2|12,3": false,
	} {
		from, to, _ := strings.Cut(edit, "|")
		if got := parsed(t, changed(t, levelled, from, to)).Amends(old); got != want {
			t.Errorf("%s: %v", edit, got)
		}
	}
}

// TestLevelsInJSON holds that a stored description reads back as it was.
func TestLevelsInJSON(t *testing.T) {
	d := parsed(t, levelled)
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if again := parsed(t, string(b)); !reflect.DeepEqual(again, d) {
		t.Errorf("%+v\n%+v", again, d)
	}
	b, err = json.Marshal(parsed(t, minimal))
	if err != nil || strings.Contains(string(b), "lowered") || strings.Contains(string(b), "identifier") || strings.Count(string(b), `"level"`) != 1 {
		t.Errorf("a description without levels of columns has changed: %s %v", b, err)
	}
}
