//go:build linux && cgo

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestProgressEndsWhereverItStands: an import that is stopped or refused leaves
// the bar short of its total, and one with a wrong guess goes past it.
func TestProgressEndsWhereverItStands(t *testing.T) {
	text := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(text, []byte(strings.Repeat("a,b\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int64{0, 500, 1000, 5000} {
		file, err := os.Open(text)
		if err != nil {
			t.Fatal(err)
		}
		a := newApp(nil, nil, io.Discard, &bytes.Buffer{})
		a.terminal = true
		update, done := a.progress(file)
		update(rows)
		ended := make(chan struct{})
		go func() {
			done()
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatalf("the bar of %d rows never ends", rows)
		}
		file.Close()
	}
}

func TestGuessRows(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want int64
	}{
		"empty": {"", 0}, "no line": {"abc", 0}, "binary": {"PAR1\x00\n", 0}, "one": {"a\n", 1},
		"many": {strings.Repeat("0123456789\n", 100_000), 100_000},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := guessRows(file); got < c.want-c.want/100 || got > c.want+c.want/100 {
			t.Errorf("%s: guessed %d, want about %d", name, got, c.want)
		}
		file.Close()
	}
}
