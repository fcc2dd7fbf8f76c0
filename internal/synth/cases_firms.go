package synth

import "fmt"

// tellFirms tells of the planted enterprises.
func (w *writer) tellFirms() {
	f := w.truth.Dominant
	w.add(dominated("dominant-firm", f.Code, "one firm has more than nine tenths of the revenue, among enough others", f.District, int64(f.Count+1), f.Revenue+f.Others))
	pair := w.firms.duopoly
	w.add(dominated("two-firms", w.city.codes[duopoly], "two firms have more than nine tenths of the revenue, and neither alone", duopolyDistrict, pair.rows, pair.sum))

	all := fmt.Sprintf("district = '%s' and industry = '%s'", dominantDistrict, largeIndustry)
	queries := make([]Query, 2)
	for i, where := range []string{all, fmt.Sprintf("%s and employees < %d", all, manyEmployees)} {
		g := w.firms.pair[i]
		queries[i] = Query{
			Inputs: map[string]Input{"enterprises": {"enterprises", []string{"district", "industry", "revenue", "employees"}}},
			Table:  Table{From: "enterprises", Where: where, Measures: map[string]string{"firms": "subjects()", "revenue": "sum(revenue)"}},
			Unit:   "enterprise", Subjects: g.rows, Rows: g.rows, Sum: g.sum,
		}
	}
	w.addPair("pair-firms", EnterprisesFile, map[string]string{"uscc": w.city.codes[largeFirm]}, "firms", queries)
}

// dominated makes the case of a cell of industry C whose revenue is that of few.
func dominated(id, code, note, district string, firms int64, revenue Money) Case {
	return Case{
		ID: id, Kind: "dominant_firm", File: EnterprisesFile, Where: map[string]string{"uscc": code}, Note: note, FoundBy: ByEgress,
		Expect: Expect{Rule: dominance, Queries: []Query{{
			Inputs: map[string]Input{"enterprises": {"enterprises", []string{"district", "industry", "revenue"}}},
			Table: Table{
				From: "enterprises", GroupBy: []string{"district", "industry"},
				Measures: map[string]string{"firms": "subjects()", "revenue": "sum(revenue)"},
			},
			Cell: map[string]string{"district": district, "industry": dominantIndustry}, Unit: "enterprise", Subjects: firms, Rows: firms, Sum: revenue,
		}}},
	}
}

// firmTally counts enterprises for the truth.
type firmTally struct {
	duopoly group    // its cell
	pair    [2]group // whole, and without the large one
}

func (w *writer) addEnterprise(n int, e *enterprise) {
	c := w.city
	d := &w.tally.districts[e.district]
	d.Enterprises++
	d.Revenue += e.revenue
	g := group{1, 1, e.revenue}
	f := &w.truth.Dominant
	switch at, kind := c.districts[e.district].code, c.industries[e.industry].code; {
	case n == dominantFirm:
		f.Code, f.Name, f.District, f.Industry, f.Revenue = e.code, e.name, at, kind, e.revenue
	case at == dominantDistrict && kind == dominantIndustry:
		f.Count++
		f.Others += e.revenue
	case at == duopolyDistrict && kind == dominantIndustry:
		w.firms.duopoly.add(g)
	case at == dominantDistrict && kind == largeIndustry:
		w.firms.pair[0].add(g)
		if e.employees < manyEmployees {
			w.firms.pair[1].add(g)
		}
	}
}
