package idnum

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxID      = 256       // bytes of the longest normal form
	maxWritten = 4 * maxID // bytes of the longest spelling that is looked at
)

// Normalise gives the one spelling of an identifier: NFKC (full width becomes half
// width), without white space, control and format characters, dashes, underscores
// and middle dots, in upper case. ok is false where nothing is left, or where the
// text is no identifier: not UTF-8, or longer than 256 bytes.
//
// Two identifiers that differ in separators alone become one subject. That errs
// on the safe side: fewer subjects are counted, and their shares are larger.
func Normalise(id string) (string, bool) {
	if n := plain(id); n == len(id) && 0 < n && n <= maxID {
		return id, true
	}
	var room [maxID]byte
	normal, ok := AppendNormal(room[:0], []byte(id))
	return string(normal), ok
}

// AppendNormal appends what Normalise gives to dst. It allocates nothing where dst
// has room and id is of ASCII, Chinese characters and full width.
func AppendNormal(dst, id []byte) ([]byte, bool) {
	if len(id) > maxWritten {
		return dst, false
	}
	begin, at := len(dst), plain(id)
	dst = append(dst, id[:at]...)
	for at < len(id) {
		c, size := rune(id[at]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(id[at:])
		}
		form, ok := simple(c)
		if !ok {
			normal, ok := normalise(string(id))
			return append(dst[:begin], normal...), ok
		}
		if form != 0 {
			dst = utf8.AppendRune(dst, form)
		}
		at += size
	}
	if n := len(dst) - begin; n == 0 || n > maxID {
		return dst[:begin], false
	}
	return dst, true
}

// simple tells what normalise makes of a character whose neighbours do not matter;
// 0 is nothing.
func simple(c rune) (form rune, ok bool) {
	switch {
	case 0xff01 <= c && c <= 0xff5e: // full width
		c -= 0xff01 - '!'
	case 0x4e00 <= c && c <= 0x9fff: // unified ideographs
		return c, true
	case c == 0x3000, c == '·': // ideographic space
		return 0, true
	case c >= utf8.RuneSelf:
		return 0, false
	}
	switch {
	case c <= ' ', c == '-', c == '_', c == 0x7f:
		return 0, true
	case 'a' <= c && c <= 'z':
		return c - 'a' + 'A', true
	}
	return c, true
}

// normalise is the rule itself, for every text.
func normalise(id string) (string, bool) {
	if len(id) > maxWritten || !utf8.ValidString(id) {
		return "", false
	}
	for range 8 { // what one step removes can let its neighbours compose
		next := norm.NFKC.String(strings.Map(strip, id))
		if next == id {
			if id == "" || len(id) > maxID {
				return "", false
			}
			return id, true
		}
		id = next
	}
	return "", false
}

// plain counts the digits and capital letters that id begins with. Most have no
// others.
func plain[T string | []byte](id T) int {
	for i := range len(id) {
		if c := id[i]; c-'0' > 9 && c-'A' > 'Z'-'A' {
			return i
		}
	}
	return len(id)
}

func strip(c rune) rune {
	switch {
	case unicode.IsSpace(c), unicode.In(c, unicode.Cc, unicode.Cf, unicode.Z, unicode.Pd):
		return -1
	case strings.ContainsRune("_−·•‧・", c):
		return -1
	}
	return unicode.ToUpper(c)
}
