//go:build linux && cgo

package sandbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/hostile"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// tries is how often a machine that does other work at the same moment may be late.
const tries = 5

// ended plays a task that its parent must kill, and gives what it cost.
func ended(t *testing.T, s *sandbox.Sandbox, task sandbox.Task, want sandbox.Reason) sandbox.Usage {
	t.Helper()
	usage, err := s.Run(t.Context(), task)
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != want {
		t.Errorf("got %v, want %s", err, want)
	}
	return usage
}

// acted is a task of the actor.
func acted(steps string, lim sandbox.Limits) sandbox.Task {
	req := script(steps)
	return sandbox.Task{Request: abi.Request{Task: abi.TaskQuery, Query: &req}, Limits: lim}
}

// actedGuest is one that acts as a guest's cell of few words: two items of 64 bytes,
// five bytes of log.
func actedGuest(steps string) sandbox.Task {
	return sandbox.Task{Limits: roomy, Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD, Outputs: []string{"a", "b"}, MaxItems: 2, MaxItemBytes: 64, MaxLog: 5, Seed: []byte(steps),
	}}}
}

// children counts the processes that this one started.
func children(t *testing.T) (list []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(files) == 0 {
		t.Fatalf("this kernel does not tell a process's children: %v", err)
	}
	for _, path := range files {
		b, _ := os.ReadFile(path) // a thread that has ended has none
		list = append(list, strings.Fields(string(b))...)
	}
	return list
}

// tasks of the hostile modules by their outcome.
func (y *yard) tasks(t *testing.T, want hostile.Outcome) (list []sandbox.Task) {
	for _, m := range hostile.Bombs() {
		if m.Outcome != want {
			continue
		}
		req, files, lim, err := y.compile(t, m)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, sandbox.Task{Request: abi.Request{Task: abi.TaskGuest, Guest: &req}, Inputs: files, Limits: lim})
	}
	return list
}

// TestNoBombHoldsMore measures the most memory that cells had which take all they can,
// guests as well as native code: less than their limit and 128 MiB.
func TestNoBombHoldsMore(t *testing.T) {
	y, s := newYard(t), newSandbox(t, 1)
	lim := limits(func(l *sandbox.Limits) { l.Memory = 64 << 20 })
	for i, task := range append(y.tasks(t, hostile.KilledMemory), acted("memory:400", lim), acted("shared:400", lim), acted("spike:400 done", lim)) {
		in := y.Sandbox
		if task.Inputs == nil {
			in = s
		}
		var most []int64
		for range tries {
			used := ended(t, in, task, sandbox.Memory).Memory
			if most = append(most, used-task.Limits.Memory); used-task.Limits.Memory <= 128<<20 {
				break
			}
		}
		t.Logf("bomb %d: %v bytes above its limit", i, most)
		if slices.Min(most) > 128<<20 {
			t.Errorf("bomb %d had more than 128 MiB above its limit, each time: %v", i, most)
		}
	}
}

// TestNoBombOutlivesItsDeadline measures how long cells are there that never end.
func TestNoBombOutlivesItsDeadline(t *testing.T) {
	y, s := newYard(t), newSandbox(t, 1)
	lim := limits(func(l *sandbox.Limits) { l.Wall = short })
	for i, task := range append(y.tasks(t, hostile.KilledTime)[:3], acted("spin", lim), acted("drip", lim), acted("close spin", lim)) {
		in := y.Sandbox
		if task.Inputs == nil {
			in = s
		}
		var late []time.Duration
		for range tries {
			d := ended(t, in, task, sandbox.Time).Wall - task.Limits.Wall
			if late = append(late, d); d <= 100*time.Millisecond {
				break
			}
		}
		t.Logf("bomb %d: %v after its deadline", i, late)
		if slices.Min(late) > 100*time.Millisecond {
			t.Errorf("bomb %d outlived its deadline each time: %v", i, late)
		}
	}
}

// TestEveryLimitIsNamed reaches each limit of a cell and reads its failure as a
// reviewer does: it names the limit, and the size of those that a job chooses.
func TestEveryLimitIsNamed(t *testing.T) {
	s := newSandbox(t, 2)
	for name, c := range map[string]struct {
		task sandbox.Task
		says string
	}{
		"memory":    {acted("memory:300", roomy), "over its memory of 64 MiB"},
		"addresses": {acted("memory:4000", roomy), "memory"},
		"threads":   {acted("threads:300", limits(func(l *sandbox.Limits) { l.Memory = 8 << 30 })), "memory: 256 threads"},
		"time":      {acted("sleep:5000", limits(func(l *sandbox.Limits) { l.Wall = short })), "over its time of 300ms"},
		"CPU time":  {acted("spin", limits(func(l *sandbox.Limits) { l.CPU = time.Second })), "over its CPU time of 1s"},
		"output":    {acted("flood:q", limits(func(l *sandbox.Limits) { l.Output = 512 << 10 })), "over its output of 512 KiB"},
		"items":     {actedGuest("item:a item:a item:a done"), "more items than it may emit"},
		"item size": {actedGuest("large:a done"), "an item that is larger than it may be"},
		"log":       {actedGuest("log:3 log:3 done"), "more log than it may write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "items" || name == "item size" || name == "log" {
				c.task.Inputs = append(c.task.Inputs, mustSeal(t, "module"))
			}
			_, err := s.Run(t.Context(), c.task)
			var f *sandbox.Failure
			if !errors.As(err, &f) || !strings.Contains(f.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

// TestCellsAreCountedInTotal holds more tasks than there are slots, of which some
// are killed: never more run than may, and all run in the end.
func TestCellsAreCountedInTotal(t *testing.T) {
	const cells, jobs = 2, 8
	s := newSandbox(t, cells)
	before := len(children(t))
	done := make(chan error, jobs)
	for i := range jobs {
		go func() {
			steps := "sleep:100 frame:q done"
			if i%2 == 0 {
				steps = "sleep:100 socket"
			}
			_, err := s.Query(t.Context(), script(steps), nil, roomy)
			if (err != nil) != (i%2 == 0) {
				done <- err
				return
			}
			done <- nil
		}()
	}
	most := 0
	for left := jobs; left > 0; {
		select {
		case err := <-done:
			if left--; err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Millisecond):
			most = max(most, len(children(t))-before)
		}
	}
	if most != cells {
		t.Errorf("%d cells ran at once, %d may", most, cells)
	}
}
