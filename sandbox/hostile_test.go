//go:build linux && cgo

package sandbox_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/fault"
	"yingbi/internal/hostile"
	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// budget is what the hostile modules may use, besides what their table says.
var budget = sandbox.Limits{Memory: 192 << 20, Wall: 20 * time.Second, Output: 4 << 20}

// short is the deadline of what would never end.
const short = 300 * time.Millisecond

// yard is where hostile things run: one sandbox with two cells at a time.
type yard struct {
	*sandbox.Sandbox
	honest []byte // a module
	rows   *os.File
	open   int // descriptors of this process when it is at rest
}

func newYard(t *testing.T) *yard {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t), MaxCells: 2})
	if err != nil {
		t.Fatal(err)
	}
	y := &yard{Sandbox: s, honest: hostile.Talkers()[0].Wasm, rows: view(t, 10)}
	y.work(t) // the runtime opens its poller
	y.open = descriptors(t)
	return y
}

// run takes a module from its bytes to its end, as a job does.
func (y *yard) run(t *testing.T, m hostile.Module) (hostile.Outcome, sandbox.GuestResult) {
	t.Helper()
	req, files, lim, err := y.compile(t, m)
	if err != nil {
		return refusal(t, m, err), sandbox.GuestResult{}
	}
	result, err := y.Guest(t.Context(), req, files, lim)
	for _, f := range files[:2] {
		f.Close()
	}
	return outcome(t, err), result
}

// compile makes ready what a job runs: the module, its code, the one view.
func (y *yard) compile(t *testing.T, m hostile.Module) (abi.GuestRequest, []*os.File, sandbox.Limits, error) {
	t.Helper()
	lim, pages := budget, max(m.Pages, 256)
	if m.Outcome == hostile.Slow {
		lim.Wall = short
	}
	code, err := y.Compile(t.Context(), abi.CompileRequest{MaxPages: pages}, m.Wasm, lim)
	if err != nil {
		return abi.GuestRequest{}, nil, lim, err
	}
	switch m.Outcome {
	case hostile.KilledTime:
		lim.Wall = short
	case hostile.KilledMemory:
		lim.Memory = 32 << 20
	}
	if m.SQL {
		lim.Memory += 256 << 20 // for the engine
	}
	return abi.GuestRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, Outputs: []string{"out"}, SQL: m.SQL,
		Views:    []abi.View{{Name: "v", FD: abi.InputFD + 2, Columns: []string{"n"}}},
		MaxPages: pages, MaxItems: hostile.MaxItems, MaxItemBytes: hostile.MaxItemBytes, MaxLog: max(m.Log, hostile.MaxLog),
		Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}, []*os.File{mustSeal(t, string(m.Wasm)), mustSeal(t, string(code)), y.rows}, lim, nil
}

// refusal tells a compile cell's failure; where admission is the reason, it must be
// so for the reason that the table names.
func refusal(t *testing.T, m hostile.Module, err error) hostile.Outcome {
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != sandbox.Refused {
		if outcome(t, err) == hostile.KilledTime {
			return hostile.Slow
		}
		return outcome(t, err)
	}
	_, admitted := admission.Check(m.Wasm, admission.DefaultLimits())
	kind := fault.KindOf(admitted)
	code := abi.FailModule
	if kind == fault.Denied {
		code = abi.FailForbiddenImport
	}
	if f.Code != code {
		t.Errorf("the cell says %s, admission %v", f.Code, admitted)
	}
	if admitted == nil {
		return hostile.Uncompiled
	}
	if !strings.Contains(admitted.Error(), m.Says) {
		t.Errorf("refused as %q, which does not name %q", admitted, m.Says)
	}
	return map[fault.Kind]hostile.Outcome{fault.Invalid: hostile.Invalid, fault.Denied: hostile.Denied, fault.Limit: hostile.Limit}[kind]
}

// outcome writes how a guest's cell ended as the tables do.
func outcome(t *testing.T, err error) hostile.Outcome {
	var f *sandbox.Failure
	switch {
	case err == nil:
		return hostile.Fine
	case !errors.As(err, &f):
		t.Errorf("no failure of a cell: %v", err)
		return ""
	case f.Reason == sandbox.Refused:
		return hostile.Outcome("failed: " + f.Code)
	}
	return hostile.Outcome("killed: " + f.Reason)
}

// work does an honest job.
func (y *yard) work(t *testing.T) {
	t.Helper()
	end, result := y.run(t, hostile.Module{Wasm: y.honest})
	if end != hostile.Fine || len(result.Items) != 1 || result.Items[0].Name != "out" || result.Items[0].Frame.Rows != 1 {
		t.Errorf("an honest job: %s, %+v", end, result)
	}
}

// intact makes sure that nothing is left of what ran, and that a job runs.
func (y *yard) intact(t *testing.T) {
	t.Helper()
	y.work(t)
	if open := descriptors(t); open != y.open {
		t.Errorf("%d descriptors are open, %d were", open, y.open)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("a child is left: %d, %v", pid, err)
	}
}

// TestHostileModules runs every hostile module through its cells, two at a time, and
// expects the outcome that its table names. After each group nothing is left of it,
// and the same sandbox does an honest job.
func TestHostileModules(t *testing.T) {
	y := newYard(t)
	count := 0
	for _, group := range []struct {
		name    string
		modules []hostile.Module
	}{
		{"malformed", hostile.Malformed()}, {"greedy", hostile.Greedy()}, {"foreign", hostile.Foreign()},
		{"uncompilable", hostile.Uncompilable()}, {"dear", hostile.Dear()}, {"bombs", hostile.Bombs()},
		{"traps", hostile.Traps()}, {"talkers", hostile.Talkers()}, {"entries", hostile.Entries()}, {"probing", probing(t)},
	} {
		count += len(group.modules)
		t.Run(group.name, func(t *testing.T) {
			for _, m := range append(group.modules, hostile.Module{Name: "an honest neighbour", Wasm: y.honest, Outcome: hostile.Fine}) {
				t.Run(m.Name, func(t *testing.T) {
					t.Parallel()
					if end, result := y.run(t, m); end != m.Outcome {
						t.Errorf("%s, want %s; its log: %.100q", end, m.Outcome, result.Log)
					}
				})
			}
		})
		y.intact(t)
	}
	if count < 200 {
		t.Errorf("%d hostile modules", count)
	}
}

// probing makes a module for each call that guests have.
func probing(t *testing.T) (list []hostile.Module) {
	for _, h := range admission.Host() {
		m, known := hostile.Probing(h.Module, h.Name, h.Signature)
		if !known {
			t.Errorf("no wrong arguments are known for %s", h)
		}
		list = append(list, m)
	}
	return list
}

// TestHostileNamesAreDistinct keeps the tables readable: a name says which module it is.
func TestHostileNamesAreDistinct(t *testing.T) {
	var names []string
	for _, list := range [][]hostile.Module{
		hostile.Malformed(), hostile.Greedy(), hostile.Foreign(), hostile.Uncompilable(), hostile.Dear(),
		hostile.Bombs(), hostile.Traps(), hostile.Talkers(), hostile.Entries(),
	} {
		for _, m := range list {
			if slices.Contains(names, m.Name) || m.Outcome == "" || m.Outcome.AtAdmission() != (m.Says != "") {
				t.Errorf("%q: %q, %q", m.Name, m.Outcome, m.Says)
			}
			names = append(names, m.Name)
		}
	}
}
