package sandbox

import (
	"context"
	"os"

	"yingbi/sandbox/abi"
)

// Query runs the domain's statements over masked views in a cell and gives the
// frame of each statement by its name.
func (s *Sandbox) Query(ctx context.Context, req abi.QueryRequest, views []*os.File, lim Limits) (map[string]*abi.Frame, error) {
	want := make(map[string][]abi.ResultColumn, len(req.Statements))
	for _, q := range req.Statements {
		want[q.Name] = q.Result
	}
	frames := make(map[string]*abi.Frame, len(want))
	_, err := s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskQuery, Query: &req},
		Inputs:  views,
		Limits:  lim,
		Receive: func(m abi.Message) (err error) {
			frames[m.Name], err = decode(m, want[m.Name])
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return frames, nil
}
