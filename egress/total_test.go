package egress

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/manifest"
)

// tallyBy counts a town's rows, people and firms by some of its keys.
func tallyBy(name string, town []resident, keys ...string) *Table {
	t := &Table{Name: name,
		Measures: []manifest.Measure{{Name: "n", Kind: manifest.Count}, {Name: "people", Kind: manifest.Subjects}, {Name: "firms", Kind: manifest.Subjects, Unit: 1}},
		Units:    []manifest.Unit{{Kind: "person"}, {Kind: "enterprise"}}}
	for _, k := range keys {
		t.Keys = append(t.Keys, manifest.Key{Name: k, Type: text})
	}
	of := map[string]func(resident) string{
		"district": func(r resident) string { return r.district }, "hit": func(r resident) string { return r.hit },
		"urgent": func(r resident) string { return strconv.FormatBool(r.urgent) },
	}
	rows := map[string][]resident{}
	var order []string
	for _, r := range town {
		var values []string
		for _, k := range keys {
			values = append(values, of[k](r))
		}
		key := strings.Join(values, " ")
		if rows[key] == nil {
			order = append(order, key)
		}
		rows[key] = append(rows[key], r)
	}
	slices.Sort(order)
	for _, key := range order {
		c := Cell{Rows: int64(len(rows[key])), Figures: make([]Figure, 3)}
		for _, k := range strings.Fields(key) {
			c.Keys = append(c.Keys, Value{Text: k})
		}
		n, people, firms := map[int64]int64{}, map[int64]int64{}, map[int64]int64{}
		for _, r := range rows[key] {
			n[r.person], people[r.person] = n[r.person]+1, 1
			firms[r.firm]++ // each row is another person's
		}
		c.Figures[1].Distinct, c.Figures[2].Distinct = int64(len(people)), int64(len(firms))
		c.Evidence = []Evidence{
			{Subjects: int64(len(people)), Parts: []Part{tallyPart(n), {}, tallyPart(people)}},
			{Subjects: int64(len(firms)), Parts: []Part{tallyPart(firms), tallyPart(firms), {}}},
		}
		t.Cells = append(t.Cells, c)
	}
	return t
}

// TestTotalsAddUp: wherever all parts of a count are published, in the next finer table
// and in the finest, it is their sum; every count is a multiple of the base; and what has a
// withheld part is rounded by itself, also where the part went later.
func TestTotalsAddUp(t *testing.T) {
	added, moved, alone := 0, 0, 0
	for _, name := range []string{"default", "strict", "opensafely"} {
		p := preset(t, name)
		for seed := range uint64(25) {
			r := rand.New(rand.NewPCG(seed, 23))
			town := randomTown(r)
			for i := range 400 {
				town = append(town, randomResident(r, int64(1000+i), 4))
			}
			tables := []*Table{tallyBy("all", town), tallyBy("district", town, "district"), tallyBy("hit", town, "district", "hit"), tallyBy("finest", town, "district", "hit", "urgent")}
			report := judge(t, p, tables)
			check := func() {
				for i := range tables {
					for j := i + 1; j < len(tables); j++ {
						a, m, o := addsUp(t, p, report, tables, i, j)
						added, moved, alone = added+a, moved+m, alone+o
					}
				}
			}
			check()
			report.Withhold(tables[3], []int{r.IntN(len(tables[3].Cells))}, RuleDifferencing)
			check()
			if err := report.Settle(t.Context(), tables); err != nil {
				t.Fatal(err)
			}
			check()
			b, err := report.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseReport(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if t.Logf("%d totals of published parts, %d that would be rounded to another number, %d with a withheld part", added, moved, alone); added < 1000 || moved < 200 || alone < 200 {
		t.Error("the test looks at little")
	}
}

// addsUp compares the counts of a coarser table with those of a finer one, and says how
// many are sums of published parts, how many of these are not what rounding gives, and how
// many have a withheld part.
func addsUp(t *testing.T, p Preset, r *Report, tables []*Table, coarse, fine int) (added, moved, alone int) {
	t.Helper()
	if r.Tables[coarse].Published == nil {
		return 0, 0, 0
	}
	shown := func(table, cell, m int) (int64, bool) {
		pub := r.Tables[table].Published
		if pub == nil || r.Tables[table].Cells[cell].Verdict != Publish {
			return 0, false
		}
		keys := len(tables[table].Keys)
		for _, row := range pub.Rows {
			if keyText(row[:keys]) == keyText(tables[table].Cells[cell].Keys) {
				n, err := strconv.ParseInt(row[keys+m].Text, 10, 64)
				if err != nil || n%p.Base != 0 {
					t.Fatalf("%s: %q", tables[table].Name, row[keys+m].Text)
				}
				return n, true
			}
		}
		t.Fatalf("%s: a published cell is not listed", tables[table].Name)
		return 0, false
	}
	for cell, c := range tables[coarse].Cells {
		for m, exact := range []int64{c.Rows, c.Figures[1].Distinct} {
			got, ok := shown(coarse, cell, m)
			if !ok {
				continue
			}
			sum, all := int64(0), true
			for part, d := range tables[fine].Cells {
				if slices.Equal(d.Keys[:len(c.Keys)], c.Keys) {
					n, ok := shown(fine, part, m)
					sum, all = sum+n, all && ok
				}
			}
			switch {
			case all && got != sum:
				t.Errorf("%s %v: %d, its parts in %s make %d", tables[coarse].Name, c.Keys, got, tables[fine].Name, sum)
			case all:
				added++
				if got != roundCount(exact, p.Base) {
					moved++
				}
			default:
				alone++
			}
		}
	}
	return added, moved, alone
}

// TestTotalsOfSubjectsInSeveralCells: who is in two cells of a group is no sum of both; and
// a table says with which others it adds up.
func TestTotalsOfSubjectsInSeveralCells(t *testing.T) {
	var town []resident
	for i := range int64(120) {
		hit := "x"
		if i >= 57 {
			hit = "y"
		}
		town = append(town, resident{person: i, firm: i % 53, district: "a", hit: hit})
	}
	tables := []*Table{tallyBy("all", town), tallyBy("hit", town, "hit")}
	p := preset(t, "default")
	r := judge(t, p, tables)
	if got := rows(r.Published("hit")); got != "x 55 55 55; y 65 65 55" {
		t.Fatal(got)
	}
	if got := rows(r.Published("all")); got != "120 120 55" { // of 53 firms, all are in both
		t.Error(got)
	}
	if notes := strings.Join(r.Published("all").Notes, "\n"); !strings.Contains(notes, "rounded counts of table hit, wherever") || strings.Contains(strings.Join(r.Published("hit").Notes, "\n"), "sums of") {
		t.Error(notes)
	}
	town = append(town, resident{person: 5000, firm: 1, district: "a", hit: "x"}, resident{person: 5001, firm: 2, district: "a", hit: "y"}) // 58 and 64
	tables = []*Table{tallyBy("all", town), tallyBy("hit", town, "hit")}
	if got := rows(judge(t, p, tables).Published("all")); got != "125 125 55" { // 60 and 65, of 122
		t.Error(got)
	}
}
