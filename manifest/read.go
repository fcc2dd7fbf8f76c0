package manifest

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// The limits that a manifest may ask for, and those of one that asks for none.
const (
	minMemory, maxMemory, defaultMemory = 16 << 20, 8 << 30, 256 << 20
	minTime, maxTime, defaultTime       = time.Second, time.Hour, time.Minute
)

type reader struct {
	src *source
	m   *Manifest
}

// Parse reads job.yaml. file names it in errors. Errors are of the kind Invalid
// and name line, column and field.
func Parse(file string, b []byte) (*Manifest, error) {
	doc, err := yamldoc.Parse(file, b)
	if err != nil {
		return nil, err
	}
	r := &reader{src: newSource(b), m: &Manifest{}}
	if err := r.top(doc); err != nil {
		return nil, err
	}
	for i := range r.m.Mappings {
		r.m.mapped = append(r.m.mapped, r.m.Mappings[i].input())
	}
	if err := r.m.checkNames(); err != nil {
		return nil, err
	}
	return r.m, nil
}

func (r *reader) top(doc *yamldoc.Node) error {
	top, err := doc.Map()
	if err != nil {
		return err
	}
	if err := refuseLater(doc, "budget", "private"); err != nil {
		return err
	}
	steps := []func(*yamldoc.Map) error{r.head, r.inputs, r.mappings, r.references, r.cohort, r.derives, r.parameters, r.tables, r.outputs, r.enough, r.module, r.limits}
	for _, step := range steps {
		if err := step(top); err != nil {
			return err
		}
	}
	return top.Done()
}

// refuseLater refuses what the language has elsewhere but not here.
func refuseLater(n *yamldoc.Node, keys ...string) error {
	m, err := n.Map()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if v := m.Get(k); v != nil {
			return v.Errorf("%s is not part of this version", k)
		}
	}
	return nil
}

func (r *reader) head(top *yamldoc.Map) error {
	for _, f := range []struct {
		key  string
		to   *string
		need bool
		max  int
	}{
		{"name", &r.m.Name, true, 100}, {"scenario", &r.m.Scenario, true, 100}, {"question", &r.m.Question, true, 4000},
		{"audience", &r.m.Audience, false, 4000}, {"notes", &r.m.Notes, false, 4000},
	} {
		if f.need {
			if _, err := top.NeedText(f.key); err != nil {
				return err
			}
		}
		text, err := top.GetText(f.key)
		if err != nil {
			return err
		}
		if err := checkText(top.Get(f.key), text, f.max, f.max > 100); err != nil {
			return err
		}
		*f.to = text
	}
	return nil
}

// invisible reports characters that a reviewer cannot see, or that make a line
// read differently from what it says (the controls of writing direction).
func invisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// checkText refuses texts that are too long or hold invisible characters; lines
// says whether line breaks and tabs are welcome.
func checkText(n *yamldoc.Node, s string, limit int, lines bool) error {
	if count := utf8.RuneCountInString(s); count > limit {
		return n.Errorf("has %d characters; at most %d are read", count, limit)
	}
	for _, c := range s {
		if invisible(c) && !(lines && (c == '\n' || c == '\t')) {
			return n.Errorf("holds the invisible character %U; remove it", c)
		}
	}
	return nil
}

// ident reads a name that the author chose.
func ident(n *yamldoc.Node, s string) error {
	switch {
	case !isName(s):
		return n.Errorf("%q is not a name: a name begins with a letter or _ and goes on with letters, digits and _; and, or, case … are taken", s)
	case utf8.RuneCountInString(s) > 64:
		return n.Errorf("the name is longer than 64 characters")
	case strings.HasPrefix(s, "__"):
		return n.Errorf("names beginning with __ belong to the domain")
	}
	return nil
}

// each reads a mapping from names that the author chose.
func each(n *yamldoc.Node, limit int, read func(name string, v *yamldoc.Node) error) error {
	if n == nil {
		return nil
	}
	m, err := n.Map()
	if err != nil {
		return err
	}
	keys := m.Keys()
	if len(keys) > limit {
		return n.Errorf("has %d entries; at most %d are read", len(keys), limit)
	}
	for _, k := range keys {
		v := m.Get(k)
		if v == nil {
			return n.Errorf("%q has no value", k)
		}
		if err := ident(v, k); err != nil {
			return err
		}
		if err := read(k, v); err != nil {
			return err
		}
	}
	return nil
}

// list reads single values, each once and not blank.
func list(n *yamldoc.Node, limit int) ([]string, []fault.Place, error) {
	if n == nil {
		return nil, nil, nil
	}
	items, err := n.List()
	if err != nil {
		return nil, nil, err
	}
	if len(items) > limit {
		return nil, nil, n.Errorf("has %d entries; at most %d are read", len(items), limit)
	}
	var out []string
	var places []fault.Place
	seen := map[string]bool{}
	for _, item := range items {
		s, err := item.Text()
		if err != nil {
			return nil, nil, err
		}
		if err := checkText(item, s, 128, false); err != nil {
			return nil, nil, err
		}
		if strings.TrimSpace(s) == "" || seen[s] {
			return nil, nil, item.Errorf("%q is blank or given twice", s)
		}
		seen[s] = true
		out, places = append(out, s), append(places, item.Place)
	}
	return out, places, nil
}

func (r *reader) expr(n *yamldoc.Node) (*expr, error) {
	s, err := n.Text()
	if err != nil {
		return nil, err
	}
	if len(s) > 16<<10 {
		return nil, n.Errorf("the expression has %d bytes; at most %d are read", len(s), 16<<10)
	}
	return parseExpr(s, r.src.locator(n, s))
}

func (r *reader) limits(top *yamldoc.Map) error {
	r.m.Limits = Limits{Memory: defaultMemory, Time: defaultTime}
	n := top.Get("limits")
	if n == nil {
		return nil
	}
	m, err := n.Map()
	if err != nil {
		return err
	}
	if v := m.Get("memory"); v != nil {
		if r.m.Limits.Memory, err = readMemory(v); err != nil {
			return err
		}
	}
	if v := m.Get("time"); v != nil {
		if r.m.Limits.Time, err = readTime(v); err != nil {
			return err
		}
	}
	return m.Done()
}

func readMemory(n *yamldoc.Node) (int64, error) {
	s, err := n.Text()
	if err != nil {
		return 0, err
	}
	for _, unit := range []struct {
		suffix string
		shift  uint
	}{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}} {
		digits, ok := strings.CutSuffix(s, unit.suffix)
		v, err := strconv.ParseUint(digits, 10, 32)
		if ok && err == nil && v<<unit.shift >= minMemory && v<<unit.shift <= maxMemory {
			return int64(v << unit.shift), nil
		}
	}
	return 0, n.Errorf("want 16MiB to 8GiB, such as 256MiB, found %q", s)
}

func readTime(n *yamldoc.Node) (time.Duration, error) {
	s, err := n.Text()
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < minTime || d > maxTime || d%time.Second != 0 {
		return 0, n.Errorf("want whole seconds from 1s to 1h, such as 60s, found %q", s)
	}
	return d, nil
}
