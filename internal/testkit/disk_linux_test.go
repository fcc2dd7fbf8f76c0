package testkit

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets this program be the one that TestStartWatched starts.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TESTKIT_DISK"); dir != "" {
		os.Exit(watched(dir))
	}
	os.Exit(m.Run())
}

func watched(dir string) int {
	if Surrender() != nil {
		return 3
	}
	if err := os.WriteFile(filepath.Join(dir, "first"), []byte("1"), 0o600); err != nil {
		return 4
	}
	out, err := exec.Command("mkdir", filepath.Join(dir, "second")).CombinedOutput() // what it starts is seen too
	if err == nil || !strings.Contains(string(out), "No space left") {
		return 5
	}
	return 0
}

func TestStartWatched(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "TESTKIT_DISK="+dir)
	var seen []string
	ended, err := StartWatched(cmd, func(c *Call) syscall.Errno {
		if !strings.HasPrefix(c.Path, dir) {
			return 0
		}
		seen = append(seen, c.Name+" "+filepath.Base(c.Path))
		if strings.HasSuffix(c.Path, "/second") {
			return syscall.ENOSPC
		}
		return 0
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !slices.Contains(seen, "openat first") || !slices.Contains(seen, "write first") || !strings.HasPrefix(seen[len(seen)-1], "mkdir") {
		t.Errorf("seen: %q", seen)
	}
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	var seen []string
	err := Watch(func(c *Call) syscall.Errno {
		if !strings.HasPrefix(c.Path, dir) {
			return 0
		}
		seen = append(seen, c.Name)
		if c.Name == "pwrite64" {
			if err := c.Half(); err != nil {
				t.Error(err)
			}
			return syscall.EIO
		}
		if c.Name == "fsync" {
			if b, err := c.Content(); err != nil || string(b) != "abcdefHIJ" {
				t.Errorf("%q, %v", b, err)
			}
		}
		return 0
	}, func() {
		f, err := os.Create(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		f.WriteString("abcdef")
		if _, err := f.WriteAt([]byte("HIJKLM"), 6); !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
		if err := f.Sync(); err != nil {
			t.Error(err)
		}
		if err := os.Rename(path, filepath.Join(dir, "new")); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"openat", "write", "pwrite64", "fsync", "renameat"}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}
