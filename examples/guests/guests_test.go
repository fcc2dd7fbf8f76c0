package guests

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/sandbox/admission"
)

// TestEveryGuestBuilds builds all examples and holds each to what admission
// should say of it.
func TestEveryGuestBuilds(t *testing.T) {
	refused := map[string]string{"hostile-files": "path_open"}
	for _, g := range All() {
		t.Run(g.Name, func(t *testing.T) {
			module, err := Build(".", g.Name)
			if err != nil {
				t.Fatal(err)
			}
			summary, err := admission.Check(module, admission.DefaultLimits())
			if reason := refused[g.Name]; reason != "" {
				if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), reason) {
					t.Fatalf("%v; want a refusal that names %s", err, reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if summary.Job == summary.Map || len(module) > 4<<20 {
				t.Fatalf("%d bytes, %+v", len(module), summary)
			}
		})
	}
	if _, err := Build(".", "no such guest"); err == nil {
		t.Fatal("built what is not there")
	}
}

func TestBuildsAreReproducible(t *testing.T) {
	for _, name := range []string{"compare", "standardise"} {
		first, err1 := Build(".", name)
		second, err2 := Build(".", name)
		if err1 != nil || err2 != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: two builds differ (%v, %v)", name, err1, err2)
		}
	}
}

func TestReadmesGiveTheCommand(t *testing.T) {
	for _, g := range All() {
		readme, err := os.ReadFile(filepath.Join(g.Folder, "README.md"))
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(readme), "\n"+g.Line()+"\n") {
			t.Errorf("%s/README.md does not have the line\n%s", g.Folder, g.Line())
		}
	}
}
