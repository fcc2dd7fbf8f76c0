package job

import (
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/internal/fault"
	"yingbi/manifest"
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
