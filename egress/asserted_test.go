package egress

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// leaf is an output of two numbers: a percentage, and one between -1 and 1 with two
// digits behind the point.
func leaf(table string) manifest.Output {
	return manifest.Output{Name: "fit", Asserted: &manifest.Assertion{
		About: "叶子", From: []string{"claims"}, Leaves: table,
		Numbers: []manifest.Field{{Name: "a", Min: 0, Max: 1000, Scale: 1}, {Name: "b", Min: -100, Max: 100, Scale: 2}},
	}}
}

func asserted(t testing.TB, emitted Result) *Assertion {
	t.Helper()
	r := judge(t, preset(t, "default"), nil)
	if err := r.Assert(leaf(""), emitted); err != nil {
		t.Fatal(err)
	}
	return &r.Assertions[0]
}

var ab = memory{columns: []Column{{"a", double}, {"b", double}}}

// TestAssertedIsCut: three significant digits leave, halves go away from zero, and the
// manifest's order stands, whatever the module's was.
func TestAssertedIsCut(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want string
	}{
		{12.34567, 0.123456, "a 12.3; b 0.12"}, {12.25, -0.125, "a 12.3; b -0.13"}, {99.96, 0.999, "a 100; b 1"}, {100, -1, "a 100; b -1"},
		{0.04999, 0.00499, "a 0; b 0"}, {0.05, -0.005, "a 0.1; b -0.01"}, {0, math.Copysign(0, -1), "a 0; b 0"}, {1e-300, -1e-300, "a 0; b 0"},
	} {
		out := asserted(t, ab.with([]any{c.a, c.b}))
		if out.Verdict != Publish || rows(out.Published) != c.want {
			t.Errorf("%v, %v: %+v", c.a, c.b, out)
		}
		if p := out.Published; p.Class != "asserted" || !slices.ContainsFunc(p.Notes, func(s string) bool { return strings.Contains(s, "nobody has recomputed") }) {
			t.Errorf("%+v", p)
		}
	}
	turned := memory{columns: []Column{{"b", coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 5}}, {"a", integer}}, rows: [][]any{{-12_345, 77}}}
	if out := asserted(t, turned); out.Verdict != Publish || rows(out.Published) != "a 77; b -0.12" {
		t.Errorf("%+v", out)
	}
	wide := manifest.Output{Name: "w", Asserted: &manifest.Assertion{Numbers: []manifest.Field{{Name: "x", Min: -999_000, Max: 1_000_000}}}}
	for v, want := range map[int]string{123_456: "123000", -123_500: "-124000", 999_499: "999000", 999_500: "1000000", 1_005: "1010", 999: "999"} {
		r := judge(t, preset(t, "default"), nil)
		if err := r.Assert(wide, memory{columns: []Column{{"x", integer}}, rows: [][]any{{v}}}); err != nil || rows(r.Assertions[0].Published) != "x "+want {
			t.Errorf("%d: %+v, %v", v, r.Assertions, err)
		}
	}
}

// TestAssertedTellsNoMoreThanCounted: a module that tries far more values than can leave,
// a row's among them in the low digits, is never seen to say another than those that the
// manifest counts, and can say each of them.
func TestAssertedTellsNoMoreThanCounted(t *testing.T) {
	for _, f := range []manifest.Field{{Min: 0, Max: 100}, {Min: -20, Max: 1_100}, {Min: -1_010, Max: -5}, {Min: 990, Max: 10_100, Scale: 2}, {Min: -150, Max: 1_200, Scale: 3}} {
		f.Name = "x"
		unit, seen := math.Pow10(-int(f.Scale)), map[string]bool{}
		for n := 8 * f.Min; n <= 8*f.Max; n++ {
			for _, secret := range []float64{0, 1e-7, 0.0123456} {
				v := (float64(n)/8 + secret) * unit
				out, rule := assertedNumbers([]manifest.Field{f}, memory{columns: []Column{{"x", double}}, rows: [][]any{{v}}})
				if rule == RuleBounds {
					continue // of the last one, with its secret
				}
				got, err := strconv.ParseFloat(out[0], 64)
				if rule != "" || err != nil || got < float64(f.Min)*unit-1e-12 || got > float64(f.Max)*unit+1e-12 {
					t.Fatalf("%v becomes %v, %s", v, out, rule)
				}
				seen[out[0]] = true
			}
		}
		if int64(len(seen)) != f.Choices() {
			t.Errorf("%+v: %d numbers leave, and %d are counted", f, len(seen), f.Choices())
		}
	}
}

