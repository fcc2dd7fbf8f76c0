package release

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths in bytes of UTF-8.
const (
	maxName  = 200     // of a table: with ".csv" it fits a file name anywhere
	maxTitle = 1 << 10 // titles, names of columns, ids
	maxProse = 8 << 10 // question, purpose, reason
	maxText  = 4 << 10 // a cell; a worksheet's holds 32,767 characters
)

// flaw says what keeps s from being a line of text, or, with lines, several of
// them; "" means nothing does. What XML 1.0 cannot carry is a flaw, since a
// worksheet could not show it.
func flaw(s string, most int, lines bool) string {
	switch {
	case len(s) > most:
		return "is too long"
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	}
	for _, r := range s {
		if lines && (r == '\t' || r == '\n' || r == '\r') {
			continue
		}
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return "holds a control character"
		}
	}
	return ""
}

// required is flaw for a text that may not be empty.
func required(s string, most int, lines bool) string {
	if s == "" {
		return "is missing"
	}
	return flaw(s, most, lines)
}

// fileNameFlaw says why s cannot name a table, and so a file on any system.
func fileNameFlaw(s string) string {
	if why := required(s, maxName, false); why != "" {
		return why
	}
	if !norm.NFC.IsNormalString(s) {
		return "is not in Unicode normal form C"
	}
	for i, r := range s {
		letter := r == '_' || unicode.IsLetter(r)
		if !letter && (i == 0 || r != '-' && !unicode.Is(unicode.Nd, r) && !unicode.Is(unicode.M, r)) {
			return "has a character that cannot stand in a file name; letters, digits, _ and - can, and a letter comes first"
		}
	}
	if deviceName(strings.ToLower(s)) {
		return "is the name of a device on Windows; choose another"
	}
	return ""
}

func deviceName(s string) bool {
	switch s {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(s) == 4 && (s[:3] == "com" || s[:3] == "lpt") && s[3] >= '0' && s[3] <= '9'
}

// fold makes equal what file systems and worksheets take for the same name.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }
