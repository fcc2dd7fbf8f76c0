//go:build cgo

package cell

import (
	"errors"

	"yingbi/sandbox/abi"
)

// prepareQuery loads the views and locks the engine. The statements, which the
// domain wrote, run after the locks of the process are on.
func prepareQuery(req *abi.QueryRequest) (run, error) {
	e, err := openEngine(req.Views, req.Threads, req.Memory)
	if err != nil {
		return nil, err
	}
	if err := e.lock(req.Threads, req.Memory); err != nil {
		return nil, err
	}
	return func(out *answers) error { return runQuery(e, req.Statements, out) }, nil
}

// runQuery answers each statement with one frame of its name, in their order.
func runQuery(e *engine, statements []abi.Statement, out *answers) error {
	for i, s := range statements {
		f, err := e.query(s)
		if err == nil {
			err = out.frame(s.Name, f)
		}
		var failure abi.Failure
		if errors.As(err, &failure) {
			failure.At = i + 1
			return failure
		}
		if err != nil {
			return err
		}
	}
	return nil
}
