//go:build linux && cgo

package sandbox_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// TestRecordsAreHeldToTheRequest plays what a map cell could answer for three
// subjects, whose one field is −1 to 5.
func TestRecordsAreHeldToTheRequest(t *testing.T) {
	s := newSandbox(t, 2)
	in := mustSeal(t, strings.Repeat("\x01\x00\x00\x00", 3))
	for _, c := range []struct {
		steps  string
		want   sandbox.Reason
		detail string
		got    string // what was handed on
	}{
		{"records:-1/0,5/0,-/1 done", "", "", "-1 5 failed "},
		{"records:0/0 log:4 records:-/0,3/0 done", "", "", "0 ∅ 3 "},
		{"records:0/0,1/0 done", sandbox.Protocol, "1 subjects have no record", "0 1 "},
		{"done", sandbox.Protocol, "3 subjects", ""},
		{"records:0/0,1/0 records:0/0,1/0 done", sandbox.Protocol, "more records than subjects", "0 1 "},
		{"records:0/0,6/0,1/0 done", sandbox.Protocol, "field 1", ""},
		{"records:-2/0,1/0,1/0 done", sandbox.Protocol, "field 1", ""},
		{"records:0/0,1/1,1/0 done", sandbox.Protocol, "where there is no record", ""},
		{"records:0/0,1/-,1/0 done", sandbox.Protocol, "whether it failed", ""},
		{"frame:records done", sandbox.Protocol, "1 columns, not 2", ""},
		{"frame:rows done", sandbox.Protocol, "not asked for", ""},
		{"item:a done", sandbox.Protocol, "no declared output", ""},
		{"log:5 done", sandbox.Protocol, "more log", ""},
		{"records:0/0,1/0,2/0 fail:guest-trap", sandbox.Refused, "guest-trap", "0 1 2 "},
		{"records:0/0,1/0,2/0", sandbox.Crash, "", "0 1 2 "},
	} {
		got := ""
		log, err := s.Map(t.Context(), abi.MapRequest{
			ModuleFD: 5, CodeFD: 5, CountsFD: 5, Batch: 1, MaxLog: 4, Seed: []byte(c.steps),
			Views: []abi.View{{Name: "v", FD: 5, Columns: []string{"n"}}}, Fields: []abi.MapField{{Name: "f", Min: -1, Max: 5}},
		}, []*os.File{in}, roomy, func(f *abi.Frame) error { got += records(f); return nil })
		var f *sandbox.Failure
		if errors.As(err, &f) != (c.want != "") || f != nil && (f.Reason != c.want || !strings.Contains(f.Error(), c.detail)) || got != c.got {
			t.Errorf("%s: %v, handed on %q", c.steps, err, got)
		}
		if strings.Contains(c.steps, "log:4") != (len(log) == 4) {
			t.Errorf("%s: %d bytes of log", c.steps, len(log))
		}
	}
}

func records(f *abi.Frame) (text string) {
	for i := range f.Rows {
		switch {
		case f.Columns[1].Bools[i] == 1:
			text += "failed "
		case f.Columns[0].IsNull(i):
			text += "∅ "
		default:
			text += fmt.Sprint(f.Columns[0].Ints[i], " ")
		}
	}
	return text
}

func TestMapStopsWhenNobodyTakesItsRecords(t *testing.T) {
	s := newSandbox(t, 1)
	enough := errors.New("enough")
	_, err := s.Map(t.Context(), mapScript("records:0/0 spin"), []*os.File{mustSeal(t, "\x01\x00\x00\x00")}, roomy, func(*abi.Frame) error { return enough })
	if err != enough {
		t.Errorf("got %v", err)
	}
}

func mapScript(steps string) abi.MapRequest {
	return abi.MapRequest{
		ModuleFD: 5, CodeFD: 5, CountsFD: 5, Batch: 1, Seed: []byte(steps),
		Views: []abi.View{{Name: "v", FD: 5, Columns: []string{"n"}}}, Fields: []abi.MapField{{Name: "f", Min: -1, Max: 5}},
	}
}

