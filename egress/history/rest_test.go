package history

import (
	"maps"
	"slices"
	"testing"
)

// TestRest: what others of a cell leave over is compared in pairs. With all and the other
// part it says nothing of the few who are in both.
func TestRest(t *testing.T) {
	one, two, three := ones(people(1, 41, 1)), ones(people(36, 81, 1)), ones(people(1, 81, 1))
	for s := uint32(36); s < 41; s++ {
		three[s] = 2 // a row on either side
	}
	model := func(last Class) *Writer {
		w := &Writer{}
		m := NewMarker(key)
		w.Cell("fit", 0, nil)
		for i, f := range []figures{three, one, two} {
			subjects := slices.Sorted(maps.Keys(f))
			addSet(w, m, []Class{Rows, Known, last}[i], []string{"rows", "at 1", "at 0"}[i], subjects, func(s uint32) Number { return Number{Int: f[s]} })
		}
		return w
	}
	if v := audited(t, reopen(t, "", model(Rest).Release())); len(v.Withhold) > 0 || !v.Complete {
		t.Errorf("%+v", v)
	}
	if v := audited(t, reopen(t, "", model(Known).Release())); len(v.Combinations) == 0 {
		t.Errorf("as parts of a sum they are a finding no more; Rest is of no use: %+v", v)
	}
	less := maps.Clone(two)
	delete(less, 50)
	v := audited(t, reopen(t, "", model(Rest).Release()), release(t, "r1", less))
	if len(v.Withhold) != 1 || v.Pairs[0].Difference != 1 || v.Pairs[0].New.Figure != "at 0" {
		t.Errorf("%+v", v)
	}
}
