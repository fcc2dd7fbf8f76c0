//go:build cgo

package cell

import (
	"io"
	"os"
	"reflect"
	"runtime"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// A run does the untrusted part of a task, after every lock is on. The request is
// the one that was prepared, or the whole of which that was the beginning. It
// answers through out and gives an abi.Failure when it must give up.
type run func(req *abi.Request, out *answers) error

// prepare does the part of a task that needs what the locks take away: mapping
// compiled code, opening the engine, loading columns from the domain's files.
// It reads no byte of an upload and runs none of a guest.
func prepare(req *abi.Request) (run, error) {
	switch req.Task {
	case abi.TaskIngest:
		return prepareIngest(req.Ingest)
	case abi.TaskInspect:
		return prepareInspect(req.Inspect)
	case abi.TaskCompile:
		return prepareCompile(req.Compile)
	case abi.TaskQuery:
		return prepareQuery(req.Query)
	case abi.TaskPrepare:
		return prepareEngineFile(req.Prepare)
	case abi.TaskGuest:
		return prepareGuest(req.Guest)
	case abi.TaskMap:
		return prepareMap(req.Map)
	case abi.TaskExplore:
		return prepareExplore(req.Explore)
	}
	return nil, abi.Failure{Code: abi.FailRequest}
}

// Active reports whether this process was started as a cell.
func Active() bool {
	p := lockdown.Active()
	return p != "" && p != lockdown.Keeper
}

// Main does the one task of this cell and ends the process. The program's main
// calls it before anything else when Active.
func Main() {
	task := lockdown.Enter()
	out := &answers{w: os.NewFile(abi.AnswerFD, "answers")}
	if out.end(work(task, out)) != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// work reads the request, prepares the task, locks the process and runs it; a cell
// that waits does so behind its locks. task is what the locks of this process were
// chosen for.
func work(task lockdown.Profile, out *answers) error {
	req, err := readRequest(os.NewFile(abi.RequestFD, "request"), task)
	if err != nil {
		return err
	}
	run, err := prepare(req)
	if err != nil {
		return err
	}
	if req.Waits == 0 {
		lockdown.Seal(task)
		return run(req, out)
	}
	rest := os.NewFile(uintptr(req.Waits), "rest") // behind the locks it could not be made
	lockdown.Seal(task)
	runtime.GC() // now, and not while the task runs
	whole, err := readRequest(rest, task)
	if err != nil {
		return err
	}
	if !begins(req, whole) {
		return abi.Failure{Code: abi.FailRequest}
	}
	return run(whole, out)
}

// readRequest reads to the end of the file.
func readRequest(file *os.File, task lockdown.Profile) (*abi.Request, error) {
	raw, err := io.ReadAll(io.LimitReader(file, abi.MaxRequest+1))
	if err != nil {
		return nil, err
	}
	req, err := abi.DecodeRequest(raw)
	if err != nil || req.Task != string(task) {
		return nil, abi.Failure{Code: abi.FailRequest}
	}
	return req, nil
}

// begins reports whether what was prepared is the beginning of the whole request.
func begins(prepared, whole *abi.Request) bool {
	ahead, ok := whole.Ahead()
	ahead.Waits = prepared.Waits
	return ok && whole.Waits == 0 && reflect.DeepEqual(&ahead, prepared)
}
