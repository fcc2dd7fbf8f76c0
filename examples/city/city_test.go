package city

import (
	"io/fs"
	"path"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/view"
)

var now = time.Date(2031, 7, 1, 0, 0, 0, 0, time.UTC)

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := fs.ReadDir(files, folder)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(entries), err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, path.Join(folder, e.Name()))
	}
	return out
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	b, err := File(name, now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryDocumentLoads(t *testing.T) {
	datasets := map[string]*catalog.Dataset{}
	for _, name := range names(t, "datasets") {
		d, err := catalog.ParseDescription(name, file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		datasets[d.ID] = d
	}
	for _, name := range names(t, "policies") {
		p, err := masking.ParsePolicy(name, file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Check(view.Columns(datasets[p.Dataset])); err != nil {
			t.Error(err)
		}
	}
	for _, name := range names(t, "jobs") {
		if _, err := manifest.Parse(name, file(t, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestScenarioIsInForceInAnyYear(t *testing.T) {
	a, err := access.ParseAgreement("agreement.yaml", file(t, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := access.ParseScenario("scenario.yaml", file(t, "scenario.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !a.Term.Covers(now) || !s.Term.Covers(now) || s.Agreement != a.ID {
		t.Errorf("agreement %s, scenario %s", a.Term, s.Term)
	}
}
