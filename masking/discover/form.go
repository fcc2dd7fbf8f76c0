package discover

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// form sets the traits of a value that say how it is written.
func (c *class) form(p *profile, value []byte) {
	c.traits = formOf(p, value) | p.runs
	if c.traits&isDecimal != 0 {
		return
	}
	if c.traits&isInteger != 0 || p.digits >= 4 && p.digits <= 18 {
		c.number = number(value)
		if p.digits >= 4 && p.seen&high == 0 {
			c.traits |= hasNumber
		}
	}
	if c.traits&isInteger != 0 && c.traits&isNegative == 0 && c.number <= 120 {
		c.traits |= isAge
	}
	if n := len(value); n >= 3 && n <= 10 && p.seen&^(digit|upper|dot) == 0 && kindOf[value[0]] == upper && kindOf[value[1]]&kindOf[value[2]] == digit {
		c.traits |= isICD
	}
	if p.stars >= 2 || len(value)-p.digits >= 3 && p.seen&(upper|lower|high) != 0 && hidden(p, value) {
		c.traits |= isMasked
	}
	if len(value) > 64 {
		c.traits |= isLong
	}
	if p.seen == high {
		c.chinese(value)
	}
	if p.seen&colon != 0 || p.dots == 3 && p.seen == digit|dot && octet(value) > 31 {
		c.traits |= isAddress
	}
	if year, rest, ok := dateOf(value); ok {
		switch {
		case len(rest) == 0:
			c.traits, c.year = c.traits&^forms|isDate, uint16(year)
		case isTime(rest):
			c.traits, c.year = c.traits&^forms|isTimestamp, uint16(year)
		}
	}
}

// hidden reports whether characters stand for others that are not shown.
func hidden(p *profile, value []byte) bool {
	if p.digits < 2 {
		return false
	}
	return bytes.Contains(value, []byte("xxx")) || bytes.Contains(value, []byte("XXX")) || p.seen&high != 0 && bytes.Contains(value, []byte("＊＊"))
}

const forms = isInteger | isDecimal | isDigits | isDate | isTimestamp | isCode | isWord | isProse

func formOf(p *profile, value []byte) traits {
	body, sign := value, traits(0)
	if len(body) > 1 && body[0] == '-' {
		body, sign = body[1:], isNegative
	}
	switch {
	case p.digits == len(body) && len(body) > 0:
		if len(body) <= 15 && (body[0] != '0' || len(body) == 1) {
			return isInteger | sign
		}
		return isDigits
	case p.digits > 0 && p.dots == 1 && p.digits+1 == len(body) && body[0] != '.' && body[len(body)-1] != '.':
		return isDecimal
	case p.seen&^(digit|upper|lower|dot|dash) == 0 && len(value) <= 64:
		return isCode
	case len(value) <= 12 || len(value) <= 4*12 && utf8.RuneCount(value) <= 12:
		return isWord
	}
	return isProse
}

// number is the number that the digits of a value are, of at most 18.
func number(value []byte) (n uint64) {
	for _, b := range value {
		if b >= '0' && b <= '9' {
			n = n*10 + uint64(b-'0')
		}
	}
	return n
}

// octet is the largest of the numbers between dots.
func octet(value []byte) (most int) {
	n := 0
	for _, b := range value {
		if n = n*10 + int(b) - '0'; b == '.' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// chinese sets the traits of a value without ASCII.
func (c *class) chinese(value []byte) {
	n, last, all := 0, rune(0), true
	for _, r := range string(value) {
		if n++; n > 40 {
			return
		}
		last, all = r, all && unicode.Is(unicode.Han, r)
	}
	if all && n >= 2 && n <= 4 {
		c.traits |= isHan
	}
	switch last {
	case '省', '市', '区', '县', '旗', '州', '盟', '镇', '乡', '村', '道':
		c.traits |= isArea | isPlace
	case '街', '路', '社', '会', '组', '园', '场', '店', '厂', '部', '局', '院', '校', '司', '站':
		c.traits |= isPlace
	}
}

// dateOf reads a date at the beginning of a value: 2024-01-31, with / or . or 年月日 and
// one digit less, or 20240131. rest is what follows.
func dateOf(value []byte) (year int, rest []byte, ok bool) {
	if len(value) < 8 || value[0] < '1' || value[0] > '2' {
		return 0, nil, false
	}
	year, rest, ok = figures(value, 4, 4)
	if !ok {
		return 0, nil, false
	}
	least := 2
	separator := rest[0]
	if separator < '0' || separator > '9' {
		if rest, ok = cutSeparator(rest, "年"); !ok {
			return 0, nil, false
		}
		least = 1
	}
	month, rest, ok := figures(rest, least, 2)
	if ok && least == 1 {
		if rest, ok = cutSeparator(rest, "月"); ok && len(rest) == 0 {
			return 0, nil, false
		}
	}
	if !ok {
		return 0, nil, false
	}
	day, rest, ok := figures(rest, least, 2)
	rest = bytes.TrimPrefix(rest, []byte("日"))
	if least == 2 && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
		return 0, nil, false // a longer number
	}
	return year, rest, ok && month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1000 && year < 3000
}

// figures reads a number of least to most digits.
func figures(value []byte, least, most int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(value) && i < most && value[i] >= '0' && value[i] <= '9' {
		n = n*10 + int(value[i]-'0')
		i++
	}
	return n, value[i:], i >= least
}

func cutSeparator(value []byte, chinese string) ([]byte, bool) {
	if len(value) > 0 && (value[0] == '-' || value[0] == '/' || value[0] == '.') {
		return value[1:], true
	}
	return bytes.CutPrefix(value, []byte(chinese))
}

// isTime reports whether what follows a date is a time: " 08:00:00.25", "T08:00Z".
func isTime(rest []byte) bool {
	if rest[0] != ' ' && rest[0] != 'T' || len(rest) < 5 {
		return false
	}
	for _, b := range rest[1:] {
		if (b < '0' || b > '9') && b != ':' && b != '.' && b != '+' && b != '-' && b != 'Z' && b != ' ' {
			return false
		}
	}
	return bytes.IndexByte(rest, ':') > 0
}
