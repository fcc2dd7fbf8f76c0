package sandbox

import (
	"context"
	"io"
	"os"

	"yingbi/sandbox/abi"
)

// An engine file is a third of its Parquet, or about as large. What a cell
// may make is bounded well above that, since it holds the file in memory.
const (
	engineTimes = 4
	engineSpare = 16 << 20 // bytes: a file of few rows is mostly empty blocks
)

// Prepare makes in a cell an engine file of a masked view, for query cells alone,
// and writes it to w. The cell holds the file in memory of its own, beside what
// lim.Memory bounds: four times the view and 16 MiB, or lim.Output where that
// is less. After an error what w has got is to be thrown away. The file is the
// cell's word, like any answer: whoever keeps it seals it, and no other process
// than a query cell opens it.
func (s *Sandbox) Prepare(ctx context.Context, req abi.PrepareRequest, view *os.File, lim Limits, w io.Writer) error {
	info, err := view.Stat()
	if err != nil {
		return err
	}
	lim.Output = min(lim.Output, engineTimes*info.Size()+engineSpare)
	_, err = s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskPrepare, Prepare: &req},
		Inputs:  []*os.File{view},
		Limits:  lim,
		Receive: func(m abi.Message) error {
			_, err := w.Write(m.Payload)
			return err
		},
	})
	return err
}
