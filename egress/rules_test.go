package egress

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/manifest"
)

func TestMinimumAtItsBorder(t *testing.T) {
	for _, name := range []string{"default", "strict"} {
		p := preset(t, name)
		for d, fails := range map[int64]bool{-1: true, 0: false, 1: false} {
			r := judge(t, p, []*Table{oneKey(group{"a", p.Minimum + d, 100, 100})})
			if got := rulesOf(r, 0)[RuleMinimum]; got != fails {
				t.Errorf("%s: %d subjects: fails %v", name, p.Minimum+d, got)
			}
		}
	}
}

// 20 subjects; 18 of them contribute 100 each, 1800 together.
func TestDominanceAtItsBorder(t *testing.T) {
	for _, c := range []struct {
		first, second int64
		fails         bool
	}{
		{8100, 8100, true}, // 16200 of 18000 is exactly 0.90, and ≥ fails
		{8100, 8099, false},
		{16100, 100, true},
	} {
		r := judge(t, preset(t, "default"), []*Table{oneKey(group{"a", 20, c.first, c.second})})
		if got := rulesOf(r, 0)[RuleDominance]; got != c.fails {
			t.Errorf("%d and %d: dominance %v", c.first, c.second, got)
		}
	}
	p := Preset{Dominance: []Dominance{{1, 50}, {2, 67}}, P: 1}
	for _, c := range []struct {
		first, second, total int64
		fails                bool
	}{{50, 1, 100, true}, {49, 17, 100, false}, {49, 18, 100, true}, {40, 26, 100, false}} {
		fails := false
		p.judgeSizes(&Part{First: Scaled(c.first, 0), Second: Scaled(c.second, 0), Total: Scaled(c.total, 0)}, func(r Rule, f bool) {
			fails = fails || f && r == RuleDominance
		})
		if fails != c.fails {
			t.Errorf("(1,50) and (2,67): %+v: %v", c, fails)
		}
	}
}

func TestPPercentAtItsBorder(t *testing.T) {
	p := preset(t, "default")
	for _, c := range []struct {
		first, second, total int64
		fails                bool
	}{
		{1000, 500, 1600, false}, // rest 100 is exactly 10% of 1000
		{1000, 500, 1599, true},
		{1000, 500, 1601, false},
		{0, 0, 0, true},
	} {
		fails := false
		p.judgeSizes(&Part{First: Scaled(c.first, 0), Second: Scaled(c.second, 0), Total: Scaled(c.total, 0)}, func(r Rule, f bool) {
			fails = fails || f && r == RulePPercent
		})
		if fails != c.fails {
			t.Errorf("%+v: %v", c, fails)
		}
	}
}

func TestEveryRuleHasACellThatFailsIt(t *testing.T) {
	p := preset(t, "default")
	share := manifest.Measure{Name: "p", Kind: manifest.Share}
	sum := manifest.Measure{Name: "s", Kind: manifest.Sum, Type: double}
	for _, c := range []struct {
		name    string
		measure manifest.Measure
		figure  Figure
		part    Part
		want    Rule
	}{
		{"share of none", share, Figure{Hits: 0, Misses: 50}, Part{With: 50, Missers: 50}, RuleFull},
		{"share of all", share, Figure{Hits: 50}, Part{With: 50, Hitters: 50}, RuleFull},
		{"few hits", share, Figure{Hits: 7, Misses: 50}, Part{With: 50, Hitters: 7, Missers: 50}, RuleSmall},
		{"many hits of few", share, Figure{Hits: 40, Misses: 40}, Part{With: 50, Hitters: 9, Missers: 50}, RuleMinimum},
		{"few lack it", share, Figure{Hits: 40, Misses: 40}, Part{With: 50, Hitters: 50, Missers: 9}, RuleMinimum},
		{"few values", sum, Figure{Count: 50, Sum: Approximate(50)}, Part{With: 9, Nonzero: 9, First: Approximate(6), Second: Approximate(6), Total: Approximate(50)}, RuleMinimum},
		{"few that are not zero", sum, Figure{Count: 50, Sum: Approximate(9)}, Part{With: 50, Nonzero: 9, First: Approximate(1), Second: Approximate(1), Total: Approximate(9)}, RuleMinimum},
		{"nothing but zeros", sum, Figure{Count: 50, Sum: Approximate(0)}, Part{With: 50, First: Approximate(0), Second: Approximate(0), Total: Approximate(0)}, RuleZero},
		{"not a number", sum, Figure{Count: 50, Sum: parse(t, "~NaN")}, Part{With: 50, Nonzero: 50, First: parse(t, "~NaN"), Second: Approximate(1), Total: parse(t, "~NaN")}, RuleFinite},
		{"infinite contribution", sum, Figure{Count: 50, Sum: Approximate(1)}, Part{With: 50, Nonzero: 50, First: parse(t, "~+Inf"), Second: Approximate(1), Total: parse(t, "~+Inf")}, RuleFinite},
	} {
		table := &Table{Name: "t", Measures: []manifest.Measure{c.measure}, Units: []manifest.Unit{{Kind: "person"}},
			Cells: []Cell{{Rows: 80, Figures: []Figure{c.figure}, Evidence: []Evidence{{Subjects: 50, Parts: []Part{c.part}}}}}}
		r := judge(t, p, []*Table{table})
		if !rulesOf(r, 0)[c.want] || r.Tables[0].Verdict != Refuse {
			t.Errorf("%s: %v, %s", c.name, r.Tables[0].Cells[0].Findings, r.Tables[0].Verdict)
		}
	}
}

