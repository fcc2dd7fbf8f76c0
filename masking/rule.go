package masking

import (
	"strconv"
	"strings"
	"time"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// rule is the rule of one column as it was written: a name and settings, kept
// with their places so that Compile can point at what does not fit.
type rule struct {
	column string
	name   string
	place  fault.Place
	values map[string]value
}

// value is what one setting was given: one text, or several for a list.
type value struct {
	texts []string
	place fault.Place
}

// settingKind says how a setting is written.
type settingKind uint8

const (
	textSetting   settingKind = iota + 1 // one text
	textsSetting                         // a list of texts
	countSetting                         // a whole number from 0 to maxCount
	numberSetting                        // an exact decimal number
	numbersSetting
	boundSetting // a number or a date
	rowsSetting  // a list of lines of a hierarchy
)

const maxCount = 64

func (k settingKind) isList() bool {
	return k == textsSetting || k == numbersSetting || k == rowsSetting
}

type setting struct {
	key      string
	kind     settingKind
	required bool
}

// readRule reads "keep" or "{rule: mask, first: 1}".
func readRule(column string, n *yamldoc.Node) (rule, error) {
	r := rule{column: column, place: n.Place, values: map[string]value{}}
	if n.IsScalar() {
		err := r.readBare(n) // sets the name, so it runs before r is copied out
		return r, err
	}
	m, err := n.Map()
	if err != nil {
		return r, err
	}
	if r.name, err = m.NeedText("rule"); err != nil {
		return r, err
	}
	def, names, ok := define(r.name)
	if !ok {
		return r, m.Get("rule").Errorf("%q is not a rule; the rules are %s", r.name, names)
	}
	for _, s := range def.settings {
		if err := r.readSetting(m, s); err != nil {
			return r, err
		}
	}
	if err := m.Done(); err != nil {
		return r, err
	}
	return r, r.check(def)
}

func (r *rule) readBare(n *yamldoc.Node) error {
	name, err := n.Text()
	if err != nil {
		return err
	}
	def, names, ok := define(name)
	if !ok {
		return n.Errorf("%q is not a rule; the rules are %s", name, names)
	}
	for _, s := range def.settings {
		if s.required {
			return n.Errorf("the rule %s needs %q; write {rule: %s, %s: …}", name, s.key, name, s.key)
		}
	}
	r.name = name
	return r.check(def)
}

func (r *rule) check(def definition) error {
	if def.check == nil {
		return nil
	}
	return def.check(r)
}

func (r *rule) readSetting(m *yamldoc.Map, s setting) error {
	n := m.Get(s.key)
	if n == nil {
		if s.required {
			return m.Node().Errorf("the rule %s needs %q", r.name, s.key)
		}
		return nil
	}
	v := value{place: n.Place}
	items := []*yamldoc.Node{n}
	if s.kind.isList() {
		list, err := n.List()
		if err != nil {
			return err
		}
		most := maxList
		if s.kind == rowsSetting {
			most = maxRows
		}
		if len(list) == 0 || len(list) > most+1 { // 100 bounds have 101 labels
			return n.Errorf("want a list of 1 to %d values, found %d", most, len(list))
		}
		items = list
	}
	for _, item := range items {
		text, err := readText(item, s.kind)
		if err != nil {
			return err
		}
		v.texts = append(v.texts, text)
	}
	r.values[s.key] = v
	return nil
}

// readText gives a single setting in its canonical spelling.
func readText(n *yamldoc.Node, kind settingKind) (string, error) {
	switch kind {
	case countSetting:
		count, err := n.Int()
		if err != nil {
			return "", err
		}
		if count < 0 || count > maxCount {
			return "", n.Errorf("want a count from 0 to %d, found %d", maxCount, count)
		}
		return strconv.FormatInt(count, 10), nil
	case numberSetting, numbersSetting, boundSetting:
		text, err := n.Text()
		if err != nil {
			return "", err
		}
		if number, ok := parseNumber(text); ok {
			return string(number), nil
		}
		if kind != boundSetting {
			return "", n.Errorf("want a number such as 45 or 0.5 (up to 18 digits on each side of the point), found %q", text)
		}
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "", n.Errorf("want a number such as 45 or a date such as 2024-01-31, found %q", text)
		}
		return text, nil
	default:
		text, err := n.Text()
		if err != nil {
			return "", err
		}
		if kind == rowsSetting {
			return text, checkText(n, text, maxRow)
		}
		return text, checkText(n, text, maxText)
	}
}

func (r *rule) has(key string) bool { return r.values[key].texts != nil }

// text gives a single setting, or "" where it was not written.
func (r *rule) text(key string) string {
	if texts := r.values[key].texts; len(texts) > 0 {
		return texts[0]
	}
	return ""
}

func (r *rule) texts(key string) []string { return r.values[key].texts }

// count gives a counted setting; readText checked it.
func (r *rule) count(key string) int {
	n, _ := strconv.Atoi(r.text(key))
	return n
}

// errorAt points at a setting, or at the rule where the setting was not written.
func (r *rule) errorAt(key, format string, args ...any) error {
	if v, ok := r.values[key]; ok {
		return fault.At(v.place, format, args...)
	}
	return fault.At(r.place, format, args...)
}

// misfit says that the rule cannot stand on a column of this type.
func (r *rule) misfit(in Column, wanted string) error {
	return fault.At(r.place, "the rule %s needs %s; column %s is %s", r.name, wanted, in.Name, in.Type)
}

// encode writes the canonical form: a bare word without settings, else a flow
// mapping with the settings in the order of the definition.
func (r *rule) encode() string {
	if len(r.values) == 0 {
		return r.name
	}
	var b strings.Builder
	b.WriteString("{rule: " + r.name)
	def, _, _ := define(r.name)
	for _, s := range def.settings {
		if !r.has(s.key) {
			continue
		}
		var parts []string
		for _, text := range r.texts(s.key) {
			parts = append(parts, encodeText(text, s.kind))
		}
		written := strings.Join(parts, ", ")
		if s.kind.isList() {
			written = "[" + written + "]"
		}
		b.WriteString(", " + s.key + ": " + written)
	}
	b.WriteByte('}')
	return b.String()
}

func encodeText(text string, kind settingKind) string {
	switch kind {
	case textSetting, textsSetting, rowsSetting:
		return quote(text)
	}
	return text
}
