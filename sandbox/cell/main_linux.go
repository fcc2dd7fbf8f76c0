//go:build cgo

package cell

import (
	"io"
	"os"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// A run does the untrusted part of a task, after every lock is on. It answers
// through out and gives an abi.Failure when it must give up.
type run func(out *answers) error

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

// work reads the request, prepares the task, locks the process and runs it.
// task is what the locks of this process were chosen for.
func work(task lockdown.Profile, out *answers) error {
	raw, err := io.ReadAll(io.LimitReader(os.NewFile(abi.RequestFD, "request"), abi.MaxRequest+1))
	if err != nil {
		return err
	}
	req, err := abi.DecodeRequest(raw)
	if err != nil || req.Task != string(task) {
		return abi.Failure{Code: abi.FailRequest}
	}
	run, err := prepare(req)
	if err != nil {
		return err
	}
	lockdown.Seal(task)
	return run(out)
}
