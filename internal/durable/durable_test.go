package durable

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yingbi/internal/fault"
)

func TestWriteFileReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"first", "", "second, and longer"} {
		if err := WriteFile(dir, "f", []byte(content)); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "f"))
		if err != nil || string(b) != content {
			t.Errorf("%q, %v; want %q", b, err, content)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "f"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestFailureKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "f"), 0o700); err != nil { // a folder cannot be replaced by a file
		t.Fatal(err)
	}
	if err := WriteFile(dir, "f", []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || !entries[0].IsDir() {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := WriteFile(filepath.Join(dir, "absent"), "f", nil); err == nil {
		t.Error("written into a folder that is not there")
	}
}

func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".state-123", ".keyring-9", ".state-12x", "state-123", ".other-1", ".state", "state"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".state-7"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Leftovers(dir, "state", "keyring")
	if err != nil || len(got) != 2 || filepath.Base(got[0]) != ".keyring-9" || filepath.Base(got[1]) != ".state-123" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Leftovers(filepath.Join(dir, "absent"), "state"); err == nil {
		t.Error("nothing was left in a folder that is not there")
	}
}

func TestExplain(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, &os.PathError{Op: "write", Path: "f", Err: syscall.EDQUOT}} {
		err := Explain(full)
		if fault.KindOf(err) != fault.Limit || !strings.Contains(err.Error(), "disk is full") || !Full(err) || Explain(err) != err {
			t.Errorf("%v becomes %v", full, err)
		}
	}
	for _, other := range []error{nil, syscall.EIO, fault.Errorf(fault.Denied, "no: %w", syscall.ENOSPC)} {
		if Explain(other) != other {
			t.Errorf("%v becomes %v", other, Explain(other))
		}
	}
}
