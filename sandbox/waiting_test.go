//go:build linux && cgo

package sandbox_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// pooled is a sandbox whose cells wait.
func pooled(t *testing.T, change func(*sandbox.Config)) *sandbox.Sandbox {
	t.Helper()
	c := sandbox.Config{Exe: actor(t), MaxCells: 2, Waiting: 1}
	if change != nil {
		change(&c)
	}
	s, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// explored is a task of the actor for which a cell can wait.
func explored(steps string) sandbox.Task {
	return sandbox.Task{Limits: roomy, Request: abi.Request{Task: abi.TaskExplore, Explore: &abi.ExploreRequest{SQL: steps, MaxRows: 1, Memory: 1 << 20}}}
}

// guested is one with a module.
func guested(module *os.File, steps string) sandbox.Task {
	t := actedGuest(steps)
	t.Inputs, t.Limits.CPU = []*os.File{module}, 20*time.Second
	return t
}

// run does a task and gives the processes that were there while it ran.
func run(t *testing.T, s *sandbox.Sandbox, task sandbox.Task) (during []string, err error) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := s.Run(t.Context(), task)
		done <- err
	}()
	for {
		select {
		case err := <-done:
			return during, err
		case <-time.After(2 * time.Millisecond):
			for _, pid := range children(t) {
				if !slices.Contains(during, pid) {
					during = append(during, pid)
				}
			}
		}
	}
}

