package masking

import (
	"math"
	"strconv"
	"strings"

	"yingbi/internal/coltype"
)

// number is an exact decimal literal in canonical spelling: no leading zeros, no
// zeros at the end of a fraction, no negative zero, no exponent.
type number string

// maxDigits bounds each side of the point: what an int64 holds is enough.
const maxDigits = 18

// parseNumber reads -12.50 as -12.5. Underscores between digits are passed over.
func parseNumber(s string) (number, bool) {
	s = strings.ReplaceAll(s, "_", "")
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !allDigits(whole) || point && !allDigits(fraction) || len(whole) > maxDigits || len(fraction) > maxDigits {
		return "", false
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		out += "." + fraction
	}
	if negative && out != "0" {
		out = "-" + out
	}
	return number(out), true
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// scaled gives the number in units of 10^-scale. It fails, with what to say,
// where the number has more decimals than that or is too large for the type.
func (n number) scaled(t coltype.Type) (int64, string) {
	whole, fraction, _ := strings.Cut(string(n), ".")
	scale := int(t.Scale)
	if len(fraction) > scale {
		return 0, "has more decimals than " + t.String() + " keeps"
	}
	v, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	if err != nil || v > largest(t) || v < -largest(t) {
		return 0, "does not fit " + t.String()
	}
	return v, ""
}

// float gives the double nearest to the number.
func (n number) float() float64 {
	f, _ := strconv.ParseFloat(string(n), 64) // the spelling was checked, and 18 digits cannot overflow
	return f
}

// ratio gives the number as a fraction: 0.25 is 25 by 100.
func (n number) ratio() (units, per float64) {
	whole, fraction, _ := strings.Cut(string(n), ".")
	return number(whole + fraction).float(), number("1" + strings.Repeat("0", len(fraction))).float()
}

// largest is the greatest scaled value of an integer or decimal type.
func largest(t coltype.Type) int64 {
	if t.Kind != coltype.Decimal {
		return math.MaxInt64
	}
	out := int64(1)
	for range t.Precision {
		out *= 10
	}
	return out - 1
}
