// Package coltype names the types that a column of a data set may have.
//
// It is a leaf that every package may import: a description declares types by
// these names, the ingest cell parses by them, the columnar frame of sandbox/abi
// carries them, masking maps one to another and the manifest checks expressions
// against them. One list, so that no border has to translate.
package coltype

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is the family of a type. The zero value is no type.
type Kind uint8

// The kinds, with the value that stands for one cell of them in memory.
const (
	Integer   Kind = iota + 1 // int64
	Decimal                   // int64, scaled by 10^Scale; precision at most 18
	Double                    // float64
	Text                      // UTF-8
	Date                      // int32 days since 1970-01-01
	Timestamp                 // int64 microseconds since 1970-01-01T00:00:00Z
	Boolean                   // one byte, 0 or 1
)

// MaxPrecision is the most decimal digits that a Decimal carries: what an int64
// holds. 10^18 fen is eighty times the yearly product of the country.
const MaxPrecision = 18

// Type is a column's type. Precision and Scale are set for Decimal alone.
// Types compare with ==. The zero value is no type.
type Type struct {
	Kind      Kind
	Precision uint8
	Scale     uint8
}

var names = map[Kind]string{
	Integer: "integer", Decimal: "decimal", Double: "double", Text: "text",
	Date: "date", Timestamp: "timestamp", Boolean: "boolean",
}

// String gives the name that Parse reads: "integer", "decimal(12,2)", "text".
func (t Type) String() string {
	name, ok := names[t.Kind]
	if !ok {
		return "invalid"
	}
	if t.Kind == Decimal {
		return fmt.Sprintf("%s(%d,%d)", name, t.Precision, t.Scale)
	}
	return name
}

// Valid reports whether t is one of the types that String names.
func (t Type) Valid() bool {
	if _, ok := names[t.Kind]; !ok {
		return false
	}
	if t.Kind == Decimal {
		return t.Precision >= 1 && t.Precision <= MaxPrecision && t.Scale <= t.Precision
	}
	return t.Precision == 0 && t.Scale == 0
}

// Numeric reports whether values of t can be summed.
func (t Type) Numeric() bool {
	return t.Kind == Integer || t.Kind == Decimal || t.Kind == Double
}

// Parse reads a type by its name, in any case. A decimal is written with its
// precision (1 to 18) and scale (0 to the precision): decimal(12,2).
func Parse(s string) (Type, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	for kind, n := range names {
		if kind != Decimal && n == name {
			return Type{Kind: kind}, nil
		}
	}
	inner, ok := strings.CutPrefix(name, "decimal(")
	if inner, ok2 := strings.CutSuffix(inner, ")"); ok && ok2 {
		p, s, found := strings.Cut(inner, ",")
		precision, err1 := strconv.ParseUint(strings.TrimSpace(p), 10, 8)
		scale, err2 := strconv.ParseUint(strings.TrimSpace(s), 10, 8)
		t := Type{Kind: Decimal, Precision: uint8(precision), Scale: uint8(scale)}
		if found && err1 == nil && err2 == nil && t.Valid() {
			return t, nil
		}
	}
	return Type{}, fmt.Errorf("%q is not a type: write integer, decimal(P,S) with 1 ≤ P ≤ 18 and S ≤ P, double, text, date, timestamp or boolean", s)
}

// MarshalText writes the name, so that a Type stands as a string in JSON and YAML.
func (t Type) MarshalText() ([]byte, error) {
	if !t.Valid() {
		return nil, fmt.Errorf("coltype: %d is not a type", t.Kind)
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (t *Type) UnmarshalText(b []byte) error {
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}