// waits finds the one cell that waits, behind all its locks.
func waits(t *testing.T) string {
	t.Helper()
	for range 1000 {
		if list := children(t); len(list) == 1 {
			status, _ := os.ReadFile("/proc/" + list[0] + "/status")
			if strings.Contains(string(status), "Seccomp:\t2") {
				return list[0]
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no cell waits")
	return ""
}

// none makes sure that no process is left.
func none(t *testing.T) {
	t.Helper()
	for range 500 {
		if len(children(t)) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("processes are left: %v", children(t))
}

const good = "answer:1 done"

// TestACellWaitsForOneTask: the cell that waited does the next task and is gone, and
// another one waits for the one after that.
func TestACellWaitsForOneTask(t *testing.T) {
	s := pooled(t, nil)
	if _, err := run(t, s, explored(good)); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for range 3 {
		pid := waits(t)
		if slices.Contains(seen, pid) {
			t.Errorf("cell %s waits again", pid)
		}
		seen = append(seen, pid)
		during, err := run(t, s, explored("sleep:100 "+good))
		if err != nil || !slices.Contains(during, pid) || len(during) > 2 {
			t.Errorf("%v: %s was to do it, %v did", err, pid, during)
		}
		if slices.Contains(children(t), pid) {
			t.Errorf("cell %s outlived its task", pid)
		}
	}
	s.Close()
	none(t)
	if _, err := run(t, s, explored(good)); err != nil {
		t.Errorf("after Close: %v", err)
	}
	none(t)
}

// TestACellWaitsForItsOwn: a task that begins otherwise is not for the cell, which
// goes on waiting. No cell of one module ever runs another.
func TestACellWaitsForItsOwn(t *testing.T) {
	a := mustSeal(t, "module")
	but := func(change func(*sandbox.Task)) sandbox.Task {
		task := guested(a, "item:a done")
		change(&task)
		return task
	}
	for name, c := range map[string]struct {
		task sandbox.Task
		own  bool
	}{
		"another module":          {guested(mustSeal(t, "mobule"), "item:a done"), false},
		"another copy":            {guested(mustSeal(t, "module"), "item:a done"), false},
		"another owner":           {but(func(t *sandbox.Task) { t.Limits.Owner = "云健数据" }), false},
		"another memory":          {but(func(t *sandbox.Task) { t.Limits.Memory++ }), false},
		"another CPU time":        {but(func(t *sandbox.Task) { t.Limits.CPU = time.Second }), false},
		"another memory of wasm":  {but(func(t *sandbox.Task) { t.Request.Guest.MaxPages++ }), false},
		"more inputs":             {but(func(t *sandbox.Task) { t.Inputs = append(t.Inputs, a) }), false},
		"another kind":            {explored(good), false},
		"the same":                {guested(a, "item:a done"), true},
		"other words":             {guested(a, "item:b done"), true},
		"another time and output": {but(func(t *sandbox.Task) { t.Limits.Wall, t.Limits.Output = time.Second, 1<<20 }), true},
	} {
		s := pooled(t, func(c *sandbox.Config) { c.MaxCells, c.Waiting = 3, 2 })
		if _, err := s.Run(t.Context(), guested(a, "item:a done")); err != nil {
			t.Fatal(err)
		}
		pid := waits(t)
		_, err := s.Run(t.Context(), c.task)
		if stays := slices.Contains(children(t), pid); err != nil || stays == c.own {
			t.Errorf("%s: %v; the cell that waited is there: %v", name, err, stays)
		}
		s.Close()
		none(t)
	}
}

// TestWaitingCellsHaveTheirLimits ends tasks of cells that waited for longer than
// these tasks may take.
func TestWaitingCellsHaveTheirLimits(t *testing.T) {
	s := pooled(t, nil)
	for _, c := range []struct {
		steps  string
		wall   time.Duration
		want   sandbox.Reason
		detail string
	}{
		{"spin", short, sandbox.Time, "300ms"},
		{"sleep:5000", short, sandbox.Time, "300ms"},
		{"memory:300", roomy.Wall, sandbox.Memory, "64 MiB"},
		{"shared:300", roomy.Wall, sandbox.Memory, "64 MiB"},
		{"socket", roomy.Wall, sandbox.Crash, "bad system call"},
		{"part", roomy.Wall, sandbox.Protocol, "a part of nothing"},
		{"", roomy.Wall, sandbox.Crash, "exit status 0"},
		{"sleep:100 " + good, 2 * time.Second, "", ""},
	} {
		task := explored(good)
		task.Limits.CPU = 20 * time.Second
		if _, err := s.Run(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		pid := waits(t)
		time.Sleep(short)
		task.Request.Explore.SQL, task.Limits.Wall = c.steps, c.wall
		_, err := s.Run(t.Context(), task)
		expect(t, err, c.want, c.detail)
		if slices.Contains(children(t), pid) {
			t.Errorf("%s: another cell did it", c.steps)
		}
	}
}

// TestAWaitingCellMayDie: a task does not depend on it.
func TestAWaitingCellMayDie(t *testing.T) {
	s := pooled(t, nil)
	if _, err := run(t, s, explored(good)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		pid, _ := strconv.Atoi(waits(t))
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		none(t)
		if _, err := run(t, s, explored(good)); err != nil {
			t.Error(err)
		}
	}
	s.Close()
	none(t)
}

// TestWaitingCellsGo counts what is left when they have waited in vain.
func TestWaitingCellsGo(t *testing.T) {
	once := func() {
		s := pooled(t, func(c *sandbox.Config) { c.Idle = 100 * time.Millisecond })
		if _, err := run(t, s, guested(mustSeal(t, "module"), "item:a done")); err != nil {
			t.Fatal(err)
		}
		waits(t)
		none(t)
		s.Close()
	}
	once() // the runtime opens its poller
	before := descriptors(t)
	once()
	if after := descriptors(t); after != before+1 { // the module
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

// TestWaitingCellsMakeRoom: they are counted, and end for a task that has no place.
func TestWaitingCellsMakeRoom(t *testing.T) {
	s := pooled(t, func(c *sandbox.Config) { c.MaxCells = 1 })
	for range 2 {
		if _, err := run(t, s, explored(good)); err != nil {
			t.Fatal(err)
		}
		waits(t)
		start := time.Now()
		if during, err := run(t, s, acted("sleep:50 frame:q done", roomy)); err != nil || len(during) > 2 {
			t.Errorf("%v, %v", during, err)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("it waited for %v", d)
		}
	}
	done := make(chan error)
	for i := range 8 {
		go func() {
			task := explored("sleep:20 " + good)
			if i%2 == 0 {
				task = acted("sleep:20 frame:q done", roomy)
			}
			_, err := s.Run(t.Context(), task)
			done <- err
		}()
	}
	for left := 8; left > 0; {
		select {
		case err := <-done:
			if left--; err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Millisecond):
			if n := len(children(t)); n > 1 {
				t.Errorf("%d cells at once, one may be there", n)
			}
		}
	}
}
