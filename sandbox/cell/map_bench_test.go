//go:build linux && cgo

package cell

import (
	"context"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"yingbi/sandbox/abi"
)

// BenchmarkMapSubjects maps 100,000 people with six stays each, without locks.
func BenchmarkMapSubjects(b *testing.B) {
	const subjects = 100_000
	counts := repeat(6, subjects)
	file, counted := viewFile(b, stays(counts)), countsFile(counts)
	module, code := guestModule(b, "readmission")
	for b.Loop() {
		req := readmission()
		req.Views = []abi.View{{Name: "stays", FD: memfd(b, file), Columns: []string{"admitted", "days"}}}
		req.CountsFD = memfd(b, counted)
		m, err := newMapping(context.Background(), &req, b.TempDir(), module, code)
		if err != nil {
			b.Fatal(err)
		}
		before := cpuTime()
		if err := m.run(context.Background(), &answers{w: io.Discard}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(cpuTime()-before)/subjects/1000, "µs-CPU/subject")
		m.workers[0].runtime.Close(context.Background())
	}
}

// cpuTime gives what this process and its ended children have used, in nanoseconds.
func cpuTime() (sum int64) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			sum += u.Utime.Nano() + u.Stime.Nano()
		}
	}
	return sum
}
