//go:build linux && cgo

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOperatorsPath does what docs/OPERATORS.md shows, in each language: all its
// blocks of shell, as one script, in a folder with a domain and the keys of two of its
// people.
func TestOperatorsPath(t *testing.T) {
	exe, folder := program(t)
	root, err := filepath.Abs(docs)
	if err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(t.TempDir(), "city")
	if err := os.Mkdir(shared, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := makeFixture(t.Context(), shared, exe)
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eu\n"
	for _, b := range blocks(readDoc(t, "docs/OPERATORS.md")) {
		if b.language == "sh" {
			script += b.text
		}
	}
	for _, language := range []string{"go", "c", "rust", "as"} {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			for _, part := range []string{"domain", "keys"} {
				if err := copyTree(filepath.Join(dir, part), filepath.Join(f.dir, part)); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"), "LANG=C.UTF-8",
				"LANGUAGE="+language, "MAKEFLAGS=", "ASC="+filepath.Join(root, "bin", "asc", "node_modules", ".bin", "asc"),
				"YINGBI_DOMAIN="+filepath.Join(dir, "domain"), "YINGBI_ROOT_KEY_FILE="+filepath.Join(dir, "keys", "root.key"),
				"NAME="+f.name, "PUBLIC="+f.public, "GOFLAGS=-buildvcs=false")
			said, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			if n := strings.Count(string(said), "the release is genuine"); n != 2 {
				t.Errorf("%d releases are genuine\n%s", n, said)
			}
			checkReleased(t, filepath.Join(dir, "index-release", "index.csv"), `^\d{6},\d+(\.\d)?\r?$`)
			// Most of those who were ill are withheld: they are nearly the people of a release before.
			checkReleased(t, filepath.Join(dir, "care-release", "by_district.csv"), `^\d{6},(是|否),\d+,\d`)
		})
	}
}

// checkReleased holds that some lines of a released table have this form.
func checkReleased(t *testing.T, path, line string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile("(?m)"+line).FindAllString(string(b), -1); len(found) < 2 {
		t.Errorf("%s has %d lines of the form %s\n%s", filepath.Base(path), len(found), line, b)
	}
	var left []string
	err = filepath.WalkDir(filepath.Dir(path), func(p string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".wasm") {
			left = append(left, p)
		}
		return err
	})
	if err != nil || len(left) > 0 {
		t.Errorf("a release holds %v, %v", left, err)
	}
}
