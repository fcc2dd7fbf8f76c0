//go:build linux && cgo

package domain

import (
	"strings"
	"testing"
)

const distributions = `
name: 费用分布
scenario: chronic
question: 各季度费用的分布与集中程度，两性标化率，既往就诊者
inputs:
  claims: {dataset: claims, columns: [person, district, icd_chapter, visit_date, cost]}
  population: {dataset: population, columns: [person, birth, sex]}
references:
  std: {"<45": 0.55, ">=45": 0.45}
cohort: {unit: person, from: population, index: INDEX}
derive:
  quarter: quarter_of(visit_date, 'YEAR-Q1', 'YEAR-Q4')
  age: band(age_at(birth, 'YEAR-01-01'), [45])
  before: exists(claims.visit_date, -3650, -1)
tables:
  costs:
    from: claims
    group_by: [quarter]
    measures: {middle: median(cost), high: "quantile(cost, 0.9)", spread: sd(cost), unit: "ratio(cost, cost)", parts: "hhi(person, cost)"}
  rates:
    from: claims
    join: {population: person}
    group_by: [sex]
    measures:
      heart: rate(icd_chapter = 'IX', 1000)
      standard: standardised(icd_chapter = 'IX', age, std, 1000)
      late: survival(cost, cost > 0, [1000, 3000])
      large: rate(cost > 1000, 1000)
  people:
    from: population
    group_by: [sex, before]
    measures: {people: subjects()}
`

// TestDistributions takes every measure and function of dates through real cells, to a
// release that comes out the same again.
func TestDistributions(t *testing.T) {
	t.Parallel()
	f := open(t)
	year := csvRows(t, dataFile("claims"))
	visit := -1
	for i, name := range year[0] {
		if name == "visit_date" {
			visit = i
		}
	}
	y := year[1][visit][:4]
	id := f.runText([]byte(strings.NewReplacer("YEAR", y, "INDEX", y+"-07-01").Replace(distributions)), nil)
	r := f.review(id)
	if r.Failure != nil {
		t.Fatalf("%+v", r.Failure)
	}
	for _, table := range r.Report.Tables {
		if table.Published == nil {
			t.Fatalf("%s: %v %+v", table.Name, table.Failing, r.Report.History)
		}
		shown := 0
		for _, row := range table.Published.Rows {
			if row[len(row)-1].Mark == "" {
				shown++
			}
			if table.Name == "costs" && row[4].Mark == "" && row[4].Text != "1" { // cost by cost
				t.Errorf("%v", row)
			}
		}
		want := map[string][2]int{"costs": {4, 6}, "rates": {2, 5}, "people": {2, 3}}[table.Name] // cells at least, columns
		if shown < want[0] || len(table.Published.Columns) != want[1] {
			t.Errorf("%s: %d cells of %d columns: %v", table.Name, shown, len(table.Published.Columns), table.Failing)
		}
	}
	f.released(id)
	if err := f.replay("sun", id); err != nil {
		t.Error(err)
	}
}
