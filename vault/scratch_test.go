package vault

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"yingbi/internal/fault"
)

// piece gives n bytes and the room behind them.
func piece(i, n int) []byte {
	return append(bytes.Repeat([]byte{byte('a' + i%26)}, n), make([]byte, ScratchOverhead)...)
}

func TestScratch(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/claims")
	s, err := c.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	type kept struct {
		place int64
		i, n  int
	}
	var mu sync.Mutex
	var all []kept
	var writers sync.WaitGroup
	for g := range 4 {
		writers.Go(func() {
			for round := range 20 {
				var b []byte
				var ends []int
				var mine []kept
				for i := range 3 {
					n := (g*37+round*11+i*5)%900 + 1
					mine = append(mine, kept{int64(len(b)), g + round + i, n})
					b = append(b, piece(g+round+i, n)...)
					ends = append(ends, len(b))
				}
				place := s.Reserve(len(b))
				if err := s.Write(b, ends, place); err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, k := range mine {
					k.place += place
					all = append(all, k)
				}
				mu.Unlock()
			}
		})
	}
	writers.Wait()
	for _, k := range all {
		got, err := s.Read(make([]byte, k.n+ScratchOverhead), k.place)
		if err != nil || !bytes.Equal(got, piece(k.i, k.n)[:k.n]) {
			t.Fatalf("the piece at %d: %v", k.place, err)
		}
	}
	a, b := all[0], all[1]
	for name, r := range map[string]struct {
		n     int
		place int64
	}{
		"another place": {a.n, b.place}, "a shorter piece": {a.n - 1, a.place}, "a longer piece": {a.n + 1, a.place},
		"beyond the end": {1, 1 << 40},
	} {
		if _, err := s.Read(make([]byte, r.n+ScratchOverhead), r.place); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A scratch file has no name, and its bytes are sealed.
func TestScratchLeavesNothing(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/claims")
	before := d.files("dataset.claims")
	s, err := c.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	b := append(bytes.Repeat([]byte("530402199001011234"), 100), make([]byte, ScratchOverhead)...)
	if err := s.Write(b, []int{len(b)}, s.Reserve(len(b))); err != nil {
		t.Fatal(err)
	}
	if now := d.files("dataset.claims"); fmt.Sprint(now) != fmt.Sprint(before) {
		t.Errorf("files %v, before %v", now, before)
	}
	onDisk := make([]byte, len(b))
	if n, err := s.file.ReadAt(onDisk, 0); n != len(b) || bytes.Contains(onDisk, []byte("530402")) {
		t.Errorf("%d bytes on disk, %v; or the rows are there in the clear", n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	c.Close()
	if _, err := c.Scratch(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a scratch file of a closed compartment: %v", err)
	}
}

// What a process leaves that is killed before it takes the name away.
func TestCollectRemovesScratch(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/claims")
	name := filepath.Join(d.dir, c.state.folder(), "scratch-123")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if orphans, err := d.vault.Collect(t.Context()); err != nil || len(orphans) != 1 {
		t.Errorf("orphans %v, %v", orphans, err)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Error("the file is still there")
	}
}
