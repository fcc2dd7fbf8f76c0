package manifest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"yingbi/internal/fault"
)

// TestRiskSetsAgreeWithARecount: who is at risk in each interval, and to whom it happened.
func TestRiskSetsAgreeWithARecount(t *testing.T) {
	c := draw(rand.New(rand.NewPCG(8, 41)))
	db := engine(t)
	c.load(t, db)
	table := plan(t, head+claims+"tables:\n  t:\n    from: claims\n    group_by: [district]\n    measures:\n      s: \"survival(days, urgent, [1, 2.5, 4])\"\n      first: \"survival(days, urgent, [1])\"\n").Tables[0]
	if got := fmt.Sprint(table.Measures[0].Strata, table.Measures[1].Strata); got != "[{2 } {3 } {4 }] [{5 }]" {
		t.Fatalf("strata %s", got)
	}
	bounds := []float64{-1, 1, 2.5, 4}
	type risk struct{ hits, misses int }
	want := map[string]*[6]risk{}
	for _, x := range c.claims {
		key := text(x.district)
		if want[key] == nil {
			want[key] = &[6]risk{}
		}
		if x.days == nil || x.urgent == nil {
			continue
		}
		for i := range 3 {
			if days := float64(*x.days); days > bounds[i] {
				if *x.urgent && days <= bounds[i+1] {
					want[key][2+i].hits++
				} else {
					want[key][2+i].misses++
				}
			}
		}
		want[key][5] = want[key][2] // the same interval, of the other measure
	}
	n := 0
	for _, s := range []Statement{table.Cells, table.Evidence[0]} {
		for _, row := range s.query(t, db) {
			for i, col := range s.Columns {
				w := want[row[0]][col.Index]
				if number, ok := map[Role]int{RoleHits: w.hits, RoleMisses: w.misses}[col.Role]; ok {
					n++
					if fmt.Sprint(number) != row[i] || number == 0 {
						t.Errorf("%s: %s is %s, want %d", row[0], col.Name, row[i], number)
					}
				}
			}
		}
	}
	if n != 2*5*4*2 {
		t.Errorf("%d figures", n)
	}
}

func TestSurvivalsRefused(t *testing.T) {
	for call, want := range map[string]string{
		"survival(days, urgent)":           "want subjects()",
		"survival(days, urgent, 30)":       "want subjects()",
		"survival([1], urgent, [30])":      "want subjects()",
		"survival(days, [1], [30])":        "want subjects()",
		"survival(days, urgent, [30, 30])": "each greater than the one before it",
		"survival(days, urgent, ['a'])":    "want numbers",
		"survival(urgent, urgent, [30])":   "want a number",
		"survival(days, days, [30])":       "want a condition",
		"survival(insured, urgent, [30])":  "used here to filter",
		"share([1])":                       "want subjects()",
		"survival(days, urgent, [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25])": "at most 24 are read",
	} {
		m, err := Parse("job.yaml", []byte(job("", "district", "\""+call+"\"")))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		kind := fault.Invalid
		if want == "used here to filter" {
			kind = fault.Denied
		}
		expect(t, call, err, want, kind)
	}
	m, err := Parse("job.yaml", []byte(job("", "district", "\"survival(days , urgent,[30,90.50])\"")))
	if err != nil || m.tables[0].measures[0].String() != "survival(days, urgent, [30, 90.5])" {
		t.Errorf("%v", err)
	}
}
