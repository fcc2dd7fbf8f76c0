package label

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Alike reports whether somebody may take one text for the other: they differ in nothing
// but case, width, spaces and punctuation, in signs that look the same, or in the script
// of letters that do.
func Alike(a, b string) bool {
	return skeleton(a) == skeleton(b) || mixed(letters(a)+letters(b))
}

// same holds signs that are taken for each other, each beside the one that stands for all.
var same = strings.NewReplacer("0", "o", "1", "l", "i", "l", "|", "l", "末", "未", "己", "已", "巳", "已", "曰", "日", "土", "士", "戌", "戊", "戍", "戊", "ー", "一", "—", "一", "〇", "o")

// skeleton is what is left of a text for a hasty eye. Signs such as <, + and % count.
func skeleton(text string) string {
	text = same.Replace(strings.ToLower(norm.NFKC.String(text)))
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) && r != '-' && r != '%' {
			return -1
		}
		return r
	}, text)
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}
