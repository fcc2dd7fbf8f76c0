package manifest

import (
	"math/big"
	"slices"

	"yingbi/egress/label"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Assertion is numbers that a module makes of rows and nobody can compute again: the
// leaves of a tree, the weights of a network. Each leaves with few digits, within bounds
// that are declared, so that what they can carry is known before the run.
type Assertion struct {
	About   string   // for people: what the numbers are
	From    []string // inputs whose rows the module is shown
	Numbers []Field  // what it emits: one row of these, at most three digits of each
	Leaves  string   // the table that counts the subjects of each leaf; may be empty

	fromAt   []fault.Place
	leavesAt fault.Place
}

// AssertedDigits is how many significant digits a number leaves with that nobody has
// computed again.
const AssertedDigits = 3

const maxNumbers = 64 // of an output

func (r *reader) asserted(name string, v *yamldoc.Node, m *yamldoc.Map) (err error) {
	d := &Assertion{}
	if d.About, err = m.NeedText("about"); err != nil {
		return err
	}
	if f := label.Check(d.About); f != "" {
		return m.Get("about").Errorf("it leaves with the numbers, in one line, and this one may not leave: %s", f)
	}
	from, err := m.Need("from")
	if err != nil {
		return err
	}
	if d.From, d.fromAt, err = list(from, maxInputs); err != nil {
		return err
	}
	if len(d.From) == 0 {
		return from.Errorf("name the inputs whose rows the module is shown; of finished tables, use kind: table with derives")
	}
	if d.Leaves, err = m.GetText("leaves"); err != nil {
		return err
	}
	if n := m.Get("leaves"); n != nil {
		d.leavesAt = n.Place
	}
	if d.Numbers, err = assertedNumbers(m); err != nil {
		return err
	}
	r.m.Outputs = append(r.m.Outputs, Output{Name: name, Asserted: d, at: v.Place})
	return nil
}

func assertedNumbers(m *yamldoc.Map) (out []Field, err error) {
	n, err := m.Need("numbers")
	if err != nil {
		return nil, err
	}
	taken := names{}
	err = each(n, maxNumbers, func(name string, v *yamldoc.Node) error {
		f := Field{Name: name, at: v.Place}
		if f := label.Check(name); f != "" {
			return v.Errorf("the name of a number leaves with it, and this one may not: %s", f)
		}
		if v.IsList() {
			return v.Errorf("want the bounds of a number, {min: 0, max: 100}; labels are no numbers")
		}
		if err := f.number(v); err != nil {
			return err
		}
		if bounds, _ := v.Map(); bounds.Get("default") != nil {
			return bounds.Get("default").Errorf("a number that leaves has no default")
		}
		if !fewDigits(f.Min) || !fewDigits(f.Max) {
			return v.Errorf("its numbers leave with %d significant digits; give its bounds no more", AssertedDigits)
		}
		out = append(out, f)
		return taken.add(name, f.at)
	})
	if err == nil && len(out) == 0 {
		err = n.Errorf("declare at least one number")
	}
	return out, err
}

// fewDigits reports whether x has at most three significant digits.
func fewDigits(x int64) bool {
	for x != 0 && x%10 == 0 {
		x /= 10
	}
	return x > -1000 && x < 1000
}

// Choices is how many numbers can leave for the field: those of at most three significant
// digits, and no more behind the point than its scale, from min to max.
func (f Field) Choices() int64 {
	switch {
	case f.Min > 0:
		return upTo(f.Max) - upTo(f.Min) + 1
	case f.Max < 0:
		return upTo(-f.Min) - upTo(-f.Max) + 1
	}
	return upTo(f.Max) + upTo(-f.Min) + 1
}

// upTo counts the whole numbers from 1 to x of at most three significant digits; x is one.
func upTo(x int64) int64 {
	if x < 1000 {
		return x
	}
	n, unit := int64(999), int64(10)
	for ; x >= 1000*unit; unit *= 10 {
		n += 900
	}
	return n + x/unit - 99
}

// Millibits is what the output can carry at most: log₂ of the number of ways in which it
// can come out, in thousandths of a bit, rounded up. That nothing of it leaves is one.
func (d *Assertion) Millibits() int64 {
	ways := big.NewInt(1)
	for _, f := range d.Numbers {
		ways.Mul(ways, big.NewInt(f.Choices()))
	}
	power := ways.Exp(ways.Add(ways, big.NewInt(1)), big.NewInt(1000), nil)
	return int64(power.Sub(power, big.NewInt(1)).BitLen())
}

// AssertedMillibits is what all outputs of the kind asserted can carry in one run.
func (m *Manifest) AssertedMillibits() (sum int64) {
	for _, out := range m.Outputs {
		if out.Asserted != nil {
			sum += out.Asserted.Millibits()
		}
	}
	return sum
}

// checkNames refuses an output that points nowhere.
func (d *Assertion) checkNames(m *Manifest) error {
	for i, name := range d.From {
		if !slices.ContainsFunc(m.Inputs, func(in Input) bool { return in.Name == name }) {
			return fault.At(d.fromAt[i], "%q is no input of this manifest", name)
		}
	}
	if d.Leaves == "" {
		return nil
	}
	t := m.table(d.Leaves)
	if t == nil {
		return fault.At(d.leavesAt, "%q is no table of this manifest", d.Leaves)
	}
	if len(t.keys) == 0 {
		return fault.At(d.leavesAt, "the table %q has no keys; group it by the leaf, so that each is a cell", d.Leaves)
	}
	if !slices.Contains(d.From, t.from) {
		return fault.At(d.leavesAt, "the table %q counts rows of %q, and the numbers are made of others; name it under from", d.Leaves, t.from)
	}
	return nil
}

// canonical writes the output as readers take it.
func (d *Assertion) canonical(o *object) {
	o.text("kind", "asserted").text("about", d.About).texts("from", d.From).text("leaves", d.Leaves)
	o.add("numbers", func(o *object) {
		for _, f := range d.Numbers {
			o.add(f.Name, f.canonicalNumber)
		}
	})
}
