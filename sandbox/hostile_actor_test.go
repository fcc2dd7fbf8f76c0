//go:build linux && cgo

package sandbox_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// TestForgedMessages plays cells that were taken over and write on their pipe what
// no cell writes. The parent takes none of it, and says which rule it breaks.
func TestForgedMessages(t *testing.T) {
	s := newSandbox(t, 2)
	const frame = "01000100000000000000000000000000" // a frame's header: a name of one byte, no payload
	brief := limits(func(l *sandbox.Limits) { l.Wall = short })
	for _, c := range []struct {
		name, steps string
		limits      sandbox.Limits
		want        sandbox.Reason
		detail      string
	}{
		{"a message of kind 0", "hex:" + strings.Repeat("00", 16), roomy, sandbox.Protocol, "kind 0"},
		{"a message of kind 7", "hex:07" + strings.Repeat("00", 15), roomy, sandbox.Protocol, "kind 7"},
		{"a message of kind 255", "hex:ff" + strings.Repeat("00", 15), roomy, sandbox.Protocol, "kind 255"},
		{"a reserved byte", "hex:0101" + frame[4:], roomy, sandbox.Protocol, "reserved"},
		{"reserved bytes", "hex:" + frame[:8] + "01" + frame[10:], roomy, sandbox.Protocol, "reserved"},
		{"a frame without a name", "hex:0100000000000000" + "0100000000000000" + "00", roomy, sandbox.Protocol, "a name of 0 bytes"},
		{"a name of 65,535 bytes", "hex:0100ffff" + frame[8:], roomy, sandbox.Protocol, "65535"},
		{"a name that is not UTF-8", "hex:" + frame[:16] + "0100000000000000" + "ff00", roomy, sandbox.Protocol, "name"},
		{"a name with a zero", "hex:" + frame[:16] + "0100000000000000" + "0000", roomy, sandbox.Protocol, "name"},
		{"a frame without a payload", "hex:" + frame + "71", roomy, sandbox.Protocol, ""},
		{"done with a name", "hex:06000100" + frame[8:], roomy, sandbox.Protocol, "kind 6 with a name"},
		{"done with a payload", "frame:q hex:0600000000000000" + "0100000000000000" + "00", roomy, sandbox.Protocol, "kind 6 with a payload"},
		{"a part of 2 MiB", "hex:0400000000000000" + "0000200000000000", roomy, sandbox.Protocol, "kind 4 with a payload"},
		{"a failure without a word", "fail:", roomy, sandbox.Protocol, "kind 5 with a payload"},
		{"a failure of 65 bytes", "fail:" + strings.Repeat("x", 65), roomy, sandbox.Protocol, "kind 5 with a payload"},
		{"a failure in capitals", "fail:ENGINE", roomy, sandbox.Protocol, "not in the list"},
		{"a failure with a blank", "fail:engine_", roomy, sandbox.Protocol, "not in the list"},
		{"a failure at 0", "fail:engine_0", roomy, sandbox.Protocol, "not in the list"},
		{"a failure at 01", "fail:engine_01", roomy, sandbox.Protocol, "not in the list"},
		{"a failure at −1", "fail:engine_-1", roomy, sandbox.Protocol, "not in the list"},
		{"a failure at a place beyond all", "fail:engine_1000001", roomy, sandbox.Protocol, "not in the list"},
		{"a failure that quotes a row", "fail:engine:530102199003070011", roomy, sandbox.Protocol, "not in the list"},
		{"two failures", "fail:engine fail:engine", roomy, sandbox.Protocol, "after the last"},
		{"done after a failure", "frame:q fail:engine done", roomy, sandbox.Protocol, "after the last"},
		{"a failure after done", "frame:q done fail:engine", roomy, sandbox.Protocol, "after the last"},
		{"a flood after done", "frame:q done flood:q", roomy, sandbox.Protocol, "after the last"},
		{"half a header after done", "frame:q done hex:0102", roomy, sandbox.Protocol, ""},
		{"done, and no end", "frame:q done spin", brief, sandbox.Time, "300ms"},
		{"a header, and no end", "hex:" + frame[:20] + " spin", brief, sandbox.Time, "300ms"},
		{"a frame byte by byte", "drip", brief, sandbox.Time, "300ms"},
		{"a claim of an exabyte, and no end", "lie spin", brief, sandbox.Time, "300ms"},
		{"no word, and no end", "sleep:5000", brief, sandbox.Time, "300ms"},
		{"no word at all", "", roomy, sandbox.Crash, "exit status 0"},
		{"a closed pipe", "close", roomy, sandbox.Crash, "exit status 0"},
		{"a word on a closed pipe", "close frame:q done", roomy, sandbox.Crash, "exit status 5"},
		{"a good answer, closed and left badly", "frame:q done close exit:3", roomy, sandbox.Crash, "exit status 3"},

		{"a frame of another magic", "patched:0,59424632 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame of no columns", "patched:4,00000000 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame of 2³²−1 columns", "patched:4,ffffffff done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame of 2⁶⁴−1 rows", "patched:8,ffffffffffffffff done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame of a row more than it has", "patched:8,02 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame without its row", "patched:8,00 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame with another size", "patched:16,ff done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a frame with reserved bytes", "patched:24,01 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a column of no kind", "patched:32,ff done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a column of another kind", "patched:32,03 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a column with nulls that are not there", "patched:35,01 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a name of 4 GiB", "patched:36,ffffffff done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a name in the header", "patched:40,10 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"values outside the frame", "patched:64,ffffffffffffff7f done", roomy, sandbox.Protocol, `the frame "q"`},
		{"values of another length", "patched:72,10 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"a byte behind the frame", "patched:end,00 done", roomy, sandbox.Protocol, `the frame "q"`},
		{"the same frame, to show the rest", "patched:0,59424631 done", roomy, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Query(t.Context(), script(c.steps), nil, c.limits)
			expect(t, err, c.want, c.detail)
		})
	}
}

// expect compares how a cell ended.
func expect(t *testing.T, err error, want sandbox.Reason, detail string) {
	t.Helper()
	var f *sandbox.Failure
	if errors.As(err, &f) != (want != "") || err != nil && f == nil {
		t.Fatalf("got %v, want %q", err, want)
	}
	if f != nil && (f.Reason != want || !strings.Contains(f.Error(), detail)) {
		t.Fatalf("got %s: %v; want %s: %s", f.Reason, err, want, detail)
	}
}

// TestForgedTasks plays in each task what only another one answers, or too much, or
// too little of its own. (What a map cell can forge is in TestRecordsAreHeldToTheRequest.)
func TestForgedTasks(t *testing.T) {
	s := newSandbox(t, 2)
	in := mustSeal(t, "n\n")
	nothing := func(*abi.Frame) error { return nil }
	tasks := map[string]func(steps string) error{
		"ingest": func(steps string) error {
			_, err := s.Ingest(t.Context(), abi.IngestRequest{Format: "csv", Columns: []abi.IngestColumn{{Name: "n", Source: steps, Type: integer.Type}}},
				in, roomy, sandbox.IngestSink{Rows: nothing, Quarantine: nothing})
			return err
		},
		"inspect": func(steps string) error {
			_, err := s.Inspect(t.Context(), abi.InspectRequest{Format: abi.FormatXLSX, Sheet: steps}, in, roomy)
			return err
		},
		"compile": func(steps string) error {
			code, err := s.Compile(t.Context(), abi.CompileRequest{MaxPages: 1}, []byte(steps), roomy)
			if err == nil && string(code) != "part" {
				t.Errorf("%s: %q", steps, code)
			}
			return err
		},
		"prepare": func(steps string) error {
			var b bytes.Buffer
			return s.Prepare(t.Context(), abi.PrepareRequest{Columns: []string{steps}, Threads: 2, Memory: 1 << 20}, in, roomy, &b)
		},
		"explore": func(steps string) error {
			_, err := s.Explore(t.Context(), abi.ExploreRequest{SQL: steps, MaxRows: 2, Memory: 1 << 20}, nil, roomy)
			return err
		},
		"guest": func(steps string) error {
			_, err := s.Guest(t.Context(), *actedGuest(steps).Request.Guest, []*os.File{in}, roomy)
			return err
		},
	}
	for _, c := range []struct {
		tasks, steps string
		want         sandbox.Reason
		detail       string
	}{
		{"ingest inspect explore", "item:a", sandbox.Protocol, "no declared output"},
		{"ingest inspect explore compile prepare", "log:1", sandbox.Protocol, "more log"},
		{"ingest inspect explore guest", "part", sandbox.Protocol, "a part of nothing"},
		{"ingest inspect explore compile prepare guest", "frame:q", sandbox.Protocol, "not asked for"},
		{"ingest inspect explore compile prepare", "done", sandbox.Protocol, "done without"},
		{"ingest inspect explore compile prepare guest", "fail:internal done", sandbox.Protocol, "after the last"},
		{"ingest inspect explore compile prepare guest", "fail:memory", sandbox.Refused, "memory"},
		{"ingest inspect explore compile prepare guest", "fail:format_99", sandbox.Refused, "format"},
		{"compile prepare", "part done", "", ""},
		{"compile prepare", "part frame:q", sandbox.Protocol, "not asked for"},
		{"compile prepare", "part", sandbox.Crash, ""},
		{"compile prepare", "parts", sandbox.Output, "MiB"},
		{"explore", "answer:2 done", "", ""},
		{"explore", "answer:3 done", sandbox.Protocol, "more rows"},
		{"explore", "answer:1 answer:1 done", sandbox.Protocol, "not asked for"},
		{"inspect", "frame:inspection", sandbox.Protocol, "columns"},
		{"inspect", "frame:columns", sandbox.Protocol, "1 columns"},
		{"ingest", "frame:rows frame:rows summary:1,1,0 done", sandbox.Protocol, "counts"},
		{"guest", "item:a log:5 item:b done", "", ""},
		{"guest", "log:6", sandbox.Protocol, "more log"},
		{"guest", "large:a", sandbox.Protocol, "larger"},
		{"guest", "item:a item:a item:a", sandbox.Protocol, "more items"},
		{"guest", "garbled:a done", sandbox.Protocol, `the frame "a"`},
	} {
		for _, task := range strings.Fields(c.tasks) {
			t.Run(task+" "+c.steps, func(t *testing.T) {
				t.Parallel()
				expect(t, tasks[task](c.steps), c.want, c.detail)
			})
		}
	}
}

// TestCellCannotChangeItsInputs lets a cell write to an input by the one way that no
// lock closes, a shared mapping. It works on an open file, and not on a sealed one.
func TestCellCannotChangeItsInputs(t *testing.T) {
	s := newSandbox(t, 1)
	fd, err := unix.MemfdCreate("open", 0)
	if err != nil {
		t.Fatal(err)
	}
	open := os.NewFile(uintptr(fd), "open")
	defer open.Close()
	if _, err := open.WriteString("data"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file   *os.File
		want   sandbox.Reason
		detail string
		holds  string
	}{{open, sandbox.Crash, "exit status 7", "evil"}, {mustSeal(t, "data"), "", "", "data"}} {
		task := acted("scribble frame:q done", roomy)
		task.Inputs = []*os.File{c.file}
		_, err := s.Run(t.Context(), task)
		expect(t, err, c.want, c.detail)
		b := make([]byte, 4)
		if _, err := c.file.ReadAt(b, 0); err != nil && err != io.EOF || string(b) != c.holds {
			t.Errorf("the file holds %q, %v", b, err)
		}
	}
}

// TestHostileNeighbours runs an honest job beside cells that take all they can get
// and one that floods its pipe: it gets its answer.
func TestHostileNeighbours(t *testing.T) {
	s, real := newSandbox(t, 3), realSandbox(t)
	done := make(chan bool)
	lim := limits(func(l *sandbox.Limits) { l.Wall = 1500 * time.Millisecond })
	for _, steps := range []string{"spin", "threads:100", "drip"} {
		go func() {
			defer func() { done <- true }()
			if _, err := s.Query(t.Context(), script(steps), nil, lim); err == nil {
				t.Errorf("%s: it came to a good end", steps)
			}
		}()
	}
	got, err := real.Query(t.Context(), count(), []*os.File{view(t, 10)}, ample)
	if err != nil || got["by"].Rows != 3 {
		t.Errorf("%v, %v", got, err)
	}
	for range 3 {
		<-done
	}
}

// TestHostileCellsOfAnOrdinaryUser runs the tests of hostile cells as an ordinary
// user, when they are run by root.
func TestHostileCellsOfAnOrdinaryUser(t *testing.T) {
	testkit.AsOrdinaryUser(t, "^(TestReasons|TestForgedMessages|TestForgedTasks|TestNoBombHoldsMore|TestNoBombOutlivesItsDeadline|TestEveryLimitIsNamed|TestCellsAreCountedInTotal|TestCellCannotChangeItsInputs|TestNothingIsLeft)$",
		map[string]string{"YINGBI_BIN": testkit.Binary(t), actorEnv: actor(t)})
}
