package egress

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/manifest"
)

// A cell whose key may not leave is withheld, and the key with it.
func TestKeysAreLabels(t *testing.T) {
	id, err := idnum.SyntheticResidentID("110101", 1990, 1, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"=HYPERLINK(1)", "<script>x", "内\u200b科", "东\u202e区", "pаypal", id} {
		r := judge(t, preset(t, "default"), []*Table{oneKey(group{"东", 50, 100, 100}, group{bad, 50, 100, 100})})
		p, err := json.Marshal(r.Published("t"))
		if err != nil || len(r.Published("t").Rows) != 1 || strings.Contains(string(p), bad) || !rulesOf(r, 1)[RuleLabel] || rulesOf(r, 0)[RuleLabel] {
			t.Errorf("%q: %s, %v", bad, p, r.Tables[0].Failing)
		}
	}
	number := oneKey(group{id[:17] + "0", 50, 100, 100}, group{"6222000000000000003", 50, 100, 100}, group{"-5", 50, 100, 100})
	number.Keys[0].Type = integer
	card, _ := idnum.SyntheticBankCard("62220000000000000")
	number.Cells[1].Keys[0].Text = card
	if r := judge(t, preset(t, "default"), []*Table{number}); !rulesOf(r, 1)[RuleLabel] || rulesOf(r, 2)[RuleLabel] {
		t.Errorf("numbers as keys: %v", r.Tables[0].Failing)
	}
}

// A text that stands in the table whatever its cells are refuses it.
func TestTextsOfATableAreLabels(t *testing.T) {
	for name, change := range map[string]func(*Table){
		"key":     func(x *Table) { x.Keys[0].Name = "=1" },
		"title":   func(x *Table) { x.Keys[0].Title = "<b>区" },
		"measure": func(x *Table) { x.Measures[0].Name = "a\u200b" },
		"domain":  func(x *Table) { x.Keys[0].Domain = []string{"东", "@x"} },
		"nothing": func(*Table) {},
	} {
		table := oneKey(group{"东", 50, 100, 100}, group{"西", 50, 100, 100})
		change(table)
		r := judge(t, preset(t, "default"), []*Table{table})
		if refused := r.Published("t") == nil; refused != (name != "nothing") || refused != slices.Contains(r.Tables[0].Rules, RuleLabel) {
			t.Errorf("%s: %v", name, r.Tables[0].Rules)
		}
	}
	r := memory{columns: []Column{{"=sum", double}}, rows: [][]any{{1.0}}}
	if _, err := Admit("o", finished(t), []string{"=sum"}, r); fault.KindOf(err) != fault.Denied {
		t.Errorf("a column of a module: %v", err)
	}
}

// What is withheld after the judgement must not follow from the totals either.
func TestSettleProtectsWhatIsWithheldLater(t *testing.T) {
	a, b := oneKey(group{"东", 50, 100, 100}, group{"西", 60, 100, 100}, group{"南", 40, 100, 100}), oneKey(group{"", 150, 100, 100})
	b.Name, b.Keys, b.Cells[0].Keys = "all", nil, []Value{}
	a.Origin = manifest.Origin{Source: "c"}
	b.Origin = a.Origin
	tables := []*Table{a, b}
	r := judge(t, preset(t, "default"), tables)
	if len(r.Linked) != 1 || r.Linked[0].Withheld != 0 {
		t.Fatalf("%+v", r.Linked)
	}
	r.Withhold(a, []int{1}, RuleDifferencing)
	if err := r.Settle(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	if r.Linked[0].Withheld != 1 || r.Tables[0].Failing[RuleSecondary] != 1 || !rulesOf(r, 2)[RuleSecondary] {
		t.Errorf("%+v, %v", r.Linked, r.Tables[0].Failing)
	}
}
