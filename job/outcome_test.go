package job

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// TestCostIsRoundedUp compares the integer arithmetic with logarithms.
func TestCostIsRoundedUp(t *testing.T) {
	for codes := range abi.MaxGuestCode + 1 {
		outcomes := float64(16 + codes) // released at once, approved, that taken back or expired, six reasons twice, the codes
		want := int64(math.Ceil(1000 * math.Log2(outcomes)))
		if got := Cost(&manifest.Manifest{Errors: make([]manifest.Error, codes)}); got != want {
			t.Errorf("%d codes cost %d, want %d", codes, got, want)
		}
	}
	m := &manifest.Manifest{Outputs: []manifest.Output{{Asserted: &manifest.Assertion{Numbers: []manifest.Field{{Max: 6}}}}, {Asserted: &manifest.Assertion{Numbers: []manifest.Field{{Max: 1}}}}}}
	if got := Cost(m); got != 4000+3000+1585 { // seven numbers or nothing, two or nothing
		t.Errorf("what is asserted costs %d", got)
	}
	m = &manifest.Manifest{Outputs: []manifest.Output{{Model: &manifest.Model{}}, {}, {Model: &manifest.Model{}}}}
	if got := Cost(m); got != 4000+2000 {
		t.Errorf("two regressions cost %d", got)
	}
	for n, want := range map[int64]string{0: "0", 2808: "2.808", 3000: "3", 256_000: "256", 10: "0.01"} {
		if got := Bits(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}

// TestManifestsHaveAsManyErrorsAsCellsTell holds two limits together that are stated in
// packages which do not know each other.
func TestManifestsHaveAsManyErrorsAsCellsTell(t *testing.T) {
	text := func(n int) []byte {
		s := "name: x\nscenario: x\nquestion: x\ninputs: {a: {dataset: a, columns: [x]}}\ntables: {t: {from: a, measures: {n: count()}}}\n" +
			"outputs: {o: {kind: table, compares: t}}\nmodule: {errors: {"
		for i := range n {
			s += "e" + strings.Repeat("x", i) + ": text,"
		}
		return []byte(s + "}}\n")
	}
	if m, err := manifest.Parse("f", text(abi.MaxGuestCode)); err != nil || len(m.Errors) != abi.MaxGuestCode {
		t.Error(err)
	}
	if _, err := manifest.Parse("f", text(abi.MaxGuestCode+1)); err == nil {
		t.Error("one more is accepted")
	}
}

func TestChargesAreReadBack(t *testing.T) {
	c := Charge{Org: "云健 数据", Datasets: []string{"claims", "population"}, Year: 2026, Millibits: 2808}
	if got, err := ParseCharge(c.details()); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := ParseCharge(map[string]string{"verdict": "approved"}); err != nil || got.Millibits != 0 {
		t.Errorf("an act that charges nothing: %+v, %v", got, err)
	}
	for name, value := range map[string]string{detailOrg: "", detailDatasets: " ", detailYear: "x", detailMillibits: "-1"} {
		details := c.details()
		details[name] = value
		if _, err := ParseCharge(details); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s %q: %v", name, value, err)
		}
	}
}
