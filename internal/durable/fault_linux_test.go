package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"yingbi/internal/durable"
	"yingbi/internal/testkit"
)

// TestWriteFileOnAFailingDisk strikes every call of a replacement: the old content
// or the new one is there, whole, and the new one if that was acknowledged.
func TestWriteFileOnAFailingDisk(t *testing.T) {
	testkit.Sweep(t, func(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "f"), []byte("the old one"), 0o600); err != nil {
			t.Fatal(err)
		}
		var told error
		do(func() { told = durable.WriteFile(folder, "f", []byte("the new and longer one")) })
		got, err := os.ReadFile(filepath.Join(b.Left, "f"))
		if err != nil || string(got) != "the new and longer one" && (told == nil || string(got) != "the old one") {
			t.Errorf("%q, %v after %v", got, err, told)
		}
		left, err := durable.Leftovers(b.Left, "f")
		entries, err2 := os.ReadDir(b.Left)
		if err != nil || err2 != nil || len(entries) != 1+len(left) {
			t.Errorf("left behind: %v, of which %v is known", entries, left)
		}
	})
}
