//go:build linux && cgo

package sandbox_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// BenchmarkCell measures from Run to the reaped cell.
func BenchmarkCell(b *testing.B) {
	b.Run("no-op", func(b *testing.B) {
		s := newSandbox(b, 1)
		for b.Loop() {
			if _, err := s.Query(b.Context(), script("frame:q done"), nil, roomy); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, rows := range []int{10, 100_000} {
		b.Run(fmt.Sprintf("query-%d-rows", rows), func(b *testing.B) {
			s := realSandbox(b)
			v := view(b, rows)
			for b.Loop() {
				if _, err := s.Query(b.Context(), count(), []*os.File{v}, ample); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, name := range []string{"compare", "standardise"} {
		for kind, waiting := range map[string]int{"cold": 0, "waiting": 1} {
			b.Run(name+"-"+kind, func(b *testing.B) { benchmarkGuest(b, name, waiting) })
		}
	}
}

// benchmarkGuest leaves time between two tasks for the next cell to prepare.
func benchmarkGuest(b *testing.B, name string, waiting int) {
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(b), Waiting: waiting})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	req, inputs := guestOf(b, s, name)
	req.Tables = []abi.GuestTable{{Name: "by_district", FD: abi.InputFD + 2}}
	inputs = append(inputs, finished(b))
	var walls []time.Duration
	for b.Loop() {
		usage, err := s.Run(b.Context(), sandbox.Task{
			Request: abi.Request{Task: abi.TaskGuest, Guest: &req}, Inputs: inputs, Limits: ample, Receive: func(abi.Message) error { return nil },
		})
		if err != nil {
			b.Fatal(err)
		}
		walls = append(walls, usage.Wall)
		time.Sleep(time.Duration(waiting) * 300 * time.Millisecond)
	}
	slices.Sort(walls)
	b.ReportMetric(walls[len(walls)/2].Seconds()*1000, "ms/task")
}
