package yingbi

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unsafe"
)

// Frame is a part of a table: columns of Rows values each. It shares the memory
// that it was parsed from; see Input.Next for how long that lasts.
type Frame struct {
	Rows    int
	Columns []Column
}

// Column is one column of a frame. Ask for its values by the method of its kind;
// another method gives nil.
type Column struct {
	Name      string
	Kind      Kind
	Precision uint8 // of a decimal
	Scale     uint8 // of a decimal

	valid   []byte
	offsets []uint32
	values  []byte
}

var errFrame = errors.New("yingbi: the bytes are no frame")

// ParseFrame reads a frame where it lies, without copying. b must begin at a
// multiple of 8, as a []uint64 does. It checks that everything lies inside b;
// it does not repeat the host's checks of the values.
func ParseFrame(b []byte) (*Frame, error) {
	if len(b) < headerSize || string(b[:4]) != magic || uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0 {
		return nil, errFrame
	}
	columns := uint64(binary.LittleEndian.Uint32(b[4:]))
	rows := binary.LittleEndian.Uint64(b[8:])
	size := binary.LittleEndian.Uint64(b[16:])
	if size != uint64(len(b)) || rows > size || columns > (size-headerSize)/entrySize {
		return nil, errFrame
	}
	f := &Frame{Rows: int(rows), Columns: make([]Column, columns)}
	for i := range f.Columns {
		entry := b[headerSize+entrySize*i:]
		if !f.Columns[i].parse(b, entry, rows) {
			return nil, errors.New("yingbi: column " + strconv.Itoa(i) + " of the frame is broken")
		}
	}
	return f, nil
}

func (c *Column) parse(b, entry []byte, rows uint64) bool {
	c.Kind, c.Precision, c.Scale = Kind(entry[0]), entry[1], entry[2]
	part := func(field int, size uint64) []byte {
		at := binary.LittleEndian.Uint64(entry[field:])
		if at > uint64(len(b)) || size > uint64(len(b))-at || at%8 != 0 {
			return nil
		}
		return b[at : at+size : at+size]
	}
	name := part(8, uint64(binary.LittleEndian.Uint32(entry[4:])))
	c.Name = string(name)
	if entry[3] == 1 {
		if c.valid = part(16, (rows+7)/8); c.valid == nil {
			return false
		}
	}
	size := binary.LittleEndian.Uint64(entry[40:])
	c.values = part(32, size)
	if name == nil || c.values == nil || c.Kind == 0 || c.Kind > Boolean {
		return false
	}
	if c.Kind != Text {
		return size == rows*c.Kind.width()
	}
	offsets := part(24, 4*(rows+1))
	if offsets == nil {
		return false
	}
	c.offsets = view[uint32](offsets)
	last := uint32(0)
	for _, at := range c.offsets {
		if at < last || uint64(at) > size {
			return false
		}
		last = at
	}
	return true
}

// view reads aligned little-endian bytes as numbers. wasm is little-endian, and
// so is every machine that jobs are tested on.
func view[T int64 | float64 | int32 | uint32](b []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}

// Column gives the column of that name, or nil.
func (f *Frame) Column(name string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

// IsNull reports whether row i has no value. A null's value reads as zero.
func (c *Column) IsNull(i int) bool {
	return c.valid != nil && c.valid[i>>3]&(1<<(i&7)) == 0
}

// Ints gives the values of an integer, decimal (scaled) or timestamp column.
func (c *Column) Ints() []int64 {
	if c.Kind != Integer && c.Kind != Decimal && c.Kind != Timestamp {
		return nil
	}
	return view[int64](c.values)
}

// Floats gives the values of a double column.
func (c *Column) Floats() []float64 {
	if c.Kind != Double {
		return nil
	}
	return view[float64](c.values)
}

// Dates gives the values of a date column, in days since 1970-01-01.
func (c *Column) Dates() []int32 {
	if c.Kind != Date {
		return nil
	}
	return view[int32](c.values)
}

// Bools gives the values of a boolean column, each 0 or 1.
func (c *Column) Bools() []byte {
	if c.Kind != Boolean {
		return nil
	}
	return c.values
}

// Text gives the text of row i of a text column without copying it: clone what
// is kept beyond the frame (strings.Clone). Other columns have no text.
func (c *Column) Text(i int) string {
	if c.Kind != Text {
		return ""
	}
	b := c.values[c.offsets[i]:c.offsets[i+1]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}
