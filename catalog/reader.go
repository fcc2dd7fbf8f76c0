package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/coltype"
	"yingbi/internal/yamldoc"
)

// reader reads the keys of one mapping one after the other and keeps the first
// error; after an error every reading gives the zero value.
type reader struct {
	m   *yamldoc.Map
	err error
}

// fail keeps an error at the node, or at the mapping where n is nil.
func (r *reader) fail(n *yamldoc.Node, format string, args ...any) {
	if r.err != nil {
		return
	}
	if n == nil {
		n = r.m.Node()
	}
	r.err = n.Errorf(format, args...)
}

// done also refuses the keys that nobody asked for.
func (r *reader) done() error {
	if r.err == nil {
		r.err = r.m.Done()
	}
	return r.err
}

func (r *reader) need(key string) *yamldoc.Node {
	if r.err != nil {
		return nil
	}
	var n *yamldoc.Node
	n, r.err = r.m.Need(key)
	return n
}

// check runs a test over a value that was read from key.
func (r *reader) check(key, value string, test func(string) error) {
	if r.err != nil {
		return
	}
	if err := test(value); err != nil {
		r.fail(r.m.Get(key), "%v", err)
	}
}

func (r *reader) textOr(key, otherwise string) string {
	if r.err != nil || r.m.Get(key) == nil {
		return otherwise
	}
	var s string
	s, r.err = r.m.GetText(key)
	return s
}

// line reads text of one line that must be there.
func (r *reader) line(key string) string {
	if r.need(key) == nil {
		return ""
	}
	s := r.textOr(key, "")
	r.check(key, s, checkLine)
	return s
}

func (r *reader) lineOr(key, otherwise string) string {
	if r.err != nil || r.m.Get(key) == nil {
		return otherwise
	}
	return r.line(key)
}

// prose reads optional text of several lines.
func (r *reader) prose(key string) string {
	s := strings.TrimSpace(r.textOr(key, ""))
	r.check(key, s, checkProse)
	return s
}

func (r *reader) slug(key string) string {
	s := r.line(key)
	r.check(key, s, checkSlug)
	return s
}

func (r *reader) kind(key string) string {
	s := r.line(key)
	r.check(key, s, checkKind)
	return s
}

func (r *reader) columnName(key string) string {
	s := r.line(key)
	r.check(key, s, checkColumnName)
	return s
}

func (r *reader) day(key string) string {
	s := r.line(key)
	if _, err := time.Parse(time.DateOnly, s); r.err == nil && err != nil {
		r.fail(r.m.Get(key), "want a day such as 2026-01-31, found %q", s)
	}
	return s
}

func (r *reader) flag(key string) (v bool) {
	if r.err != nil || r.m.Get(key) == nil {
		return false
	}
	v, r.err = r.m.Get(key).Bool()
	return v
}

func (r *reader) columnType(key string) coltype.Type {
	s := r.line(key)
	if r.err != nil {
		return coltype.Type{}
	}
	t, err := coltype.Parse(s)
	if err != nil {
		r.fail(r.m.Get(key), "%v", err)
	}
	return t
}

// list reads a list that must be there, with at most limit items.
func (r *reader) list(key string, limit int) []*yamldoc.Node {
	n := r.need(key)
	if n == nil {
		return nil
	}
	var items []*yamldoc.Node
	if items, r.err = n.List(); len(items) > limit {
		r.fail(n, "%d items; at most %d are read", len(items), limit)
	}
	if r.err != nil {
		return nil
	}
	return items
}

