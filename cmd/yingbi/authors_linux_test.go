//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestAuthorsRuns runs the blocks of docs/AUTHORS.md that are marked sh, and holds
// the block marked json after each, where there is one, to what it printed.
func TestAuthorsRuns(t *testing.T) {
	t.Parallel()
	_, folder := program(t)
	dir := t.TempDir()
	if err := buildGuests(dir, "compare", "risk"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "compare.wasm"), filepath.Join(dir, "job.wasm")); err != nil {
		t.Fatal(err)
	}
	compared := 0
	all := blocks(readDoc(t, "docs/AUTHORS.md"))
	for i, b := range all {
		if b.language != "sh" {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euc", b.text)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH"), "LANG=C.UTF-8"}
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s%v", b.text, err)
		}
		if i+1 < len(all) && all[i+1].language == "json" {
			compared++
			if want := all[i+1].text; string(out) != want {
				t.Errorf("%sprinted\n%swant\n%s", b.text, out, want)
			}
		}
	}
	if compared != 4 {
		t.Errorf("%d blocks were compared, not 4", compared)
	}
}
