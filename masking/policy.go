package masking

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yingbi/crypto"
	"yingbi/internal/yamldoc"
)

// The limits of a policy. A constant or a label is shown to people and repeated
// in every row, so it is short.
const (
	maxColumns    = 2000 // rules
	maxName       = 64   // runes of a column's name
	maxTitle      = 200  // runes of the policy's name
	maxComment    = 4000 // runes
	maxText       = 100  // runes of a constant, a label, a kind
	maxList       = 100  // bounds of a band
	maxRows       = 5000 // lines of a hierarchy
	maxRow        = 400  // runes of a line
	reservedStart = "__" // names that the domain gives its own columns
)

// Policy is a masking policy as it was written. It holds no secret.
type Policy struct {
	ID      string // a–z, 0–9, - and _
	Name    string // for people
	Version int64  // from 1
	Dataset string // the data set whose columns it names
	Comment string

	rules     []rule         // by column name, each name once
	anonymity *anonymityStep // nil where none is asked
}

// ParsePolicy reads a policy from YAML; file names it in errors. Every error is
// Invalid and points at the line and the field.
func ParsePolicy(file string, b []byte) (*Policy, error) {
	doc, err := yamldoc.Parse(file, b)
	if err != nil {
		return nil, err
	}
	m, err := doc.Map()
	if err != nil {
		return nil, err
	}
	p := &Policy{}
	if err := p.readHead(m); err != nil {
		return nil, err
	}
	if err := p.readRules(m); err != nil {
		return nil, err
	}
	if err := p.readAnonymity(m); err != nil {
		return nil, err
	}
	if err := m.Done(); err != nil {
		return nil, err
	}
	if len(p.Encode()) > yamldoc.MaxBytes { // escapes are longer than what they stand for
		return nil, doc.Errorf("the policy is too long; split the data set or shorten texts")
	}
	return p, nil
}

func (p *Policy) readHead(m *yamldoc.Map) error {
	for _, field := range []struct {
		key      string
		into     *string
		required bool
		check    func(*yamldoc.Node, string) error
	}{
		{"id", &p.ID, true, checkID},
		{"name", &p.Name, true, checkTitle},
		{"dataset", &p.Dataset, true, checkID},
		{"comment", &p.Comment, false, checkComment},
	} {
		n := m.Get(field.key)
		if n == nil && !field.required {
			continue
		}
		text, err := m.NeedText(field.key)
		if err != nil {
			return err
		}
		if err := field.check(n, text); err != nil {
			return err
		}
		*field.into = text
	}
	n, err := m.Need("version")
	if err != nil {
		return err
	}
	if p.Version, err = n.Int(); err != nil {
		return err
	}
	if p.Version < 1 {
		return n.Errorf("versions count from 1, found %d", p.Version)
	}
	return nil
}

func (p *Policy) readRules(m *yamldoc.Map) error {
	n, err := m.Need("columns")
	if err != nil {
		return err
	}
	columns, err := n.Map()
	if err != nil {
		return err
	}
	names := columns.Keys()
	if len(names) > maxColumns {
		return n.Errorf("%d rules; at most %d are read", len(names), maxColumns)
	}
	for _, name := range names {
		value := columns.Get(name)
		if value == nil {
			return n.Errorf("column %q has no rule; write %s: drop, or leave the line out", name, name)
		}
		if err := checkColumnName(value, name); err != nil {
			return err
		}
		r, err := readRule(name, value)
		if err != nil {
			return err
		}
		p.rules = append(p.rules, r)
	}
	slices.SortFunc(p.rules, func(a, b rule) int { return cmp.Compare(a.column, b.column) })
	return nil
}

// Encode writes the policy in its canonical form: a fixed order of keys, columns
// by name, defaults left out, texts in double quotes. ParsePolicy reads it back
// to a policy that encodes to the same bytes.
func (p *Policy) Encode() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "id: %s\nname: %s\nversion: %d\ndataset: %s\n", quote(p.ID), quote(p.Name), p.Version, quote(p.Dataset))
	if p.Comment != "" {
		fmt.Fprintf(&b, "comment: %s\n", quote(p.Comment))
	}
	if len(p.rules) == 0 {
		b.WriteString("columns: {}\n")
		return []byte(b.String())
	}
	b.WriteString("columns:\n")
	for _, r := range p.rules {
		fmt.Fprintf(&b, "  %s: %s\n", quote(r.column), r.encode())
	}
	if p.anonymity != nil {
		b.WriteString(p.anonymity.encode())
	}
	return []byte(b.String())
}

// Digest is SM3 of the canonical form. Places and comments between the lines do
// not enter it; the policy's own comment does.
func (p *Policy) Digest() crypto.Digest { return crypto.Sum(p.Encode()) }

// quote writes text in YAML's double quotes. Brackets are escaped because the
// reader counts them to bound nesting before it knows what is quoted.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '[', ']', '{', '}':
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func checkID(n *yamldoc.Node, id string) error {
	if len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" || strings.Trim(id[:1], "-_") == "" {
		return n.Errorf("%q is no id: use a–z, 0–9, - and _, at most 64, starting with a letter or digit", id)
	}
	return nil
}

func checkTitle(n *yamldoc.Node, s string) error { return checkText(n, s, maxTitle) }

func checkComment(n *yamldoc.Node, s string) error {
	return checkText(n, strings.ReplaceAll(s, "\n", " "), maxComment)
}

// checkText refuses what a reviewer would not see on the page: control
// characters, direction marks, line separators.
func checkText(n *yamldoc.Node, s string, most int) error {
	if utf8.RuneCountInString(s) > most {
		return n.Errorf("has more than %d characters", most)
	}
	for _, r := range s {
		if !unicode.IsGraphic(r) {
			return n.Errorf("holds the invisible character %U; take it out", r)
		}
	}
	return nil
}

func checkColumnName(n *yamldoc.Node, name string) error {
	if strings.TrimSpace(name) == "" {
		return n.Errorf("a column has a name")
	}
	if strings.HasPrefix(name, reservedStart) {
		return n.Errorf("names that start with %s belong to the domain", reservedStart)
	}
	return checkText(n, name, maxName)
}
