package main

import (
	"testing"
	"time"
)

func TestSecondsFlag(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10s": 10 * time.Second, "1m30s": 90 * time.Second, "1ms": time.Millisecond, "1h": time.Hour, "10": 10 * time.Second, "0.5": time.Second / 2, "3600": time.Hour,
		"": 0, "0": 0, "-1": 0, "3601": 0, "61m": 0, "NaN": 0, "1e400": 0, "soon": 0, "1us": 0,
	} {
		var s seconds
		if err := s.Set(text); (err == nil) != (want > 0) || time.Duration(s) != want {
			t.Errorf("%q: %v, %v; want %v", text, time.Duration(s), err, want)
		}
	}
}

func TestBytesFlag(t *testing.T) {
	for text, want := range map[string]int64{
		"256MiB": 256 << 20, "256mb": 256 << 20, "256m": 256 << 20, "64KiB": 64 << 10, "1GiB": 1 << 30, "64G": 64 << 30,
		"65536": 65536, "65535": 65535 << 20, "64": 64 << 20, "65536b": 65536, "268435456": 256 << 20,
		"": 0, "0": 0, "-1": 0, "63KiB": 0, "65GiB": 0, "1TiB": 0, "MiB": 0, "1.5GiB": 0, "9223372036854775807": 0, "64 MiB": 0, "100b": 0,
	} {
		var b bytesFlag
		if err := b.Set(text); (err == nil) != (want > 0) || int64(b) != want {
			t.Errorf("%q: %d, %v; want %d", text, int64(b), err, want)
		}
	}
}
