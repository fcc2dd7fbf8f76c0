package egress

import (
	"slices"
	"strings"
	"testing"

	"yingbi/manifest"
)

// TestWithhold: a cell that is taken out looks like every other withheld one, and a
// table of which nothing is left is refused.
func TestWithhold(t *testing.T) {
	p := preset(t, "default")
	table := oneKey(group{"a", 50, 300, 200}, group{"b", 60, 300, 200}, group{"c", 5, 100, 100})
	r := judge(t, p, []*Table{table})
	r.Withhold(table, []int{0}, RuleDifferencing)
	tr := r.Tables[0]
	if tr.Verdict != Publish || tr.Withheld != 2 || tr.Failing[RuleDifferencing] != 1 || !rulesOf(r, 0)[RuleDifferencing] || rulesOf(r, 1)[RuleDifferencing] {
		t.Errorf("%+v", tr)
	}
	if got := rows(tr.Published); !strings.HasPrefix(got, "b ") || strings.Contains(got, ";") {
		t.Errorf("published %s", got)
	}
	if tr.Cells[0].Figures[2].Sum.Known() || !tr.Cells[1].Figures[2].Sum.Known() {
		t.Error("the report shows the sum of a withheld cell")
	}
	r.Withhold(table, []int{1}, RuleDifferencing)
	if tr := r.Tables[0]; tr.Verdict != Refuse || tr.Published != nil || !slices.Contains(tr.Rules, RuleNothingLeft) {
		t.Errorf("%+v", tr)
	}
	r.Withhold(table, []int{1}, RuleDifferencing) // of what is refused, nothing more can go
	r.AddHistory(History{Releases: 3})
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseReport(b); err != nil || again.History.Releases != 3 {
		t.Error(err)
	}
}

// TestHistoryIsNoLongerUnchecked, but for tables that nobody's ordinals are behind.
func TestHistoryIsNoLongerUnchecked(t *testing.T) {
	table := oneKey(group{"a", 50, 300, 200})
	r := judge(t, preset(t, "default"), []*Table{table})
	r.NotChecked = append(r.NotChecked, "differencing inside this job: x")
	r.AddHistory(History{})
	if all := strings.Join(r.NotChecked, "\n"); strings.Contains(all, "cross-release") || strings.Contains(all, "differencing") || !strings.Contains(all, "intent") {
		t.Errorf("%q", all)
	}
	table.Units = []manifest.Unit{{Kind: manifest.RowKind, Input: "weather"}}
	r = judge(t, preset(t, "default"), []*Table{table})
	r.AddHistory(History{})
	if all := strings.Join(r.NotChecked, "\n"); !strings.Contains(all, rowsNotCompared) {
		t.Errorf("%q", all)
	}
}
