package egress

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"yingbi/manifest"
)

// square is a table of n × n cells with its totals as tables of the same rows: people,
// visits, and what they cost, in total and on average. One cell in share is small.
func square(n int, share int) []*Table {
	r := rand.New(rand.NewPCG(9, uint64(n)))
	keys := [][]string{{"a", "b"}, {"a"}, {"b"}, {}}
	var out []*Table
	sums := make([]map[string]*group, len(keys))
	for i := range keys {
		sums[i] = map[string]*group{}
	}
	for a := range n {
		for b := range n {
			g := group{n: 12 + r.Int64N(900), first: 200 + r.Int64N(100), second: 150}
			if r.IntN(share) == 0 {
				g.n = 2 + r.Int64N(8)
			}
			for i, id := range []string{fmt.Sprint(a, " ", b), fmt.Sprint(a), fmt.Sprint(b), ""} {
				s := sums[i][id]
				if s == nil {
					s = &group{key: id}
					sums[i][id] = s
				}
				s.n += g.n
				s.first += g.first + g.second + (g.n-2)*100 // the total
			}
		}
	}
	for i, names := range keys {
		t := oneKey()
		t.Name, t.Keys, t.Origin = fmt.Sprint("t", i), nil, manifest.Origin{Source: "c"}
		for _, name := range names {
			t.Keys = append(t.Keys, manifest.Key{Name: name, Type: text})
		}
		for _, id := range slices.Sorted(maps.Keys(sums[i])) {
			s := sums[i][id]
			c := oneKey(group{id, s.n, 250, 150}).Cells[0]
			for m := 2; m < 4; m++ {
				c.Figures[m].Sum, c.Evidence[0].Parts[m].Total = Scaled(s.first, 2), Scaled(s.first, 2)
			}
			c.Keys = []Value{}
			for _, k := range strings.Fields(id) {
				c.Keys = append(c.Keys, Value{Text: k})
			}
			t.Cells = append(t.Cells, c)
		}
		out = append(out, t)
	}
	return out
}

func BenchmarkSquareWithTotals(b *testing.B) {
	for _, n := range []int{30, 60, 100} {
		tables := square(n, 20)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				r := judge(b, preset(b, "default"), tables)
				b.ReportMetric(float64(r.Tables[0].Failing[RuleSecondary]), "secondary")
			}
		})
	}
}

// A table of 10,000 cells through all rules on single tables.
func BenchmarkFindings(b *testing.B) {
	tables := square(100, 20)[:1]
	p := preset(b, "default")
	b.Run("rules", func(b *testing.B) {
		for b.Loop() {
			p.Findings(tables[0])
		}
	})
	b.Run("judge", func(b *testing.B) {
		for b.Loop() {
			judge(b, p, tables)
		}
	})
}
