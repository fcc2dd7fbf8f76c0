package abi

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"yingbi/internal/coltype"
)

// Encode appends the one encoding of f to dst. It makes canonical what cannot be
// misread: a bitmap without a null is left out, the slots of null numbers become
// zero, a NaN gets its one pattern. It refuses a frame whose parts contradict
// each other. The frame's alignment counts from its own first byte.
func Encode(dst []byte, f *Frame) ([]byte, error) {
	if err := checkShape(f); err != nil {
		return dst, err
	}
	start, size := len(dst), EncodedSize(f)
	out := slices.Grow(dst, size)[:start+size]
	b := out[start:]
	clear(b)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(f.Columns)))
	binary.LittleEndian.PutUint64(b[8:], uint64(f.Rows))
	binary.LittleEndian.PutUint64(b[16:], uint64(size))
	at := uint64(headerSize + entrySize*len(f.Columns))
	for i := range f.Columns {
		end, err := putColumn(b, b[headerSize+entrySize*i:], at, &f.Columns[i], f.Rows)
		if err != nil {
			return dst, fmt.Errorf("frame: column %d: %v", i, err)
		}
		at = end
	}
	return out, nil
}

// putColumn writes a column's directory entry and its buffers from at on, and
// gives the position after them.
func putColumn(b, entry []byte, at uint64, c *Column, rows int) (uint64, error) {
	nulls, size := hasNulls(c, rows), valueSize(c, rows)
	p, _ := arrange(at, uint64(rows), c.Type.Kind, nulls, uint64(len(c.Name)), size, math.MaxInt64)
	entry[0], entry[1], entry[2] = byte(c.Type.Kind), c.Type.Precision, c.Type.Scale
	if nulls {
		entry[3] = 1
		n := bitmapSize(uint64(rows))
		copy(b[p.valid:p.valid+n], c.Valid)
		if tail := rows % 8; tail != 0 {
			b[p.valid+n-1] &= 1<<tail - 1
		}
	}
	binary.LittleEndian.PutUint32(entry[4:], uint32(len(c.Name)))
	for i, v := range []uint64{p.name, p.valid, p.offsets, p.values, size} {
		binary.LittleEndian.PutUint64(entry[8+8*i:], v)
	}
	copy(b[p.name:], c.Name)
	if c.Type.Kind == coltype.Text && len(c.Offsets) > 0 {
		put(b[p.offsets:], c.Offsets)
	}
	v := b[p.values : p.values+size]
	putValues(v, c)
	return p.end, settle(v, c, rows)
}

func putValues(dst []byte, c *Column) {
	switch c.Type.Kind {
	case coltype.Double:
		put(dst, c.Floats)
	case coltype.Date:
		put(dst, c.Days)
	case coltype.Boolean:
		copy(dst, c.Bools)
	case coltype.Text:
		copy(dst, c.Bytes)
	default:
		put(dst, c.Ints)
	}
}

// settle zeroes the null slots in v, the encoded values of c, gives every NaN
// its pattern, and then checks the ranges of what was written.
func settle(v []byte, c *Column, rows int) error {
	written := Column{Type: c.Type, Offsets: c.Offsets, Bytes: c.Bytes}
	if c.Type.Kind == coltype.Text {
		if rows == 0 && len(c.Offsets) == 0 {
			return nil
		}
		if err := checkText(&written); err != nil {
			return err
		}
	}
	w := int(width(c.Type.Kind))
	for i := range nullRows(c, rows) {
		if w == 0 && c.Offsets[i] != c.Offsets[i+1] {
			return errNull
		}
		clear(v[i*w : (i+1)*w])
	}
	switch c.Type.Kind {
	case coltype.Text:
		return nil
	case coltype.Double:
		for i, x := range c.Floats {
			if x != x && !c.IsNull(i) {
				binary.LittleEndian.PutUint64(v[8*i:], canonicalNaN)
			}
		}
		return nil
	}
	share(&written, v)
	return checkValues(&written)
}

// checkShape makes sure that the parts of f agree in number and that no column
// carries a buffer of another type.
func checkShape(f *Frame) error {
	if f.Rows < 0 || len(f.Columns) == 0 && f.Rows > 0 || uint64(len(f.Columns)) > math.MaxUint32 {
		return fmt.Errorf("frame: %d rows in %d columns", f.Rows, len(f.Columns))
	}
	for i := range f.Columns {
		c := &f.Columns[i]
		if !c.Type.Valid() {
			return fmt.Errorf("frame: column %d has no type", i)
		}
		if c.Valid != nil && uint64(len(c.Valid)) != bitmapSize(uint64(f.Rows)) {
			return fmt.Errorf("frame: column %d: a bitmap of %d bytes for %d rows", i, len(c.Valid), f.Rows)
		}
		if !sameLengths(c, f.Rows) {
			return fmt.Errorf("frame: column %d: the buffers do not fit %s of %d rows", i, c.Type, f.Rows)
		}
	}
	return checkNames(f.Columns)
}

func sameLengths(c *Column, rows int) bool {
	got := [...]int{len(c.Ints), len(c.Floats), len(c.Days), len(c.Bools), len(c.Offsets)}
	var want [5]int
	switch c.Type.Kind {
	case coltype.Double:
		want[1] = rows
	case coltype.Date:
		want[2] = rows
	case coltype.Boolean:
		want[3] = rows
	case coltype.Text:
		want[4] = rows + 1
		if rows == 0 && got[4] == 0 {
			want[4] = 0 // an empty column may come without its one offset
		}
	default:
		want[0] = rows
	}
	return got == want && (c.Type.Kind == coltype.Text || len(c.Bytes) == 0)
}
