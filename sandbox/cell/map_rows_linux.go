//go:build cgo

package cell

import (
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// empty leaves the columns of a frame without rows, and keeps their memory.
func empty(f *abi.Frame) {
	f.Rows = 0
	for i := range f.Columns {
		c := &f.Columns[i]
		c.Valid, c.Ints, c.Floats, c.Days, c.Bools, c.Bytes = c.Valid[:0], c.Ints[:0], c.Floats[:0], c.Days[:0], c.Bools[:0], c.Bytes[:0]
		if c.Offsets = c.Offsets[:0]; c.Type.Kind == coltype.Text {
			c.Offsets = append(c.Offsets, 0)
		}
	}
}

// appendRows adds n rows of another frame with the same columns, from its row at on.
func appendRows(to, from *abi.Frame, at, n int) {
	for i := range to.Columns {
		c, src := &to.Columns[i], &from.Columns[i]
		appendValidity(c, src, to.Rows, at, n)
		switch c.Type.Kind {
		case coltype.Double:
			c.Floats = append(c.Floats, src.Floats[at:at+n]...)
		case coltype.Date:
			c.Days = append(c.Days, src.Days[at:at+n]...)
		case coltype.Boolean:
			c.Bools = append(c.Bools, src.Bools[at:at+n]...)
		case coltype.Text:
			appendTexts(c, src, at, n)
		default:
			c.Ints = append(c.Ints, src.Ints[at:at+n]...)
		}
	}
	to.Rows += n
}

// appendValidity sets the bits of n rows behind the first rows. Encode leaves a
// bitmap out that has no null.
func appendValidity(c, src *abi.Column, rows, at, n int) {
	for i := range n {
		if rows%8 == 0 {
			c.Valid = append(c.Valid, 0)
		}
		if !src.IsNull(at + i) {
			c.Valid[rows/8] |= 1 << (rows % 8)
		}
		rows++
	}
}

func appendTexts(c, src *abi.Column, at, n int) {
	first, end := src.Offsets[at], src.Offsets[at+n]
	base := uint32(len(c.Bytes)) - first
	for _, offset := range src.Offsets[at+1 : at+n+1] {
		c.Offsets = append(c.Offsets, base+offset)
	}
	c.Bytes = append(c.Bytes, src.Bytes[first:end]...)
}

// valueBytes gives the bytes that the values of a frame take, about.
func valueBytes(f *abi.Frame) int {
	sum := 0
	for i := range f.Columns {
		c := &f.Columns[i]
		sum += len(c.Valid) + 8*(len(c.Ints)+len(c.Floats)) + 4*(len(c.Days)+len(c.Offsets)) + len(c.Bools) + len(c.Bytes)
	}
	return sum
}
