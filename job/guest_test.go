package job

import (
	"testing"

	"yingbi/manifest"
)

// TestPagesFitAModulesAddresses holds that no manifest asks the compiler for more
// memory than 32 bits can name.
func TestPagesFitAModulesAddresses(t *testing.T) {
	for memory, want := range map[int64]uint32{16 << 20: 256, 4<<30 - 1<<16: 1<<16 - 1, 4 << 30: 1 << 16, 8 << 30: 1 << 16} {
		r := run{manifest: &manifest.Manifest{Limits: manifest.Limits{Memory: memory}}}
		if got := r.pages(); got != want {
			t.Errorf("%d bytes are %d pages, want %d", memory, got, want)
		}
	}
}
