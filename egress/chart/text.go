package chart

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// What a text of a chart may have at most, in characters.
const (
	maxTitle = 120
	maxLabel = 60
)

// Clean keeps what can be seen of a text: controls, marks that turn or hide other
// characters, and what XML cannot carry become U+FFFD, and any space a plain one. It
// cuts at n characters. It escapes nothing.
func Clean(s string, n int) string {
	var out strings.Builder
	count := 0
	for _, r := range s {
		if count++; count > n {
			return out.String() + "…"
		}
		if unicode.IsSpace(r) {
			r = ' '
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) || r&0xFFFE == 0xFFFE {
			r = utf8.RuneError
		}
		out.WriteRune(r)
	}
	return out.String()
}

func escape(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a Builder takes everything
	return out.String()
}

// wide is how many pixels a text takes at a size: a Chinese character is square.
func wide(s string, size float64) float64 {
	ems := 0.0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			ems++
		default:
			ems += 0.58
		}
	}
	return ems * size
}

// fit cuts a text to so many pixels.
func fit(s string, size, room float64) string {
	if wide(s, size) <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && wide(string(runes), size)+size > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// Separated puts a comma before every third digit of a decimal number's whole part.
// What is none stays as it is.
func Separated(s string) string {
	sign, rest := "", s
	if strings.HasPrefix(s, "-") {
		sign, rest = "−", s[1:]
	}
	whole, fraction, point := strings.Cut(rest, ".")
	if strings.Trim(whole, "0123456789") != "" || whole == "" {
		return s
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + fraction
	}
	return sign + whole
}

// day reads a date as days since 1970.
func day(s string) (float64, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return float64(t.Unix() / 86400), err == nil
}

// yearLike accepts four digits, as years that are stored as text.
func yearLike(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) == 4 && n >= 1000
}

// scale gives round numbers that span low to high, some five of them.
type scale struct {
	ticks    []float64
	decimals int
}

func (s scale) low() float64  { return s.ticks[0] }
func (s scale) high() float64 { return s.ticks[len(s.ticks)-1] }

// place is where a value lies between the ends, from 0 to 1.
func (s scale) place(v float64) float64 { return (v - s.low()) / (s.high() - s.low()) }

func (s scale) label(v float64) string { return Separated(strconv.FormatFloat(v, 'f', s.decimals, 64)) }

// newScale takes steps of 1, 2 or 5 times a power of ten (P. Heckbert, Nice numbers for
// graph labels, Graphics Gems, 1990).
func newScale(low, high float64) scale {
	if high <= low {
		high = low + max(math.Abs(low), 1)
	}
	rough := (high - low) / 5
	exponent := math.Floor(math.Log10(rough))
	unit := math.Pow(10, exponent)
	step := 10 * unit
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= rough*0.999 {
			step = m * unit
			break
		}
	}
	first, last := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
	out := scale{decimals: max(0, -int(math.Floor(math.Log10(step)+1e-9)))}
	for i := first; i <= last && len(out.ticks) < 12; i++ {
		out.ticks = append(out.ticks, i*step)
	}
	if len(out.ticks) < 2 { // figures that differ by less than a float64 can tell
		out.ticks = []float64{low, high}
	}
	return out
}
