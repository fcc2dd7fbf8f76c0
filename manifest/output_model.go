package manifest

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Model is a regression that a module fits to rows, and the domain checks. Its source
// is that of a table.
type Model struct {
	Family string // one of Families

	table          // from, joins and where alone
	response, time *expr
	terms          []*expr
}

// The families of regressions whose fit the domain can check.
const (
	Linear   = "linear"
	Logistic = "logistic"
	Probit   = "probit"
	Poisson  = "poisson"
	Cox      = "cox"
)

// Families lists them.
func Families() []string { return []string{Linear, Logistic, Probit, Poisson, Cox} }

const (
	maxTerms      = 16 // of a model
	maxParameters = 32 // that its terms come to
)

// Intercept names the parameter that every family but Cox's has.
const Intercept = "intercept"

// PlanModel is one regression.
type PlanModel struct {
	Name       string
	Family     string
	Parameters []Parameter
	Units      []Unit      // at least one
	Inputs     []PlanInput // views that its statements read
	Joins      []JoinStatement
	Origin     Origin

	q              *query
	reads          []string // its inputs
	response, time string   // in the manifest's words
}

// Parameter is one coefficient of a model.
type Parameter struct {
	Name   string `json:"name"`
	Binary bool   `json:"binary,omitempty"` // its variable is 0 or 1
}

func (r *reader) model(name string, v *yamldoc.Node, m *yamldoc.Map) (err error) {
	d := &Model{table: table{name: name, at: v.Place}}
	if d.Family, err = m.NeedText("family"); err != nil {
		return err
	}
	if !slices.Contains(Families(), d.Family) {
		return m.Get("family").Errorf("want one of %s, found %q; of other models the domain cannot check what a module says: see kind asserted, where the scenario allows it", strings.Join(Families(), ", "), d.Family)
	}
	if err := r.rowsOf(&d.table, m); err != nil {
		return err
	}
	if d.response, err = r.need(m, "response"); err != nil {
		return err
	}
	switch {
	case d.Family == Cox:
		if d.time, err = r.need(m, "time"); err != nil {
			return err
		}
	case m.Get("time") != nil:
		return m.Get("time").Errorf("time is for the family cox")
	}
	terms, err := m.Need("terms")
	if err != nil {
		return err
	}
	items, err := terms.List()
	if err != nil {
		return err
	}
	if len(items) < 1 || len(items) > maxTerms {
		return terms.Errorf("has %d entries; 1 to %d terms are read", len(items), maxTerms)
	}
	for _, item := range items {
		e, err := r.expr(item)
		if err != nil {
			return err
		}
		d.terms = append(d.terms, e)
	}
	r.m.Outputs = append(r.m.Outputs, Output{Name: name, Model: d, at: v.Place})
	return nil
}

// rowsOf reads from which rows something is made.
func (r *reader) rowsOf(t *table, m *yamldoc.Map) (err error) {
	if t.from, err = m.NeedText("from"); err != nil {
		return err
	}
	t.fromAt = m.Get("from").Place
	if t.joins, err = joins(m.Get("join")); err != nil {
		return err
	}
	if w := m.Get("where"); w != nil {
		t.where, err = r.expr(w)
	}
	return err
}

// need reads an expression that has to be there.
func (r *reader) need(m *yamldoc.Map, key string) (*expr, error) {
	n, err := m.Need(key)
	if err != nil {
		return nil, err
	}
	return r.expr(n)
}

// canonical writes the model as readers take it.
func (d *Model) canonical(o *object) {
	o.text("kind", "model").text("family", d.Family)
	d.table.canonical(o)
	o.text("response", d.response.String())
	if d.time != nil {
		o.text("time", d.time.String())
	}
	var terms []string
	for _, t := range d.terms {
		terms = append(terms, t.String())
	}
	o.texts("terms", terms)
}

// models types and compiles the regressions.
func (c *checker) models() error {
	for _, out := range c.m.Outputs {
		if out.Model == nil {
			continue
		}
		p, err := c.model(out.Model)
		if err != nil {
			return err
		}
		c.plan.Models = append(c.plan.Models, p)
	}
	return nil
}

// modelInputs gives each model the views of its inputs.
func (c *checker) modelInputs() {
	for i := range c.plan.Models {
		p := &c.plan.Models[i]
		for _, in := range c.plan.Inputs {
			if slices.Contains(p.reads, in.Name) {
				p.Inputs = append(p.Inputs, in)
			}
		}
	}
}