// TestCountsTellTheSubjects refuses counts that are none.
func TestCountsTellTheSubjects(t *testing.T) {
	s := newSandbox(t, 1)
	none := func(*abi.Frame) error { return nil }
	for name, change := range map[string]func(*abi.MapRequest){
		"half a count":     func(*abi.MapRequest) {},
		"no view":          func(r *abi.MapRequest) { r.Views = nil },
		"no such input":    func(r *abi.MapRequest) { r.CountsFD = 6 },
		"not even a file":  func(r *abi.MapRequest) { r.CountsFD = 0 },
		"half of subjects": func(r *abi.MapRequest) { r.Views = append(r.Views, r.Views...) },
	} {
		req, content := mapScript("done"), "\x01\x00\x00\x00"
		change(&req)
		if name == "half a count" {
			content += "\x01"
		}
		if _, err := s.Map(t.Context(), req, []*os.File{mustSeal(t, content)}, roomy, none); fault.KindOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// people is a view of n people with six stays each, in their order, and its counts.
func people(t testing.TB, n int) (view, counts *os.File) {
	t.Helper()
	f := &abi.Frame{Rows: 6 * n, Columns: []abi.Column{
		{Name: "admitted", Type: coltype.Type{Kind: coltype.Date}, Days: make([]int32, 6*n)},
		{Name: "days", Type: coltype.Type{Kind: coltype.Integer}, Ints: make([]int64, 6*n)},
	}}
	var b []byte
	for i := range f.Rows {
		f.Columns[0].Days[i], f.Columns[1].Ints[i] = int32(19_000+(i%6)*(40-i/6%30)), int64(1+i%4)
	}
	for range n {
		b = binary.LittleEndian.AppendUint32(b, 6)
	}
	return parquet(t, f), mustSeal(t, string(b))
}

// mappingOf compiles the example readmission in a cell and asks for n people.
func mappingOf(t testing.TB, s *sandbox.Sandbox, n int) (abi.MapRequest, []*os.File) {
	t.Helper()
	_, inputs := guestOf(t, s, "readmission")
	view, counts := people(t, n)
	return abi.MapRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, CountsFD: abi.InputFD + 2,
		Views:  []abi.View{{Name: "stays", FD: abi.InputFD + 3, Columns: []string{"admitted", "days"}}},
		Fields: []abi.MapField{{Name: "readmitted", Max: 1}, {Name: "stays", Max: 20}},
		Batch:  1, MaxPages: 256, MaxLog: 1 << 16, Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}, append(inputs, counts, view)
}

// TestMapCell maps people whose stays come closer and closer in the real program.
func TestMapCell(t *testing.T) {
	s := realSandbox(t)
	req, inputs := mappingOf(t, s, 600)
	again, stays := 0, int64(0)
	log, err := s.Map(t.Context(), req, inputs, ample, func(f *abi.Frame) error {
		for i := range f.Rows {
			again += int(f.Columns[0].Ints[i])
			stays += f.Columns[1].Ints[i]
		}
		return nil
	})
	// 20 groups of 30 people: those in place k have 40 − k days from one stay to the next.
	if err != nil || len(log) > 0 || again != 20*again30() || stays != 600*6 {
		t.Errorf("%d readmitted, %d stays, %v, log %s", again, stays, err, log)
	}
}

// again30 counts in another way how many of thirty people are readmitted: lengths of
// stays go 1 2 3 4 1 2 for a person of an even number, 3 4 1 2 3 4 for the others.
func again30() (n int) {
	for k := range 30 {
		longest := 4 // of the first five stays
		if gap := 40 - k - longest + 1; gap <= 30 {
			n++
		}
	}
	return n
}

// BenchmarkMapCell maps 100,000 people with six stays each, a fresh instance for each.
func BenchmarkMapCell(b *testing.B) {
	const n = 100_000
	s := realSandbox(b)
	req, inputs := mappingOf(b, s, n)
	for b.Loop() {
		start := time.Now()
		if _, err := s.Map(b.Context(), req, inputs, ample, func(*abi.Frame) error { return nil }); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/n, "µs/subject")
	}
}
