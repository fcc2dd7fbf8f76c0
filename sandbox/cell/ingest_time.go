package cell

import (
	"errors"
	"math"
	"time"
	_ "time/tzdata" // the history of every zone, the same on each host; a cell sees no zone files

	"yingbi/sandbox/abi"
)

// Days since 1970-01-01 of 0001-01-01 and 9999-12-31, and micros of a day.
const (
	firstDay  = -719162
	lastDay   = 2932896
	dayMicros = 86_400_000_000
	daySecs   = 86_400
)

func parseDate(t *target, row int, cell []byte) abi.Reason {
	day, why := civilDay(cell)
	if why != "" {
		return why
	}
	return t.putInt(row, day)
}

// civilDay reads YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD as days since 1970-01-01.
func civilDay(b []byte) (int64, abi.Reason) {
	var y, m, d int
	ok := false
	switch {
	case len(b) == 10 && b[4] == b[7] && (b[4] == '-' || b[4] == '/'):
		y, m, d, ok = number(b[:4]), number(b[5:7]), number(b[8:]), true
	case len(b) == 8:
		y, m, d, ok = number(b[:4]), number(b[4:6]), number(b[6:]), true
	}
	if !ok || y < 0 || m < 0 || d < 0 {
		return 0, abi.ReasonFormat
	}
	if y == 0 || m == 0 || m > 12 || d == 0 || d > monthDays(y, m) {
		return 0, abi.ReasonDate
	}
	return daysOf(y, m, d), ""
}

// number reads a few ASCII digits; -1 if there is anything else.
func number(b []byte) int {
	v := 0
	for _, c := range b {
		if c-'0' > 9 {
			return -1
		}
		v = v*10 + int(c-'0')
	}
	return v
}

func monthDays(y, m int) int {
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
}

// daysOf counts days from 1970-01-01 in the Gregorian calendar. The year is taken
// to begin in March, so that the leap day is its last.
func daysOf(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y+y/4-y/100+y/400+(153*(m-3)+2)/5+d-1) - 719468
}

// parseTimestamp reads a date, a T or a space, HH:MM, perhaps :SS and a fraction
// after it, and perhaps a zone: Z, ±HH, ±HHMM or ±HH:MM. Without one the clock is
// that of the column's zone.
func parseTimestamp(t *target, row int, cell []byte) abi.Reason {
	if len(cell) < 16 || cell[10] != 'T' && cell[10] != ' ' {
		return abi.ReasonFormat
	}
	day, why := civilDay(cell[:10])
	if why != "" {
		return why
	}
	secs, rest, why := clockTime(cell[11:])
	if why != "" {
		return why
	}
	micros, rest, why := fraction(rest)
	if why == abi.ReasonFormat {
		return why
	}
	local := day*daySecs + secs
	offset, zoned, ok := zoneOffset(rest)
	if !ok {
		return abi.ReasonFormat
	}
	if why != "" {
		return why
	}
	if zoned {
		return t.putInt(row, (local-offset)*1_000_000+micros)
	}
	return t.putLocal(row, local, micros)
}

// putLocal gives row the time that the clocks of the column's zone showed.
func (t *target) putLocal(row int, secs, micros int64) abi.Reason {
	utc, ok := t.zone.utc(secs)
	if !ok {
		return abi.ReasonLocalTime
	}
	return t.putInt(row, utc*1_000_000+micros)
}

// clockTime reads HH:MM or HH:MM:SS as seconds of the day.
func clockTime(b []byte) (secs int64, rest []byte, why abi.Reason) {
	if len(b) < 5 || b[2] != ':' {
		return 0, nil, abi.ReasonFormat
	}
	h, m, s := number(b[:2]), number(b[3:5]), 0
	b = b[5:]
	if len(b) >= 3 && b[0] == ':' {
		s, b = number(b[1:3]), b[3:]
	}
	if h < 0 || m < 0 || s < 0 {
		return 0, nil, abi.ReasonFormat
	}
	if h > 23 || m > 59 || s > 59 {
		return 0, nil, abi.ReasonDate
	}
	return int64(h*3600 + m*60 + s), b, ""
}

// fraction reads a point and digits as microseconds, if they come.
func fraction(b []byte) (micros int64, rest []byte, why abi.Reason) {
	if len(b) == 0 || b[0] != '.' {
		return 0, b, ""
	}
	n, unit := 1, int64(1_000_000)
	for ; n < len(b) && b[n]-'0' <= 9; n++ {
		unit /= 10
		micros += unit * int64(b[n]-'0')
		if unit == 0 && b[n] != '0' {
			why = abi.ReasonDigits
		}
	}
	if n == 1 {
		why = abi.ReasonFormat
	}
	return micros, b[n:], why
}

// zoneOffset reads a zone in seconds east of UTC; zoned is false if b is empty.
func zoneOffset(b []byte) (offset int64, zoned, ok bool) {
	if len(b) == 0 || len(b) == 1 && b[0] == 'Z' {
		return 0, len(b) == 1, true
	}
	h, m := -1, -1
	if b[0] == '+' || b[0] == '-' {
		switch {
		case len(b) == 3:
			h, m = number(b[1:]), 0
		case len(b) == 5:
			h, m = number(b[1:3]), number(b[3:])
		case len(b) == 6 && b[3] == ':':
			h, m = number(b[1:3]), number(b[4:])
		}
	}
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false, false
	}
	offset = int64(h*3600 + m*60)
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}

// zone turns local clock times of a place into UTC. It remembers the span around
// the last answer in which the offset cannot have changed.
type zone struct {
	location  *time.Location
	offset    int64 // seconds east of UTC
	low, high int64 // local seconds since 1970 between which offset holds
}

// load finds an IANA zone by name; "" is Asia/Shanghai.
func (z *zone) load(name string) (err error) {
	switch name {
	case "":
		name = "Asia/Shanghai"
	case "Local":
		return errors.New("the host's zone is no zone of data")
	}
	z.location, err = time.LoadLocation(name)
	return err
}

// utc gives the instant at which the clocks showed local, in seconds since 1970.
// It is the first of two where they went back, and none (ok false) where they
// went forward.
func (z *zone) utc(local int64) (at int64, ok bool) {
	if local >= z.low && local < z.high {
		return local - z.offset, true
	}
	// The offset in force is one of those a day before and a day after.
	for _, around := range []int64{local - daySecs, local + daySecs} {
		offset := z.offsetAt(around)
		if utc := local - offset; z.offsetAt(utc) == offset && (!ok || utc < at) {
			at, ok = utc, true
			z.remember(at, offset)
		}
	}
	return at, ok
}

func (z *zone) offsetAt(utc int64) int64 {
	_, offset := time.Unix(utc, 0).In(z.location).Zone()
	return int64(offset)
}

// remember keeps the span from a day after the offset came into force until a
// day before it ended.
func (z *zone) remember(utc, offset int64) {
	start, end := time.Unix(utc, 0).In(z.location).ZoneBounds()
	z.offset, z.low, z.high = offset, math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		z.low = start.Unix() + offset + daySecs
	}
	if !end.IsZero() {
		z.high = end.Unix() + offset - daySecs
	}
}
