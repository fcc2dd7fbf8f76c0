package egress

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/manifest"
)

// TestNobodyWorksOutAWithheldCell has the attacker read what is published of random
// universes. A count below the threshold could as well be any below it; so could an
// empty cell by a key of the author's choice, for who does not know it to be empty.
func TestNobodyWorksOutAWithheldCell(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	p := exact()
	attacks, needed := 0, 0
	for _, sizes := range [][]int{{4}, {6}, {2, 3}, {3, 3}, {3, 4}, {2, 2, 2}, {2, 2, 3}} {
		for range 60 {
			u := randomUniverse(r, sizes)
			tables := u.tables()
			report := judge(t, p, tables)
			for _, informed := range []bool{true, false} {
				s := u.spy(report, 0, informed)
				for i, keys := range u.asked {
					attacks += u.attack(t, s, p, tables[i], keys, !informed)
				}
			}
			if slices.ContainsFunc(report.Linked, func(l Linked) bool { return l.Withheld > 0 }) {
				needed++
			}
		}
	}
	if attacks < 1000 || needed < 100 {
		t.Errorf("%d cells were attacked, %d jobs needed secondary cells: too few", attacks, needed)
	}
}

// attack tries every count below the threshold in each small cell of a table.
func (u *universe) attack(t *testing.T, s *spy, p Preset, table *Table, keys []int, empty bool) int {
	t.Helper()
	n := 0
	for _, at := range u.cells() {
		var row []Value
		for _, k := range keys {
			row = append(row, Value{Text: strconv.Itoa(at[k])})
		}
		count := int64(0)
		for _, c := range table.Cells {
			if slices.Equal(c.Keys, row) {
				count = c.Rows
			}
		}
		if count >= p.Minimum || count == 0 && !(empty && u.derived && len(keys) > 0) {
			continue
		}
		n++
		of := s.matching(keys, row)
		var could []int64
		for v := range p.Minimum {
			if s.possible(claim{of, v, v}, 40) {
				could = append(could, v)
			}
		}
		// In tables of three ways whole numbers may leave out one in between.
		if want := int(p.Minimum); len(could) < want && (len(u.sizes) < 3 || len(could) < 2) {
			t.Errorf("%v by %v: cell %v of %d can only be %v", u.asked, keys, row, count, could)
		}
	}
	return n
}

// A sum that one subject dominates is as uncertain as its rule demands.
func TestNobodyEstimatesAWithheldSum(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 6))
	p := exact()
	attacks := 0
	for range 150 {
		u := randomUniverse(r, []int{2, 3})
		u.sums, u.derived = true, false
		for range 2 {
			u.records[r.IntN(len(u.records))].cost = 100
		}
		tables := u.tables()
		report := judge(t, p, tables)
		s := u.spy(report, 1, true)
		for i, keys := range u.asked {
			for c, cell := range tables[i].Cells {
				part := cell.Evidence[0].Parts[1]
				for _, f := range p.Findings(tables[i])[c] {
					if f != (Finding{RulePPercent, 0, 1}) {
						continue
					}
					attacks++
					x, first, second := part.Total.rat.Num().Int64(), part.First.rat.Num().Int64(), part.Second.rat.Num().Int64()
					need := (first*p.P+99)/100 - (x - first - second)
					of := s.matching(keys, cell.Keys)
					if !s.possible(claim{of, x + need, 1000}, 1000) || !s.possible(claim{of, 0, max(0, x-need)}, 1000) {
						t.Errorf("%v by %v: a sum of %d is known closer than %d", u.asked, keys, x, need)
					}
				}
			}
		}
	}
	if attacks < 50 {
		t.Errorf("only %d sums were attacked", attacks)
	}
}

// Where nothing adds up nothing more is withheld, and totals of one table alone are
// no reason to.
func TestTablesOfOtherRowsAreNotLinked(t *testing.T) {
	p := preset(t, "default")
	a, b := oneKey(group{"东", 50, 100, 100}, group{"西", 60, 100, 100}, group{"南", 4, 100, 100}), oneKey(group{"", 114, 100, 100})
	b.Name, b.Keys, b.Cells[0].Keys = "all", nil, nil
	a.Origin.Where = "x > 0"
	if r := judge(t, p, []*Table{a, b}); len(r.Linked) > 0 || r.Tables[0].Withheld != 1 || r.Tables[1].Withheld != 0 {
		t.Errorf("tables of other rows: %+v", r.Linked)
	}
	b.Origin = a.Origin
	r := judge(t, p, []*Table{a, b})
	if len(r.Linked) != 1 || r.Linked[0].Withheld != 1 || r.Tables[0].Failing[RuleSecondary] != 1 || !rulesOf(r, 0)[RuleSecondary] {
		t.Errorf("tables of the same rows: %+v, %v", r.Linked, r.Tables[0].Failing)
	}
}

// Two tables that share no key agree in their totals: one of them complete tells what
// the other withholds.
func TestTablesWithoutACommonKeyAreLinked(t *testing.T) {
	u := &universe{sizes: []int{3, 2}, asked: [][]int{{0}, {1}}}
	for _, n := range [][]int{{0, 0, 2}, {1, 0, 5}, {1, 1, 4}, {2, 0, 5}, {2, 1, 6}} {
		for range n[2] {
			u.records = append(u.records, record{at: n[:2], cost: 1})
		}
	}
	r := judge(t, exact(), u.tables())
	if r.Tables[0].Failing[RuleSecondary]+r.Tables[1].Failing[RuleSecondary] != 1 {
		t.Errorf("%v and %v", r.Tables[0].Failing, r.Tables[1].Failing)
	}
}

