package author

import (
	"context"
	"fmt"
	"os"
	"time"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

const reasonRagged = "ragged" // rows of a file that is wanted whole would be left out

// Columns asks for some columns of a file.
type Columns struct {
	Names     []string
	Delimiter string        // of csv; "" is to be found out
	Time      time.Duration // for the whole
}

// Texts reads columns of a file as they are written, row by row: row keeps no slice. It
// refuses a file of which a row would be left out. Without a verdict of OK what row saw
// is not the file.
func (c *Checks) Texts(ctx context.Context, file *os.File, ask Columns, row func(cells []string) error) (Verdict, error) {
	deadline := time.Now().Add(ask.Time)
	in, err := c.cells.Inspect(ctx, abi.InspectRequest{Named: true, Delimiter: ask.Delimiter}, file, sandbox.Limits{Memory: fileMemory, Wall: ask.Time, Output: lookOutput})
	v, err := judge(err)
	if err != nil || v.Outcome != OK {
		return v.of(ask.Time), err
	}
	asked, err := named(&in, ask.Names)
	if v = importable(&in, asked); err != nil || v.Outcome != OK {
		return v, err
	}
	left := time.Until(deadline)
	if left <= 0 {
		return late().of(ask.Time), nil
	}
	var stopped error
	sum, err := c.cells.Ingest(ctx, in.Request(asked), file, sandbox.Limits{Memory: fileMemory, Wall: left, Output: readOutput}, sandbox.IngestSink{
		Rows: func(f *abi.Frame) error {
			stopped = eachRow(f, row)
			return stopped
		},
		Quarantine: func(*abi.Frame) error { return nil },
	})
	if stopped != nil {
		return Verdict{}, stopped
	}
	v, err = judge(err)
	if err == nil && v.Outcome == OK && sum.Quarantined > 0 {
		v = Verdict{Refused, reasonRagged, fmt.Sprintf("%d rows have not the cells of the first; yingbi dataset inspect says why", sum.Quarantined)}
	}
	return v.of(ask.Time), err
}

// named gives the columns to ask a cell for, under names of its own and with no null:
// an empty cell is an empty text. Parquet has its own types.
func named(in *sandbox.Inspection, names []string) ([]abi.IngestColumn, error) {
	types := map[string]coltype.Type{}
	for _, c := range in.Columns {
		types[c.Name] = c.Type
	}
	var asked []abi.IngestColumn
	for i, name := range names {
		kind, ok := types[name]
		if in.Format != abi.FormatParquet {
			kind = coltype.Type{Kind: coltype.Text}
		}
		if !ok || !kind.Valid() {
			return nil, fault.Errorf(fault.NotFound, "the file has no column %q that can be read", name)
		}
		asked = append(asked, abi.IngestColumn{Name: fmt.Sprint("c", i), Source: name, Type: kind})
	}
	return asked, nil
}

func eachRow(f *abi.Frame, row func(cells []string) error) error {
	cells := make([]string, len(f.Columns))
	for r := range f.Rows {
		for i := range f.Columns {
			cells[i] = ""
			if c := &f.Columns[i]; c.Type.Kind == coltype.Text && !c.IsNull(r) {
				cells[i] = string(c.TextAt(r))
			} else if !c.IsNull(r) {
				cells[i] = string(appendValue(nil, c, r))
			}
		}
		if err := row(cells); err != nil {
			return err
		}
	}
	return nil
}
