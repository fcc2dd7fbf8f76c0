package cell

import (
	"math"
	"strconv"
	"strings"
	"time"

	"yingbi/sandbox/abi"
)

// dateStyle says what the number format of a cell shows.
type dateStyle uint8

const (
	showsDate dateStyle = 1 << iota
	showsTime
)

// readStyles reads which cell formats show a number as a date or a time of day.
func (w *workbook) readStyles() error {
	part, err := w.one(w.main, "/styles")
	if err != nil || part == "" {
		return err
	}
	custom := map[int]dateStyle{}
	inCells := false
	return w.each(part, func(x *xmlReader) error {
		switch {
		case x.is(xmlStart, "numFmt"):
			if len(custom) == maxStyles {
				return abi.Over(abi.LimitStyles)
			}
			custom[x.attrInt("numFmtId", -1)] = styleOf(x.attrText("formatCode"))
		case string(x.name) == "cellXfs" && x.kind != xmlText:
			inCells = x.kind == xmlStart
		case inCells && x.is(xmlStart, "xf"):
			if len(w.styles) == maxStyles {
				return abi.Over(abi.LimitStyles)
			}
			id := x.attrInt("numFmtId", 0)
			style, ok := custom[id]
			if !ok {
				style = builtinStyle(id)
			}
			w.styles = append(w.styles, style)
		}
		return nil
	})
}

// builtinStyle knows the formats that have a number and no code (ECMA-376 part 1,
// 18.8.30, with those of Chinese).
func builtinStyle(id int) dateStyle {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return showsDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return showsTime
	case id == 22:
		return showsDate | showsTime
	}
	return 0
}

// styleOf reads a format code: outside of quotes, brackets and escapes, y and d
// are dates, h and s are times, and m is a month without either or with a date.
// Hours beyond a day ([h]) are a length of time and no time of day.
func styleOf(code string) (style dateStyle) {
	lower := strings.ToLower(code)
	if strings.Contains(lower, "general") {
		return 0
	}
	month := false
	for i := 0; i < len(lower); i++ {
		rest := lower[i:]
		switch c := lower[i]; {
		case c == ';':
			i = len(lower)
		case c == '"':
			i += max(strings.IndexByte(rest[1:], '"')+1, 0)
		case c == '\\', c == '_', c == '*':
			i++
		case strings.HasPrefix(rest, "[h"), strings.HasPrefix(rest, "[m"), strings.HasPrefix(rest, "[s"):
			if end := strings.IndexByte(rest, ']'); end > 0 && strings.Trim(rest[1:end], "hms") == "" {
				return 0
			}
		case c == '[':
			i += max(strings.IndexByte(rest, ']'), 0)
		case strings.HasPrefix(rest, "am/pm"):
			i += len("am/pm") - 1
		case strings.HasPrefix(rest, "a/p"):
			i += len("a/p") - 1
		case c == 'y', c == 'd':
			style |= showsDate
		case c == 'h', c == 's':
			style |= showsTime
		case c == 'm':
			month = true
		}
	}
	if month && style&showsTime == 0 {
		style |= showsDate
	}
	return style
}

// A serial is a day of a sheet's calendar and the part of it that is over.
type serial struct {
	day    int64 // since 1970-01-01
	millis int64 // of the day
}

// serialError is half of the 15th digit of a serial, per day of it, in
// milliseconds of a day: what is lost where a writer gives 15.
const serialError = 1.2e-15 * daySecs * 1000

// maxSerial is 9999-12-31 in either calendar, and a day more.
const maxSerial = 2958466

// serialOf reads a sheet's number as a time. A sheet counts days from 1900-01-01,
// and believes that 1900 had a 29 February, or from 1904-01-01. Times of day are
// fractions that a double does not hold; each within 5 µs of a millisecond (more
// in far centuries) is that one.
func serialOf(v float64, from1904 bool) (serial, abi.Reason) {
	if math.IsNaN(v) || v < 0 || v >= maxSerial {
		return serial{}, abi.ReasonDate
	}
	day := math.Floor(v)
	part := (v - day) * daySecs * 1000
	millis := math.Round(part)
	if math.Abs(part-millis) > max(0.005, v*serialError) {
		return serial{}, abi.ReasonDigits
	}
	s := serial{day: int64(day), millis: int64(millis)}
	if s.millis == daySecs*1000 {
		s.day, s.millis = s.day+1, 0
	}
	switch {
	case from1904:
		s.day -= 24107
	case s.day == 0, s.day == 60:
		return s, abi.ReasonDate
	case s.day < 60:
		s.day -= 25568
	default:
		s.day -= 25569
	}
	if s.day > lastDay {
		return s, abi.ReasonDate
	}
	return s, ""
}

// appendSerial writes a number that a sheet shows as a date or a time, in the
// form that a csv would have.
func appendSerial(dst []byte, v float64, style dateStyle, from1904 bool) ([]byte, abi.Reason) {
	if style == showsTime && v >= 0 && v < 1 {
		if s, why := serialOf(v, true); why != "" || s.millis > 0 || v < 0.5 { // the calendar does not matter
			return appendClock(dst, s.millis), why
		}
	}
	s, why := serialOf(v, from1904)
	if why != "" {
		return dst, why
	}
	dst = time.Unix(s.day*daySecs, 0).UTC().AppendFormat(dst, time.DateOnly)
	if s.millis != 0 || style&showsTime != 0 {
		dst = appendClock(append(dst, ' '), s.millis)
	}
	return dst, ""
}

func appendClock(dst []byte, millis int64) []byte {
	layout := "15:04:05"
	if millis%1000 != 0 {
		layout = "15:04:05.000"
	}
	return time.UnixMilli(millis).UTC().AppendFormat(dst, layout)
}

// maxExact is the first number that a sheet may not hold to the last digit: it
// keeps 15.
const maxExact = 1e15

// appendNumber writes a sheet's number in digits, to the 15 that it keeps, as a
// csv would have it. exact is false if it may have had more, ok if it is none.
func appendNumber(dst, raw []byte) (out []byte, exact, ok bool) {
	if digits, _ := sign(raw); len(digits) <= 15 && plainNumber(digits) {
		return append(dst, raw...), true, true
	}
	v, ok := parseFloat(raw)
	if !ok {
		return dst, false, false
	}
	// From the 15 digits to the number that has them, and then without an exponent.
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	return strconv.AppendFloat(dst, rounded, 'f', -1, 64), math.Abs(v) < maxExact, true
}

// parseFloat reads a decimal number with an optional exponent.
func parseFloat(raw []byte) (v float64, ok bool) {
	for _, c := range raw {
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(raw), 64)
	return v, err == nil
}

func plainNumber(b []byte) bool {
	points := 0
	for _, c := range b {
		if c == '.' {
			points++
		} else if c-'0' > 9 {
			return false
		}
	}
	return points <= 1 && len(b) > points
}
