package job

import (
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// TestAssertable: what nobody can compute again needs the scenario's leave, and fits into
// what it gives, to the thousandth.
func TestAssertable(t *testing.T) {
	m := &manifest.Manifest{Outputs: []manifest.Output{{Asserted: &manifest.Assertion{Numbers: []manifest.Field{{Max: 6}}}}}} // 3 bits
	none := &manifest.Manifest{Outputs: []manifest.Output{{Compares: "t"}}}
	for bits, want := range map[int64]fault.Kind{0: fault.Denied, 1: fault.Limit, 2: fault.Limit, 3: 0, 4: 0} {
		s := &access.Scenario{ID: "chronic", AssertedBits: bits}
		if err := assertable(m, s); fault.KindOf(err) != want && (err != nil || want != 0) {
			t.Errorf("%d bits: %v", bits, err)
		} else if err != nil && !strings.Contains(err.Error(), "authority") {
			t.Errorf("nobody is named to ask: %v", err)
		}
		if err := assertable(none, s); err != nil {
			t.Errorf("without such an output: %v", err)
		}
	}
}

// oneNumber is what a module emits of one declared number x.
func oneNumber(x float64) *abi.Frame {
	return &abi.Frame{Rows: 1, Columns: []abi.Column{{Name: "x", Type: coltype.Type{Kind: coltype.Double}, Valid: []byte{1}, Floats: []float64{x}}}}
}

// TestAssertedIsEmittedOnce: a module that says a second number, in another output or in the
// same again, has its run fail; what it says as declared is taken.
func TestAssertedIsEmittedOnce(t *testing.T) {
	output := manifest.Output{Name: "fit", Asserted: &manifest.Assertion{Numbers: []manifest.Field{{Name: "x", Max: 100}}}}
	emit := func(items ...sandbox.Item) (*run, error) {
		r := &run{plan: &manifest.Plan{Guest: &manifest.Guest{Outputs: []manifest.Output{output}}}, report: &egress.Report{}}
		byName, err := emittedOnce(items)
		if err == nil {
			err = r.judgeItems(byName)
		}
		return r, err
	}
	once := sandbox.Item{Name: "fit", Frame: oneNumber(12)}
	r, err := emit(once)
	if err != nil || len(r.report.Assertions) != 1 || r.report.Assertions[0].Published == nil {
		t.Fatalf("%+v, %v", r.report, err)
	}
	if r.publish(); len(r.published) != 1 || tablesOf(r.published)[0].Class != release.Asserted {
		t.Errorf("%+v", r.published)
	}
	for name, items := range map[string][]sandbox.Item{
		"twice": {once, {Name: "fit", Frame: oneNumber(34)}}, "the same twice": {once, once},
		"another": {once, {Name: "more", Frame: oneNumber(34)}}, "another alone": {{Name: "more", Frame: oneNumber(34)}}, "none": nil,
	} {
		if r, err := emit(items...); fault.KindOf(err) != fault.Invalid || len(r.report.Assertions) > 0 {
			t.Errorf("%s: %+v, %v", name, r.report.Assertions, err)
		}
	}
}
