package ingest

import (
	"context"
	"io"
	"slices"

	"yingbi/catalog"
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/table"
	"yingbi/vault"
)

// QuarantinedRow says which row was not kept, and why; never what stood in it.
type QuarantinedRow struct {
	File   int64      `json:"file"`             // of the upload, from 1
	Row    int64      `json:"row"`              // of the file, from 1
	Line   int64      `json:"line,omitempty"`   // of a text, from 1; 0 where it is not known
	Column string     `json:"column,omitempty"` // empty for the whole row
	Reason abi.Reason `json:"reason"`
}

// ReadQuarantine reads the first rows of a version's quarantine, up to limit.
func ReadQuarantine(ctx context.Context, c *vault.Compartment, v catalog.Version, limit int) ([]QuarantinedRow, error) {
	o, err := c.Open(ctx, v.QuarantineObject())
	if err != nil {
		return nil, err
	}
	defer o.Close()
	in, err := table.NewReader(table.Source{ReaderAt: o, Size: o.Size()}, nil)
	if err != nil {
		return nil, err
	}
	var rows []QuarantinedRow
	for len(rows) < limit {
		rec, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		f, err := table.ToFrame(rec)
		if err != nil {
			return nil, err
		}
		for i := range min(f.Rows, limit-len(rows)) {
			rows = append(rows, QuarantinedRow{
				File: f.Columns[0].Ints[i], Row: f.Columns[1].Ints[i], Line: f.Columns[2].Ints[i],
				Column: string(f.Columns[3].TextAt(i)), Reason: abi.Reason(f.Columns[4].TextAt(i)),
			})
		}
	}
	return rows, nil
}

// missing is a row without a subject: its place among the rows that came as clean,
// from 0, and the column that should identify the subject.
type missing struct {
	place  int64
	column int32
}

// quarantineFields are the columns of the quarantine: the number of the file in the
// upload and of the row in the file, from 1; the line of a CSV where it begins, or 0 where it is not known; the
// column, or "" for the whole row; the reason.
var quarantineFields = []table.Field{
	{Name: "file", Type: coltype.Type{Kind: coltype.Integer}},
	{Name: "row", Type: coltype.Type{Kind: coltype.Integer}},
	{Name: "line", Type: coltype.Type{Kind: coltype.Integer}},
	{Name: "column", Type: coltype.Type{Kind: coltype.Text}},
	{Name: "reason", Type: coltype.Type{Kind: coltype.Text}},
}

// quarantine takes notes on rows that the cell did not keep. A cell that was
// taken over must not write anything else through them.
func (in *intake) quarantine(f *file, notes *abi.Frame) error {
	row, line, column, reason := &notes.Columns[0], &notes.Columns[1], &notes.Columns[2], &notes.Columns[3]
	for i := range notes.Columns {
		if notes.Columns[i].Valid != nil {
			return broken("the quarantine has nulls")
		}
	}
	for i := range notes.Rows {
		why := abi.Reason(reason.TextAt(i))
		name := string(column.TextAt(i))
		at, declared := in.columns[name]
		if row.Ints[i] < 1 || line.Ints[i] < 0 || !why.Valid() || name != "" && !declared {
			return broken("a row of the quarantine is not one that a cell may report")
		}
		f.rejected = append(f.rejected, row.Ints[i])
		if name == "" {
			in.quality.WholeRow[why]++
		} else {
			in.quality.Columns[at].Quarantined[why]++
		}
	}
	if err := in.quarantined(notes.Rows); err != nil {
		return err
	}
	full := &abi.Frame{Rows: notes.Rows, Columns: append([]abi.Column{f.column(notes.Rows)}, notes.Columns...)}
	return write(in.bad, full)
}

// writeMissing adds the rows without a subject to the quarantine.
func (in *intake) writeMissing(f *file) error {
	const batch = 64 << 10
	numbers := f.missingRows()
	for part := range slices.Chunk(f.missing, batch) {
		notes := emptyQuarantine(f, len(part))
		copy(notes.Columns[1].Ints, numbers)
		numbers = numbers[len(part):]
		for _, m := range part {
			appendText(&notes.Columns[3], in.req.Dataset.Columns[m.column].Name)
			appendText(&notes.Columns[4], string(MissingSubject))
		}
		if err := write(in.bad, notes); err != nil {
			return err
		}
	}
	return nil
}

// missingRows gives the numbers in the file of the rows without a subject. The
// cell has not told them: the n-th clean row has the n-th number that was not
// rejected. Both lists are sorted.
func (f *file) missingRows() []int64 {
	numbers := make([]int64, 0, len(f.missing))
	before := 0 // rejected rows before the row
	for _, m := range f.missing {
		row := m.place + 1 + int64(before)
		for ; before < len(f.rejected) && f.rejected[before] <= row; before++ {
			row++
		}
		numbers = append(numbers, row)
	}
	return numbers
}

// column says of n rows that they are the file's.
func (f *file) column(n int) abi.Column {
	return abi.Column{Name: quarantineFields[0].Name, Type: quarantineFields[0].Type, Ints: slices.Repeat([]int64{int64(f.number)}, n)}
}

// emptyQuarantine has room for n rows of the file, of which the line is not known.
func emptyQuarantine(of *file, n int) *abi.Frame {
	f := &abi.Frame{Rows: n, Columns: []abi.Column{of.column(n)}}
	for _, field := range quarantineFields[1:] {
		c := abi.Column{Name: field.Name, Type: field.Type}
		if field.Type.Kind == coltype.Text {
			c.Offsets = append(make([]uint32, 0, n+1), 0)
		} else {
			c.Ints = make([]int64, n)
		}
		f.Columns = append(f.Columns, c)
	}
	return f
}

func appendText(c *abi.Column, s string) {
	c.Bytes = append(c.Bytes, s...)
	c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
}
