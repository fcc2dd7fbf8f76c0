//go:build linux && cgo

package sample

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// TestKitIsReadAsItWasPacked also holds that a kit has the documents of its scenario,
// and no more.
func TestKitIsReadAsItWasPacked(t *testing.T) {
	packed := files(t, cityKit(t))
	want := []string{
		"agreement.yaml", "dataset-claims.yaml", "dataset-enterprises.yaml", "dataset-population.yaml", "kit.json",
		"policy-claims-statistics-v1.yaml", "policy-enterprises-statistics-v1.yaml", "policy-population-statistics-v1.yaml", "scenario.yaml",
	}
	if got := slices.Sorted(maps.Keys(packed)); !slices.Equal(got, want) {
		t.Errorf("the kit has %v, want %v", got, want)
	}
	k := read(t, packed)
	if k.Domain != "city.example" || k.Version != 1 || k.Scenario.ID != "chronic" || k.Agreement.Operator != "云健数据" || len(k.Datasets) != 3 || len(k.policies) != 3 {
		t.Errorf("read %+v", k)
	}
	if k.Datasets[0].ID != "claims" || k.policies[0].Dataset != "claims" || !bytes.Equal(k.scenarioText, packed[scenarioFile]) {
		t.Errorf("the first grant is of %s", k.Datasets[0].ID)
	}
}

func TestKitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new string
		kind           fault.Kind
		want           string
	}{
		"no head":             {"kit.json", "{", "", fault.Invalid, "kit.json of the kit cannot be read"},
		"unknown key":         {"kit.json", `"format"`, `"rows": 1, "format"`, fault.Invalid, "kit.json of the kit cannot be read"},
		"newer":               {"kit.json", `"format": 1`, `"format": 2, "more": []`, fault.Conflict, "use the newer yingbi"},
		"no format":           {"kit.json", `"format": 1`, `"format": 0`, fault.Invalid, "kit.json of the kit cannot be read"},
		"two values":          {"kit.json", "{", "{}{", fault.Invalid, "kit.json of the kit cannot be read"},
		"other rules":         {"kit.json", `"minimum": 10`, `"minimum": 5`, fault.Conflict, `rules "default"`},
		"unknown rules":       {"scenario.yaml", "preset: default", "preset: none", fault.Conflict, `rules "none"`},
		"another scenario":    {"scenario.yaml", "id: chronic", "id: other", fault.Invalid, "scenario.yaml of the kit is not of the same scenario"},
		"another agreement":   {"agreement.yaml", "id: agr-1", "id: agr-2", fault.Invalid, "scenario.yaml of the kit is not of the same scenario"},
		"malformed agreement": {"agreement.yaml", "operator:", "operater:", fault.Invalid, "agreement.yaml:"},
		"another data set":    {"dataset-claims.yaml", "id: claims", "id: other", fault.Invalid, "dataset-claims.yaml of the kit is not of the same scenario"},
		"malformed data set":  {"dataset-claims.yaml", "level: 3", "level: 5", fault.Invalid, "dataset-claims.yaml:"},
		"another policy":      {"policy-claims-statistics-v1.yaml", "dataset: claims", "dataset: other", fault.Invalid, "policy-claims-statistics-v1.yaml of the kit"},
		"another version":     {"policy-claims-statistics-v1.yaml", "version: 1", "version: 2", fault.Invalid, "policy-claims-statistics-v1.yaml of the kit"},
		"a missing policy":    {"scenario.yaml", "version: 1", "version: 2", fault.NotFound, "it has no policy-claims-statistics-v2.yaml"},
		"out of the folder":   {"scenario.yaml", "dataset: claims", "dataset: ../claims", fault.Invalid, "no data set id"},
		"too long":            {"scenario.yaml", "purpose: ", "purpose: " + strings.Repeat("x", 1<<20), fault.Invalid, "bytes; at most"},
	} {
		packed := files(t, cityKit(t))
		text := strings.Replace(string(packed[c.file]), c.old, c.new, 1)
		if text == string(packed[c.file]) {
			t.Fatalf("%s: nothing replaced", name)
		}
		packed[c.file] = []byte(text)
		if _, err := Read(write(t, packed)); fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no folder: %v", err)
	}
	dir := write(t, files(t, cityKit(t)))
	path := filepath.Join(dir, scenarioFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", path); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a link out of the folder: %v", err)
	}
}

// FuzzHead holds that what is read of a kit's head is written as it was read.
func FuzzHead(f *testing.F) {
	f.Add(files(f, cityKit(f))[headFile])
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"format":1,"preset":{"dominance":[{"n":1,"percent":50}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHead(b)
		if err != nil {
			if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Conflict {
				t.Fatalf("kind %v: %v", kind, err)
			}
			return
		}
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseHead(text); err != nil || !reflect.DeepEqual(again, h) {
			t.Fatalf("%+v was written as %s and read as %+v, %v", h, text, again, err)
		}
	})
}
