package crypto

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// speedSize is what each measurement takes: 1 GiB gives the same ratios.
const speedSize = 256 << 20

// BenchmarkSeal compares a Sealer on one and two cores with bare calls of the
// library on the same buffer, segment by segment.
func BenchmarkSeal(b *testing.B) {
	plain := make([]byte, speedSize)
	aead, err := testKey.gcm()
	if err != nil {
		b.Fatal(err)
	}
	sealer := func(cores int) func() {
		return func() {
			s, err := NewSealer(io.Discard, testKey, testContext)
			if err != nil {
				b.Fatal(err)
			}
			s.SetCores(cores)
			s.Write(plain)
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	compare(b, func() {
		nonce, out := make([]byte, 12), make([]byte, 0, sealedSeg)
		for rest := plain; len(rest) > 0; rest = rest[segmentSize:] {
			aead.Seal(out, nonce, rest[:segmentSize], nil)
		}
	}, sealer(1), sealer(2))
}

// BenchmarkOpen compares io.Copy from an Opener's Reader with bare calls of the
// library on the same sealed bytes.
func BenchmarkOpen(b *testing.B) {
	var sealed bytes.Buffer
	sealed.Grow(speedSize + speedSize/segmentSize*tagSize + sealHeader)
	s, err := NewSealer(&sealed, testKey, testContext)
	if err != nil {
		b.Fatal(err)
	}
	s.SetCores(2)
	s.Write(make([]byte, speedSize))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	o, err := open(testKey, testContext, sealed.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	copier := func(cores int) func() {
		return func() {
			o.SetCores(cores)
			if n, err := io.Copy(io.Discard, o.Reader()); n != speedSize || err != nil {
				b.Fatal(n, err)
			}
		}
	}
	compare(b, func() {
		l, out := new(lane), make([]byte, 0, segmentSize)
		for i, body := int64(0), sealed.Bytes()[sealHeader:]; len(body) > 0; i, body = i+1, body[sealedSeg:] {
			if _, err := o.cipher.open(l, out, body[:sealedSeg], i, i == o.segments-1); err != nil {
				b.Fatal(err)
			}
		}
	}, copier(1), copier(2))
}

// compare takes the three in turn, so that what else the machine does meets all
// alike, and reports medians: of the time of the processor for what runs on one
// core, and of the clock for what runs on two.
func compare(b *testing.B, library, one, two func()) {
	var cpu, clock [3][]float64 // seconds
	for b.Loop() {
		for range 5 {
			for i, f := range []func(){library, one, two} {
				used, start := processorTime(b), time.Now()
				f()
				clock[i] = append(clock[i], time.Since(start).Seconds())
				cpu[i] = append(cpu[i], processorTime(b)-used)
			}
		}
	}
	for i, name := range []string{"library", "one", "two"} {
		b.ReportMetric(speedSize/1e6/median(clock[i]), name+"-MB/s")
	}
	b.ReportMetric(median(cpu[0])/median(cpu[1]), "one/library")
	b.ReportMetric(median(clock[1])/median(clock[2]), "two/one")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// processorTime is what the process has used so far, in seconds.
func processorTime(b *testing.B) float64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return float64(t.Nano()) / 1e9
}
