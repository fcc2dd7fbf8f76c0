package manifest

import (
	"slices"
	"strconv"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Mapping declares what a module makes of the rows of one subject at a time: one
// record for each subject, of enumerations and bounded numbers alone. To the tables
// its records are an input of the mapping's name, with one row for each subject.
type Mapping struct {
	Name   string
	Unit   string   // the kind of subject
	From   []string // inputs whose rows of one subject the module sees, in this order
	Record []Field
	Shared bool // subjects may share an instance of the module

	at, unitAt fault.Place
	fromAt     []fault.Place
}

const maxMappings = 4

// input is the mapping as tables read it. Its subject's column has the kind's name.
func (m *Mapping) input() Input {
	in := Input{Name: m.Name, Columns: []string{m.Unit}, at: m.at, columns: []fault.Place{m.unitAt}}
	for _, f := range m.Record {
		in.Columns, in.columns = append(in.Columns, f.Name), append(in.columns, f.at)
	}
	return in
}

// schema says how tables may use the records: in every way.
func (m *Mapping) schema() InputSchema {
	out := InputSchema{Level: 1, Subjects: []string{m.Unit}, Columns: map[string]ColumnSchema{}}
	out.Columns[m.Unit] = ColumnSchema{Type: typeText, Uses: UseJoin, Subject: m.Unit}
	for _, f := range m.Record {
		out.Columns[f.Name] = ColumnSchema{Type: f.Type(), Uses: UseFilter | UseGroup | UseMeasure | UseDerive, authored: true, labels: f.Labels, usual: f.usual()}
	}
	return out
}

func (r *reader) mappings(top *yamldoc.Map) error {
	return each(top.Get("map"), maxMappings, func(name string, v *yamldoc.Node) error {
		m, err := v.Map()
		if err != nil {
			return err
		}
		out := Mapping{Name: name, at: v.Place}
		if out.Unit, err = m.NeedText("unit"); err != nil {
			return err
		}
		out.unitAt = m.Get("unit").Place
		if err := checkText(m.Get("unit"), out.Unit, 64, false); err != nil {
			return err
		}
		from, err := m.Need("from")
		if err != nil {
			return err
		}
		if out.From, out.fromAt, err = list(from, maxInputs); err != nil {
			return err
		}
		if len(out.From) == 0 {
			return from.Errorf("name at least one input")
		}
		if shared := m.Get("shared"); shared != nil {
			if out.Shared, err = shared.Bool(); err != nil {
				return err
			}
		}
		if out.Record, err = readRecord(m); err != nil {
			return err
		}
		r.m.Mappings = append(r.m.Mappings, out)
		return m.Done()
	})
}

// checkMappingNames refuses names of mappings that clash or point nowhere.
func (m *Manifest) checkMappingNames() error {
	inputs := names{}
	for _, in := range m.Inputs {
		inputs[fold(in.Name)] = true
	}
	for _, d := range m.Mappings {
		if err := inputs.add(d.Name, d.at); err != nil {
			return err
		}
		if err := engineName(d.Name, d.at); err != nil {
			return err
		}
		in, columns := d.input(), names{}
		for i, c := range in.Columns {
			if err := columns.add(c, in.columns[i]); err != nil {
				return err
			}
		}
		for i, name := range d.From {
			if !slices.ContainsFunc(m.Inputs, func(in Input) bool { return in.Name == name }) {
				return fault.At(d.fromAt[i], "%q is no input of this manifest", name)
			}
		}
	}
	if len(m.Mappings) > 0 && len(m.Outputs) > 0 {
		return fault.At(m.Outputs[0].at, "a module that maps subjects to records emits nothing else; leave outputs out, or make two jobs")
	}
	return nil
}

// mapping checks what a module is shown of one subject.
func (c *checker) mapping(d *Mapping) error {
	if !c.isUsed(d.Name) {
		return fault.At(d.at, "no table uses this mapping; remove it")
	}
	out := PlanMapping{Name: d.Name, Unit: d.Unit, Record: d.Record, Shared: d.Shared}
	for i, name := range d.From {
		in := c.m.input(name)
		granted := c.schema[name]
		if len(granted.Subjects) != 1 || granted.Subjects[0] != d.Unit {
			return denied(d.fromAt[i], "rows of %q are about these kinds of subjects: %q; a mapping of each %s takes rows that are about nobody else, so that who is behind a record is known",
				in.Dataset, granted.Subjects, d.Unit)
		}
		view, level := PlanInput{Name: name, Dataset: in.Dataset}, 0
		for _, column := range in.Columns {
			if granted.Columns[column].Subject == "" { // who it is, the module never learns
				view.Columns, level = append(view.Columns, column), max(level, granted.level(column))
			}
		}
		if d.Shared && level > maxShared {
			return denied(d.fromAt[i], "%q is data of level %d: its subjects never share an instance of a module. Set shared: false, and use a language that starts quickly", in.Dataset, level)
		}
		if len(view.Columns) == 0 {
			return fault.At(d.fromAt[i], "%q has no column but that of its subject; name what the module is to see", name)
		}
		if err := c.mayShow(*in, false, "a mapping takes rows of this input"); err != nil {
			return err
		}
		out.Inputs = append(out.Inputs, view)
	}
	c.plan.Mappings = append(c.plan.Mappings, out)
	c.plan.Assurance = Mapped
	return nil
}

// canonical writes the mapping as readers take it.
func (d *Mapping) canonical(o *object) {
	o.text("unit", d.Unit).texts("from", d.From)
	o.add("record", func(o *object) {
		for _, f := range d.Record {
			if f.Labels != nil {
				o.texts(f.Name, f.Labels)
				continue
			}
			o.add(f.Name, f.canonicalNumber)
		}
	})
	if d.Shared {
		o.raw("shared", []byte("true"))
	}
}

func (f Field) canonicalNumber(o *object) {
	whole := func(v int64) []byte { return []byte(strconv.FormatInt(v/f.factor(), 10)) }
	o.raw("min", whole(f.Min)).raw("max", whole(f.Max))
	if f.Scale > 0 {
		o.raw("scale", []byte(strconv.Itoa(int(f.Scale))))
	}
	if f.Default != min(max(f.Min, 0), f.Max) {
		o.raw("default", whole(f.Default))
	}
}
