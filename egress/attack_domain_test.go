package egress_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"yingbi/egress"
	"yingbi/egress/history"
	"yingbi/manifest"
)

// threshold is the minimum of subjects in small universes, the least that is sound.
const threshold = 3

// exact publishes what it publishes without rounding. Every rounded figure is a function
// of the exact ones of its cell, so whoever reads these knows all that rounding leaves.
func exact() egress.Preset {
	return egress.Preset{Name: "exact", Minimum: threshold, Dominance: []egress.Dominance{{N: 2, Percent: 95}}, P: 5, Redact: threshold - 1, Base: 1, Digits: 15}
}

// told is one cell that was published.
type told struct {
	query query
	rows  []bill
	keys  []egress.Value
}

// domain releases one job after the other, as package job does.
type domain struct {
	t        *testing.T
	marker   *history.Marker
	earlier  []*history.Release
	told     []told
	withheld map[egress.Rule]int
	kept     int
	careless bool // publishes whatever has people enough
}

func newDomain(t *testing.T, careless bool) *domain {
	return &domain{t: t, careless: careless, marker: history.NewMarker([]byte("a key for marks, of thirty-two bytes")), withheld: map[egress.Rule]int{}}
}

// release judges the tables, audits them, withholds, settles, and publishes the rest.
func (d *domain) release(w *world, queries []query) {
	d.t.Helper()
	ctx := d.t.Context()
	var tables []*egress.Table
	var rows [][][]bill
	for i, q := range queries {
		t, r := w.table("t"+strconv.Itoa(i), q)
		tables, rows = append(tables, t), append(rows, r)
		for cell, c := range t.Cells {
			if d.careless && len(each(r[cell], one)) >= threshold {
				d.told = append(d.told, told{q, r[cell], c.Keys})
			}
		}
	}
	if d.careless {
		return
	}
	report, err := egress.Judge(ctx, exact(), tables)
	if err != nil {
		d.t.Fatal(err)
	}
	published := func(i, cell int) bool {
		return report.Tables[i].Published != nil && report.Tables[i].Cells[cell].Verdict == egress.Publish
	}
	out := &history.Writer{}
	for i, t := range tables {
		for cell := range t.Cells {
			if published(i, cell) {
				out.Cell(t.Name, cell, nil)
				d.contributors(out, t, rows[i][cell])
			}
		}
	}
	fresh := out.Release()
	v, err := history.Audit(ctx, history.Config{K: threshold}, fresh, d.earlier)
	if err != nil || !v.Complete {
		d.t.Fatal(v, err)
	}
	for i, t := range tables {
		var cells []int
		for _, c := range v.Withhold {
			if fresh.Cells[c].Table == t.Name {
				cells = append(cells, fresh.Cells[c].Place)
			}
		}
		if len(cells) > 0 {
			report.Withhold(tables[i], cells, egress.RuleDifferencing)
		}
	}
	place := func(c history.Cell) int {
		return slices.IndexFunc(tables, func(t *egress.Table) bool { return t.Name == c.Table })
	}
	fresh.Keep(func(c history.Cell) bool { return published(place(c), c.Place) })
	if err := report.Settle(ctx, tables); err != nil {
		d.t.Fatal(err)
	}
	fresh.ID = "r" + strconv.Itoa(len(d.earlier))
	d.earlier = append(d.earlier, fresh)
	for i, t := range tables {
		for cell, c := range t.Cells {
			if published(i, cell) {
				d.kept++
				d.told = append(d.told, told{queries[i], rows[i][cell], c.Keys})
			} else if cell < len(report.Tables[i].Cells) {
				for _, f := range report.Tables[i].Cells[cell].Findings {
					d.withheld[f.Rule]++
				}
			}
		}
	}
}

// contributors writes who is behind a cell: the sets of docs/EGRESS.md.
func (d *domain) contributors(w *history.Writer, t *egress.Table, rows []bill) {
	people := slices.Sorted(maps.Keys(each(rows, one)))
	count := each(rows, one)
	set := func(class history.Class, m manifest.Measure, of map[uint32]int64, values bool) {
		var marks []uint32
		var parts []uint64
		for _, p := range people {
			n := history.Number{Int: of[p]}
			if values {
				n.Of = count[p]
			}
			marks, parts = append(marks, d.marker.Mark(n)), append(parts, d.marker.Part(p, n))
		}
		w.Set(class, m.Name, people, marks, parts)
	}
	ones := maps.Clone(count)
	for p := range ones {
		ones[p] = 1
	}
	for _, m := range t.Measures {
		switch m.Kind {
		case manifest.Subjects:
			set(history.Who, m, ones, false)
		case manifest.Count:
			set(history.Who, m, ones, false)
			set(history.Rows, m, count, false)
		case manifest.Sum, manifest.Mean:
			set(history.Value, m, each(rows, amount), false)
			set(history.Value, m, each(rows, amount), true)
		case manifest.Share:
			set(history.Hits, m, each(rows, hit), false)
			set(history.Hits, m, each(rows, miss), false)
			set(history.Known, m, count, false)
		}
	}
}
