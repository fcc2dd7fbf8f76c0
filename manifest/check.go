package manifest

import (
	"maps"
	"slices"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Check types the manifest against what a scenario grants and compiles it. An
// error is Invalid where the manifest is wrong, Denied where a right is missing;
// both point into the file.
func (m *Manifest) Check(schema Schema) (*Plan, error) {
	if err := schema.check(m); err != nil {
		return nil, err
	}
	schema = maps.Clone(schema)
	for i := range m.Mappings {
		schema[m.Mappings[i].Name] = m.Mappings[i].schema()
	}
	c := &checker{m: m, schema: schema, plan: &Plan{Assurance: Verified, Threads: 2}, used: map[string]map[string]bool{}, derived: map[string]bool{}, refs: map[string]bool{}}
	for i := range m.tables {
		t, err := c.table(i)
		if err != nil {
			return nil, err
		}
		c.plan.Tables = append(c.plan.Tables, t)
	}
	if err := c.models(); err != nil {
		return nil, err
	}
	if err := c.answers(); err != nil {
		return nil, err
	}
	for _, d := range m.derives {
		if !c.derived[d.name] {
			return nil, fault.At(d.at, "%s is used by no table; remove it", d.name)
		}
	}
	for _, r := range m.refs {
		if !c.refs[r.name] {
			return nil, fault.At(r.at, "%s is used by no measure; remove it", r.name)
		}
	}
	if m.cohort != nil && !c.cohort {
		return nil, fault.At(m.cohort.at, "no table asks exists(…) of this cohort; remove it")
	}
	for i := range m.Mappings {
		if err := c.mapping(&m.Mappings[i]); err != nil {
			return nil, err
		}
	}
	if err := c.inputs(); err != nil {
		return nil, err
	}
	c.modelInputs()
	if err := c.guest(); err != nil {
		return nil, err
	}
	c.words()
	return c.plan, nil
}

// inputs lists what each view must hold: columns that a statement reads, and the
// ordinals of every kind of subject.
func (c *checker) inputs() error {
	for _, in := range slices.Concat(c.m.Inputs, c.m.mapped) {
		if !c.isUsed(in.Name) {
			if c.isShown(in.Name) {
				continue // the module alone sees it
			}
			return fault.At(in.at, "no table uses this input, and no model or module; remove it")
		}
		p := PlanInput{Name: in.Name, Dataset: in.Dataset}
		for _, column := range in.Columns {
			if c.used[in.Name][column] {
				p.Columns = append(p.Columns, column)
			}
		}
		for _, kind := range c.schema[in.Name].Subjects {
			p.Columns = append(p.Columns, ordinal(kind))
		}
		c.plan.Inputs = append(c.plan.Inputs, p)
	}
	return nil
}

func (c *checker) isUsed(input string) bool {
	return c.used[input] != nil || slices.ContainsFunc(c.m.Outputs, func(o Output) bool { return o.Model != nil && slices.Contains(o.Model.members(), input) }) ||
		slices.ContainsFunc(c.m.Answers, func(d Answer) bool { return slices.Contains(d.members(), input) }) ||
		slices.ContainsFunc(c.m.tables, func(t table) bool { return slices.Contains(t.members(), input) })
}

// isShown reports whether a module sees the input's rows to make records or numbers of
// them.
func (c *checker) isShown(input string) bool {
	return slices.ContainsFunc(c.m.Mappings, func(d Mapping) bool { return slices.Contains(d.From, input) }) ||
		slices.ContainsFunc(c.m.Outputs, func(o Output) bool { return o.Asserted != nil && slices.Contains(o.Asserted.From, input) })
}

// members lists the inputs of a table.
func (t table) members() []string {
	out := []string{t.from}
	for _, j := range t.joins {
		out = append(out, j.input)
	}
	return out
}

// ordinal is the hidden column with a row's subject of a kind.
func ordinal(kind string) string { return "__subject_" + kind }

// guest decides what the module is shown, and thereby what becomes of its words.
func (c *checker) guest() error {
	if len(c.m.Outputs) == 0 {
		return nil
	}
	g := &Guest{SQL: c.m.SQL, Outputs: c.m.Outputs}
	var rows []string
	for _, out := range c.m.Outputs {
		if out.Compares != "" {
			rows = append(rows, c.m.table(out.Compares).members()...)
		}
		if out.Asserted != nil {
			c.plan.Assurance = Asserted
			rows = append(rows, out.Asserted.From...)
		}
		for _, name := range out.Derives {
			c.plan.Assurance = Protected
			if !slices.Contains(g.Tables, name) {
				g.Tables = append(g.Tables, name)
			}
		}
	}
	for i := range c.plan.Models {
		rows = append(rows, c.plan.Models[i].reads...)
	}
	for i := range c.plan.Tables {
		c.plan.Tables[i].Published = !slices.Contains(g.Tables, c.plan.Tables[i].Name)
	}
	for _, in := range c.m.Inputs {
		if !slices.Contains(rows, in.Name) {
			continue
		}
		if err := c.mayShow(in, true, "an output compares with a table of this input, fits a model to its rows, or asserts numbers of them"); err != nil {
			return err
		}
		g.Views = append(g.Views, PlanInput{Name: in.Name, Dataset: in.Dataset, Columns: in.Columns})
	}
	c.plan.Guest = g
	return nil
}

// mayShow refuses rows of an input that no guest may see. why says what would show
// them, subjects whether the columns that say who a row is about are shown too.
func (c *checker) mayShow(in Input, subjects bool, why string) error {
	schema := c.schema[in.Name]
	for i, name := range in.Columns {
		col := schema.Columns[name]
		shown := subjects || col.Subject == ""
		if level := schema.level(name); shown && level > maxShown {
			return denied(in.columns[i], "%q of %q is of level %d: no module sees its rows. Leave it out of this input, use derives, or a job without a module", name, in.Dataset, level)
		}
		if col.Raw {
			return denied(in.columns[i], "%q is granted unmasked: no module sees rows of %q. Use derives, or a job without a module", name, in.Dataset)
		}
		if shown && col.Uses&UseRow == 0 {
			return denied(in.columns[i], "%s, so its module would see %q row by row; the scenario grants it for %s", why, name, col.Uses)
		}
	}
	return nil
}

// words gathers the texts of the manifest, which anyone may read before any data
// is opened.
func (c *checker) words() {
	seen := map[string]bool{}
	add := func(texts ...string) {
		for _, s := range texts {
			if s != "" && !seen[s] {
				seen[s] = true
				c.plan.Words = append(c.plan.Words, s)
			}
		}
	}
	for _, t := range c.plan.Tables {
		add(t.Name)
		for _, k := range t.Keys {
			add(k.Name, k.Title)
			add(k.Domain...)
		}
		for _, f := range t.Measures {
			if !f.Hidden {
				add(f.Name)
			}
		}
	}
	for _, out := range c.m.Outputs {
		add(out.Name)
		add(out.Columns...)
	}
}

// keyTypes are the types that can be a key; a double or an instant would make
// every row a cell.
var keyTypes = []coltype.Kind{coltype.Integer, coltype.Decimal, coltype.Text, coltype.Date, coltype.Boolean}
