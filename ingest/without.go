package ingest

import (
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// without gives a copy of the frame that lacks the rows gone, which are in order.
func without(f *abi.Frame, gone []int) *abi.Frame {
	rows := make([]int, 0, f.Rows-len(gone))
	for row := range f.Rows {
		if len(gone) > 0 && gone[0] == row {
			gone = gone[1:]
			continue
		}
		rows = append(rows, row)
	}
	out := &abi.Frame{Rows: len(rows), Columns: make([]abi.Column, len(f.Columns))}
	for i := range f.Columns {
		out.Columns[i] = pickColumn(&f.Columns[i], rows)
	}
	return out
}

func pickColumn(c *abi.Column, rows []int) abi.Column {
	out := abi.Column{
		Name: c.Name, Type: c.Type, Valid: pickBits(c, rows),
		Ints: pick(c.Ints, rows), Floats: pick(c.Floats, rows), Days: pick(c.Days, rows), Bools: pick(c.Bools, rows),
	}
	if c.Type.Kind == coltype.Text {
		out.Offsets = append(make([]uint32, 0, len(rows)+1), 0)
		for _, row := range rows {
			appendText(&out, string(c.TextAt(row)))
		}
	}
	return out
}

func pick[T any](values []T, rows []int) []T {
	if values == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = values[row]
	}
	return out
}

// pickBits gives the validity of the rows; nil where all have a value.
func pickBits(c *abi.Column, rows []int) []byte {
	if c.Valid == nil {
		return nil
	}
	out, all := make([]byte, (len(rows)+7)/8), true
	for i, row := range rows {
		if c.IsNull(row) {
			all = false
		} else {
			out[i>>3] |= 1 << (i & 7)
		}
	}
	if all {
		return nil
	}
	return out
}
