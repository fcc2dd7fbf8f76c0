package detect

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// drop stands for a character of which nothing is left.
const drop = -1

// appendFolded appends a character in the one spelling that the detectors read:
// half width, one space, one dash, one middle dot, nothing invisible.
func appendFolded(dst []byte, c rune) []byte {
	form, ok := foldRune(c)
	switch {
	case !ok:
		return append(dst, norm.NFKC.String(string(c))...)
	case form == drop:
		return dst
	}
	return utf8.AppendRune(dst, form)
}

// foldRune gives the spelling of a character; ok is false where it is the business
// of NFKC, which may make several of it.
func foldRune(c rune) (form rune, ok bool) {
	switch {
	case c >= 0x4e00 && c <= 0x9fff, c > ' ' && c < 0x7f:
		return c, true
	case c >= 0xff01 && c <= 0xff5e:
		return c - 0xff01 + '!', true
	case c == 0x200b, c == 0x200c, c == 0x200d, c == 0xfeff, c == 0xad, c < 0x20 && !unicode.IsSpace(c), unicode.Is(unicode.Cf, c):
		return drop, true
	case unicode.IsSpace(c):
		return ' ', true
	case c >= 0x2010 && c <= 0x2015, c == 0x2212, c == 0xfe63:
		return '-', true
	case c == '·', c == '•', c == '‧', c == '∙', c == '⋅', c == '・', c == '･':
		return '·', true
	case c >= 0x2460 && c <= 0x24ff, c >= 0x3200 && c <= 0x33ff, c >= 0xf900 && c <= 0xfaff, c >= 0xff00 && c <= 0xffef, c >= 0x1d400 && c <= 0x1d7ff:
		return 0, false
	}
	return c, true
}

// isHan reports whether c is a Chinese character of everyday text.
func isHan(c rune) bool {
	return c >= 0x4e00 && c <= 0x9fff || c == '〇' || c >= 0x3400 && c <= 0x4dbf
}

func isDigit(c byte) bool  { return c-'0' < 10 }
func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// Marks are what a value may hold besides letters, digits and Chinese characters.
const (
	markAt = 1 << iota
	markColon
	markDot
	markSlash
	markParen
	markPlus
	markDash
	markSpace
	markMiddle // ·
	markOther
)

// Bits of classes beside the marks.
const (
	classDigit  = 1 << 14
	classLetter = 1 << 15
)

// classes has what each byte of ASCII is; zero has to be folded.
var classes = func() (of [utf8.RuneSelf]uint16) {
	for c := byte(' '); c < 0x7f; c++ {
		switch {
		case isDigit(c):
			of[c] = classDigit
		case isLetter(c):
			of[c] = classLetter
		default:
			of[c] = markOther
		}
	}
	for c, m := range map[byte]uint16{'@': markAt, ':': markColon, '.': markDot, '/': markSlash, '(': markParen, ')': markParen, '+': markPlus, '-': markDash, ' ': markSpace} {
		of[c] = m
	}
	return of
}()

// reading is a value as the detectors look at it.
type reading struct {
	soft    []byte // folded, without space around it
	room    [maxPlain]byte
	size    int // of what compact wrote to room
	digits  int
	letters int // of ASCII
	han     int
	dots    int
	marks   uint16
}

const (
	maxValue = 512 // bytes of the longest value that is looked at
	maxPlain = 24  // letters and digits of the longest identifier
)

// read tallies what a text is made of. It reports false at what has to be folded
// first.
func (r *reading) read(soft []byte) bool {
	r.soft = soft
	for i := 0; i < len(soft); {
		if c := soft[i]; c < utf8.RuneSelf {
			class := classes[c]
			if class == 0 {
				return false
			}
			r.marks |= class & (classDigit - 1)
			r.digits += int(class >> 14 & 1)
			r.letters += int(class >> 15)
			r.dots += int(class >> 2 & 1) // markDot
			i++
			continue
		}
		c, size := utf8.DecodeRune(soft[i:])
		i += size
		switch {
		case isHan(c):
			r.han++
		case c == '·':
			r.marks |= markMiddle
		case c == utf8.RuneError:
			return false
		default:
			if form, ok := foldRune(c); !ok || form != c {
				return false
			}
			r.marks |= markOther
		}
	}
	return true
}

// compact writes the letters, in upper case, and digits to room, at most maxPlain.
func (r *reading) compact() {
	for _, c := range r.soft {
		if isLetter(c) {
			c &^= 0x20
		} else if !isDigit(c) {
			continue
		}
		r.room[r.size] = c
		r.size++
	}
}

// plain gives what compact wrote.
func (r *reading) plain() []byte { return r.room[:r.size] }

// tight reports whether the value has nothing between its letters and digits.
func (r *reading) tight() bool { return r.marks == 0 && r.han == 0 }