func parse(t testing.TB, s string) Amount {
	t.Helper()
	var a Amount
	if err := a.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return a
}

// Every unit has its say: a cell with people enough and firms too few is
// withheld, and so is one that a single firm dominates.
func TestEachUnitIsProtected(t *testing.T) {
	p := preset(t, "default")
	table := func(firms, first int64) *Table {
		out := oneKey(group{"a", 100, 100, 100})
		out.Units = append(out.Units, manifest.Unit{Kind: "enterprise", Input: "hospitals"})
		people := Part{First: Scaled(first, 0), Second: Scaled(5, 0), Total: Scaled(100, 0)}
		cost := Part{With: firms, Nonzero: firms, First: Scaled(5000, 2), Second: Scaled(900, 2), Total: Scaled(10000, 2)}
		out.Cells[0].Evidence = append(out.Cells[0].Evidence, Evidence{Subjects: firms, Parts: []Part{people, people, cost, cost}})
		return out
	}
	for _, c := range []struct {
		firms, first int64
		rule         Rule
	}{{9, 40, RuleMinimum}, {10, 90, RuleDominance}, {10, 40, ""}} {
		r := judge(t, p, []*Table{table(c.firms, c.first)})
		got := r.Tables[0].Cells[0].Findings
		if c.rule == "" && len(got) > 0 || c.rule != "" && (len(got) == 0 || got[0].Rule != c.rule || got[0].Unit != 1) {
			t.Errorf("%d firms, the largest with %d people: %v, want %q of unit 1", c.firms, c.first, got, c.rule)
		}
	}
}

func TestTableOfSingleSubjectsIsRefused(t *testing.T) {
	p := preset(t, "default")
	table := func(small, large int) *Table {
		var groups []group
		for i := range small + large {
			g := group{fmt.Sprint(i), 1, 100, 0}
			if i >= small {
				g = group{fmt.Sprint(i), 100, 100, 100}
			}
			groups = append(groups, g)
		}
		return oneKey(groups...)
	}
	for _, c := range []struct {
		small, large int
		rule         Rule
	}{{18, 2, ""}, {17, 3, ""}, {11, 0, RuleRowPerSubject}, {10, 0, RuleRowPerSubject}, {9, 0, RuleNothingLeft}, {1, 0, RuleNothingLeft}, {0, 0, RuleNothingLeft}} {
		r := judge(t, p, []*Table{table(c.small, c.large)})
		tr := r.Tables[0]
		has := false
		for _, rule := range tr.Rules {
			has = has || rule == c.rule
		}
		if c.rule == "" && tr.Verdict != Publish || c.rule != "" && (tr.Verdict != Refuse || !has || r.Published("t") != nil) {
			t.Errorf("%d single and %d large cells: %s %v", c.small, c.large, tr.Verdict, tr.Rules)
		}
	}
}

func TestFullCells(t *testing.T) {
	p := preset(t, "default")
	build := func(derived bool, keys ...string) *Table {
		out := oneKey()
		out.Keys = append(out.Keys, manifest.Key{Name: "status", Title: "status", Type: text, Derived: derived})
		for _, k := range keys {
			n := int64(100)
			if strings.HasSuffix(k, "~") { // a small cell counts as none
				n, k = p.Minimum-1, strings.TrimSuffix(k, "~")
			}
			c := oneKey(group{k[:1], n, 100, 100}).Cells[0]
			c.Keys = append(c.Keys, Value{Text: k[1:]})
			out.Cells = append(out.Cells, c)
		}
		return out
	}
	for _, c := range []struct {
		keys, full []string // where the status is derived
		warned     bool     // where it is stored
	}{
		{[]string{"a+", "a-", "b+", "b-"}, nil, false},
		{[]string{"a+", "a-", "b+"}, []string{"b+"}, true}, // everybody in b has it
		{[]string{"a+", "a-", "b+", "b-~"}, []string{"b+"}, true},
		{[]string{"a+", "a-", "b+", "b-", "c+"}, []string{"c+"}, true},
		{[]string{"a+", "b+", "c+"}, []string{"a+", "b+", "c+"}, false}, // stored, it follows from the district
		{[]string{"a+", "a-~", "b+", "b-~"}, []string{"a+", "b+"}, false},
		{[]string{"aX", "bX", "cY", "dY"}, []string{"aX", "bX", "cY", "dY"}, false}, // stored: a district's city
	} {
		r := judge(t, p, []*Table{build(true, c.keys...)})
		stored := judge(t, p, []*Table{build(false, c.keys...)})
		for i, k := range c.keys {
			if got := rulesOf(r, i)[RuleFull]; got != slices.Contains(c.full, k) {
				t.Errorf("%v: cell %s full: %v", c.keys, k, got)
			}
			if rulesOf(stored, i)[RuleFull] {
				t.Errorf("%v: cell %s of a stored key is withheld", c.keys, k)
			}
		}
		if warned := strings.Contains(strings.Join(stored.Warnings, ""), "nearly everybody"); warned != c.warned {
			t.Errorf("%v: warnings %q", c.keys, stored.Warnings)
		}
	}
}

