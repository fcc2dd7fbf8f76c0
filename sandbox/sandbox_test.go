//go:build linux && cgo

package sandbox_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

func newSandbox(t testing.TB, cells int) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: actor(t), MaxCells: cells})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// actorEnv names the actor for a test that cannot build it.
const actorEnv = "YINGBI_TEST_ACTOR"

func actor(t testing.TB) string {
	if path := os.Getenv(actorEnv); path != "" {
		return path
	}
	return testkit.Program(t, "./sandbox/testdata/actor")
}

var (
	roomy   = sandbox.Limits{Memory: 64 << 20, Wall: 10 * time.Second, Output: 8 << 20}
	integer = abi.ResultColumn{Name: "n", Type: coltype.Type{Kind: coltype.Integer}}
)

// script makes a query whose one statement, named q, is what the actor plays.
func script(steps string) abi.QueryRequest {
	return abi.QueryRequest{
		Threads: 1, Memory: 1 << 20,
		Statements: []abi.Statement{{Name: "q", SQL: steps, Result: []abi.ResultColumn{integer}}},
	}
}

func limits(change func(*sandbox.Limits)) sandbox.Limits {
	l := roomy
	change(&l)
	return l
}

// TestReasons plays every way to end, and expects the parent's own judgement.
func TestReasons(t *testing.T) {
	s := newSandbox(t, 4)
	for _, c := range []struct {
		name, steps string
		limits      sandbox.Limits
		want        sandbox.Reason // "" is success
		detail      string
	}{
		{"an honest answer", "frame:q done", roomy, "", ""},
		{"a failure from the list", "fail:overflow", roomy, sandbox.Refused, "overflow"},
		{"a failure with its place", "frame:q fail:overflow", roomy, sandbox.Refused, ""},
		{"a failure that is not in the list", "fail:the-secret-is-42", roomy, sandbox.Protocol, "not in the list"},
		{"a message after done", "frame:q done done", roomy, sandbox.Protocol, "after the last"},
		{"a message after a failure", "fail:engine frame:q", roomy, sandbox.Protocol, "after the last"},
		{"a scrap after done", "frame:q done raw:x", roomy, sandbox.Protocol, ""},
		{"an end without a word", "frame:q", roomy, sandbox.Crash, "exit status 0"},
		{"an end within a message", "frame:q raw:abc", roomy, sandbox.Crash, ""},
		{"done without the frame", "done", roomy, sandbox.Protocol, `without the frame "q"`},
		{"the frame twice", "frame:q frame:q done", roomy, sandbox.Protocol, "not asked for"},
		{"a frame of another name", "frame:p done", roomy, sandbox.Protocol, "not asked for"},
		{"a frame of another type", "text:q done", roomy, sandbox.Protocol, "column 1"},
		{"an item of a query", "item:q done", roomy, sandbox.Protocol, "no declared output"},
		{"a log of a query", "log:1 done", roomy, sandbox.Protocol, "log"},
		{"a part of a query", "part done", roomy, sandbox.Protocol, "not"},
		{"bytes that are no message", "raw:0123456789abcdef", roomy, sandbox.Protocol, ""},
		{"done, then a bad exit", "frame:q done exit:1", roomy, sandbox.Crash, "exit status 1"},
		{"an exit code of a lock", "exit:209", roomy, sandbox.Crash, "landlock"},
		{"a call outside the list", "socket", roomy, sandbox.Crash, "bad system call"},
		{"a flood", "flood:q", limits(func(l *sandbox.Limits) { l.Output = 3 << 20 }), sandbox.Protocol, ""},
		{"a large frame", "flood:q", limits(func(l *sandbox.Limits) { l.Output = 1 << 20 }), sandbox.Output, "1 MiB"},
		{"a claim of an exabyte", "lie", roomy, sandbox.Crash, ""},
		{"private memory", "memory:300", roomy, sandbox.Memory, "64 MiB"},
		{"shared memory", "shared:300", roomy, sandbox.Memory, "64 MiB"},
		{"memory that is freed at once", "spike:300 frame:q done", roomy, sandbox.Memory, "64 MiB"},
		{"memory within the budget", "memory:40 frame:q done", roomy, "", ""},
		{"more than the address space", "memory:4000", roomy, sandbox.Refused, "memory"},
		{"threads", "threads:300", limits(func(l *sandbox.Limits) { l.Memory = 8 << 30 }), sandbox.Memory, "256 threads"},
		{"a loop", "spin", limits(func(l *sandbox.Limits) { l.Wall = 200 * time.Millisecond }), sandbox.Time, "200ms"},
		{"a sleep", "sleep:5000", limits(func(l *sandbox.Limits) { l.Wall = 200 * time.Millisecond }), sandbox.Time, "200ms"},
		{"a loop behind a closed pipe", "close spin", limits(func(l *sandbox.Limits) { l.Wall = 200 * time.Millisecond }), sandbox.Time, ""},
		{"a loop over its CPU time", "spin", limits(func(l *sandbox.Limits) { l.CPU = time.Second }), sandbox.Time, "CPU"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Query(t.Context(), script(c.steps), nil, c.limits)
			var f *sandbox.Failure
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && !errors.As(err, &f):
				t.Fatalf("got %v, want a failure", err)
			case c.want != "" && (f.Reason != c.want || !strings.Contains(f.Error(), c.detail)):
				t.Fatalf("got %s: %v; want %s: %s", f.Reason, err, c.want, c.detail)
			}
		})
	}
}

