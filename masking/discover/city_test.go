package discover_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/synth"
	"yingbi/masking/discover"
)

// falseAlarms counts columns that hold a type which is not theirs.
func falseAlarms(t *testing.T, file string, r *discover.Report, want map[string]string) int {
	t.Helper()
	n := 0
	for _, f := range r.Columns {
		if firing(f) != want[f.Name] {
			n++
			t.Logf("%s: %s fires %q, want %q (%s)", file, f.Name, firing(f), want[f.Name], f.Why)
		}
	}
	return n
}

// TestCity finds what was planted in the synthetic city, and nothing in its clean columns.
func TestCity(t *testing.T) {
	dir := t.TempDir()
	truth, err := synth.Write(t.Context(), synth.Config{People: 3000, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	reports := map[string]*discover.Report{}
	report := func(path string) *discover.Report {
		if reports[path] == nil {
			reports[path] = read(t, open(t, filepath.Join(dir, filepath.FromSlash(path))), ',')
		}
		return reports[path]
	}
	wrong := 0
	for path, want := range map[string]map[string]string{
		synth.PopulationFile:  {"person": "resident_id", "name": "person_name_zh", "district": "region_code", "employer": "uscc"},
		synth.ClaimsFile:      {"person": "resident_id", "district": "region_code"},
		synth.ElectricityFile: {"person": "resident_id", "district": "region_code"},
		synth.EnterprisesFile: {"uscc": "uscc", "district": "region_code"},
		"cases/ids.csv":       {"person": "resident_id", "district": "region_code"},
		"cases/remarks.csv":   {"person": "resident_id", "district": "region_code", "remark": "resident_id mobile"},
	} {
		wrong += falseAlarms(t, path, report(path), want)
	}
	if wrong > 0 {
		t.Errorf("%d columns of the city have another verdict", wrong)
	}
	planted := 0
	for _, c := range truth.Cases {
		if c.FoundBy != synth.ByDiscovery {
			continue
		}
		planted++
		if !discovered(c, report(c.File)) {
			t.Errorf("%s is not found: %s", c.ID, c.Note)
		}
	}
	if planted != 6 {
		t.Errorf("%d cases are for discovery, not 6", planted)
	}
}

// discovered reports whether a report tells of a planted case: of the type inside of a
// text, with a rule that does not keep it, or of numbers with a wrong check character.
func discovered(c synth.Case, r *discover.Report) bool {
	return slices.ContainsFunc(r.Columns, func(f discover.Finding) bool {
		switch c.Kind {
		case "bad_id":
			return f.Name == "person" && strings.Contains(firing(f), c.Expect.Detector) && strings.Contains(f.Why, "2 have the parts and another check digit")
		case "id_in_text":
			return f.Name == "remark" && strings.Contains(firing(f), c.Expect.Detector) && f.Rule != "keep"
		}
		return false
	})
}
