package catalog

import (
	"strings"

	"yingbi/internal/category"
	"yingbi/masking/detect"
)

func (r *reader) level(key string) int {
	n := r.need(key)
	if n == nil {
		return 0
	}
	v, err := n.Int()
	if r.err = err; err == nil && (v < 1 || v > 4) {
		r.fail(n, "want a level from 1 to 4, found %d", v)
	}
	return int(v)
}

func (r *reader) levelOr(key string, otherwise int) int {
	if r.err != nil || r.m.Get(key) == nil {
		return otherwise
	}
	return r.level(key)
}

// category reads the name of a preset.
func (r *reader) category(key string) string {
	s := r.lineOr(key, "")
	if _, ok := category.Named(s); s != "" && !ok {
		var names []string
		for _, c := range category.All() {
			names = append(names, c.Name)
		}
		r.fail(r.m.Get(key), "%q is no category; they are %s", s, strings.Join(names, ", "))
	}
	return s
}

// identifier reads the name of a kind of identifier.
func (r *reader) identifier(key string) detect.Type {
	s := r.lineOr(key, "")
	t, ok := detect.ParseType(s)
	if s != "" && !ok {
		var names []string
		for _, t := range detect.Types() {
			names = append(names, t.String())
		}
		r.fail(r.m.Get(key), "%q is no kind of identifier; they are %s", s, strings.Join(names, ", "))
	}
	return t
}

func (r *reader) lowered(key string) *Statement {
	if r.err != nil || r.m.Get(key) == nil {
		return nil
	}
	s := new(Statement)
	r.sub(r.m.Get(key), func(r *reader) { *s = r.statement() })
	return s
}

// explained refuses a column that is declared lower than it would be, without a
// reason.
func (r *reader) explained(c Column, d *Dataset) {
	if usual := d.usual(c); c.Level != 0 && c.Level < usual && d.Lowered == nil {
		r.fail(r.m.Get("level"), "%q is declared lower than its data set or category, %d: say why for the whole description, lowered: {reason: …, by: …, date: …}", c.Name, usual)
	}
}