func TestLimitsAreFaults(t *testing.T) {
	s := newSandbox(t, 1)
	_, err := s.Query(t.Context(), script("spin"), nil, limits(func(l *sandbox.Limits) { l.Wall = 50 * time.Millisecond }))
	if fault.KindOf(err) != fault.Limit {
		t.Errorf("a deadline is a fault of kind %v", fault.KindOf(err))
	}
	for name, l := range map[string]sandbox.Limits{
		"nothing": {}, "no memory": {Wall: 1, Output: 1}, "no time": {Memory: 1, Output: 1}, "no output": {Memory: 1, Wall: 1},
	} {
		if _, err := s.Query(t.Context(), script("done"), nil, l); fault.KindOf(err) != fault.Invalid {
			t.Errorf("limits with %s: %v", name, err)
		}
	}
}

func TestCancelKills(t *testing.T) {
	s := newSandbox(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := s.Query(ctx, script("spin"), nil, roomy)
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != sandbox.Cancelled || fault.KindOf(err) != fault.Interrupted {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
	if _, err := s.Query(ctx, script("done"), nil, roomy); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func TestCellsWaitForASlot(t *testing.T) {
	s := newSandbox(t, 1)
	done := make(chan time.Time, 2)
	for range 2 {
		go func() {
			if _, err := s.Query(t.Context(), script("sleep:200 frame:q done"), nil, roomy); err != nil {
				t.Error(err)
			}
			done <- time.Now()
		}()
	}
	if d := (<-done).Sub(<-done).Abs(); d < 150*time.Millisecond {
		t.Errorf("two cells ended %v apart although one may run", d)
	}
}

func TestReceiverStopsTheCell(t *testing.T) {
	s := newSandbox(t, 1)
	stop := errors.New("enough")
	req := script("frame:q spin")
	_, err := s.Run(t.Context(), sandbox.Task{
		Request: abi.Request{Task: abi.TaskQuery, Query: &req}, Limits: roomy,
		Receive: func(abi.Message) error { return stop },
	})
	if err != stop {
		t.Errorf("got %v", err)
	}
}

func TestDescriptorsMustExist(t *testing.T) {
	s := newSandbox(t, 1)
	req := script("frame:q done")
	req.Views = []abi.View{{Name: "v", FD: 5, Columns: []string{"a"}}}
	if _, err := s.Query(t.Context(), req, nil, roomy); err == nil {
		t.Error("a view without an input was accepted")
	}
}

func TestIngestReconciles(t *testing.T) {
	s := newSandbox(t, 2)
	for _, c := range []struct {
		steps string
		ok    bool
	}{
		{"frame:rows frame:rows summary:2,2,0 done", true},
		{"summary:0,0,0 done", true},
		{"frame:rows summary:3,3,0 done", false},    // a row was lost on the way
		{"frame:rows summary:2,1,1 done", false},    // a quarantined row never came
		{"frame:rows summary:0,1,0 done", false},    // the sum is wrong
		{"frame:rows summary:1,1,0,-1 done", false}, // a count below zero
		{"frame:rows done", false},                  // no summary
		{"summary:0,0,0 summary:0,0,0 done", false},
		{"frame:quarantine summary:1,0,1 done", false}, // not the columns of quarantine
	} {
		rows := 0
		sum, err := s.Ingest(t.Context(), abi.IngestRequest{
			Format:  "csv",
			Columns: []abi.IngestColumn{{Name: "n", Source: c.steps, Type: integer.Type}},
		}, mustSeal(t, "n\n"), roomy, sandbox.IngestSink{
			Rows:       func(f *abi.Frame) error { rows += f.Rows; return nil },
			Quarantine: func(*abi.Frame) error { return nil },
		})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.steps, err)
		}
		if c.ok && (sum.Kept != int64(rows) || sum.Read != sum.Kept) {
			t.Errorf("%s: %+v", c.steps, sum)
		}
	}
}

func TestGuestAnswers(t *testing.T) {
	s := newSandbox(t, 2)
	in := mustSeal(t, "module")
	for _, c := range []struct {
		steps string
		want  sandbox.Reason
		items int
	}{
		{"item:a log:4 item:b done", "", 2},
		{"log:5 done", "", 0},
		{"log:3 log:3 done", sandbox.Protocol, 0},
		{"item:a item:a item:a done", sandbox.Protocol, 0},
		{"item:c done", sandbox.Protocol, 0},
		{"garbled:a done", sandbox.Protocol, 0},
		{"frame:a done", sandbox.Protocol, 0},
		{"item:a fail:guest-trap", sandbox.Refused, 0},
	} {
		got, err := s.Guest(t.Context(), abi.GuestRequest{
			ModuleFD: 5, CodeFD: 5, Outputs: []string{"a", "b"}, MaxItems: 2, MaxItemBytes: 64, MaxLog: 5, Seed: []byte(c.steps),
		}, []*os.File{in}, roomy)
		var f *sandbox.Failure
		if errors.As(err, &f) != (c.want != "") || f != nil && f.Reason != c.want || len(got.Items) != c.items {
			t.Errorf("%s: %d items, %v", c.steps, len(got.Items), err)
		}
	}
}

// TestOnlyAuthorsLeaveOutputsOpen: the sandbox of a domain starts no cell for a guest
// that may emit anything, and that of an author takes any name that is one.
func TestOnlyAuthorsLeaveOutputsOpen(t *testing.T) {
	in := mustSeal(t, "module")
	open, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t), AnyOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*sandbox.Sandbox{"domain": newSandbox(t, 1), "author": open} {
		_, err := s.Guest(t.Context(), abi.GuestRequest{
			ModuleFD: abi.InputFD, CodeFD: abi.InputFD, AnyOutput: true, MaxPages: 1, Seed: make([]byte, 32), Now: time.Unix(1, 0).UTC(),
		}, []*os.File{in}, roomy)
		var f *sandbox.Failure
		if started := errors.As(err, &f); started != (name == "author") || !started && fault.KindOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := abi.GuestRequest{AnyOutput: true}
	if !r.Takes("任何") || r.Takes("") || r.Takes("a\nb") || (&abi.GuestRequest{Outputs: []string{"a"}}).Takes("b") {
		t.Error("a guest may emit under another name than it should")
	}
}

func TestCompileWantsCode(t *testing.T) {
	s := newSandbox(t, 1)
	_, err := s.Compile(t.Context(), abi.CompileRequest{MaxPages: 1}, []byte("done"), roomy)
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != sandbox.Protocol {
		t.Errorf("got %v", err)
	}
}

// TestNothingIsLeft counts descriptors and children after every kind of end.
func TestNothingIsLeft(t *testing.T) {
	s := newSandbox(t, 2)
	ends := []string{"frame:q done", "fail:engine", "frame:p", "spin", "memory:300", "socket", "exit:3"}
	run := func() {
		for _, steps := range ends {
			_, _ = s.Query(t.Context(), script(steps), nil, limits(func(l *sandbox.Limits) { l.Wall = 100 * time.Millisecond }))
		}
	}
	run() // the runtime opens its poller
	before := descriptors(t)
	run()
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

func descriptors(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestSealedFileStaysAsItIs tries every way to change a sealed input, each of
// which works on the same file without seals.
func TestSealedFileStaysAsItIs(t *testing.T) {
	attempts := map[string]func(fd int) error{
		"write":  func(fd int) error { _, err := unix.Pwrite(fd, []byte("x"), 0); return err },
		"grow":   func(fd int) error { return unix.Ftruncate(fd, 100) },
		"shrink": func(fd int) error { return unix.Ftruncate(fd, 1) },
		"map":    func(fd int) error { return mapWritable(fd) },
		"unseal": func(fd int) error {
			_, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_FUTURE_WRITE)
			return err
		},
		"make run": func(fd int) error { return unix.Fchmod(fd, 0o777) },
	}
	for name, try := range attempts {
		if err := try(reopen(t, mustSeal(t, "data"))); err == nil {
			t.Errorf("%s: it worked on a sealed file", name)
		}
		fd, err := unix.MemfdCreate("open", unix.MFD_ALLOW_SEALING)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "open")
		defer f.Close()
		f.WriteString("data")
		if err := try(fd); err != nil {
			t.Errorf("%s: it does not even work without seals: %v", name, err)
		}
	}
}

func mapWritable(fd int) error {
	b, err := unix.Mmap(fd, 0, 4, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err == nil {
		err = unix.Munmap(b)
	}
	return err
}

// reopen opens a file in memory for writing, as its receiver could by its name.
func reopen(t *testing.T, f *os.File) int {
	fd, err := unix.Open("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), unix.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func mustSeal(t testing.TB, content string) *os.File {
	t.Helper()
	f, err := sandbox.SealedFile("test", func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