// texts reads a list of different texts, each of which passes the test.
func (r *reader) texts(key string, limit int, test func(string) error) []string {
	out := []string{}
	for _, item := range r.list(key, limit) {
		s, err := item.Text()
		if err == nil {
			err = test(s)
			if err == nil && slices.Contains(out, s) {
				err = fmt.Errorf("%q is given twice", s)
			}
			if err != nil {
				err = item.Errorf("%v", err)
			}
		}
		if err != nil {
			r.err = err
			return nil
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) tags(key string) []string {
	if r.err != nil || r.m.Get(key) == nil {
		return nil
	}
	return r.texts(key, maxTags, checkLine)
}

func oneOf[T ~string](r *reader, key string, values []T) T {
	s := T(r.line(key))
	if r.err == nil && !slices.Contains(values, s) {
		r.fail(r.m.Get(key), "want one of %v, found %q", values, string(s))
	}
	return s
}

// choice reads one of some words, in any case; "" if the key is not there.
func (r *reader) choice(key string, words ...string) string {
	if r.err != nil || r.m.Get(key) == nil {
		return ""
	}
	s := r.textOr(key, "")
	if lower := strings.ToLower(s); r.err == nil && slices.Contains(words, lower) {
		return lower
	}
	r.fail(r.m.Get(key), "want one of %v, or leave it out and it is found out; found %q", words, s)
	return ""
}

// checkDelimiter allows the characters that end a cell somewhere, and no quote.
func checkDelimiter(s string) error {
	if len(s) != 1 || !strings.Contains(",;|:\t \x01^~#!/$&*+=", s) {
		return fmt.Errorf("want one of , ; | : ^ ~ # ! / $ & * + = \"\\t\" \"\\x01\" and space, or leave it out and it is found out; found %q", s)
	}
	return nil
}

func checkLine(s string) error {
	if strings.TrimSpace(s) != s || s == "" {
		return fmt.Errorf("must not be blank, or begin or end with a space")
	}
	return checkText(s, maxLine, "")
}

func checkProse(s string) error { return checkText(s, maxProse, "\n") }

// checkText refuses characters that do not print, except those allowed.
func checkText(s string, limit int, allowed string) error {
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Errorf("%d characters; at most %d are read", n, limit)
	}
	for _, c := range s {
		if !unicode.IsPrint(c) && c != '\u3000' && !strings.ContainsRune(allowed, c) {
			return fmt.Errorf("the character %U does not print; remove it", c)
		}
	}
	return nil
}

// checkCell is for text that must equal bytes of the file.
func checkCell(s string) error {
	if len(s) > maxCell {
		return fmt.Errorf("%d bytes; at most %d are read", len(s), maxCell)
	}
	return checkText(s, maxCell, "\t")
}

// checkSlug allows what stands in file names, records and addresses.
func checkSlug(s string) error {
	ok := len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && strings.Trim(s[:1], "-_") != ""
	if !ok {
		return fmt.Errorf("%q: use a–z, 0–9, - and _, at most 64, starting with a letter or digit", s)
	}
	return nil
}

// checkKind allows what stands in names of columns and of compartments.
func checkKind(s string) error {
	ok := len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && s[0] >= 'a' && !strings.Contains(s, "__")
	if !ok {
		return fmt.Errorf("%q: a kind is a word such as person: a–z, 0–9 and _, at most 32, starting with a letter", s)
	}
	return nil
}

// checkColumnName allows names that stand in expressions without quotes, in any
// script, and that look like no other name.
func checkColumnName(s string) error {
	if strings.HasPrefix(s, ReservedPrefix) {
		return fmt.Errorf("%q: names that begin with %q are the domain's own", s, ReservedPrefix)
	}
	if plain := norm.NFKC.String(s); plain != s {
		return fmt.Errorf("%q: write it in plain characters, %q", s, plain)
	}
	if n := utf8.RuneCountInString(s); n > maxName {
		return fmt.Errorf("a column name has at most %d characters, this one %d", maxName, n)
	}
	for i, c := range s {
		if c != '_' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsNumber(c) && !unicode.IsMark(c)) {
			return fmt.Errorf("%q: a column name is letters of any script, digits and _, and begins with a letter or _; give the header of the file as \"source\"", s)
		}
	}
	return nil
}

func checkZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return fmt.Errorf("%q is no time zone; write an IANA name such as %s", s, DefaultZone)
	}
	return nil
}
