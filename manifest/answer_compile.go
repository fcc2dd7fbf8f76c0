package manifest

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/fault"
)

// question is an answer's SQL, with one value chosen for each parameter.
type question struct {
	q      *query
	from   string   // its first input
	kind   string   // of the subject
	whens  []term   // over the row of __each
	checks []string // SQL of what must be 0
	calls  int      // of any, every, count and sum
	used   map[string]map[string]bool
}

// answers types and compiles the questions.
func (c *checker) answers() error {
	asked, chosen := 0, map[string]bool{}
	for i := range c.m.Answers {
		d := &c.m.Answers[i]
		p, err := c.answer(d, fmt.Sprintf("answer%d", i))
		if err != nil {
			return err
		}
		for _, x := range p.Parameters {
			chosen[x.Name] = true
		}
		if asked += len(p.asked); asked > maxCombinations {
			return fault.At(d.at, "the questions come to more than %d, with all combinations of their parameters; use fewer values", maxCombinations)
		}
		c.plan.Answers = append(c.plan.Answers, p)
	}
	for _, x := range c.m.params {
		if !chosen[x.name] {
			return fault.At(x.at, "%s is used by no question; remove it", x.name)
		}
	}
	return nil
}

func (c *checker) answer(d *Answer, name string) (p PlanAnswer, err error) {
	p = PlanAnswer{Name: d.name, Kind: d.Unit, Origin: c.origin(&d.table)}
	params := c.parametersOf(d)
	for _, x := range params {
		values := ParameterValues{Name: x.name}
		for _, v := range x.values {
			values.Values = append(values.Values, v.text)
		}
		p.Parameters = append(p.Parameters, values)
	}
	for _, o := range d.options {
		if p.Answers = append(p.Answers, o.label); o.when != nil {
			p.When = append(p.When, o.when.String())
		}
	}
	combinations := 1
	for _, x := range params {
		if combinations *= len(x.values); d.lists(x.name) {
			p.Listing = append(p.Listing, x.name)
		}
	}
	if combinations > maxCombinations {
		return p, fault.At(d.at, "its parameters have %d combinations; at most %d can be asked", combinations, maxCombinations)
	}
	for n := range combinations {
		chosen, rest := map[string]*expr{}, n
		for i := len(params) - 1; i >= 0; i-- {
			values := params[i].values
			chosen[params[i].name], rest = values[rest%len(values)], rest/len(values)
		}
		k, err := c.question(d, name, chosen)
		if err != nil {
			return p, err
		}
		p.asked = append(p.asked, k)
	}
	c.readBy(d, &p)
	return p, nil
}

// parametersOf lists the parameters that a question names, in the manifest's order.
func (c *checker) parametersOf(d *Answer) (out []parameter) {
	named := map[string]bool{}
	d.each(func(e *expr) { named[e.name()] = true })
	for _, x := range c.m.params {
		if named[x.name] {
			out = append(out, x)
		}
	}
	return out
}

// lists reports a parameter that is compared for equality.
func (d *Answer) lists(parameter string) (found bool) {
	d.each(func(e *expr) {
		found = found || e.op == opCompare && strings.Contains("= !=", e.text) && slices.ContainsFunc(e.args, func(a *expr) bool { return a.name() == parameter }) ||
			e.op == opIn && e.args[0].name() == parameter
	})
	return found
}

// each visits the expressions of a question.
func (d *Answer) each(visit func(*expr)) {
	var look func(e *expr)
	look = func(e *expr) {
		visit(e)
		for _, a := range e.args {
			look(a)
		}
	}
	if d.where != nil {
		look(d.where)
	}
	for _, o := range d.options {
		if o.when != nil {
			look(o.when)
		}
	}
}

// name is that of a column or parameter that stands by itself, or "".
func (e *expr) name() string {
	if e.op != opColumn || e.input != "" {
		return ""
	}
	return e.text
}

