package egress

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"yingbi/manifest"
)

// resident is one row of a random town: a person, the firm that employs them,
// what they are grouped by, and what is measured.
type resident struct {
	here          bool // under the table's condition
	person, firm  int64
	district, hit string
	cost          int64
	urgent        bool
}

// tally makes a table of residents by district and hit, with its evidence for
// persons and firms, the plain way.
func tally(town []resident, derived bool) *Table {
	t := &Table{Name: "t",
		Keys:     []manifest.Key{{Name: "district", Type: text}, {Name: "hit", Type: text, Derived: derived}},
		Measures: []manifest.Measure{{Name: "n", Kind: manifest.Count}, {Name: "s", Kind: manifest.Sum, Type: integer}, {Name: "u", Kind: manifest.Share}},
		Units:    []manifest.Unit{{Kind: "person"}, {Kind: "enterprise"}}}
	for _, d := range []string{"a", "b", "c"} {
		for _, h := range []string{"x", "y", "z"} {
			var rows []resident
			for _, r := range town {
				if r.here && r.district == d && r.hit == h {
					rows = append(rows, r)
				}
			}
			if len(rows) > 0 {
				t.Cells = append(t.Cells, tallyCell(rows, []Value{{Text: d}, {Text: h}}))
			}
		}
	}
	return t
}

func tallyCell(rows []resident, keys []Value) Cell {
	c := Cell{Keys: keys, Rows: int64(len(rows)), Figures: make([]Figure, 3)}
	var sum int64
	for _, r := range rows {
		sum += r.cost
		if r.urgent {
			c.Figures[2].Hits++
		} else {
			c.Figures[2].Misses++
		}
	}
	c.Figures[1] = Figure{Count: c.Rows, Sum: Scaled(sum, 0)}
	for _, who := range []func(resident) int64{func(r resident) int64 { return r.person }, func(r resident) int64 { return r.firm }} {
		n, cost, hit, miss := map[int64]int64{}, map[int64]int64{}, map[int64]bool{}, map[int64]bool{}
		for _, r := range rows {
			n[who(r)]++
			cost[who(r)] += r.cost
			if r.urgent {
				hit[who(r)] = true
			} else {
				miss[who(r)] = true
			}
		}
		share := Part{With: int64(len(n)), Hitters: int64(len(hit)), Missers: int64(len(miss))}
		c.Evidence = append(c.Evidence, Evidence{Subjects: int64(len(n)), Parts: []Part{tallyPart(n), tallyPart(cost), share}})
	}
	return c
}

func tallyPart(each map[int64]int64) Part {
	var first, second, total, nonzero int64
	for _, v := range each {
		total += v
		if v != 0 {
			nonzero++
		}
		if v > first {
			first, second = v, first
		} else if v > second {
			second = v
		}
	}
	return Part{With: int64(len(each)), Nonzero: nonzero, First: Scaled(first, 0), Second: Scaled(second, 0), Total: Scaled(total, 0)}
}

func randomTown(r *rand.Rand) []resident {
	town := make([]resident, 30+r.IntN(220))
	skew := 1 + r.IntN(4) // few of the later districts and hits
	for i := range town {
		town[i] = randomResident(r, int64(i+1), skew)
	}
	return town
}

func randomResident(r *rand.Rand, person int64, skew int) resident {
	pick := func(names ...string) string { return names[min(r.IntN(3), r.IntN(3), r.IntN(3*skew))] }
	hit := pick("x", "y", "z")
	if skew == 1 && r.IntN(40) > 0 { // a rare one: groups of one large cell, and few or none beside it
		hit = "x"
	}
	return resident{here: r.IntN(8) > 0, person: person, firm: 1 + r.Int64N(40), district: pick("a", "b", "c"), hit: hit,
		cost: 50 + r.Int64N(100), urgent: r.IntN(2) == 0}
}

// large gives the cells that have the minimum of every unit; verdicts, those of
// all cells.
func large(p Preset, t *Table) map[string]bool {
	out := map[string]bool{}
	for i := range t.Cells {
		if !p.small(&t.Cells[i]) {
			out[keyText(t.Cells[i].Keys)] = true
		}
	}
	return out
}

// One person's attributes change: their group, their firm, their cost, whether the
// condition holds for them.
//
//  1. A cell that the person is not in, before or after, keeps its verdict, unless
//     another cell reaches or leaves the minimum by it.
//  2. Where all cells that the person was or is in are below the minimum, what is
//     published keeps every byte.
func TestOnePersonDoesNotShowInCellsOfOthers(t *testing.T) {
	p := preset(t, "default")
	untouched, unseen, published := 0, 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 11))
		town, derived := randomTown(r), seed%2 == 0
		before := tally(town, derived)
		who := r.IntN(len(town))
		changed := append([]resident{}, town...)
		changed[who] = randomResident(r, town[who].person, 1+r.IntN(4))
		after := tally(changed, derived)
		touched := map[string]bool{keyText([]Value{{Text: town[who].district}, {Text: town[who].hit}}): town[who].here}
		if changed[who].here {
			touched[keyText([]Value{{Text: changed[who].district}, {Text: changed[who].hit}})] = true
		}
		a, b := judge(t, p, []*Table{before}), judge(t, p, []*Table{after})
		oldLarge, newLarge := large(p, before), large(p, after)
		if reflect.DeepEqual(oldLarge, newLarge) {
			untouched++
			checkVerdicts(t, fmt.Sprint("seed ", seed), a, b, touched)
		}
		seen := false
		for key, in := range touched {
			seen = seen || in && (oldLarge[key] || newLarge[key])
		}
		if seen {
			continue
		}
		unseen++
		if a.Published("t") != nil {
			published++
		}
		if !reflect.DeepEqual(a.Published("t"), b.Published("t")) {
			t.Errorf("seed %d: a person in small cells alone shows in what is published", seed)
		}
	}
	if untouched < 1000 || unseen < 300 || published < 100 {
		t.Errorf("too few cases: %d, %d, %d", untouched, unseen, published)
	}
}

// checkVerdicts compares the cells that the person is not in. The verdict of a
// table is that of its cells: one that is refused has none published.
func checkVerdicts(t *testing.T, name string, a, b *Report, touched map[string]bool) {
	t.Helper()
	old := map[string]Verdict{}
	for _, c := range a.Tables[0].Cells {
		old[keyText(c.Keys)] = c.Verdict
	}
	for _, c := range b.Tables[0].Cells {
		if key := keyText(c.Keys); !touched[key] && old[key] != c.Verdict {
			t.Errorf("%s: %v was %s and is %s", name, c.Keys, old[key], c.Verdict)
		}
	}
}
