package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Canonical gives the one text of this manifest: JSON, which Parse reads as YAML,
// with every default written out, sections in a fixed order and names in the
// order of the author. Two files that say the same have the same canonical text,
// whatever their spacing and comments; its digest identifies the manifest.
func (m *Manifest) Canonical() []byte {
	var d object
	d.text("name", m.Name).text("scenario", m.Scenario).text("question", m.Question)
	d.text("audience", m.Audience).text("notes", m.Notes)
	d.add("inputs", func(d *object) {
		for _, in := range m.Inputs {
			d.add(in.Name, func(d *object) { d.text("dataset", in.Dataset).texts("columns", in.Columns) })
		}
	})
	d.add("map", func(d *object) {
		for i := range m.Mappings {
			d.add(m.Mappings[i].Name, m.Mappings[i].canonical)
		}
	})
	d.add("references", func(d *object) {
		for _, ref := range m.refs {
			d.add(ref.name, ref.canonical)
		}
	})
	d.add("cohort", m.cohort.canonical)
	d.add("derive", func(d *object) {
		for _, x := range m.derives {
			d.text(x.name, x.expr.String())
		}
	})
	d.add("parameters", func(d *object) {
		for i := range m.params {
			m.params[i].canonical(d)
		}
	})
	d.add("tables", func(d *object) {
		for _, t := range m.tables {
			d.add(t.name, t.canonical)
		}
	})
	d.add("outputs", func(d *object) {
		for _, out := range m.Outputs {
			d.add(out.Name, func(d *object) {
				switch {
				case out.Model != nil:
					out.Model.canonical(d)
				case out.Asserted != nil:
					out.Asserted.canonical(d)
				default:
					d.text("kind", "table").texts("derives", out.Derives).text("compares", out.Compares).texts("columns", out.Columns)
				}
			})
		}
		for _, c := range m.Charts {
			d.add(c.Name, c.canonical)
		}
		for i := range m.Answers {
			d.add(m.Answers[i].name, m.Answers[i].canonical)
		}
	})
	d.add("module", func(d *object) {
		if m.SQL {
			d.raw("sql", []byte("true"))
		}
		d.add("errors", func(d *object) {
			for _, e := range m.Errors {
				d.text(e.Name, e.Text)
			}
		})
	})
	d.add("limits", func(d *object) {
		d.text("memory", fmt.Sprintf("%dKiB", m.Limits.Memory>>10)).text("time", m.Limits.Time.String())
	})
	return d.bytes()
}

func (t table) canonical(d *object) {
	d.text("from", t.from)
	d.add("join", func(d *object) {
		for _, j := range t.joins {
			d.texts(j.input, []string{j.left, j.right})
		}
	})
	if t.where != nil {
		d.text("where", t.where.String())
	}
	var keys []string
	for _, k := range t.keys {
		keys = append(keys, k.name)
	}
	d.texts("group_by", keys)
	d.add("measures", func(d *object) {
		for _, f := range t.measures {
			d.text(f.name, f.String())
		}
	})
}

// object writes a JSON object in the order of its calls and leaves out what is
// empty.
type object struct{ body bytes.Buffer }

func (d *object) bytes() []byte { return append(append([]byte("{"), d.body.Bytes()...), '}') }

func (d *object) raw(key string, value []byte) *object {
	if d.body.Len() > 0 {
		d.body.WriteString(", ")
	}
	d.body.Write(jsonText(key))
	d.body.WriteString(": ")
	d.body.Write(value)
	return d
}

func (d *object) text(key, value string) *object {
	if value == "" {
		return d
	}
	return d.raw(key, jsonText(value))
}

func (d *object) texts(key string, values []string) *object {
	if len(values) == 0 {
		return d
	}
	quoted := make([][]byte, len(values))
	for i, v := range values {
		quoted[i] = jsonText(v)
	}
	return d.raw(key, append(append([]byte("["), bytes.Join(quoted, []byte(", "))...), ']'))
}

func (d *object) add(key string, fill func(*object)) {
	var inner object
	if fill(&inner); inner.body.Len() > 0 {
		d.raw(key, inner.bytes())
	}
}

// jsonText quotes a text without the escapes that JSON needs only inside HTML.
func jsonText(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
