//go:build cgo

package cell

import (
	"errors"
	"fmt"

	"yingbi/sandbox/abi"
)

// prepareQuery loads the views and locks the engine. The statements, which the
// domain wrote, run after the locks of the process are on.
func prepareQuery(req *abi.QueryRequest) (run, error) {
	e, err := newEngine(req.Threads, req.Memory)
	if err != nil {
		return nil, err
	}
	if err := e.open(req.Views, req.Threads); err != nil {
		return nil, err
	}
	if err := e.lock(req.Threads, req.Memory); err != nil {
		return nil, err
	}
	return func(_ *abi.Request, out *answers) error { return runQuery(e, req.Statements, out) }, nil
}

// open loads or attaches the views of a query. Two threads load a third faster
// and into two thirds of the memory where they need not keep the order of the
// rows, on which only sums of doubles depend: those have one thread.
func (e *engine) open(views []abi.View, threads int) error {
	if err := e.set(fmt.Sprintf("preserve_insertion_order=%t", threads == 1)); err != nil {
		return err
	}
	for i, v := range views {
		show := e.loadNarrow
		if v.Engine {
			show = e.attach
		}
		if err := show(v); err != nil {
			return engineFailure(err, i+1)
		}
	}
	return nil
}

// loadNarrow makes a table of a Parquet view in the smallest types.
func (e *engine) loadNarrow(v abi.View) error {
	list, err := e.narrow(fmt.Sprintf("view%d", v.FD), v.Columns, parquetOn(v.FD))
	if err != nil {
		return err
	}
	return e.load(v, list)
}

// attach opens an engine file, which stays open for reading behind the locks,
// and shows its table under the view's name.
func (e *engine) attach(v abi.View) error {
	if len(v.Columns) == 0 {
		return abi.Failure{Code: abi.FailRequest}
	}
	file := fmt.Sprintf("view%d", v.FD)
	if err := e.exec(fmt.Sprintf("ATTACH '/proc/self/fd/%d' AS %s (READ_ONLY)", v.FD, file)); err != nil {
		return err
	}
	return e.exec("CREATE VIEW " + quoted(v.Name) + " AS SELECT " + quotedList(v.Columns) + " FROM " + file + "." + engineTable)
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
