package ingest

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// file is one file of an upload on its way in.
type file struct {
	number int // among the files, from 1
	*os.File
	arrived  int64     // rows that came as clean
	rejected []int64   // row numbers that the cell quarantined
	missing  []missing // rows that came as clean and have no subject
}

// frame is what a cell sent: clean rows, or notes of quarantine.
type frame struct {
	rows, quarantine *abi.Frame
}

// frameQueue is how many frames may wait between the cell's reader and the intake.
const frameQueue = 2

// readFile takes a file through a cell. The cell's answer is read and checked on
// one goroutine, identified on another, and written on those of the lanes.
func (in *intake) readFile(ctx context.Context, im Importer, number int, from *os.File) error {
	f := &file{number: number, File: from}
	written := in.req.Dataset.File
	if in.req.Written != nil {
		written = in.req.Written[number-1]
	}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan frame, frameQueue)
	var told sandbox.IngestSummary
	group.Go(func() (err error) {
		defer close(queue)
		send := func(fr frame) error {
			select {
			case queue <- fr:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		told, err = im.Sandbox.Ingest(ctx, request(in.req.Dataset, written), from, im.limits(), sandbox.IngestSink{
			Rows:       func(f *abi.Frame) error { return send(frame{rows: f}) },
			Quarantine: func(f *abi.Frame) error { return send(frame{quarantine: f}) },
		})
		return err
	})
	group.Go(func() error {
		for fr := range queue {
			if err := in.take(f, fr); err != nil {
				return err
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return Explain(err, in.req.Dataset, filepath.Base(from.Name()))
	}
	return in.reconcile(f, told)
}

func (in *intake) take(f *file, fr frame) error {
	defer in.progress()
	if fr.rows != nil {
		return in.keep(f, fr.rows)
	}
	return in.quarantine(f, fr.quarantine)
}

// reconcile holds the cell's counts against what came, and notes the rows that
// lack a subject.
func (in *intake) reconcile(f *file, told sandbox.IngestSummary) error {
	in.quality.ExtraColumns = max(in.quality.ExtraColumns, told.ExtraColumns)
	in.quality.Folded += told.Folded
	if f.arrived+int64(len(f.rejected)) != told.Read || f.arrived != told.Kept || int64(len(f.rejected)) != told.Quarantined {
		return broken("the rows that came are not the rows that were read")
	}
	slices.Sort(f.rejected)
	slices.SortFunc(f.missing, func(a, b missing) int { return cmp.Compare(a.place, b.place) })
	for i, row := range f.rejected {
		if row > told.Read || i > 0 && f.rejected[i-1] == row {
			return broken("a row was quarantined twice, or is not in the file")
		}
	}
	return in.writeMissing(f)
}