// readBy lists what a question reads, and notes it for the views of the run.
func (c *checker) readBy(d *Answer, p *PlanAnswer) {
	used := p.asked[0].used // which columns does not depend on the values
	for _, name := range d.members() {
		in, granted := c.m.input(name), c.schema[name]
		view := PlanInput{Name: name, Dataset: in.Dataset}
		for _, column := range in.Columns {
			if used[name][column] {
				c.use(name, column)
				view.Columns = append(view.Columns, column)
				p.Columns = append(p.Columns, AnswerColumn{name, in.Dataset, column, granted.level(column)})
			}
		}
		if slices.Contains(granted.Subjects, d.Unit) {
			view.Columns = append(view.Columns, ordinal(d.Unit))
		}
		p.Inputs = append(p.Inputs, view)
	}
}

// question compiles a question for chosen values of its parameters.
func (c *checker) question(d *Answer, name string, chosen map[string]*expr) (*question, error) {
	inner := &checker{m: c.m, schema: c.schema, plan: &Plan{}, used: map[string]map[string]bool{}, derived: c.derived, refs: c.refs}
	s := &scope{c: inner, limit: len(c.m.derives), asks: true, chosen: chosen}
	k := &question{q: &query{scope: s, name: name}, from: d.from, kind: d.Unit, used: inner.used}
	if err := k.source(d); err != nil {
		return nil, err
	}
	var err error
	if d.where != nil {
		if k.q.where, err = s.boolean(d.where, mode{}); err != nil {
			return nil, err
		}
	}
	size := len(k.q.where.sql)
	for _, o := range d.options {
		if o.when == nil {
			continue
		}
		w, err := k.when(o.when)
		if err != nil {
			return nil, err
		}
		k.whens = append(k.whens, w)
		size += len(w.sql)
	}
	for _, v := range k.q.values {
		size += len(v.sql)
	}
	if size > maxSQL {
		return nil, fault.At(d.at, "the question grows past %d bytes once derived columns are put in; simplify it", maxSQL)
	}
	for _, check := range inner.plan.Checks {
		k.checks = append(k.checks, check.SQL)
		c.check(check.Code, check.Reason, check.SQL, check.At)
	}
	return k, nil
}

// source joins the inputs. Whoever is asked about, the rows are theirs: an input is joined
// by that subject, or by a code to what is about nobody.
func (k *question) source(d *Answer) error {
	s := k.q.scope
	for i, name := range d.members() {
		at := d.fromAt
		if i > 0 {
			at = d.joins[i-1].at
		}
		if !slices.ContainsFunc(s.c.m.Inputs, func(in Input) bool { return in.Name == name }) {
			return fault.At(at, "a question is put to stored rows, and %q is what a module makes of them", name)
		}
		if subjects := s.c.schema[name].Subjects; !slices.Contains(subjects, d.Unit) && (i == 0 || len(subjects) > 0) {
			return denied(at, "rows of %q are about these kinds of subjects: %q; a question about one %s takes rows that name it, and of other inputs those that are about nobody", name, subjects, d.Unit)
		}
	}
	if _, err := k.q.from(&d.table); err != nil {
		return err
	}
	for i, m := range s.inputs[1:] {
		if slices.Contains(s.units, Unit{d.Unit, m.in.Name}) {
			return denied(d.joins[i].at, "joined on another column than its subject, rows of %q may be about another %s than the one who is asked about", m.in.Name, d.Unit)
		}
	}
	for _, m := range s.inputs { // so far these are codes that join
		for _, column := range m.in.Columns {
			if s.c.used[m.in.Name][column] && m.schema.Columns[column].Uses&UseVerify == 0 {
				return denied(d.at, "%s.%s joins rows of a question; the scenario grants it for %s, and not to verify", m.in.Name, column, m.schema.Columns[column].Uses)
			}
		}
	}
	at := slices.IndexFunc(s.units, func(u Unit) bool { return u.Kind == d.Unit })
	k.q.ordinals = k.q.ordinals[at : at+1]
	return nil
}
