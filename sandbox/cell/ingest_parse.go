package cell

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

var pow10 = [...]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// parser reads a written value into a row. It accepts what is written in one of
// the forms of the type and is exactly a value of it; nothing is rounded,
// trimmed or guessed. Full-width forms of ASCII are the same digits and signs,
// for all types but text.
type parser func(t *target, row int, cell []byte) abi.Reason

func parserOf(t coltype.Type) parser {
	switch t.Kind {
	case coltype.Decimal:
		return parseDecimal
	case coltype.Double:
		return parseDouble
	case coltype.Text:
		return parseText
	case coltype.Date:
		return parseDate
	case coltype.Timestamp:
		return parseTimestamp
	case coltype.Boolean:
		return parseBoolean
	default:
		return parseInteger
	}
}

// put reads a cell into a row: null if it is one of the declared spellings.
func (t *target) put(parse parser, row int, cell []byte) abi.Reason {
	if t.isNull(cell) {
		return t.putNull(row)
	}
	why := parse(t, row, cell)
	if why != abi.ReasonFormat {
		return why
	}
	if !utf8.Valid(cell) {
		return abi.ReasonUTF8
	}
	var narrow [maxNarrow]byte
	n := fold(&narrow, cell)
	if n == 0 {
		return why
	}
	if why = parse(t, row, narrow[:n]); why == "" {
		*t.folded++
	}
	return why
}

// maxNarrow is the length of the longest number or time, in characters.
const maxNarrow = 64

// fold writes a cell that is ASCII but for full-width forms of it (U+FF01 to
// U+FF5E, as NFKC maps them) in ASCII, and gives its length. It is 0 for any
// other cell, also for one that is ASCII already.
func fold(dst *[maxNarrow]byte, cell []byte) (n int) {
	wide := false
	for len(cell) > 0 {
		r, size := utf8.DecodeRune(cell)
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xff01 - '!'
			wide = true
		}
		if r >= utf8.RuneSelf || n == len(dst) {
			return 0
		}
		dst[n] = byte(r)
		n++
		cell = cell[size:]
	}
	if !wide {
		return 0
	}
	return n
}

// trimBlanks takes spaces, tabs, U+00A0 and U+3000 off both ends.
func trimBlanks(cell []byte) []byte {
	for {
		n, m := blank(cell), 0
		if cell = cell[n:]; len(cell) > 0 {
			m = lastBlank(cell)
		}
		if n+m == 0 {
			return cell
		}
		cell = cell[:len(cell)-m]
	}
}

// blank gives the bytes of the blank that cell begins with, or 0.
func blank(cell []byte) int {
	switch {
	case len(cell) == 0:
	case cell[0] == ' ', cell[0] == '\t':
		return 1
	case cell[0] == 0xc2 && bytes.HasPrefix(cell, []byte("\u00a0")):
		return 2
	case cell[0] == 0xe3 && bytes.HasPrefix(cell, []byte("\u3000")):
		return 3
	}
	return 0
}

// lastBlank gives the bytes of the blank that cell ends with, or 0.
func lastBlank(cell []byte) int {
	switch cell[len(cell)-1] {
	case ' ', '\t':
		return 1
	case 0xa0:
		if bytes.HasSuffix(cell, []byte("\u00a0")) {
			return 2
		}
	case 0x80:
		if bytes.HasSuffix(cell, []byte("\u3000")) {
			return 3
		}
	}
	return 0
}

func parseText(t *target, row int, cell []byte) abi.Reason {
	if len(cell) > maxRecord {
		return abi.ReasonTooLong
	}
	if !utf8.Valid(cell) {
		return abi.ReasonUTF8
	}
	t.Bytes = append(t.Bytes, cell...)
	t.Offsets[row+1] = uint32(len(t.Bytes))
	return ""
}

// sign takes a sign off and reports whether it was a minus.
func sign(cell []byte) (rest []byte, negative bool) {
	if len(cell) > 0 && (cell[0] == '-' || cell[0] == '+') {
		return cell[1:], cell[0] == '-'
	}
	return cell, false
}

func parseInteger(t *target, row int, cell []byte) abi.Reason {
	digits, negative := sign(cell)
	v, n, fits := leadingDigits(digits)
	if n == 0 || n != len(digits) {
		return abi.ReasonFormat
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	if !fits || v > limit {
		return abi.ReasonRange
	}
	if negative {
		v = -v
	}
	return t.putInt(row, int64(v))
}

// leadingDigits reads the ASCII digits that b begins with, n of them. fits is
// false if their value is over 2^63.
func leadingDigits(b []byte) (v uint64, n int, fits bool) {
	fits = true
	for n < len(b) && b[n]-'0' <= 9 {
		if v > math.MaxInt64/10 {
			fits = false
		}
		v = v*10 + uint64(b[n]-'0')
		n++
	}
	return v, n, fits && v <= 1<<63
}

// parseDecimal reads digits with at most one point. Zeros beyond the scale are
// the same number and pass; any other digit there does not.
func parseDecimal(t *target, row int, cell []byte) abi.Reason {
	digits, negative := sign(cell)
	v, n, fits := leadingDigits(digits)
	part, pointed := bytes.CutPrefix(digits[n:], []byte{'.'})
	if n+len(part) == 0 || len(part) > 0 && !pointed {
		return abi.ReasonFormat
	}
	lost, scale := false, int(t.Type.Scale)
	for i := range max(len(part), scale) {
		digit := byte(0)
		if i < len(part) {
			digit = part[i] - '0'
		}
		if digit > 9 {
			return abi.ReasonFormat
		}
		if i >= scale {
			lost = lost || digit != 0
			continue
		}
		fits = fits && v < uint64(pow10[18])
		v = v*10 + uint64(digit)
	}
	switch {
	case !fits || v > uint64(t.high):
		return abi.ReasonRange
	case lost:
		return abi.ReasonDigits
	case negative:
		return t.putInt(row, -int64(v))
	}
	return t.putInt(row, int64(v))
}

// parseDouble reads a decimal number with an optional exponent, and no word for
// what is not a number.
func parseDouble(t *target, row int, cell []byte) abi.Reason {
	for _, c := range cell {
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return abi.ReasonFormat
		}
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	if math.IsInf(v, 0) {
		return abi.ReasonRange
	}
	if err != nil {
		return abi.ReasonFormat
	}
	t.Floats[row] = v
	return ""
}

func parseBoolean(t *target, row int, cell []byte) abi.Reason {
	switch string(cell) {
	case "true", "TRUE", "True", "t", "T", "yes", "YES", "Yes", "y", "Y", "1", "是":
		t.Bools[row] = 1
	case "false", "FALSE", "False", "f", "F", "no", "NO", "No", "n", "N", "0", "否":
		t.Bools[row] = 0
	default:
		return abi.ReasonFormat
	}
	return ""
}
