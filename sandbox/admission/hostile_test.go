package admission

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/hostile"
)

func TestHostileModulesAreRefused(t *testing.T) {
	kinds := map[hostile.Outcome]fault.Kind{hostile.Invalid: fault.Invalid, hostile.Denied: fault.Denied, hostile.Limit: fault.Limit}
	for _, c := range refused() {
		t.Run(c.Name, func(t *testing.T) {
			_, err := Check(c.Wasm, DefaultLimits())
			if err == nil {
				t.Fatal("admitted")
			}
			if fault.KindOf(err) != kinds[c.Outcome] || !strings.Contains(err.Error(), c.Says) {
				t.Fatalf("%v: %v; want %v naming %q", fault.KindOf(err), err, kinds[c.Outcome], c.Says)
			}
		})
	}
}
