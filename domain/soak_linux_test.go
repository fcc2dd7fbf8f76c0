//go:build linux && cgo

package domain

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// soak says how long a test that could go on for ever goes on: a short form of so
// many rounds with a fixed seed, or for as long as YINGBI_SOAK says (10m), with a
// seed that is new, or that of YINGBI_SEED to repeat a run.
type soak struct {
	seed  uint64
	until time.Time // zero in the short form
}

func startSoak(t *testing.T) soak {
	t.Helper()
	length := os.Getenv("YINGBI_SOAK")
	if length == "" {
		return soak{seed: 1}
	}
	long, err := time.ParseDuration(length)
	if err != nil {
		t.Fatal(err)
	}
	s := soak{seed: uint64(time.Now().UnixNano()), until: time.Now().Add(long)}
	if text := os.Getenv("YINGBI_SEED"); text != "" {
		if s.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat: YINGBI_SEED=%d", s.seed)
		}
	})
	return s
}

// goesOn reports whether round i, from 0, is to be done.
func (s soak) goesOn(i, short int) bool {
	if s.until.IsZero() {
		return i < short
	}
	return time.Now().Before(s.until)
}
