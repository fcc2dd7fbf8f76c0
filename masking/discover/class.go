package discover

import (
	"bytes"
	"unicode/utf8"

	"yingbi/masking/detect"
)

// class is what a value tells by itself.
type class struct {
	fires, likely, weak, near, parted, spans types
	traits                                   traits
	size                                     uint32 // bytes
	year                                     uint16 // of a date; 0 is none
	number                                   uint64 // that its digits are, with hasNumber; of an integer, without its sign
}

// traits is a set of what a value is like, apart from types.
type traits uint32

// The traits. One of the first eight says which form the whole value has.
const (
	isInteger   traits = 1 << iota // up to 15 digits without a zero before them
	isDecimal                      // digits, a point, digits
	isDigits                       // other digits: a number that is none
	isDate                         // in figures, of a calendar
	isTimestamp                    // a date and a time
	isCode                         // ASCII letters, digits, - _ . /
	isWord                         // up to 12 characters of other writing
	isProse                        // anything longer
	isNegative                     // an integer with its sign
	hasNumber                      // 4 to 18 digits, by which neighbours can be told
	isMasked                       // stars in the place of characters
	isHan                          // 2 to 4 Chinese characters
	isArea                         // ends as the name of an area does
	isPlace                        // ends as the name of an area, a shop or an office does
	isAge                          // an integer from 0 to 120
	isLong                         // over 64 bytes
	isAddress                      // an address of a machine, unless it has four numbers below 32 as versions have
	hasRun11                       // eleven digits stand together, no more
	hasRun18                       // eighteen, of which the last may be an X
	isICD                          // a code of ICD-10: a letter, two digits, perhaps more
	numTraits   = iota
)

// A value longer than this is a text: it may hold identifiers and is none.
const maxValue = 256

// likely is the confidence from which a column of nothing else is of the type.
const likely = 0.4

// examiner looks at values.
type examiner struct {
	detector *detect.Detector
	hits     []detect.Hit
	spans    []detect.Span
}

// class looks at one value.
func (x *examiner) class(value []byte) class {
	c := class{size: uint32(len(value))}
	p := profileOf(value)
	c.form(&p, value)
	if p.quiet(&c) {
		return c
	}
	if len(value) <= maxValue {
		x.hits = x.detector.Value(x.hits[:0], value)
		for _, h := range x.hits {
			switch {
			case h.Confidence >= detect.Fires:
				c.fires |= only(h.Type)
			case h.Confidence >= likely:
				c.likely |= only(h.Type)
				fallthrough
			default:
				c.weak |= only(h.Type)
			}
		}
		c.shape(&p, value)
	}
	if c.fires == 0 && p.tells(value) {
		x.spans = x.detector.Find(x.spans[:0], value)
		for _, s := range x.spans {
			if s.Confidence >= detect.Fires {
				c.spans |= only(s.Type)
			}
		}
	}
	return c
}

// profile is what one pass over a value's bytes tells.
type profile struct {
	seen   kinds
	digits int
	dots   int
	stars  int
	run    int // the longest of digits, if they are 6 or more
	runs   traits
}

// kinds is a set of kinds of bytes.
type kinds uint16

const (
	digit kinds = 1 << iota // the lowest bit: it is counted by
	upper
	lower
	dot
	dash  // - _ /
	colon // :
	at    // @
	star  // *
	blank
	other // of ASCII
	high  // of a character beyond ASCII
)

// kindOf is the kind of each byte.
var kindOf = func() (of [256]kinds) {
	for b := range of {
		switch {
		case b >= '0' && b <= '9':
			of[b] = digit
		case b >= 'A' && b <= 'Z':
			of[b] = upper
		case b >= 'a' && b <= 'z':
			of[b] = lower
		case b >= utf8.RuneSelf:
			of[b] = high
		default:
			of[b] = other
		}
	}
	of['.'], of['-'], of['_'], of['/'], of[':'], of['@'], of['*'], of[' '], of['\t'] = dot, dash, dash, dash, colon, at, star, blank, blank
	return of
}()

func profileOf(value []byte) (p profile) {
	for _, b := range value {
		kind := kindOf[b]
		p.seen |= kind
		p.digits += int(kind & digit)
	}
	if p.seen&dot != 0 {
		p.dots = bytes.Count(value, []byte{'.'})
	}
	if p.seen&star != 0 {
		p.stars = bytes.Count(value, []byte{'*'})
	}
	if p.digits == len(value) {
		p.run = p.digits
	} else if p.digits >= 6 {
		p.measure(value)
	}
	return p
}

// measure looks at the digits that stand together.
func (p *profile) measure(value []byte) {
	run := 0
	for _, b := range value {
		if kindOf[b] == digit {
			run++
			continue
		}
		p.ran(run, b)
		run = 0
	}
	p.ran(run, 0)
}

// ran takes the end of some digits that stand together, and the byte after them.
func (p *profile) ran(digits int, next byte) {
	p.run = max(p.run, digits)
	switch {
	case digits == 11:
		p.runs |= hasRun11
	case digits == 18, digits == 17 && (next == 'X' || next == 'x'):
		p.runs |= hasRun18
	}
}

// quiet reports whether no detector has anything to say of a value: numbers with a
// fraction, short integers, dates, words of letters and digits that are as long as no
// identifier is.
func (p *profile) quiet(c *class) bool {
	switch {
	case c.size == 0, c.traits&(isDecimal|isTimestamp) != 0:
		return true
	case c.traits&isInteger != 0:
		return c.size < 6 || c.traits&isNegative != 0
	}
	if p.seen&(upper|lower) != 0 && p.seen&^(digit|upper|lower) == 0 {
		return c.size < 7 || c.size == 13 || c.size == 14 || c.size > 24
	}
	return c.traits&isDate != 0 && p.seen != digit
}

// tells reports whether a value may be a text with an identifier inside: it has more
// than one word, and digits enough, a sign of an address, or Chinese to read.
func (p *profile) tells(value []byte) bool {
	if p.seen&(blank|other|high) == 0 && p.seen&(colon|at) == 0 {
		return false
	}
	return p.run >= 6 || p.digits >= 11 || p.seen&at != 0 || p.dots >= 3 || p.seen&high != 0 && len(value) > 4*3
}
