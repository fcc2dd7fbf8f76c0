package yingbi

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
)

// Table is a table that a job makes, column by column:
//
//	var t yingbi.Table
//	district, people := t.Text("district"), t.Integer("people")
//	district.Append("江北")
//	people.Append(1200)
//	err := job.Emit("by_district", &t)
//
// Every column must have the same number of values when it is emitted.
type Table struct {
	columns []*builder
}

// builder holds one column: the values as they will lie in the frame.
type builder struct {
	name      string
	kind      Kind
	precision uint8
	scale     uint8

	rows    int
	nulls   []int // rows without a value
	offsets []uint32
	values  []byte
	err     error
}

// Values takes the values of one column of a table, row by row.
type Values[T any] struct {
	b      *builder
	append func(b *builder, v T)
}

// Append adds a value.
func (c Values[T]) Append(v T) { c.append(c.b, v) }

// AppendNull adds a row without a value.
func (c Values[T]) AppendNull() { c.b.null() }

func (t *Table) add(name string, kind Kind, precision, scale uint8) *builder {
	b := &builder{name: name, kind: kind, precision: precision, scale: scale}
	if kind == Text {
		b.offsets = []uint32{0}
	}
	t.columns = append(t.columns, b)
	return b
}

// Integer adds a column of integers.
func (t *Table) Integer(name string) Values[int64] {
	return Values[int64]{t.add(name, Integer, 0, 0), appendInt}
}

// Decimal adds a column of decimals: 1 ≤ precision ≤ 18, scale ≤ precision. The
// values are appended scaled: 12.34 with scale 2 is 1234.
func (t *Table) Decimal(name string, precision, scale uint8) Values[int64] {
	b := t.add(name, Decimal, precision, scale)
	if precision < 1 || precision > 18 || scale > precision {
		b.err = errors.New("yingbi: column " + strconv.Quote(name) + ": a decimal has a precision of 1 to 18 and a scale up to it")
	}
	return Values[int64]{b, appendInt}
}

// Timestamp adds a column of microseconds since 1970-01-01T00:00:00Z.
func (t *Table) Timestamp(name string) Values[int64] {
	return Values[int64]{t.add(name, Timestamp, 0, 0), appendInt}
}

// Double adds a column of doubles. Any NaN becomes the one NaN of a frame.
func (t *Table) Double(name string) Values[float64] {
	return Values[float64]{t.add(name, Double, 0, 0), appendFloat}
}

// Text adds a column of text. The host refuses what is not UTF-8.
func (t *Table) Text(name string) Values[string] {
	return Values[string]{t.add(name, Text, 0, 0), func(b *builder, v string) { b.put(append(b.values, v...)) }}
}

// Date adds a column of days since 1970-01-01.
func (t *Table) Date(name string) Values[int32] {
	return Values[int32]{t.add(name, Date, 0, 0), func(b *builder, days int32) {
		b.put(binary.LittleEndian.AppendUint32(b.values, uint32(days)))
	}}
}

// Boolean adds a column of truth values.
func (t *Table) Boolean(name string) Values[bool] {
	return Values[bool]{t.add(name, Boolean, 0, 0), appendBool}
}

func appendInt(b *builder, v int64) {
	if b.kind == Decimal && b.err == nil && !fits(v, b.precision) {
		b.err = errors.New("yingbi: column " + strconv.Quote(b.name) + ": a value has more digits than its precision")
	}
	b.put(binary.LittleEndian.AppendUint64(b.values, uint64(v)))
}

func appendFloat(b *builder, v float64) {
	bits := math.Float64bits(v)
	if v != v {
		bits = canonicalNaN
	}
	b.put(binary.LittleEndian.AppendUint64(b.values, bits))
}

func appendBool(b *builder, v bool) {
	bit := byte(0)
	if v {
		bit = 1
	}
	b.put(append(b.values, bit))
}

// put takes the values with one more at the end.
func (b *builder) put(values []byte) {
	b.values = values
	b.rows++
	if b.kind == Text {
		b.offsets = append(b.offsets, uint32(len(values)))
	}
}

func (b *builder) null() {
	b.nulls = append(b.nulls, b.rows)
	b.put(append(b.values, make([]byte, b.kind.width())...))
}

// Encode gives the frame of the table. Its memory begins at a multiple of 8.
func (t *Table) Encode() ([]byte, error) {
	rows := 0
	for i, c := range t.columns {
		if c.err != nil {
			return nil, c.err
		}
		if i == 0 {
			rows = c.rows
		}
		if c.rows != rows {
			return nil, errors.New("yingbi: column " + strconv.Quote(c.name) + " has " + strconv.Itoa(c.rows) + " values, the first column " + strconv.Itoa(rows))
		}
	}
	size := uint64(headerSize + entrySize*len(t.columns))
	for _, c := range t.columns {
		size += align(uint64(len(c.name))) + c.bitmapSize() + align(uint64(4*len(c.offsets))) + align(uint64(len(c.values)))
	}
	if size > math.MaxInt32 {
		return nil, errors.New("yingbi: the table has " + strconv.FormatUint(size, 10) + " bytes, more than a frame can")
	}
	b := aligned(int(size))
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(t.columns)))
	binary.LittleEndian.PutUint64(b[8:], uint64(rows))
	binary.LittleEndian.PutUint64(b[16:], size)
	at := uint64(headerSize + entrySize*len(t.columns))
	for i, c := range t.columns {
		at = c.encode(b, b[headerSize+entrySize*i:], at)
	}
	return b, nil
}

func (b *builder) bitmapSize() uint64 {
	if len(b.nulls) == 0 {
		return 0
	}
	return align(uint64(b.rows+7) / 8)
}

// encode writes the column's entry, and its buffers from the position at.
func (b *builder) encode(frame, entry []byte, at uint64) uint64 {
	entry[0], entry[1], entry[2] = byte(b.kind), b.precision, b.scale
	binary.LittleEndian.PutUint32(entry[4:], uint32(len(b.name)))
	place := func(field int, size uint64) []byte {
		binary.LittleEndian.PutUint64(entry[field:], at)
		part := frame[at : at+size]
		at += align(size)
		return part
	}
	copy(place(8, uint64(len(b.name))), b.name)
	if len(b.nulls) > 0 {
		entry[3] = 1
		valid := place(16, uint64(b.rows+7)/8)
		for i := range b.rows {
			valid[i/8] |= 1 << (i % 8)
		}
		for _, i := range b.nulls {
			valid[i/8] &^= 1 << (i % 8)
		}
	}
	if b.kind == Text {
		offsets := place(24, uint64(4*len(b.offsets)))
		for i, v := range b.offsets {
			binary.LittleEndian.PutUint32(offsets[4*i:], v)
		}
	}
	binary.LittleEndian.PutUint64(entry[40:], uint64(len(b.values)))
	copy(place(32, uint64(len(b.values))), b.values)
	return at
}