func TestAnUnsoundPresetPublishesNothing(t *testing.T) {
	good := preset(t, "default")
	for name, change := range map[string]func(*Preset){
		"zero":         func(p *Preset) { *p = Preset{} },
		"minimum 2":    func(p *Preset) { p.Minimum = 2 },
		"no dominance": func(p *Preset) { p.Dominance = nil },
		"three":        func(p *Preset) { p.Dominance = []Dominance{{3, 90}} },
		"p 0":          func(p *Preset) { p.P = 0 },
		"base 0":       func(p *Preset) { p.Base = 0 },
		"base 21":      func(p *Preset) { p.Base = 21 },
		"digits 0":     func(p *Preset) { p.Digits = 0 },
	} {
		p := good
		change(&p)
		if r := judge(t, p, []*Table{oneKey(group{"a", 1000, 100, 100})}); r.Published("t") != nil || !rulesOf(r, 0)[RulePreset] {
			t.Errorf("%s: published", name)
		}
	}
	table := oneKey(group{"a", 1000, 100, 100})
	table.Cells[0].Evidence = nil
	if judge(t, good, []*Table{table}).Published("t") != nil {
		t.Error("a table without evidence is published")
	}
	table.Units = nil
	if judge(t, good, []*Table{table}).Published("t") != nil {
		t.Error("a table without units is published")
	}
}

// TestBandsAroundAValue: an author who knows that a neighbour is one of twelve people puts
// the bounds of bands around an income. All of the twelve are on one side: with the count
// of them, which anybody may have published before, that tells everybody's, and nothing but
// full_cell ends it. More bands, which nobody can be in, do not make it safer, as few
// beside it do not: so a share is withheld, too, that fewer than t miss.
func TestBandsAroundAValue(t *testing.T) {
	p := preset(t, "default")
	const rows = `SELECT '东' AS district, 1.0 AS cost, CASE WHEN i < FEW THEN 4 ELSE 6 END AS days, 0.5::DOUBLE AS weight, i % 2 = 0 AS urgent, i AS __subject_person FROM range(12) r(i)
		UNION ALL SELECT '西', 1.0, 4 + i % 4, 0.5, i % 4 = 0, 1000 + i FROM range(100) r(i)`
	const tables = `  all: {from: claims, group_by: [district], measures: {people: subjects()}}
  share: {from: claims, group_by: [district], measures: {high: share(days >= 5)}}
  bands: {from: claims, where: days > 0, group_by: [district, side], measures: {people: subjects()}}
derive: {side: "band(days, [BOUNDS])"}
`
	for _, few := range []string{"0", "1", "2"} {
		for _, bounds := range []string{"5", "5, 1000000, 2000000", "-2, -1, 5"} {
			got := collected(t, strings.Replace(rows, "FEW", few, 1), strings.Replace(tables, "BOUNDS", bounds, 1))
			east := slices.IndexFunc(got[2].Cells, func(c Cell) bool { return c.Keys[0].Text == "东" && c.Rows >= p.Minimum })
			if all := p.Findings(got[0]); len(all[0]) > 0 || len(all[1]) > 0 {
				t.Errorf("all people of a district: %v", all)
			}
			if found := p.Findings(got[2])[east]; len(found) != 1 || found[0].Rule != RuleFull {
				t.Errorf("%s below, bands at %s: %v", few, bounds, found)
			}
			if found := p.Findings(got[1])[0]; !slices.Contains(found, Finding{RuleMinimum, 0, 0}) {
				t.Errorf("%s below, a share: %v", few, found)
			}
			for i, found := range p.Findings(got[2]) { // the other district is on both sides
				if c := got[2].Cells[i]; c.Keys[0].Text == "西" && len(found) > 0 {
					t.Errorf("bands at %s: %v %v", bounds, c.Keys, found)
				}
			}
		}
	}
}
