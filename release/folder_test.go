package release

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"yingbi/internal/fault"
)

func TestWriteFolder(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "发布")
	want := map[string][]byte{"a.csv": []byte("1"), "空": nil}
	if err := WriteFolder(dir+"/", want); err != nil {
		t.Fatal(err)
	}
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	onlyEntry(t, parent, "发布")
}

func TestWriteFolderRefuses(t *testing.T) {
	parent := t.TempDir()
	full := filepath.Join(parent, "full")
	if err := os.MkdirAll(full, 0o755); err != nil {
		t.Fatal(err)
	}
	file := map[string][]byte{"a": nil}
	wantKind(t, WriteFolder(full, file), fault.Conflict)
	wantKind(t, WriteFolder(parent, file), fault.Conflict)
	wantKind(t, WriteFolder(".", file), fault.Conflict)
	wantKind(t, WriteFolder(filepath.Join(parent, "no", "such"), file), fault.Invalid)
	for _, name := range []string{"", ".", "..", "../a", "a/b", `a\b`, "/a"} {
		wantKind(t, WriteFolder(filepath.Join(parent, "new"), map[string][]byte{"a": nil, name: nil}), fault.Invalid)
	}
	onlyEntry(t, parent, "full")
}

// onlyEntry sees that nothing half-made was left beside name.
func onlyEntry(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("the folder holds %v, want %s alone", entries, name)
	}
}

func TestReadFolderStopsAtItsLimits(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"large file": {"a": {Data: make([]byte, maxFile+1)}},
		"much":       {"a": {Data: make([]byte, maxFile)}, "b": {Data: make([]byte, maxFile)}, "c": {Data: []byte("x")}},
	} {
		_, err := readFolder(fsys)
		if err == nil {
			t.Errorf("%s: was read", name)
			continue
		}
		wantKind(t, err, fault.Integrity)
	}
}
