package abi

import (
	"math"

	"yingbi/internal/coltype"
)

// Sizes of the fixed parts of a frame, in bytes.
const (
	headerSize = 32
	entrySize  = 48
	magic      = "YBF1"
)

// width gives the bytes of one value of the kind; 0 for text.
func width(k coltype.Kind) uint64 {
	switch k {
	case coltype.Date:
		return 4
	case coltype.Boolean:
		return 1
	case coltype.Text:
		return 0
	default:
		return 8
	}
}

// place is where one column's buffers lie, counted from the first byte of the
// frame. An absent buffer is at 0.
type place struct {
	name, valid, offsets, values, end uint64
}

// arrange lays a column's buffers out from the position at: name, validity,
// offsets, values, each at the next multiple of 16. There is no other layout.
// ok is false if it would end beyond limit.
func arrange(at, rows uint64, kind coltype.Kind, nulls bool, nameSize, valueSize, limit uint64) (p place, ok bool) {
	ok = true
	take := func(n uint64) uint64 {
		start := at
		if !ok || at > limit || n > limit-at {
			ok = false
			return 0
		}
		at = align(at + n)
		return start
	}
	p.name = take(nameSize)
	if nulls {
		p.valid = take(bitmapSize(rows))
	}
	if kind == coltype.Text {
		p.offsets = take(4 * (rows + 1))
	}
	p.values = take(valueSize)
	p.end = at
	return p, ok && at <= limit
}

func align(n uint64) uint64 { return (n + 15) &^ 15 }

func bitmapSize(rows uint64) uint64 { return (rows + 7) / 8 }

// valueSize gives the bytes that the values of a column take.
func valueSize(c *Column, rows int) uint64 {
	if c.Type.Kind == coltype.Text {
		return uint64(len(c.Bytes))
	}
	return uint64(rows) * width(c.Type.Kind)
}

// EncodedSize gives the length of what Encode appends for f.
func EncodedSize(f *Frame) int {
	at := uint64(headerSize + entrySize*len(f.Columns))
	for i := range f.Columns {
		c := &f.Columns[i]
		p, _ := arrange(at, uint64(f.Rows), c.Type.Kind, hasNulls(c, f.Rows), uint64(len(c.Name)), valueSize(c, f.Rows), math.MaxInt64)
		at = p.end
	}
	return int(at)
}

// hasNulls reports whether some row of the column is null.
func hasNulls(c *Column, rows int) bool {
	if c.Valid == nil {
		return false
	}
	for _, b := range c.Valid[:min(rows/8, len(c.Valid))] {
		if b != 0xff {
			return true
		}
	}
	if tail := rows % 8; tail != 0 && rows/8 < len(c.Valid) {
		return ^c.Valid[rows/8]&(1<<tail-1) != 0
	}
	return false
}
