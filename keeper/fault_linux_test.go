package keeper

import (
	"os"
	"path/filepath"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/testkit"
)

// TestDiskFailsAtEachCall strikes every call by which the state is written, over
// two starts: what was acknowledged is there at the next start, and after a
// failure nothing is done any more.
func TestDiskFailsAtEachCall(t *testing.T) {
	k := testKeyring(t)
	first, err := firstState(k)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Sweep(t, func(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, stateName), first, 0o600); err != nil {
			t.Fatal(err)
		}
		kept, tried := uint64(0), uint64(0)
		do(func() {
			for range 2 {
				s, disk := openStateIn(t, folder, k)
				if s == nil {
					return
				}
				for size := tried + 1; size <= tried+4; size++ {
					broken := s.broken
					err := s.change(func(s *state) { s.Size = size })
					switch {
					case err == nil && broken != nil:
						t.Errorf("size %d was acknowledged after %v", size, broken)
					case err == nil:
						kept = size
					case b.Kind == "full" && fault.KindOf(err) != fault.Limit:
						t.Errorf("a full disk is told as %v", err)
					}
				}
				tried += 4
				disk.Close()
			}
		})
		s, disk := openStateIn(t, b.Left, k)
		if s == nil {
			t.Fatal("no state is left")
		}
		defer disk.Close()
		if s.now.Size < kept || s.now.Size > tried {
			t.Errorf("the state has size %d; %d was acknowledged, %d tried", s.now.Size, kept, tried)
		}
		if err := s.change(func(s *state) { s.Size = 100 }); err != nil {
			t.Error(err)
		}
	})
}

func openStateIn(t *testing.T, folder string, k *keyring) (*stateFile, *os.File) {
	f, err := os.OpenFile(filepath.Join(folder, stateName), os.O_RDWR, 0)
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	s, err := openState(f, k)
	if err != nil {
		t.Error(err)
		f.Close()
		return nil, nil
	}
	return s, f
}
