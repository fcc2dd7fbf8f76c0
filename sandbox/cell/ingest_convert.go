package cell

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// meaning is what the numbers or bytes of a Parquet column stand for.
type meaning uint8

const (
	meansNothing meaning = iota // what no declared type can hold
	meansInteger
	meansUnsigned
	meansDecimal
	meansDate
	meansTime
	meansBoolean
	meansFloat
	meansText
)

// source is the type of a Parquet column. Decimals count in units of 10^-scale,
// times in seconds × 10^-scale.
type source struct {
	meaning
	scale int
	local bool // a time on the clocks of the column's zone, not an instant
}

func sourceOf(c *schema.Column) source {
	switch l := c.LogicalType().(type) {
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		return source{meaning: meansText}
	case schema.DecimalLogicalType:
		return source{meaning: meansDecimal, scale: int(l.Scale())}
	case schema.DateLogicalType:
		return source{meaning: meansDate}
	case schema.TimestampLogicalType:
		scale := map[schema.TimeUnitType]int{schema.TimeUnitMillis: 3, schema.TimeUnitMicros: 6, schema.TimeUnitNanos: 9}[l.TimeUnit()]
		return source{meaning: meansTime, scale: scale, local: !l.IsAdjustedToUTC()}
	case schema.IntLogicalType:
		if l.IsSigned() {
			return source{meaning: meansInteger}
		}
		return source{meaning: meansUnsigned}
	case schema.NoLogicalType, schema.NullLogicalType:
		return plainSource(c.PhysicalType())
	}
	return source{}
}

// plainSource is the meaning of a physical type by itself. INT96 is the time that
// old writers of Spark and Hive used.
func plainSource(t parquet.Type) source {
	switch t {
	case parquet.Types.Boolean:
		return source{meaning: meansBoolean}
	case parquet.Types.Int32, parquet.Types.Int64:
		return source{meaning: meansInteger}
	case parquet.Types.Int96:
		return source{meaning: meansTime, scale: 9}
	case parquet.Types.Float, parquet.Types.Double:
		return source{meaning: meansFloat}
	case parquet.Types.ByteArray:
		return source{meaning: meansText}
	}
	return source{}
}

// newChunk makes the reader of a column as the declared type; nil if the types do
// not fit. No conversion rounds: what is not exactly a value of the declared type
// goes to quarantine.
func newChunk(c *schema.Column, t coltype.Type) chunk {
	s := sourceOf(c)
	required := c.MaxDefinitionLevel() == 0
	number := converter(s, t)
	switch c.PhysicalType() {
	case parquet.Types.Boolean:
		if s.meaning == meansBoolean && t.Kind == coltype.Boolean {
			return &chunkOf[bool]{required: required, convert: putBool}
		}
	case parquet.Types.Float:
		if s.meaning == meansFloat && t.Kind == coltype.Double {
			return &chunkOf[float32]{required: required, convert: func(t *target, row int, v float32) abi.Reason { return putFloat(t, row, float64(v)) }}
		}
	case parquet.Types.Double:
		if s.meaning == meansFloat && t.Kind == coltype.Double {
			return &chunkOf[float64]{required: required, convert: putFloat}
		}
	case parquet.Types.ByteArray:
		if convert := bytesConverter(s, t, number); convert != nil {
			return &chunkOf[parquet.ByteArray]{required: required, convert: func(t *target, row int, v parquet.ByteArray) abi.Reason { return convert(t, row, v) }}
		}
	case parquet.Types.FixedLenByteArray:
		if convert := bytesConverter(s, t, number); convert != nil {
			return &chunkOf[parquet.FixedLenByteArray]{required: required, convert: func(t *target, row int, v parquet.FixedLenByteArray) abi.Reason { return convert(t, row, v) }}
		}
	default:
		if number != nil {
			return newNumberChunk(c.PhysicalType(), s, required, number)
		}
	}
	return nil
}

func newNumberChunk(physical parquet.Type, s source, required bool, number numberConverter) chunk {
	switch physical {
	case parquet.Types.Int32:
		return &chunkOf[int32]{required: required, convert: func(t *target, row int, v int32) abi.Reason {
			if s.meaning == meansUnsigned {
				return number(t, row, int64(uint32(v)))
			}
			return number(t, row, int64(v))
		}}
	case parquet.Types.Int64:
		return &chunkOf[int64]{required: required, convert: func(t *target, row int, v int64) abi.Reason {
			if s.meaning == meansUnsigned && v < 0 {
				return abi.ReasonRange
			}
			return number(t, row, v)
		}}
	case parquet.Types.Int96:
		return &chunkOf[parquet.Int96]{required: required, convert: func(t *target, row int, v parquet.Int96) abi.Reason {
			nanos, day := binary.LittleEndian.Uint64(v[:8]), int64(binary.LittleEndian.Uint32(v[8:]))-2440588 // Julian day of 1970-01-01
			switch {
			case nanos >= dayMicros*1000 || day < firstDay || day > lastDay:
				return abi.ReasonRange
			case nanos%1000 != 0:
				return abi.ReasonDigits
			}
			return t.putInt(row, day*dayMicros+int64(nanos/1000))
		}}
	}
	return nil
}

