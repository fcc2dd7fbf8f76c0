package egress

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func TestPresetsOfThisVersion(t *testing.T) {
	for _, want := range []Preset{
		{Name: "default", Minimum: 10, Dominance: []Dominance{{2, 90}}, P: 10, Redact: 7, Base: 5, Digits: 3},
		{Name: "strict", Minimum: 20, Dominance: []Dominance{{1, 50}, {2, 67}}, P: 20, Redact: 7, Base: 10, Digits: 3},
		{Name: "opensafely", Minimum: 8, Dominance: []Dominance{{2, 90}}, P: 10, Redact: 7, Base: 5, Digits: 3},
	} {
		got, err := PresetByName(want.Name)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if p, err := PresetByName(""); err != nil || p.Name != "default" {
		t.Errorf("no name: %+v, %v", p, err)
	}
	if _, err := PresetByName("acro"); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "checks of files alone") {
		t.Errorf("acro for a job: %v", err)
	}
	if _, err := PresetByName("lenient"); err == nil || !strings.Contains(err.Error(), "default, opensafely, strict") || strings.Contains(err.Error(), "acro") {
		t.Errorf("an unknown one: %v", err)
	}
	files, err := presets.ReadDir("presets")
	if err != nil || len(files) != 4 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	for _, f := range files {
		b, err := presets.ReadFile("presets/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if p, _, err := readPreset(f.Name(), b); err != nil || p.Name+".yaml" != f.Name() || !strings.HasPrefix(string(b), "# ") {
			t.Errorf("%s: %+v, %v", f.Name(), p, err)
		}
	}
}

func TestADomainMayOnlyTighten(t *testing.T) {
	p, err := ParsePreset("own.yaml", []byte("name: city\nextends: default\nminimum: 15\nbase: 10\n"))
	if want := (Preset{Name: "city", Extends: "default", Minimum: 15, Dominance: []Dominance{{2, 90}}, P: 10, Redact: 7, Base: 10, Digits: 3}); err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, %v", p, err)
	}
	for line, ok := range map[string]bool{
		"minimum: 9": false, "minimum: 10": true, "p: 9": false, "p: 11": true, "redact: 6": false, "redact: 8": true,
		"base: 1": false, "base: 20": true, "base: 21": false, "digits: 4": false, "digits: 2": true,
		"dominance: [{n: 2, percent: 91}]": false, "dominance: [{n: 1, percent: 50}]": false, "dominance: []": false,
		"dominance: [{n: 2, percent: 80}]": true, "dominance: [{n: 1, percent: 50}, {n: 2, percent: 90}]": true,
		"dominance: [{n: 3, percent: 80}]": false, "dominance: [{n: 2}]": false,
		"minimum: -1": false, "minimum: 1.5": false, "extra: 1": false, "for: files": false, "for: nobody": false,
	} {
		_, err := ParsePreset("own.yaml", []byte("name: own\nextends: default\n"+line+"\n"))
		if (err == nil) != ok || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", line, err)
		}
	}
	for name, bad := range map[string]string{
		"no base":        "name: own\nminimum: 10\ndominance: [{n: 2, percent: 90}]\np: 10\nredact: 7\nbase: 5\ndigits: 3\n",
		"unknown base":   "name: own\nextends: lenient\n",
		"base for files": "name: own\nextends: acro\n",
		"a taken name":   "name: strict\nextends: default\n",
		"one for files":  "name: acro\nextends: default\n",
		"no name":        "extends: default\n",
		"a list":         "- name\n",
	} {
		if _, err := ParsePreset("own.yaml", []byte(bad)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDocumentedPreset reads the preset of docs/EGRESS.md.
func TestDocumentedPreset(t *testing.T) {
	page, err := os.ReadFile("../docs/EGRESS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "```yaml\nname: city")
	text, _, closed := strings.Cut("name: city"+text, "```")
	if !found || !closed {
		t.Fatal("the page shows no preset of a city")
	}
	if p, err := ParsePreset("EGRESS.md", []byte(text)); err != nil || p.Minimum != 15 || len(p.Dominance) != 2 || p.Digits != 2 {
		t.Errorf("%+v, %v\n%s", p, err, text)
	}
}

// FuzzParsePreset: what is read is sound and no looser than what it extends.
func FuzzParsePreset(f *testing.F) {
	f.Add([]byte("name: own\nextends: default\nminimum: 15\n"))
	f.Add([]byte("name: own\nextends: strict\ndominance: [{n: 2, percent: 50}]\ndigits: 2\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePreset("own.yaml", b)
		if err != nil {
			return
		}
		base, err := PresetByName(p.Extends)
		if err != nil || p.sound() != nil || p.looser(base) != "" {
			t.Fatalf("%+v extends %+v: %v", p, base, err)
		}
	})
}
