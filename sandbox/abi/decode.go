package abi

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/bits"

	"yingbi/internal/coltype"
)

var errLayout = errors.New("its buffers are not where the layout puts them")

// Decode reads what Encode wrote, and nothing else: for every b that it accepts,
// Encode gives b again. It allocates no more than the column directory and,
// where b is not aligned to 8 bytes, a copy of the values. The frame shares
// memory with b otherwise: b must not change while the frame is in use.
func Decode(b []byte, lim Limits) (*Frame, error) {
	if int64(len(b)) > lim.Bytes {
		return nil, fmt.Errorf("frame: %d bytes, the limit is %d", len(b), lim.Bytes)
	}
	if len(b) < headerSize || string(b[:4]) != magic {
		return nil, errors.New("frame: no header")
	}
	columns := uint64(binary.LittleEndian.Uint32(b[4:]))
	rows := binary.LittleEndian.Uint64(b[8:])
	if binary.LittleEndian.Uint64(b[16:]) != uint64(len(b)) || binary.LittleEndian.Uint64(b[24:]) != 0 {
		return nil, errors.New("frame: the header does not fit the bytes")
	}
	// A row of any column takes a byte at least, so rows beyond the bytes are a lie.
	if columns > uint64(max(lim.Columns, 0)) || rows > uint64(max(lim.Rows, 0)) || rows > uint64(len(b)) || columns == 0 && rows > 0 {
		return nil, fmt.Errorf("frame: %d rows in %d columns are over the limit of %d and %d", rows, columns, lim.Rows, lim.Columns)
	}
	if columns > uint64(len(b)-headerSize)/entrySize {
		return nil, errors.New("frame: the directory is cut off")
	}
	f := &Frame{Rows: int(rows), Columns: make([]Column, columns)}
	at := headerSize + entrySize*columns
	for i := range f.Columns {
		end, err := getColumn(&f.Columns[i], b, b[headerSize+entrySize*i:], at, f.Rows)
		if err != nil {
			return nil, fmt.Errorf("frame: column %d: %v", i, err)
		}
		at = end
	}
	if at != uint64(len(b)) {
		return nil, errors.New("frame: bytes after the last column")
	}
	return f, checkNames(f.Columns)
}

// getColumn reads the column whose directory entry is given and whose buffers
// begin at, and gives the position after them.
func getColumn(c *Column, b, entry []byte, at uint64, rows int) (uint64, error) {
	c.Type = coltype.Type{Kind: coltype.Kind(entry[0]), Precision: entry[1], Scale: entry[2]}
	if !c.Type.Valid() || entry[3] > 1 {
		return 0, errors.New("it has no type")
	}
	nulls := entry[3] == 1
	nameSize := uint64(binary.LittleEndian.Uint32(entry[4:]))
	size := binary.LittleEndian.Uint64(entry[40:])
	if w := width(c.Type.Kind); w != 0 && size != w*uint64(rows) {
		return 0, errors.New("its values do not fill its rows")
	}
	p, ok := arrange(at, uint64(rows), c.Type.Kind, nulls, nameSize, size, uint64(len(b)))
	if !ok {
		return 0, errors.New("it ends beyond the frame")
	}
	for i, want := range []uint64{p.name, p.valid, p.offsets, p.values} {
		if binary.LittleEndian.Uint64(entry[8+8*i:]) != want {
			return 0, errLayout
		}
	}
	name, ok1 := padded(b, p.name, nameSize)
	c.Name = string(name)
	ok2 := true
	if nulls {
		c.Valid, ok2 = padded(b, p.valid, bitmapSize(uint64(rows)))
	}
	ok3 := true
	if c.Type.Kind == coltype.Text {
		var raw []byte
		raw, ok3 = padded(b, p.offsets, 4*(uint64(rows)+1))
		c.Offsets = values[uint32](raw)
	}
	v, ok4 := padded(b, p.values, size)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, errors.New("its padding is not zero")
	}
	share(c, v)
	if err := checkValues(c); err != nil {
		return 0, err
	}
	return p.end, checkNulls(c, v, rows)
}

// share sets the slice of c that carries the encoded values v.
func share(c *Column, v []byte) {
	switch c.Type.Kind {
	case coltype.Double:
		c.Floats = values[float64](v)
	case coltype.Date:
		c.Days = values[int32](v)
	case coltype.Boolean:
		c.Bools = v
	case coltype.Text:
		c.Bytes = v
	default:
		c.Ints = values[int64](v)
	}
}

// padded gives the n bytes at a position, and whether zeros fill them up to the
// next multiple of 16. The caller has checked that they lie inside b.
func padded(b []byte, at, n uint64) ([]byte, bool) {
	var zero [16]byte
	end := at + n
	return b[at:end:end], bytes.Equal(b[end:align(end)], zero[:align(end)-end])
}

// checkNulls makes sure that the bitmap has a null, no bit beyond the last row,
// and that every null slot is zero or empty.
func checkNulls(c *Column, v []byte, rows int) error {
	if c.Valid == nil {
		return nil
	}
	if tail := rows % 8; !hasNulls(c, rows) || tail != 0 && c.Valid[rows/8]>>tail != 0 {
		return errNull
	}
	var zero [8]byte
	w := int(width(c.Type.Kind))
	for i := range nullRows(c, rows) {
		if w == 0 && c.Offsets[i] != c.Offsets[i+1] || !bytes.Equal(v[i*w:(i+1)*w], zero[:w]) {
			return errNull
		}
	}
	return nil
}

// nullRows yields the rows that have no value, in order.
func nullRows(c *Column, rows int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, b := range c.Valid {
			for nulls := ^b; nulls != 0; nulls &= nulls - 1 {
				row := 8*i + bits.TrailingZeros8(nulls)
				if row >= rows || !yield(row) {
					break
				}
			}
		}
	}
}
