package abi

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"yingbi/internal/coltype"
)

// MaxNameBytes is the length of the longest name of a column, stream, view or
// output, in bytes of UTF-8.
const MaxNameBytes = 256

// Frame is a table in memory: every column has Rows values.
// A decoded frame may share memory with the bytes that it was decoded from.
type Frame struct {
	Rows    int
	Columns []Column
}

// Column is one column of a frame. The slice that carries its values follows
// from its type; the other slices stay nil:
//
//	integer, decimal, timestamp  Ints
//	double                       Floats
//	date                         Days
//	boolean                      Bools
//	text                         Offsets (Rows+1 of them, from 0) into Bytes
type Column struct {
	Name string
	Type coltype.Type

	Valid   []byte    // bit i%8 of byte i/8 is set when row i has a value; nil: no nulls
	Ints    []int64   // as is, scaled by 10^Scale, or microseconds since 1970 UTC
	Floats  []float64 // any; a NaN has the bits 7ff8000000000000
	Days    []int32   // days since 1970-01-01
	Bools   []byte    // 0 or 1
	Offsets []uint32
	Bytes   []byte
}

// IsNull reports whether row i has no value.
func (c *Column) IsNull(i int) bool {
	return c.Valid != nil && c.Valid[i>>3]&(1<<(i&7)) == 0
}

// TextAt gives the bytes of row i of a text column. They belong to the frame.
func (c *Column) TextAt(i int) []byte {
	return c.Bytes[c.Offsets[i]:c.Offsets[i+1]]
}

// Limits bound what Decode and ReadMessage accept. A zero field refuses
// everything but the empty.
type Limits struct {
	Bytes   int64 // of one frame, or of one message's payload
	Rows    int
	Columns int
}

// The values that a date or a timestamp may have, 0001-01-01 to 9999-12-31: what
// every reader (Go, Arrow, DuckDB, a spreadsheet) can print, and far from the
// values that DuckDB reads as infinity.
const (
	minDay   = -719162
	maxDay   = 2932896
	dayMicro = 86_400_000_000
)

const canonicalNaN = 0x7ff8000000000000

var (
	errRange = errors.New("a value is outside the range of its type")
	errText  = errors.New("text offsets or UTF-8 are broken")
	errNull  = errors.New("a null does not have the value zero, or the bitmap is not canonical")
)

// checkNames refuses names that are empty, too long, not UTF-8, that hold a
// control character, or that differ in the case of A to Z alone: SQL does not
// tell those apart, and would read one column for the other.
func checkNames(columns []Column) error {
	seen := make(map[string]struct{}, len(columns))
	for i := range columns {
		name := columns[i].Name
		if err := checkName(name); err != nil {
			return fmt.Errorf("frame: column %d: %v", i, err)
		}
		folded := strings.Map(lower, name)
		if _, dup := seen[folded]; dup {
			return fmt.Errorf("frame: column %d: its name appears twice", i)
		}
		seen[folded] = struct{}{}
	}
	return nil
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

func checkName(name string) error {
	if name == "" || len(name) > MaxNameBytes {
		return fmt.Errorf("a name has 1 to %d bytes, this one %d", MaxNameBytes, len(name))
	}
	if !utf8.ValidString(name) {
		return errors.New("the name is not UTF-8")
	}
	for _, r := range name {
		if r < 0x20 || r == 0x7f {
			return errors.New("the name holds a control character")
		}
	}
	return nil
}

// checkValues refuses values outside the range of the column's type. It counts
// on null slots being zero, which is inside every range.
func checkValues(c *Column) error {
	switch c.Type.Kind {
	case coltype.Decimal:
		bound := pow10(c.Type.Precision)
		return checkInts(c.Ints, 1-bound, bound-1)
	case coltype.Timestamp:
		return checkInts(c.Ints, minDay*dayMicro, (maxDay+1)*dayMicro-1)
	case coltype.Date:
		for _, v := range c.Days {
			if v < minDay || v > maxDay {
				return errRange
			}
		}
	case coltype.Boolean:
		for _, v := range c.Bools {
			if v > 1 {
				return errRange
			}
		}
	case coltype.Double:
		for _, v := range c.Floats {
			if v != v && math.Float64bits(v) != canonicalNaN {
				return errRange
			}
		}
	case coltype.Text:
		return checkText(c)
	}
	return nil
}

func checkInts(values []int64, low, high int64) error {
	for _, v := range values {
		if v < low || v > high {
			return errRange
		}
	}
	return nil
}

// checkText makes sure that every row is UTF-8: the whole is, and no row begins
// inside a character.
func checkText(c *Column) error {
	n := len(c.Offsets)
	if n == 0 || c.Offsets[0] != 0 || uint64(c.Offsets[n-1]) != uint64(len(c.Bytes)) || !utf8.Valid(c.Bytes) {
		return errText
	}
	last := uint32(0)
	for _, at := range c.Offsets {
		if at < last || int(at) < len(c.Bytes) && !utf8.RuneStart(c.Bytes[at]) {
			return errText
		}
		last = at
	}
	return nil
}

func pow10(n uint8) int64 {
	p := int64(1)
	for ; n > 0; n-- {
		p *= 10
	}
	return p
}
