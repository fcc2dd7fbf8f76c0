package history

import (
	"slices"
	"testing"
)

// TestSharesOfOneCell: a rate of large bills beside a survival that begins with all bills
// and goes on with the large ones. Those who hit the rate are those whom the first interval
// leaves and those at risk in the second, and tell nothing; people who differ are seen,
// between two cells and in one; and so is, of two shares with the same hits, that
// those who are in one of them alone all miss.
func TestSharesOfOneCell(t *testing.T) {
	some := func(from, to uint32) []uint32 {
		var out []uint32
		for s := from; s < to; s++ {
			out = append(out, s)
		}
		return out
	}
	all, m := some(1, 201), NewMarker(key)
	share := func(w *Writer, class Class, figure string, among, hits []uint32) {
		addSet(w, m, class, figure, among, func(s uint32) Number {
			_, hit := slices.BinarySearch(hits, s)
			return Number{Int: map[bool]int64{true: 1}[hit]}
		})
	}
	cell := func(w *Writer, place int, rate, risk []uint32) {
		set := func(class Class, figure string, among, hits []uint32) { share(w, class, figure, among, hits) }
		w.Cell("t", place, nil)
		if rate != nil {
			set(Hits, "rate", all, rate)
			set(Hits, "rate", all, all[:len(all)-len(rate)]) // those who miss
			set(Known, "rate", all, all)
		}
		if risk != nil {
			set(Hits, "first", all, all[:len(all)-len(risk)])
			set(Known, "first", risk, risk) // whom it leaves
			set(Known, "first", all, all)
			set(Hits, "second", risk, risk[:len(risk)/2])
			set(Known, "second", risk, risk)
		}
	}
	large := some(101, 201)
	for name, c := range map[string]struct {
		risk []uint32
		n    int
	}{"the same": {large, 0}, "one less": {large[1:], 1}, "nine less": {large[9:], 9}, "ten less": {large[10:], 0}} {
		one, two := &Writer{}, &Writer{}
		cell(one, 0, large, c.risk)
		cell(two, 0, large, nil)
		cell(two, 1, nil, c.risk)
		for cells, w := range map[string]*Writer{"one cell": one, "two cells": two} {
			v := audited(t, reopen(t, "", w.Release()))
			if len(v.Withhold) != min(1, c.n) || c.n > 0 && v.Pairs[0].Difference != c.n {
				t.Errorf("%s, %s: %+v", cells, name, v)
			}
		}
	}
	w := &Writer{} // fifty people are not asked, and none of them would hit
	w.Cell("t", 0, nil)
	share(w, Hits, "rate", all, large)
	share(w, Hits, "fewer", all[50:], large)
	if v := audited(t, reopen(t, "", w.Release())); len(v.Withhold) != 1 || v.Pairs[0].Difference != 50 {
		t.Errorf("the others miss: %+v", v)
	}
}
