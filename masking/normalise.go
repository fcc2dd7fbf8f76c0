package masking

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxIdentifier is the length of the longest identifier, in bytes.
const maxIdentifier = 256

// normalise brings an identifier to one spelling, or says that it is none. It is
// the subject registry's Normalise, which masking may not import because the
// registry stands on the vault; a test holds the two together.
func normalise(s string) (string, bool) {
	if s != "" && len(s) <= maxIdentifier && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return s, true
	}
	if len(s) > 4*maxIdentifier || !utf8.ValidString(s) {
		return "", false
	}
	for range 8 { // what one step removes can let its neighbours compose
		next := norm.NFKC.String(strings.Map(bare, s))
		if next == s {
			return s, s != "" && len(s) <= maxIdentifier
		}
		s = next
	}
	return "", false
}

// bare drops white space, control and format characters, dashes, underscores and
// middle dots, and turns the rest to upper case.
func bare(c rune) rune {
	switch {
	case unicode.IsSpace(c), unicode.In(c, unicode.Cc, unicode.Cf, unicode.Z, unicode.Pd):
		return -1
	case strings.ContainsRune("_−·•‧・", c):
		return -1
	}
	return unicode.ToUpper(c)
}
