package idnum

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxID is the length of the longest identifier, in bytes.
const maxID = 256

// Normalise gives the one spelling of an identifier: NFKC (full width becomes half
// width), without white space, control and format characters, dashes, underscores
// and middle dots, in upper case. ok is false where nothing is left, or where the
// text is no identifier: not UTF-8, or longer than 256 bytes.
//
// Two identifiers that differ in separators alone become one subject. That errs
// on the safe side: fewer subjects are counted, and their shares are larger.
func Normalise(id string) (string, bool) {
	if isPlain(id) {
		return id, true
	}
	if len(id) > 4*maxID || !utf8.ValidString(id) {
		return "", false
	}
	for range 8 { // what one step removes can let its neighbours compose
		next := norm.NFKC.String(strings.Map(strip, id))
		if next == id {
			return id, id != "" && len(id) <= maxID
		}
		id = next
	}
	return "", false
}

// isPlain tells the common case, in which nothing has to be done.
func isPlain(id string) bool {
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return id != "" && len(id) <= maxID
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
