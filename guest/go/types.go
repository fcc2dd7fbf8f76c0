package yingbi

// Kind is the family of a column's type, as it stands in a frame.
type Kind uint8

// The kinds, with the value that stands for one cell.
const (
	Integer   Kind = iota + 1 // int64
	Decimal                   // int64, scaled by 10^Scale
	Double                    // float64
	Text                      // UTF-8
	Date                      // int32 days since 1970-01-01
	Timestamp                 // int64 microseconds since 1970-01-01T00:00:00Z
	Boolean                   // one byte, 0 or 1
)

// String names the kind in lower case.
func (k Kind) String() string {
	switch k {
	case Integer:
		return "integer"
	case Decimal:
		return "decimal"
	case Double:
		return "double"
	case Text:
		return "text"
	case Date:
		return "date"
	case Timestamp:
		return "timestamp"
	case Boolean:
		return "boolean"
	}
	return "invalid"
}

// width gives the bytes of one value; 0 for text and for what is no kind.
func (k Kind) width() uint64 {
	switch k {
	case Integer, Decimal, Double, Timestamp:
		return 8
	case Date:
		return 4
	case Boolean:
		return 1
	}
	return 0
}

// Sizes and marks of a frame.
const (
	magic        = "YBF1"
	headerSize   = 32
	entrySize    = 48
	canonicalNaN = 0x7ff8000000000000
)

func align(n uint64) uint64 { return (n + 15) &^ 15 }
