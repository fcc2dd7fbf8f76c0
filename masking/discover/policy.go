package discover

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a policy (package masking): what a name there may be.
const (
	maxName  = 64 // runes
	reserved = "__"
	maxRules = 2000
)

// Policy writes a policy with a rule and the reason for it for each column, for a person
// to read and change. Rules that are right where something is so that only a person
// knows stand behind theirs, as comments. id and dataset name them: a–z, 0–9, - and _.
func (r *Report) Policy(id, dataset string) []byte {
	w := speak(r.chinese)
	var b strings.Builder
	for _, line := range strings.Split(w.head, "\n") {
		b.WriteString(comment(line))
	}
	fmt.Fprintf(&b, "id: %s\nname: %s\nversion: 1\ndataset: %s\n", quote(id), quote(fmt.Sprintf(w.title, dataset)), quote(dataset))
	rules := 0
	for i := range r.Columns {
		f := &r.Columns[i]
		if i == 0 {
			b.WriteString("columns:\n")
		}
		b.WriteString("\n  " + comment(fmt.Sprintf(w.column, f.Level, f.Why)))
		name := norm.NFC.String(f.Name)
		if !nameable(name) || rules == maxRules {
			b.WriteString("  " + comment(fmt.Sprintf(w.noName, printed(f.Name))))
			continue
		}
		rules++
		b.WriteString("  " + line(name, f.Rule, f.settings) + "\n")
		for _, o := range f.others {
			b.WriteString("  " + comment(line(name, o.rule, o.settings)+"  # "+w.where[o.where]))
		}
	}
	out := b.String()
	if rules == 0 {
		out = strings.Replace(out, "\ncolumns:\n", "\n", 1) + "columns: {}\n"
	}
	return []byte(out)
}

// line writes a rule.
func line(column, rule, settings string) string {
	if settings == "" {
		return quote(column) + ": " + rule
	}
	return fmt.Sprintf("%s: {rule: %s, %s}", quote(column), rule, settings)
}

// comment makes one line of a comment, whatever is in the text.
func comment(text string) string { return "# " + printed(text) + "\n" }

// printed leaves out of a text what a reader would not see, or a parser might take for
// the end of a line.
func printed(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, text)
}

// nameable reports whether a policy can have a rule for a column of this name.
func nameable(name string) bool {
	return strings.TrimSpace(name) != "" && !strings.HasPrefix(name, reserved) && utf8.ValidString(name) &&
		utf8.RuneCountInString(name) <= maxName && printed(name) == name
}

// quote writes a text in double quotes. Brackets are escaped because the reader counts
// them before it knows what is quoted.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '[', ']', '{', '}':
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
