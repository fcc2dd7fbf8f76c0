//go:build linux && cgo

package cell

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// lockedMap compiles a mapping in one cell, the first time, and runs it in another.
func lockedMap(t testing.TB, s *sandbox.Sandbox, name string, lim sandbox.Limits, req abi.MapRequest, views [][]byte, counts []byte) (*abi.Frame, []byte, error) {
	t.Helper()
	module, _ := guestModule(t, name)
	code := lockedCodes[name]
	if code == nil {
		var err error
		if code, err = s.Compile(context.Background(), abi.CompileRequest{MaxPages: testPages}, module, lockedLimits); err != nil {
			t.Fatal(err)
		}
		lockedCodes[name] = code
	}
	var h handed
	req.ModuleFD, req.CodeFD, req.CountsFD = h.add(t, module), h.add(t, code), h.add(t, counts)
	for i, view := range views {
		req.Views[i].FD = h.add(t, view)
	}
	all := &abi.Frame{}
	log, err := s.Map(context.Background(), req, h.files, lim, func(f *abi.Frame) error {
		if all.Columns == nil {
			for _, c := range f.Columns {
				all.Columns = append(all.Columns, abi.Column{Name: c.Name, Type: c.Type})
			}
		}
		appendRows(all, f, 0, f.Rows)
		return nil
	})
	return all, log, err
}

func TestMapBehindItsLocks(t *testing.T) {
	buildCarrier(t)
	s := lockedSandbox(t)
	one := func(name string, columns ...string) []abi.View { return []abi.View{{Name: name, Columns: columns}} }
	t.Run("C", func(t *testing.T) {
		view, counts := patients()
		req := readmission()
		req.Views = one("stays", "admitted", "days")
		got, log, err := lockedMap(t, s, "readmission", lockedLimits, req, [][]byte{viewFile(t, view)}, countsFile(counts))
		if err != nil || len(log) > 0 {
			t.Fatal(err, log)
		}
		want(t, got, answers30...)
	})
	t.Run("Go, in batches", func(t *testing.T) {
		counts := []uint32{2, 0, 3, 1, 6}
		req := mapRequest(abi.MapField{Name: "rows", Max: 10}, abi.MapField{Name: "days", Max: 100}, abi.MapField{Name: "met", Max: 10})
		req.Views, req.Batch, req.MaxPages = one("stays", "admitted", "days", "icd"), 3, testPages
		got, log, err := lockedMap(t, s, "gomap", lockedLimits, req, [][]byte{viewFile(t, stays(counts))}, countsFile(counts))
		if err != nil || len(log) > 0 {
			t.Fatalf("%v, log %s", err, log)
		}
		want(t, got, "2 3 1 0", "0 0 2 0", "3 12 3 0", "1 4 1 0", "6 36 2 0")
	})
	t.Run("one that carries state", func(t *testing.T) {
		view, counts := firsts(make([]int64, 700)...)
		req := mapRequest(field("a"), field("b"), field("c"), field("d"), field("e"), field("f"))
		req.Views = one("rows", "n")
		got, _, err := lockedMap(t, s, "carrier", lockedLimits, req, [][]byte{viewFile(t, view)}, countsFile(counts))
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, slices.Repeat([]string{foundNothing}, len(counts))...)
	})
	t.Run("failures", func(t *testing.T) {
		view, counts := firsts(0, 2, 9, 4, 3, 5, 10, 10, 10, 10, 0)
		req := mapRequest(field("n"))
		req.Views, req.Batch = one("fail", "n"), 2
		got, _, err := lockedMap(t, s, "mapper", lockedLimits, req, [][]byte{viewFile(t, view)}, countsFile(counts))
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, "0 0", "∅ 1", "9 0", "∅ 1", "∅ 1", "∅ 1", "∅ 1", "∅ 1", "∅ 1", "∅ 1", "0 0")
	})
	t.Run("one that never ends", func(t *testing.T) {
		view, counts := firsts(0, 8, 0)
		req := mapRequest(field("n"))
		req.Views = one("fail", "n")
		lim := lockedLimits
		lim.Wall = 500 * time.Millisecond
		_, _, err := lockedMap(t, s, "mapper", lim, req, [][]byte{viewFile(t, view)}, countsFile(counts))
		if reason(err) != sandbox.Time {
			t.Fatal(err)
		}
	})
	t.Run("rows that nobody has", func(t *testing.T) {
		view, counts := firsts(0, 0)
		req := mapRequest(field("n"))
		req.Views = one("carry", "n")
		_, _, err := lockedMap(t, s, "mapper", lockedLimits, req, [][]byte{viewFile(t, view)}, countsFile(counts[:1]))
		if reason(err) != sandbox.Refused {
			t.Fatal(err)
		}
	})
}

// BenchmarkMapLocked maps 100,000 people with six stays each in a cell, from the
// parent's call to its answer.
func BenchmarkMapLocked(b *testing.B) {
	const subjects = 100_000
	s := lockedSandbox(b)
	counts := repeat(6, subjects)
	view, counted := viewFile(b, stays(counts)), countsFile(counts)
	for _, c := range []struct {
		module string
		batch  int
	}{{"readmission", 1}, {"readmission", 100}, {"gomap", 100}} {
		b.Run(fmt.Sprint(c.module, "-", c.batch), func(b *testing.B) {
			for b.Loop() {
				req := readmission()
				req.Fields = append(req.Fields, abi.MapField{Name: "met", Max: 1000})
				req.Fields[0].Max, req.Fields[1].Max = 100, 1000
				req.Batch, req.MaxPages = c.batch, testPages
				req.Views = []abi.View{{Name: "stays", Columns: []string{"admitted", "days"}}}
				lim := lockedLimits
				lim.Wall = time.Minute
				before, start := cpuTime(), time.Now()
				got, log, err := lockedMap(b, s, c.module, lim, req, [][]byte{view}, counted)
				if err != nil || got.Rows != subjects {
					b.Fatal(err, string(log))
				}
				b.ReportMetric(float64(cpuTime()-before)/subjects/1000, "µs-CPU/subject")
				b.ReportMetric(float64(time.Since(start).Microseconds())/subjects, "µs/subject")
			}
		})
	}
}