func (c *checker) model(d *Model) (p PlanModel, err error) {
	s := &scope{c: c, limit: len(c.m.derives)}
	q := &query{scope: s, name: fmt.Sprintf("model%d", len(c.plan.Models))}
	p = PlanModel{Name: d.name, Family: d.Family, q: q, response: d.response.String()}
	if d.time != nil {
		p.time = d.time.String()
	}
	if p.Joins, err = q.from(&d.table); err != nil {
		return p, err
	}
	if d.where != nil {
		if q.where, err = s.boolean(d.where, mode{use: UseFilter}); err != nil {
			return p, err
		}
	}
	if err := d.outcome(q); err != nil {
		return p, err
	}
	if d.Family != Cox {
		p.Parameters = append(p.Parameters, Parameter{Name: Intercept})
	}
	for _, t := range d.terms {
		if err := q.regressor(t, &p); err != nil {
			return p, err
		}
	}
	seen := names{}
	for _, x := range p.Parameters {
		if err := seen.add(x.Name, d.at); err != nil {
			return p, err
		}
	}
	if len(p.Parameters) > maxParameters {
		return p, fault.At(d.at, "the terms come to %d parameters; at most %d are fitted", len(p.Parameters), maxParameters)
	}
	p.Units, p.reads = s.units, slices.Concat(d.members(), s.reached)
	p.Origin = c.origin(&d.table, s.reached...)
	return p, nil
}

// outcome takes response and time as the first values of a row.
func (d *Model) outcome(q *query) error {
	y, err := q.scope.variable(d.response)
	if err != nil {
		return err
	}
	binary := d.Family == Logistic || d.Family == Probit || d.Family == Cox
	if binary != (y.typ == typeBoolean) || !binary && !y.typ.Numeric() {
		want := "a stored column of numbers"
		if binary {
			want = "a condition"
		}
		return fault.At(d.response.at, "the response of a %s model is %s, and %s is %s", d.Family, want, d.response, y.typ)
	}
	q.variable(y)
	if d.Family != Cox {
		return nil
	}
	t, err := q.scope.variable(d.time)
	if err != nil {
		return err
	}
	if !t.typ.Numeric() {
		return fault.At(d.time.at, "the time of a cox model is a stored column of numbers, and %s is %s", d.time, t.typ)
	}
	q.variable(t)
	return nil
}

// regressor takes a term: a number or condition is one parameter, a text of the
// manifest's own one for each of its values but the first, which is the reference.
func (q *query) regressor(e *expr, p *PlanModel) error {
	t, err := q.scope.variable(e)
	if err != nil {
		return err
	}
	if t.typ != typeText {
		q.variable(t)
		p.Parameters = append(p.Parameters, Parameter{Name: e.String(), Binary: t.typ == typeBoolean})
		return nil
	}
	if len(t.domain) < 2 {
		return fault.At(e.at, "%s has values that only the data know; take a band, a case or conditions of it", e)
	}
	for _, value := range t.domain[1:] {
		q.variable(glue(typeBoolean, "(", t, " = ", bound(typeText, Value{Type: typeText, Text: value}), ")"))
		p.Parameters = append(p.Parameters, Parameter{Name: e.String() + " " + value, Binary: true})
	}
	return nil
}

// variable reads what a model is made of: a stored column of numbers, granted for
// measure, or a condition or band, as in a table.
func (s *scope) variable(e *expr) (term, error) {
	if e.op != opColumn {
		t, err := s.term(e, mode{use: UseFilter})
		if err == nil && t.typ != typeBoolean && t.typ != typeText {
			err = fault.At(e.at, "a model takes stored columns of numbers, conditions and bands, found %s, which is %s", e, t.typ)
		}
		return t, err
	}
	t, err := s.column(e, mode{})
	if err != nil {
		return t, err
	}
	switch {
	case t.typ.Numeric() && e.input == "" && s.c.m.derive(e.text) != nil:
		return t, fault.At(e.at, "%s is a derived number: a model takes stored columns of numbers, as sum and mean do; take a condition or a band", e)
	case t.typ.Numeric():
		return s.column(e, mode{use: UseMeasure})
	case t.typ == typeBoolean || t.typ == typeText:
		return s.column(e, mode{use: UseFilter})
	}
	return t, fault.At(e.at, "%s is %s: a model takes numbers, conditions and bands", e, t.typ)
}

// variable adds a column of doubles to the rows, and beside it a number as it is stored;
// equal ones are not shared.
func (q *query) variable(t term) {
	q.slots = append(q.slots, len(q.values))
	q.values = append(q.values, cast(t, coltype.Type{Kind: coltype.Double}))
	if !t.typ.Numeric() {
		t = term{}
	}
	q.pers = append(q.pers, t)
}
