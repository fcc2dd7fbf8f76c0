package manifest

import (
	"slices"
	"strings"

	"yingbi/egress/label"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Answer is a fixed question about one subject at a time, with a closed set of answers.
// Its source is that of a table.
type Answer struct {
	Unit string // the kind of subject

	table   // from, joins and where alone
	unitAt  fault.Place
	options []option
}

// option is one answer: it is given to the first subject of whose rows when holds. The
// last has none.
type option struct {
	label string
	when  *expr
	at    fault.Place
}

// parameter is what somebody who asks may choose: one of a closed list.
type parameter struct {
	name   string
	at     fault.Place
	values []*expr // numbers, or texts
}

const (
	maxParameterNames = 4
	maxValues         = 16 // of a parameter
	maxCombinations   = 64 // of parameters, over all questions
	maxOptions        = 8
	maxCalls          = 32 // of any, every, count and sum, in all conditions of a question
	maxAnswerLabel    = 40 // characters
)

// otherwise stands in the place of the last answer's condition.
const otherwise = "otherwise"

func (r *reader) parameters(top *yamldoc.Map) error {
	return each(top.Get("parameters"), maxParameterNames, func(name string, v *yamldoc.Node) error {
		items, err := v.List()
		if err != nil {
			return err
		}
		if len(items) < 1 || len(items) > maxValues {
			return v.Errorf("has %d values; 1 to %d are read", len(items), maxValues)
		}
		p := parameter{name: name, at: v.Place}
		for _, item := range items {
			e, err := r.value(item)
			if err != nil {
				return err
			}
			if len(p.values) > 0 && e.op != p.values[0].op {
				return item.Errorf("the values of %s are all numbers or all texts", name)
			}
			if slices.ContainsFunc(p.values, func(other *expr) bool { return other.text == e.text }) {
				return item.Errorf("%s is given twice", e)
			}
			p.values = append(p.values, e)
		}
		r.m.params = append(r.m.params, p)
		return nil
	})
}

// value reads one value of a parameter: digits without quotes are a number.
func (r *reader) value(n *yamldoc.Node) (*expr, error) {
	s, err := n.Text()
	if err != nil {
		return nil, err
	}
	if err := checkText(n, s, 64, false); err != nil {
		return nil, err
	}
	if f := label.Check(s); f != "" || strings.TrimSpace(s) != s || s == "" {
		return nil, n.Errorf("%q may be no value of a parameter: %s", s, orBlank(f))
	}
	if !n.Quoted() {
		if e, err := parseExpr(s, r.src.locator(n, s)); err == nil && e.op == opNumber {
			return e, nil
		}
	}
	return &expr{op: opText, text: s, at: n.Place, depth: 1}, nil
}

func orBlank(f label.Fault) string {
	if f == "" {
		return "it is blank, or has a space at an end"
	}
	return string(f)
}

func (r *reader) answer(name string, v *yamldoc.Node, m *yamldoc.Map) error {
	d := Answer{table: table{name: name, at: v.Place}}
	var err error
	if d.Unit, err = m.NeedText("unit"); err != nil {
		return err
	}
	d.unitAt = m.Get("unit").Place
	if err := checkText(m.Get("unit"), d.Unit, 64, false); err != nil {
		return err
	}
	if err := r.rowsOf(&d.table, m); err != nil {
		return err
	}
	answers, err := m.Need("answers")
	if err != nil {
		return err
	}
	if err := r.options(answers, &d); err != nil {
		return err
	}
	r.m.Answers = append(r.m.Answers, d)
	return nil
}

func (r *reader) options(n *yamldoc.Node, d *Answer) error {
	m, err := n.Map()
	if err != nil {
		return err
	}
	keys := m.Keys()
	if len(keys) < 2 || len(keys) > maxOptions {
		return n.Errorf("has %d answers; want 2 to %d", len(keys), maxOptions)
	}
	for i, text := range keys {
		v := m.Get(text)
		if v == nil {
			return n.Errorf("%q has no condition", text)
		}
		if err := d.mayAnswer(v, text); err != nil {
			return err
		}
		o := option{label: text, at: v.Place}
		switch s, err := v.Text(); {
		case err != nil:
			return err
		case (s == otherwise) != (i == len(keys)-1):
			return v.Errorf("the last answer, and no other, is %s: it is that of whoever has no rows, or is not known", otherwise)
		case s != otherwise:
			if o.when, err = r.expr(v); err != nil {
				return err
			}
		}
		d.options = append(d.options, o)
	}
	return nil
}

// mayAnswer refuses a label that may not leave, or that somebody takes for another.
func (d *Answer) mayAnswer(v *yamldoc.Node, text string) error {
	if err := checkText(v, text, maxAnswerLabel, false); err != nil {
		return err
	}
	if f := label.Check(text); f != "" || strings.TrimSpace(text) != text || text == "" {
		return v.Errorf("the answer %q may not leave: %s", text, orBlank(f))
	}
	for _, o := range d.options {
		if label.Alike(o.label, text) {
			return v.Errorf("%q looks like the answer %q; choose words that nobody confuses", text, o.label)
		}
	}
	return nil
}

// checkAnswers refuses questions that point nowhere and names that clash.
func (m *Manifest) checkAnswers(taken names) error {
	for _, d := range m.Answers {
		if err := taken.add(d.name, d.at); err != nil {
			return err
		}
		if err := checkFileName(d.name, d.at); err != nil {
			return err
		}
		if err := m.checkSource(d.table); err != nil {
			return err
		}
	}
	columns := names{}
	for _, in := range slices.Concat(m.Inputs, m.mapped) {
		for _, c := range in.Columns {
			columns[fold(c)] = true
		}
	}
	for _, d := range m.derives {
		columns[fold(d.name)] = true
	}
	for _, p := range m.params {
		if err := columns.add(p.name, p.at); err != nil {
			return err
		}
	}
	return nil
}

// canonical writes the question as readers take it.
func (d *Answer) canonical(o *object) {
	o.text("kind", "answer").text("unit", d.Unit)
	d.table.canonical(o)
	o.add("answers", func(o *object) {
		for _, x := range d.options {
			o.text(x.label, x.condition())
		}
	})
}

func (o option) condition() string {
	if o.when == nil {
		return otherwise
	}
	return o.when.String()
}

// canonical writes the values, numbers without quotes.
func (p *parameter) canonical(d *object) {
	values := make([]string, len(p.values))
	for i, v := range p.values {
		if values[i] = v.text; v.op == opText {
			values[i] = string(jsonText(v.text))
		}
	}
	d.raw(p.name, []byte("["+strings.Join(values, ", ")+"]"))
}
