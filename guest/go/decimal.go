package yingbi

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// A decimal is an int64 that counts units of 10^-scale: 12.34 with scale 2 is
// 1234. Sums of them are exact and do not depend on their order; sums of doubles
// do. The helpers below refuse what does not fit instead of wrapping around.

var errDecimal = errors.New("yingbi: a decimal is out of range")

// fits reports whether v has at most precision digits.
func fits(v int64, precision uint8) bool {
	bound := pow10(precision)
	return v > -bound && v < bound
}

func pow10(n uint8) int64 {
	p := int64(1)
	for range min(n, 18) {
		p *= 10
	}
	return p
}

// FormatDecimal writes a decimal: FormatDecimal(-1234, 2) is "-12.34".
func FormatDecimal(v int64, scale uint8) string {
	sign, magnitude := "", uint64(v)
	if v < 0 {
		sign, magnitude = "-", -magnitude
	}
	digits := strconv.FormatUint(magnitude, 10)
	if scale == 0 {
		return sign + digits
	}
	if missing := int(scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - int(scale)
	return sign + digits[:point] + "." + digits[point:]
}

// ParseDecimal reads what FormatDecimal writes, with at most scale digits behind
// the point: ParseDecimal("12.3", 2) is 1230.
func ParseDecimal(s string, scale uint8) (int64, error) {
	rest, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(rest, ".")
	if whole == "" || len(fraction) > int(scale) || strings.HasSuffix(rest, ".") {
		return 0, errors.New("yingbi: " + strconv.Quote(s) + " is no decimal of scale " + strconv.Itoa(int(scale)))
	}
	v, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", int(scale)-len(fraction)), 10, 63)
	if err != nil {
		return 0, errors.New("yingbi: " + strconv.Quote(s) + " is no decimal of scale " + strconv.Itoa(int(scale)))
	}
	if negative {
		return -int64(v), nil
	}
	return int64(v), nil
}

// AddDecimal adds two decimals of one scale.
func AddDecimal(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, errDecimal
	}
	return sum, nil
}

// MulDiv gives a × b / c, rounded to the nearest, halves to even, with all of
// the product kept in between. The mean of a sum in fen over n people, in fen:
// MulDiv(sum, 1, n). From scale 2 to 4: MulDiv(v, 100, 1).
func MulDiv(a, b, c int64) (int64, error) {
	if c == 0 {
		return 0, errors.New("yingbi: a decimal is divided by zero")
	}
	negative := (a < 0) != (b < 0) != (c < 0)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	divisor := magnitude(c)
	if hi >= divisor {
		return 0, errDecimal
	}
	quotient, remainder := bits.Div64(hi, lo, divisor)
	if quotient > math.MaxInt64 {
		return 0, errDecimal
	}
	twice := remainder << 1
	if carried := remainder>>63 == 1; carried || twice > divisor || twice == divisor && quotient&1 == 1 {
		quotient++
	}
	if quotient > math.MaxInt64 {
		return 0, errDecimal
	}
	if negative {
		return -int64(quotient), nil
	}
	return int64(quotient), nil
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}