// numberConverter gives a row a number of a Parquet column.
type numberConverter func(t *target, row int, v int64) abi.Reason

func converter(s source, t coltype.Type) numberConverter {
	whole := s.meaning == meansInteger || s.meaning == meansUnsigned || s.meaning == meansDecimal
	switch {
	case t.Kind == coltype.Integer && whole, t.Kind == coltype.Decimal && whole:
		return func(t *target, row int, v int64) abi.Reason {
			v, why := rescale(v, s.scale, int(t.Type.Scale))
			if why != "" {
				return why
			}
			return t.putInt(row, v)
		}
	case t.Kind == coltype.Double && (s.meaning == meansInteger || s.meaning == meansUnsigned):
		return func(t *target, row int, v int64) abi.Reason {
			if v > 1<<53 || v < -1<<53 {
				return abi.ReasonRange
			}
			t.Floats[row] = float64(v)
			return ""
		}
	case t.Kind == coltype.Date && s.meaning == meansDate:
		return (*target).putInt
	case t.Kind == coltype.Timestamp && s.meaning == meansTime:
		return func(t *target, row int, v int64) abi.Reason {
			micros, why := rescale(v, s.scale, 6)
			if why != "" || !s.local {
				if why == "" {
					why = t.putInt(row, micros)
				}
				return why
			}
			part := ((micros % 1_000_000) + 1_000_000) % 1_000_000
			return t.putLocal(row, (micros-part)/1_000_000, part)
		}
	}
	return nil
}

// rescale turns v × 10^-from into w × 10^-to.
func rescale(v int64, from, to int) (int64, abi.Reason) {
	shift := from - to
	switch {
	case v == 0 || shift == 0:
		return v, ""
	case shift > 18:
		return 0, abi.ReasonDigits // no multiple of 10^19 but 0 is an int64
	case shift > 0:
		if v%pow10[shift] != 0 {
			return 0, abi.ReasonDigits
		}
		return v / pow10[shift], ""
	case shift < -18 || v > math.MaxInt64/pow10[-shift] || v < math.MinInt64/pow10[-shift]:
		return 0, abi.ReasonRange
	}
	return v * pow10[-shift], ""
}

// bytesConverter reads text, or a decimal written as a big-endian number of any
// length in two's complement.
func bytesConverter(s source, t coltype.Type, number numberConverter) func(*target, int, []byte) abi.Reason {
	switch {
	case s.meaning == meansText:
		parse := parserOf(t)
		return func(t *target, row int, v []byte) abi.Reason { return t.put(parse, row, v) }
	case s.meaning != meansDecimal || number == nil:
		return nil
	}
	return func(t *target, row int, v []byte) abi.Reason {
		n, why := bigEndian(v, s.scale-int(t.Type.Scale))
		if why != "" {
			return why
		}
		return t.putInt(row, n)
	}
}

// bigEndian reads a number and divides it by 10^shift.
func bigEndian(b []byte, shift int) (int64, abi.Reason) {
	if len(b) > 32 {
		return 0, abi.ReasonRange
	}
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return rescaleBig(n, shift)
}

// rescaleBig divides n by 10^shift.
func rescaleBig(n *big.Int, shift int) (int64, abi.Reason) {
	if shift != 0 {
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(shift, -shift))), nil)
		if shift < 0 {
			n = new(big.Int).Mul(n, unit)
		} else {
			quotient, rest := new(big.Int).QuoRem(n, unit, new(big.Int))
			if rest.Sign() != 0 {
				return 0, abi.ReasonDigits
			}
			n = quotient
		}
	}
	if !n.IsInt64() {
		return 0, abi.ReasonRange
	}
	return n.Int64(), ""
}

func putBool(t *target, row int, v bool) abi.Reason {
	t.Bools[row] = 0
	if v {
		t.Bools[row] = 1
	}
	return ""
}

// putFloat takes numbers only. What is not a number is null where that spelling
// is declared, and refused else, as in a csv.
func putFloat(t *target, row int, v float64) abi.Reason {
	if math.IsNaN(v) {
		if t.isNull([]byte("NaN")) {
			return t.putNull(row)
		}
		return abi.ReasonFormat
	}
	if math.IsInf(v, 0) {
		return abi.ReasonRange
	}
	t.Floats[row] = v
	return ""
}
