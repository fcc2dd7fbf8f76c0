package guest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/manifest"
	"yingbi/sandbox/admission"
)

// write makes the folder of a job and gives its path.
func write(t *testing.T, j Job) string {
	t.Helper()
	files, err := j.Files()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// every calls f for each language, with and without a mapping.
func every(t *testing.T, f func(t *testing.T, j Job, l Language)) {
	for _, l := range Languages() {
		for _, mapping := range []bool{false, true} {
			j := Job{Name: "就诊-1", Language: l.Name, Map: mapping}
			name := l.Name
			if mapping {
				name += " map"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				f(t, j, l)
			})
		}
	}
}

// TestEveryTemplateBuildsAndPasses does what a new author does: make, make test. The
// network is not there to help.
func TestEveryTemplateBuildsAndPasses(t *testing.T) {
	asc, err := filepath.Abs("../bin/asc/node_modules/.bin/asc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(asc); err != nil {
		t.Fatal("AssemblyScript's compiler is missing: run make deps")
	}
	every(t, func(t *testing.T, j Job, l Language) {
		dir := write(t, j)
		cmd := exec.Command("make", "--no-print-directory", "job.wasm", "test")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "ASC="+asc, "GOPROXY=off", "npm_config_offline=true")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v; if a compiler is missing, run make deps\n%s", err, said)
		}
		module, err := os.ReadFile(filepath.Join(dir, "job.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := admission.Check(module, admission.DefaultLimits())
		if err != nil || s.Map != j.Map || s.Job == j.Map {
			t.Fatalf("%v, %+v", err, s)
		}
		for _, i := range s.Imports {
			if l.Name != "go" && i.Module != "yingbi" {
				t.Errorf("it imports %s", i)
			}
		}
		t.Logf("%d bytes", len(module))
	})
}

// TestRustUnits runs the unit tests that stand beside the Rust SDK.
func TestRustUnits(t *testing.T) {
	out := filepath.Join(t.TempDir(), "units")
	for _, line := range [][]string{{"rustc", "--edition", "2021", "-D", "warnings", "--test", "rust/src/lib.rs", "-o", out}, {out}} {
		if said, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v; if the compiler is missing, run make deps\n%s", err, said)
		}
	}
}

func TestEveryFolderIsWhole(t *testing.T) {
	every(t, func(t *testing.T, j Job, l Language) {
		dir := write(t, j)
		for _, name := range []string{l.Source, "README.md", "Makefile", "job.yaml", "yingbi"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
		b, err := os.ReadFile(filepath.Join(dir, "job.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := manifest.Parse("job.yaml", b); err != nil || m.Name != j.Name {
			t.Errorf("%v", err)
		}
		files, err := j.Files()
		if err != nil || !slices.IsSortedFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("%v, or the files are in no order", err)
		}
		for _, f := range files {
			if text := string(f.Content); strings.Contains(text, "yingbi/guest/go") || strings.Contains(text, "{{") && strings.Contains(f.Path, ".md") {
				t.Errorf("%s names the tree that it comes from", f.Path)
			}
		}
	})
}

func TestNamesOfFolders(t *testing.T) {
	for _, good := range []string{"a", "heart-2", "就诊_1", "_x", "con2", strings.Repeat("a", maxName)} {
		if err := CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "a/b", `a\b`, "-a", "a b", "a\n", "a.b", "\xff", "NUL", "com1", "a\u202e", strings.Repeat("a", maxName+1)} {
		if _, err := (Job{Name: bad, Language: "c"}).Files(); err == nil {
			t.Errorf("%q can name a job", bad)
		}
	}
	if _, err := (Job{Name: "a", Language: "cobol"}).Files(); err == nil {
		t.Error("there is a template in COBOL")
	}
}
