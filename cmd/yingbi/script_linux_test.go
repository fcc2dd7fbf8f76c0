//go:build linux && cgo

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"yingbi/examples/guests"
)

// TestScripts runs the scripts of testdata/script against the built program, as
// its users call it. script_commands_linux_test.go says what the scripts' own
// commands do.
func TestScripts(t *testing.T) {
	exe, folder := program(t)
	shared := t.TempDir()
	made := sync.OnceValues(func() (fixture, error) {
		dir := filepath.Join(shared, "city")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return fixture{}, err
		}
		return makeFixture(t.Context(), dir, exe)
	})
	hostile := sync.OnceValue(func() error {
		return buildGuests(filepath.Join(shared, "hostile"), "hostile-spin", "hostile-files", "hostile-smuggle", "hostile-skew", "compare", "logistic", "leaves", "readmission")
	})
	commands := scriptCommands()
	commands["domain"] = func(ts *testscript.TestScript, _ bool, _ []string) {
		f, err := made()
		ts.Check(err)
		useFixture(ts, f)
	}
	commands["guests"] = func(ts *testscript.TestScript, _ bool, _ []string) {
		ts.Check(hostile())
		ts.Setenv("GUESTS", filepath.Join(shared, "hostile"))
	}
	commands["allguests"] = func(ts *testscript.TestScript, _ bool, _ []string) {
		for _, g := range guests.All() {
			ts.Check(buildGuests(ts.MkAbs("guests"), g.Name))
		}
		ts.Setenv("GUESTS", ts.MkAbs("guests"))
	}
	golden, err := filepath.Abs(filepath.Join("testdata", "page"))
	if err != nil {
		t.Fatal(err)
	}
	commands["page"] = scriptPage(golden)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Deadline:            time.Now().Add(3 * time.Minute),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                commands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("LANG", "C.UTF-8")
			return writeCityFiles(filepath.Join(env.WorkDir, "docs"))
		},
	})
}

// useFixture copies the fixture into a script's folder: domain, keys and data
// become the script's own to damage.
func useFixture(ts *testscript.TestScript, f fixture) {
	for _, part := range []string{"domain", "keys", "data", "releases", "trail"} {
		ts.Check(copyTree(ts.MkAbs(part), filepath.Join(f.dir, part)))
	}
	ts.Setenv("YINGBI_DOMAIN", ts.MkAbs("domain"))
	ts.Setenv("YINGBI_ROOT_KEY_FILE", ts.MkAbs("keys/root.key"))
	ts.Setenv("NAME", f.name)
	ts.Setenv("PUBLIC", f.public)
	ts.Setenv("QUEUED", f.queued)
	ts.Setenv("HELD", f.held)
	ts.Setenv("RELEASED", f.released)
}

// copyTree copies a folder with its modes.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), info.Mode())
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, info.Mode())
	})
}
