package synth

import (
	"testing"

	"yingbi/internal/idnum"
)

// Spellings of an identifier are of the identifier; bad numbers are bad.
func TestPlantedIdentifiers(t *testing.T) {
	dir, truth := makeCity(t, 200, 9)
	r := readRows(t, dir, fileOf(t, truth, "cases/ids.csv"))
	for _, c := range truth.Cases {
		if c.File != "cases/ids.csv" || c.Expect.Reason != "" {
			continue
		}
		checkIdentifier(t, c, r.all[c.Row-1][1])
	}
}

func checkIdentifier(t *testing.T, c Case, id string) {
	t.Helper()
	normal, ok := idnum.Normalise(id)
	switch {
	case !ok:
		t.Errorf("%s: %q is nobody's", c.ID, id)
	case c.Expect.Same != "" && (normal != c.Expect.Same || id == normal):
		t.Errorf("%s: %q is not another spelling of %q", c.ID, id, c.Expect.Same)
	case c.Kind == "bad_id" && (idnum.ResidentID(id) || len(id) != 18):
		t.Errorf("%s: %q is a valid number", c.ID, id)
	}
}

func TestWrongCheckIsAlwaysWrong(t *testing.T) {
	for _, id := range []string{"11010519491231002X", "440524188001010014"} {
		for shift := 1; shift < 10; shift++ {
			if bad := wrongCheck(id, shift); idnum.ResidentID(bad) || bad[:17] != id[:17] {
				t.Errorf("%q became %q", id, bad)
			}
		}
	}
}