func TestAssertedRules(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		emitted memory
		rule    Rule
	}{
		"above":          {ab.with([]any{100.0000001, 0.0}), RuleBounds},
		"below":          {ab.with([]any{-1e-300, 0.0}), RuleBounds},
		"far":            {ab.with([]any{5.0, 1e300}), RuleBounds},
		"NaN":            {ab.with([]any{math.NaN(), 0.0}), RuleFinite},
		"infinite":       {ab.with([]any{5.0, -inf}), RuleFinite},
		"null":           {ab.with([]any{nil, 0.0}), RuleColumns},
		"no row":         {ab.with(), RuleColumns},
		"two rows":       {ab.with([]any{1.0, 0.0}, []any{1.0, 0.0}), RuleColumns},
		"column left":    {memory{columns: ab.columns[:1], rows: [][]any{{1.0}}}, RuleColumns},
		"column more":    {memory{columns: append(slices.Clone(ab.columns), Column{"c", double}), rows: [][]any{{1.0, 0.0, 7.0}}}, RuleColumns},
		"column twice":   {memory{columns: []Column{{"a", double}, {"a", double}}, rows: [][]any{{1.0, 0.0}}}, RuleColumns},
		"another name":   {memory{columns: []Column{{"a", double}, {"B", double}}, rows: [][]any{{1.0, 0.0}}}, RuleColumns},
		"text":           {memory{columns: []Column{{"a", text}, {"b", double}}, rows: [][]any{{"1", 0.0}}}, RuleColumns},
		"date":           {memory{columns: []Column{{"a", date}, {"b", double}}, rows: [][]any{{1, 0.0}}}, RuleColumns},
		"nothing at all": {memory{}, RuleColumns},
	} {
		out := asserted(t, c.emitted)
		if out.Verdict != Refuse || out.Published != nil || !slices.Equal(out.Rules, []Rule{c.rule}) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	if err := judge(t, preset(t, "default"), nil).Assert(manifest.Output{Name: "o"}, ab); fault.KindOf(err) != fault.Internal {
		t.Error(err)
	}
}

// TestSmallLeaves: a tree with a small leaf is refused, and so is one with a leaf that
// nobody is in, or with no table of them.
func TestSmallLeaves(t *testing.T) {
	good, small := oneKey(group{"a", 30, 100, 100}, group{"b", 40, 100, 100}), oneKey(group{"a", 30, 100, 100}, group{"b", 9, 100, 100})
	empty := oneKey(group{"a", 30, 100, 100}, group{"b", 40, 100, 100})
	empty.Keys[0].Domain = []string{"a", "b", "c"}
	for name, c := range map[string]struct {
		table  *Table
		leaves string
		want   []Rule
	}{
		"large": {good, "t", nil}, "small": {small, "t", []Rule{RuleLeaves}}, "empty": {empty, "t", []Rule{RuleLeaves}},
		"another table": {good, "gone", []Rule{RuleLeaves}}, "none declared": {small, "", nil},
		"all small": {oneKey(group{"a", 3, 100, 100}), "t", []Rule{RuleLeaves}},
	} {
		tables := []*Table{c.table}
		r := judge(t, preset(t, "default"), tables)
		if err := r.Assert(leaf(c.leaves), ab.with([]any{50.0, 0.5})); err != nil {
			t.Fatal(err)
		}
		if err := r.Settle(t.Context(), tables); err != nil {
			t.Fatal(err)
		}
		a := r.Assertions[0]
		if fmt.Sprint(a.Rules) != fmt.Sprint(c.want) || (a.Published != nil) != (c.want == nil) {
			t.Errorf("%s: %+v", name, a)
		}
		said := strings.Join(r.NotChecked, "\n")
		if !strings.Contains(said, assertedNotChecked) || strings.Contains(said, supportNotChecked) != (c.leaves == "") || strings.Contains(said, leavesNotChecked) == (c.leaves == "") {
			t.Errorf("%s: %s", name, said)
		}
		b, err := r.Encode()
		again, err2 := ParseReport(b)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, b) {
			t.Errorf("%s: the report reads back as another, %v", name, err)
		}
	}
}
