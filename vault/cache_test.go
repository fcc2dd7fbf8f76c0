package vault

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

func TestCacheHasNoCommitment(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	put(t, c, "v1", "rows")
	b := c.Begin()
	defer b.Discard()
	w, err := b.CreateCache(t.Context(), "view")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "masked rows")
	if err := b.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.reopen()
	c = d.unlock("dataset/a")
	wantRead(t, c, "view", "masked rows")
	info, err := c.Stat("view")
	if want := (ObjectInfo{Name: "view", Size: 11, Sealed: 11 + 72 + 16, Created: noon}); info != want || err != nil {
		t.Errorf("%+v, %v; want %+v", info, err, want)
	}
	_, _, err = c.Opening("view")
	wantKind(t, "the opening of a cache", err, fault.NotFound)
	if _, _, err := c.Opening("v1"); err != nil {
		t.Error(err)
	}
	_, err = c.Begin().CreateCache(t.Context(), "view")
	wantKind(t, "the name again", err, fault.Conflict)

	put(t, c, "v2", "more") // the next manifest has the cache still
	wantRead(t, c, "view", "masked rows")
	path := d.find(c, "view")
	sealed, _ := os.ReadFile(path)
	sealed[80] ^= 1
	os.WriteFile(path, sealed, 0o600)
	d.wantDamage("a cache", "view")
}

// An entry has both halves of a commitment, or neither, in one spelling.
func TestHalfACommitment(t *testing.T) {
	whole := entry{Name: "x", Stored: strings.Repeat("0", 32), Size: 1, Sealed: 2, Commitment: crypto.Digest{1}, Opening: []byte{1}, Created: noon}
	cache, noOpening, noCommitment, null := whole, whole, whole, whole
	cache.Commitment, cache.Opening = crypto.Digest{}, []byte{}
	noOpening.Opening = []byte{}
	noCommitment.Commitment = crypto.Digest{}
	null.Commitment, null.Opening = crypto.Digest{}, nil
	for what, e := range map[string]entry{"whole": whole, "cache": cache, "no opening": noOpening, "no commitment": noCommitment, "null": null} {
		m := manifest{Format: manifestFormat, Compartment: "dataset/a", Version: 1, Created: noon, Objects: []entry{e}}
		body, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, err = parseManifest(manifestBytes(body, nil)); (err == nil) != (what == "whole" || what == "cache") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// One goroutine for each writer of a batch, and cores for each.
func TestWritersOfABatchAtOnce(t *testing.T) {
	d := newDomain(t)
	c := d.create("dataset/a")
	plain := make([]byte, 3<<20)
	rand.Read(plain)
	b := c.Begin()
	defer b.Discard()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			create := b.Create
			if i%2 == 1 {
				create = b.CreateCache
			}
			w, err := create(t.Context(), fmt.Sprintf("v1.%d", i))
			if err != nil {
				t.Error(err)
				return
			}
			w.SetCores(i / 2)
			for rest := plain[i:]; len(rest) > 0; rest = rest[min(1<<20, len(rest)):] {
				if _, err := w.Write(rest[:min(1<<20, len(rest))]); err != nil {
					t.Error(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := b.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.reopen()
	c = d.unlock("dataset/a")
	for i := range 6 {
		o, err := c.Open(t.Context(), fmt.Sprintf("v1.%d", i))
		if err != nil {
			t.Fatal(err)
		}
		o.SetCores(2)
		var got bytes.Buffer
		if _, err := io.Copy(&got, o.Reader()); err != nil || !bytes.Equal(got.Bytes(), plain[i:]) {
			t.Errorf("object %d reads otherwise, %v", i, err)
		}
		o.Close()
		if _, content, err := c.Opening(fmt.Sprintf("v1.%d", i)); i%2 == 0 && (err != nil || content != crypto.Sum(plain[i:])) {
			t.Errorf("object %d: the commitment is to other bytes, %v", i, err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	plain := make([]byte, 64<<20)
	c := newDomain(b).create("dataset/a")
	for _, what := range []string{"object", "cache"} {
		for cores := 1; cores <= 2; cores++ {
			b.Run(fmt.Sprintf("%s/%d", what, cores), func(b *testing.B) {
				b.SetBytes(int64(len(plain)))
				for b.Loop() {
					batch := c.Begin()
					create := batch.Create
					if what == "cache" {
						create = batch.CreateCache
					}
					w, err := create(b.Context(), "x")
					if err != nil {
						b.Fatal(err)
					}
					w.SetCores(cores)
					if _, err := w.Write(plain); err != nil {
						b.Fatal(err)
					}
					if err := w.Close(); err != nil {
						b.Fatal(err)
					}
					batch.Discard()
				}
			})
		}
	}
}
