package label

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/idnum"
)

// Fault is what is wrong with a text. The zero value is nothing.
type Fault string

// The faults, in the order in which they are looked for.
const (
	Control    Fault = "control"    // not UTF-8, a control character, or one without a meaning of its own
	Invisible  Fault = "invisible"  // something that takes no room, or a space that looks like another
	Bidi       Fault = "bidi"       // turns the direction of text
	Long       Fault = "long"       // more than MaxRunes
	Lookalike  Fault = "lookalike"  // another text looks the same
	Markup     Fault = "markup"     // HTML
	Formula    Fault = "formula"    // a spreadsheet might compute it
	Identifier Fault = "identifier" // somebody's number
)

// MaxRunes is the length of the longest text that is let through.
const MaxRunes = 120

// Check gives the first fault of a text.
func Check(text string) Fault {
	if !utf8.ValidString(text) {
		return Control
	}
	for _, r := range text {
		if f := character(r); f != "" {
			return f
		}
	}
	switch {
	case utf8.RuneCountInString(text) > MaxRunes:
		return Long
	case !norm.NFC.IsNormalString(text), mixed(text):
		return Lookalike
	case markup.MatchString(text):
		return Markup
	case formula(text):
		return Formula
	}
	return Number(text)
}

// character judges one by itself.
func character(r rune) Fault {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
		return Bidi
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector), strings.ContainsRune("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0", r):
		return Invisible
	case unicode.Is(unicode.Zs, r) && r != ' ' && r != '\u3000':
		return Invisible
	case !unicode.IsGraphic(r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
		return Control
	}
	return ""
}

// markup begins what a browser reads: "<18" and "a < b" do not.
var markup = regexp.MustCompile(`<[A-Za-z/!?]|&(#|[A-Za-z][A-Za-z0-9]*;)`)

// greek holds the letters that are taken for Latin ones (Unicode TR 39, confusables),
// without those that stand beside Latin letters in names of substances: μg, γGT, Igκ.
const greek = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυχ"

// mixed reports a word with letters of scripts that look alike.
func mixed(text string) bool {
	var latin, other, cyrillic bool
	for _, r := range text + " " {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			if latin && other || latin && cyrillic || other && cyrillic {
				return true
			}
			latin, other, cyrillic = false, false, false
			continue
		}
		latin = latin || unicode.Is(unicode.Latin, r)
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		other = other || strings.ContainsRune(greek, r)
	}
	return false
}

// plain is a number, or signs alone as a laboratory writes them.
var plain = regexp.MustCompile(`^([+-]?[0-9]+(\.[0-9]+)?%?|[+-]+)$`)

func formula(text string) bool {
	text = strings.TrimSpace(text)
	return strings.IndexAny(text, "=+-@＝＋－＠") == 0 && !plain.MatchString(text)
}

// runs are digits and capital letters, also with spaces, hyphens or brackets between.
var runs = regexp.MustCompile(`[0-9A-Z]+(?:[ ()-][0-9A-Z]+)*`)

// Number reports a text that holds a number of a person: of an identity card, a mobile
// telephone, or a bank card. Full width does not matter. Codes of regions, of up to 12
// digits, and of organisations are none.
func Number(text string) Fault {
	for _, run := range runs.FindAllString(strings.ToUpper(norm.NFKC.String(text)), -1) {
		parts := strings.FieldsFunc(run, func(r rune) bool { return strings.ContainsRune(" ()-", r) })
		for _, s := range append(parts, strings.Join(parts, "")) {
			if personal(s) {
				return Identifier
			}
		}
	}
	return ""
}

func personal(s string) bool {
	digits := strings.Trim(s, "0123456789") == ""
	switch {
	case idnum.ResidentID(s), idnum.ForeignResidentID(s), idnum.HongKongID(s), idnum.TaiwanID(s):
		return true
	case len(s) == 15 && idnum.OldResidentID(s):
		return true
	case digits && len(s) == 11:
		return s[0] == '1' && s[1] >= '3'
	}
	return digits && len(s) >= 15 && strings.IndexAny(s, "3456") == 0 && idnum.BankCard(s)
}
