package ingest

import (
	"slices"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// missing is a row without a subject: its place among the rows that came as clean,
// from 0, and the column that should identify the subject.
type missing struct {
	place  int64
	column int32
}

// quarantineFields are the columns of the quarantine: the number of the row in the
// file, from 1; the line of a CSV where it begins, or 0 where it is not known; the
// column, or "" for the whole row; the reason.
var quarantineFields = []table.Field{
	{Name: "row", Type: coltype.Type{Kind: coltype.Integer}},
	{Name: "line", Type: coltype.Type{Kind: coltype.Integer}},
	{Name: "column", Type: coltype.Type{Kind: coltype.Text}},
	{Name: "reason", Type: coltype.Type{Kind: coltype.Text}},
}

// quarantine takes notes on rows that the cell did not keep. A cell that was
// taken over must not write anything else through them.
func (in *intake) quarantine(f *abi.Frame) error {
	row, line, column, reason := &f.Columns[0], &f.Columns[1], &f.Columns[2], &f.Columns[3]
	for i := range f.Columns {
		if f.Columns[i].Valid != nil {
			return broken("the quarantine has nulls")
		}
	}
	for i := range f.Rows {
		why := abi.Reason(reason.TextAt(i))
		name := string(column.TextAt(i))
		at, declared := in.columns[name]
		if row.Ints[i] < 1 || line.Ints[i] < 0 || !why.Valid() || name != "" && !declared {
			return broken("a row of the quarantine is not one that a cell may report")
		}
		in.rejected = append(in.rejected, row.Ints[i])
		if name == "" {
			in.quality.WholeRow[why]++
		} else {
			in.quality.Columns[at].Quarantined[why]++
		}
	}
	in.quality.Quarantined += int64(f.Rows)
	if err := in.checkLimit(); err != nil {
		return err
	}
	in.progress()
	return write(in.bad, f)
}

// writeMissing adds the rows without a subject to the quarantine.
func (in *intake) writeMissing() error {
	const batch = 64 << 10
	numbers := in.missingRows()
	for part := range slices.Chunk(in.missing, batch) {
		f := emptyQuarantine(len(part))
		copy(f.Columns[0].Ints, numbers)
		numbers = numbers[len(part):]
		for _, m := range part {
			appendText(&f.Columns[2], in.req.Dataset.Columns[m.column].Name)
			appendText(&f.Columns[3], string(MissingSubject))
		}
		if err := write(in.bad, f); err != nil {
			return err
		}
	}
	return nil
}

// missingRows gives the numbers in the file of the rows without a subject. The
// cell has not told them: the n-th clean row has the n-th number that was not
// rejected. Both lists are sorted.
func (in *intake) missingRows() []int64 {
	numbers := make([]int64, 0, len(in.missing))
	before := 0 // rejected rows before the row
	for _, m := range in.missing {
		row := m.place + 1 + int64(before)
		for ; before < len(in.rejected) && in.rejected[before] <= row; before++ {
			row++
		}
		numbers = append(numbers, row)
	}
	return numbers
}

// emptyQuarantine has room for n rows, of which the line is not known.
func emptyQuarantine(n int) *abi.Frame {
	f := &abi.Frame{Rows: n}
	for _, field := range quarantineFields {
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