// Distinct subjects are fewer in the total than in its parts together. The total is
// then the least that these hold, which can say as much of the missing one.
func TestSubjectsInSeveralCells(t *testing.T) {
	table := func(name string, keys []string, n ...int64) *Table {
		out := &Table{Name: name, Measures: []manifest.Measure{{Name: "people", Kind: manifest.Subjects}}, Units: []manifest.Unit{{Kind: "person"}}, Origin: manifest.Origin{Source: "c"}}
		for _, k := range keys {
			out.Keys = append(out.Keys, manifest.Key{Name: k, Type: text})
		}
		for i, v := range n {
			c := Cell{Keys: []Value{}, Rows: v, Figures: []Figure{{Distinct: v}}, Evidence: []Evidence{{Subjects: v, Parts: []Part{{}}}}}
			for range keys {
				c.Keys = append(c.Keys, Value{Text: strconv.Itoa(i)})
			}
			out.Cells = append(out.Cells, c)
		}
		return out
	}
	p := preset(t, "default")
	for total, secondary := range map[int64]int{95: 1, 94: 1, 91: 1, 90: 0, 70: 0} {
		r := judge(t, p, []*Table{table("parts", []string{"a"}, 60, 30, 5), table("all", nil, total)})
		if got := r.Tables[0].Failing[RuleSecondary] + r.Tables[1].Failing[RuleSecondary]; got != secondary {
			t.Errorf("60, 30 and 5 of %d: %d secondary cells, want %d", total, got, secondary)
		}
	}
}

// Whether somebody is in a cell of the author's choice does not show in which other
// cells are withheld, where the totals are the same.
func TestEmptyCellsDoNotShowInLinkedTables(t *testing.T) {
	published := func(few int) string {
		u := &universe{sizes: []int{3, 3}, derived: true, asked: [][]int{{0, 1}, {0}, {1}, {}}}
		for a := range 3 {
			for b := range 3 {
				n := 40 + 10*a + b
				if a == 1 && b == 2 {
					n = few
				}
				if a == 1 && b == 0 || a == 0 && b == 2 {
					n += 5 - few
				}
				if a == 0 && b == 0 {
					n -= 5 - few
				}
				for range n {
					u.records = append(u.records, record{[]int{a, b}, 1})
				}
			}
		}
		r := judge(t, preset(t, "default"), u.tables())
		var out []string
		for _, table := range r.Tables {
			for _, c := range table.Cells {
				if c.Verdict == Publish {
					out = append(out, table.Name+keyText(c.Keys))
				}
			}
		}
		return strings.Join(out, " ")
	}
	for few := range 5 {
		if published(few) != published(5) {
			t.Errorf("a cell of %d and one of 5 differ:\n%s\n%s", few, published(few), published(5))
		}
	}
}

// Of tables with more cells to hide than can be examined one is kept.
func TestTooManyCellsToExamine(t *testing.T) {
	r := judge(t, preset(t, "default"), square(60, 2))
	if r.Tables[0].Verdict != Publish || r.Tables[0].Failing[RuleLinked]+r.Tables[0].Failing[RuleSecondary] > 0 {
		t.Errorf("the finest table: %s, %v", r.Tables[0].Verdict, r.Tables[0].Failing)
	}
	for _, table := range r.Tables[1:] {
		if table.Verdict != Refuse || !slices.Contains(table.Rules, RuleLinked) {
			t.Errorf("%s: %s, %v", table.Name, table.Verdict, table.Rules)
		}
	}
}

func TestJudgeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Judge(ctx, preset(t, "default"), square(20, 5)); err == nil {
		t.Error("the judgement went on")
	}
}

// TestHonestTablesStayUseful states the price: the share of cells with enough subjects
// that linked tables keep.
func TestHonestTablesStayUseful(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 6))
	p := preset(t, "default")
	kept, sound := 0, 0
	for range 60 {
		u := &universe{sizes: [][]int{{8, 2}, {16, 3}, {10, 6}, {6, 4, 2}}[r.IntN(4)], asked: nil, derived: r.IntN(3) == 0}
		u.asked = subsets(r, len(u.sizes))
		weight := map[string]float64{}
		for _, at := range u.cells() { // districts and groups differ in size
			share := 1.0
			for k, v := range at {
				id := fmt.Sprint(k, v)
				if weight[id] == 0 {
					weight[id] = 0.2 + r.Float64()
				}
				share *= weight[id]
			}
			for range int(share * 120 * (0.5 + r.Float64())) {
				u.records = append(u.records, record{at, 1 + r.Int64N(900)})
			}
		}
		u.sums = r.IntN(2) == 0
		tables := u.tables()
		report := judge(t, p, tables)
		for i := range tables {
			for _, c := range report.Tables[i].Cells {
				own := slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Rule != RuleSecondary })
				if sound++; own {
					sound--
				}
				if c.Verdict == Publish {
					kept++
				}
			}
		}
	}
	share := float64(kept) / float64(sound)
	t.Logf("%d of %d sound cells kept: %.1f%%", kept, sound, 100*share)
	if share < 0.85 || sound < 2000 {
		t.Errorf("%d of %d cells with enough subjects are kept", kept, sound)
	}
}
