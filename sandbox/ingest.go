package sandbox

import (
	"context"
	"os"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// IngestSink takes the frames of an upload in their order. It may keep them.
type IngestSink struct {
	Rows       func(*abi.Frame) error // the declared columns
	Quarantine func(*abi.Frame) error // row, line, column, reason
}

// IngestSummary counts an upload. Kept and Quarantined are this process's own
// counts of what came out, and Read, the cell's word, is their sum.
type IngestSummary struct {
	Read, Kept, Quarantined int64
	ExtraColumns            int64 // of the file that nobody declared; the cell's word
	Folded                  int64 // cells of kept rows whose numbers and times were written in full width; the cell's word
}

var (
	quarantineColumns = []abi.ResultColumn{
		column("row", coltype.Integer), column("line", coltype.Integer), column("column", coltype.Text), column("reason", coltype.Text),
	}
	summaryColumns = []abi.ResultColumn{
		column("rows_read", coltype.Integer), column("rows_kept", coltype.Integer),
		column("rows_quarantined", coltype.Integer), column("extra_columns", coltype.Integer), column("folded_cells", coltype.Integer),
	}
)

// Ingest reads an uploaded file in a cell. A summary that does not reconcile
// with the rows that came is a failure of protocol.
func (s *Sandbox) Ingest(ctx context.Context, req abi.IngestRequest, file *os.File, lim Limits, sink IngestSink) (IngestSummary, error) {
	in := &ingest{sink: sink}
	for _, c := range req.Columns {
		in.columns = append(in.columns, abi.ResultColumn{Name: c.Name, Type: c.Type})
	}
	_, err := s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskIngest, Ingest: &req},
		Inputs:  []*os.File{file},
		Limits:  lim,
		Receive: in.receive,
	})
	if err != nil {
		return IngestSummary{}, err
	}
	if in.told != in.counted() {
		return IngestSummary{}, broken(abi.StreamSummary, "its counts are not those of the rows that came")
	}
	return in.told, nil
}

// ingest is an upload on its way in.
type ingest struct {
	sink              IngestSink
	columns           []abi.ResultColumn
	kept, quarantined int64
	told              IngestSummary
}

// counted is the only summary that fits the rows.
func (in *ingest) counted() IngestSummary {
	return IngestSummary{
		Read: in.kept + in.quarantined, Kept: in.kept, Quarantined: in.quarantined,
		ExtraColumns: max(in.told.ExtraColumns, 0), Folded: max(in.told.Folded, 0),
	}
}

func (in *ingest) receive(m abi.Message) error {
	switch m.Name {
	case abi.StreamRows:
		return take(m, in.columns, &in.kept, in.sink.Rows)
	case abi.StreamQuarantine:
		return take(m, quarantineColumns, &in.quarantined, in.sink.Quarantine)
	}
	f, err := decode(m, summaryColumns)
	if err != nil {
		return err
	}
	if f.Rows != 1 {
		return broken(m.Name, "not one row")
	}
	value := func(i int) int64 { return f.Columns[i].Ints[0] }
	in.told = IngestSummary{Read: value(0), Kept: value(1), Quarantined: value(2), ExtraColumns: value(3), Folded: value(4)}
	return nil
}

// take counts a frame's rows and hands it on.
func take(m abi.Message, want []abi.ResultColumn, rows *int64, sink func(*abi.Frame) error) error {
	f, err := decode(m, want)
	if err != nil {
		return err
	}
	*rows += int64(f.Rows)
	return sink(f)
}
