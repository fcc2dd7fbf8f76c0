package egress

import (
	"fmt"
	"math/big"
	"slices"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Rules of numbers that nobody has computed again.
const (
	RuleColumns Rule = "other_columns"  // the module emitted others than the manifest declares, or none
	RuleBounds  Rule = "outside_bounds" // a number is less than its min, or more than its max
	RuleLeaves  Rule = "small_leaves"   // the table that counts the subjects of each leaf has a cell that is not published
)

// Assertion is the judgement of numbers that a module made of rows. It is for reviewers,
// and holds no digit that does not leave.
type Assertion struct {
	Name      string     `json:"name"`
	About     string     `json:"about"`
	Verdict   Verdict    `json:"verdict"`
	Rules     []Rule     `json:"rules"`
	Leaves    string     `json:"leaves,omitempty"` // the table that counts subjects
	Millibits int64      `json:"millibits"`        // that the output can carry
	Published *Published `json:"published,omitempty"`
}

// What nobody has checked of such numbers; it follows from the manifest alone.
const (
	assertedNotChecked = "asserted: what the module's numbers say, and of whom; nobody has computed them again, and no audit compares them with other releases"
	leavesNotChecked   = "asserted leaves: whether the numbers are those of the leaves that a table counts"
	supportNotChecked  = "asserted support: how many subjects are behind each number; no table counts them"
)

// Assert judges what a module emitted, and takes it into the report: one row with the
// declared numbers and nothing else, each within its bounds, each cut to three digits.
// Settle looks at the leaves.
func (r *Report) Assert(output manifest.Output, emitted Result) error {
	d := output.Asserted
	if d == nil {
		return fault.Errorf(fault.Internal, "the output %s asserts nothing", output.Name)
	}
	a := Assertion{Name: output.Name, About: d.About, Verdict: Publish, Rules: []Rule{}, Leaves: d.Leaves, Millibits: d.Millibits()}
	numbers, rule := assertedNumbers(d.Numbers, emitted)
	if rule != "" {
		a.refuse(rule)
	} else {
		a.Published = publishAsserted(output.Name, d, numbers)
	}
	r.Assertions = append(r.Assertions, a)
	support := supportNotChecked
	if d.Leaves != "" {
		support = leavesNotChecked
	}
	for _, line := range []string{assertedNotChecked, support} {
		if !slices.Contains(r.NotChecked, line) {
			r.NotChecked = append(r.NotChecked, line)
		}
	}
	return nil
}

func (a *Assertion) refuse(rule Rule) {
	a.Verdict, a.Published = Refuse, nil
	a.Rules = append(a.Rules, rule)
}

// assertedNumbers reads one row, in the order of the manifest, or names the rule that it
// breaks.
func assertedNumbers(fields []manifest.Field, r Result) (out []string, rule Rule) {
	columns := r.Columns()
	if r.Rows() != 1 || len(columns) != len(fields) {
		return nil, RuleColumns
	}
	for _, f := range fields {
		at := slices.IndexFunc(columns, func(c Column) bool { return c.Name == f.Name })
		if at < 0 || !columns[at].Type.Numeric() || r.Null(at, 0) {
			return nil, RuleColumns
		}
		v := amountOf(r, columns[at].Type, at, 0)
		if v.rat == nil {
			return nil, RuleFinite
		}
		text, ok := cut(f, v.rat)
		if !ok {
			return nil, RuleBounds
		}
		out = append(out, text)
	}
	return out, ""
}

// cut writes v with three significant digits and no more behind the point than the field
// has, halves away from zero. ok is false of what lies outside the bounds. Bounds have no
// more digits themselves, so that nothing is rounded past one, and what comes out is one of
// the field's Choices.
func cut(f manifest.Field, v *big.Rat) (text string, ok bool) {
	v = shift(v, int(f.Scale))
	if v.Cmp(new(big.Rat).SetInt64(f.Min)) < 0 || v.Cmp(new(big.Rat).SetInt64(f.Max)) > 0 {
		return "", false
	}
	if v.Sign() == 0 {
		return "0", true
	}
	abs := new(big.Rat).Abs(v)
	place := max(0, magnitude(abs)-manifest.AssertedDigits+1)
	n := nearest(shift(abs, -place))
	if v.Sign() < 0 {
		n.Neg(n)
	}
	return decimalText(shift(new(big.Rat).SetInt(n), place-int(f.Scale)), int(f.Scale)), true
}

func publishAsserted(name string, d *manifest.Assertion, numbers []string) *Published {
	out := &Published{Name: name, Class: manifest.Asserted.String(), Complete: true, Rows: [][]Value{}, Columns: []PublishedColumn{
		{Name: "name", Title: "名称", Type: coltype.Type{Kind: coltype.Text}, Key: true},
		{Name: "asserted", Title: "陈述值（无人复算）", Type: coltype.Type{Kind: coltype.Double}},
	}}
	for i, f := range d.Numbers {
		out.Rows = append(out.Rows, []Value{{Text: f.Name}, {Text: numbers[i]}})
	}
	out.Notes = []string{
		d.About,
		fmt.Sprintf("asserted: a module says so of the rows, and nobody has recomputed these numbers; they have at most %d significant digits · asserted：由模块对数据作出的陈述，无人复算；至多 %d 位有效数字", manifest.AssertedDigits, manifest.AssertedDigits),
	}
	return out
}

// leaves refuses numbers whose table of leaves shows a suppressed cell, or none at all: one
// that is small, or empty. So the refusal follows from what is published.
func (r *Report) leaves() {
	for i := range r.Assertions {
		a := &r.Assertions[i]
		if a.Leaves == "" || a.Verdict != Publish {
			continue
		}
		t := slices.IndexFunc(r.Tables, func(t TableReport) bool { return t.Name == a.Leaves })
		if t < 0 || r.Tables[t].Withheld > 0 || r.Tables[t].Published == nil || slices.ContainsFunc(r.Tables[t].Published.Rows, suppressed) {
			a.refuse(RuleLeaves)
		}
	}
}

func suppressed(row []Value) bool {
	return slices.ContainsFunc(row, func(v Value) bool { return v.Mark == Suppressed })
}
