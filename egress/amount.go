package egress

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"yingbi/internal/coltype"
)

// Amount is a number as the engine gave it, kept exactly. The zero value is no
// number. As text it is a decimal, "~" and the shortest form of a double, or
// "~NaN", "~+Inf" and "~-Inf", which are numbers to nobody.
type Amount struct {
	text string
	rat  *big.Rat // nil where there is no finite number
}

// Scaled is v·10^-scale.
func Scaled(v int64, scale uint8) Amount {
	rat := new(big.Rat).SetFrac(big.NewInt(v), power(int(scale)))
	return Amount{text: decimalText(rat, int(scale)), rat: rat}
}

// Approximate is a double.
func Approximate(f float64) Amount {
	a := Amount{text: "~" + strconv.FormatFloat(f, 'g', -1, 64)}
	if !math.IsNaN(f) && !math.IsInf(f, 0) {
		a.rat = new(big.Rat).SetFloat64(f)
	}
	return a
}

// amountOf reads a column's value as a number of the column's type.
func amountOf(r Result, t coltype.Type, column, row int) Amount {
	switch {
	case r.Null(column, row):
		return Amount{}
	case t.Kind == coltype.Double:
		return Approximate(r.Float(column, row))
	}
	return Scaled(r.Int(column, row), t.Scale)
}

// Known reports whether there was a value, finite or not.
func (a Amount) Known() bool { return a.text != "" }

// String gives the text.
func (a Amount) String() string { return a.text }

// MarshalText writes the text.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.text), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else.
func (a *Amount) UnmarshalText(b []byte) error {
	*a = Amount{}
	if len(b) == 0 {
		return nil
	}
	got, err := parseAmount(string(b))
	if err != nil || got.text != string(b) {
		return fmt.Errorf("not an amount: %d bytes", len(b))
	}
	*a = got
	return nil
}

func parseAmount(s string) (Amount, error) {
	if approximate, ok := strings.CutPrefix(s, "~"); ok {
		f, err := strconv.ParseFloat(approximate, 64)
		return Approximate(f), err
	}
	_, fraction, _ := strings.Cut(s, ".")
	v, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	if err != nil || len(fraction) > coltype.MaxPrecision {
		return Amount{}, strconv.ErrRange
	}
	return Scaled(v, uint8(len(fraction))), nil
}

// or0 gives the number, or zero where there is none.
func (a Amount) or0() *big.Rat {
	if a.rat == nil {
		return new(big.Rat)
	}
	return a.rat
}

// finite reports that the amount is absent or a finite number.
func (a Amount) finite() bool { return a.text == "" || a.rat != nil }

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// decimalText writes r, which has at most scale decimals, without zeros that say
// nothing.
func decimalText(r *big.Rat, scale int) string {
	s := r.FloatString(scale)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
