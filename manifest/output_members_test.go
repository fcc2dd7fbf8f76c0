package manifest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMembersOfModels adds up again what each subject contributes to a model.
func TestMembersOfModels(t *testing.T) {
	db := engine(t)
	city := draw(rand.New(rand.NewPCG(3, 5)))
	city.load(t, db)
	for text, want := range map[string]string{
		"family: logistic, response: urgent, terms: [cost, dear]":        "[subjects rows urgent rows where not dear urgent where not dear rows where dear urgent where dear cost]",
		"family: linear, response: days, terms: [dear, cost]":            "[subjects rows days rows where not dear days where not dear rows where dear days where dear cost]",
		"family: cox, response: urgent, time: days, terms: [cost, dear]": "[subjects rows urgent rows where not dear urgent where not dear rows where dear urgent where dear days cost]",
	} {
		p := plan(t, fitted(text)).Models[0]
		m := p.Members()[0]
		if len(p.Members()) != 1 || m.Unit != 0 || fmt.Sprint(m.Figures) != want || len(m.Columns) != len(m.Figures) {
			t.Fatalf("%s: %q", text, m.Figures)
		}
		rows := city.observed(p, make([]float64, len(p.Parameters)))
		each := map[int64][]observed{}
		for _, o := range rows {
			each[o.person] = append(each[o.person], o)
		}
		dear := slices.IndexFunc(p.Parameters, func(x Parameter) bool { return x.Name == "dear" })
		cost := slices.IndexFunc(p.Parameters, func(x Parameter) bool { return x.Name == "cost" })
		got := m.query(t, db)
		if len(got) != len(each) || len(got) < 10 {
			t.Fatalf("%s: %d people, want %d", text, len(got), len(each))
		}
		for _, row := range got {
			var person int64
			if _, err := fmt.Sscan(row[0], &person); err != nil {
				t.Fatal(err)
			}
			for i, c := range m.Columns[1:] {
				n, sum := 0, 0.0
				for _, o := range each[person] {
					value := map[Role]float64{RoleRows: 1, RoleHits: o.y, RoleSum: o.y, RoleExtra: o.x[cost]}[c.Role]
					if c.Role == RoleExtra && p.Family == Cox && c.Index == 1 {
						value = o.time
					}
					if c.Role == RoleExtra || c.Index == 0 || o.x[dear] == float64(c.Index-1) {
						n, sum = n+1, sum+value
					}
				}
				if row[i+1] == "∅" && n == 0 && c.Role == RoleSum {
					continue
				}
				var told float64
				if _, err := fmt.Sscan(row[i+1], &told); err != nil || fmt.Sprintf("%.2f", told) != fmt.Sprintf("%.2f", sum) {
					t.Errorf("%s: person %d, %s: %s, want %g", text, person, m.Figures[i+1], row[i+1], sum)
				}
			}
		}
	}
}
