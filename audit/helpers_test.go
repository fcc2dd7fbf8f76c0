package audit

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

const origin = "yingbi/test"

// signer is a keeper without a process: it remembers in memory what it signed.
type signer struct {
	mu     sync.Mutex
	key    note.Signer
	public note.Verifier
	size   uint64
	root   crypto.Digest
	calls  int
}

func newSigner(t testing.TB) *signer {
	t.Helper()
	k, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &signer{root: emptyRoot()}
	if s.key, err = crypto.NoteSigner(origin, k); err != nil {
		t.Fatal(err)
	}
	if s.public, err = crypto.NoteVerifier(origin, k.Public()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *signer) SignCheckpoint(_ context.Context, r CheckpointRequest) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if r.OldSize != s.size {
		return nil, &OldSizeError{s.size}
	}
	if err := r.Check(s.root); err != nil {
		return nil, err
	}
	s.size, s.root = r.Size, r.Root
	return note.Sign(&note.Note{Text: r.Text(origin)}, s.key)
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 345678000, time.UTC)

func (s *signer) config() Config {
	return Config{Signer: s, Verifier: s.public, Clock: clock.Fixed(noon)}
}

func open(t testing.TB, dir string, s *signer) *Log {
	t.Helper()
	l, _, err := Open(dir, s.config())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func appendN(t testing.TB, l *Log, n int) {
	t.Helper()
	for i := range n {
		if _, err := l.Append(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
	}
}

func event(i int) Record {
	return Record{Actor: "system", Action: "test.event", Phase: Event, Target: fmt.Sprintf("thing/%d", i)}
}

func closeLog(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %v", err, kind)
	}
}
