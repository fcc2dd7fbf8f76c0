package job

import (
	"slices"
	"strings"
	"unicode/utf8"

	"yingbi/egress/label"
	"yingbi/internal/fault"
	"yingbi/masking/detect"
)

// maxMessage is how long a message to an operator may be, in characters.
const maxMessage = 1000

// checkLeaving refuses words that a person would let out of the domain, if they name
// somebody by what can be recognised, or hide something. It quotes nothing.
func checkLeaving(what, text string, most int) error {
	if n := utf8.RuneCountInString(text); strings.TrimSpace(text) == "" || n > most {
		return fault.Errorf(fault.Invalid, "a %s has 1 to %d characters; this one has %d", what, most, n)
	}
	for line := range strings.Lines(text) {
		for piece := range slices.Chunk([]rune(strings.TrimRight(line, "\r\n")), label.MaxRunes) {
			if f := label.Check(string(piece)); f != "" && f != label.Formula { // no spreadsheet reads it
				return fault.Errorf(fault.Invalid, "the %s may not leave (%s): write plain words, without anybody's number and without characters that cannot be seen or told apart", what, f)
			}
		}
	}
	return checkNobody(what, text)
}

// checkLeavingLine is the same of a line that stands in the files of a release.
func checkLeavingLine(what, text string) error {
	if f := label.Check(text); f != "" {
		return fault.Errorf(fault.Invalid, "the %s may not leave (%s): write one line of at most %d plain characters, without anybody's number", what, f, label.MaxRunes)
	}
	return checkNobody(what, text)
}

func checkNobody(what, text string) error {
	for _, span := range detect.New().Find(nil, []byte(text)) {
		if span.Type.Direct() && span.Confidence >= detect.Fires {
			return fault.Errorf(fault.Invalid, "the %s seems to name somebody (%s), and it leaves the domain; say it without", what, span.Type)
		}
	}
	return nil
}
