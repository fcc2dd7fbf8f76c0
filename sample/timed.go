package sample

import (
	"context"
	"io"
	"os"

	"yingbi/job"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// timed notes how long the cells of a run took.
type timed struct {
	cells job.Runner
	run   *run
}

func (t timed) Query(ctx context.Context, req abi.QueryRequest, files []*os.File, lim sandbox.Limits) (frames map[string]*abi.Frame, err error) {
	err = t.run.step(abi.TaskQuery, "", func() error {
		frames, err = t.cells.Query(ctx, req, files, lim)
		return err
	})
	return frames, err
}

func (t timed) Compile(ctx context.Context, req abi.CompileRequest, module []byte, lim sandbox.Limits) (code []byte, err error) {
	err = t.run.step(abi.TaskCompile, "", func() error {
		code, err = t.cells.Compile(ctx, req, module, lim)
		return err
	})
	return code, err
}

func (t timed) Map(ctx context.Context, req abi.MapRequest, files []*os.File, lim sandbox.Limits, take func(*abi.Frame) error) (log []byte, err error) {
	err = t.run.step(abi.TaskMap, "", func() error {
		log, err = t.cells.Map(ctx, req, files, lim, take)
		return err
	})
	return log, err
}

func (t timed) Guest(ctx context.Context, req abi.GuestRequest, files []*os.File, lim sandbox.Limits) (result sandbox.GuestResult, err error) {
	err = t.run.step(abi.TaskGuest, "", func() error {
		result, err = t.cells.Guest(ctx, req, files, lim)
		return err
	})
	return result, err
}

func (t timed) Prepare(ctx context.Context, req abi.PrepareRequest, file *os.File, lim sandbox.Limits, w io.Writer) error {
	return t.cells.Prepare(ctx, req, file, lim, w)
}
