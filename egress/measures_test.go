package egress

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// collected runs a manifest over the table claims on a real engine.
func collected(t *testing.T, rows, tables string) []*Table {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE claims AS " + rows); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse("job.yaml", []byte("name: n\nscenario: s\nquestion: q\ninputs: {claims: {dataset: claims, columns: [district, cost, days, weight, urgent]}}\ntables:\n"+tables))
	if err != nil {
		t.Fatal(err)
	}
	uses := manifest.UseFilter | manifest.UseGroup | manifest.UseMeasure | manifest.UseDerive
	granted := map[string]manifest.ColumnSchema{}
	for _, name := range m.Inputs[0].Columns {
		granted[name] = manifest.ColumnSchema{Uses: uses, Type: map[string]coltype.Type{"district": text, "cost": {Kind: coltype.Decimal, Precision: 12, Scale: 2}, "days": integer, "weight": double, "urgent": {Kind: coltype.Boolean}}[name]}
	}
	plan, err := m.Check(manifest.Schema{"claims": {Level: 3, Subjects: []string{"person"}, Columns: granted}})
	if err != nil {
		t.Fatal(err)
	}
	var out []*Table
	for _, pt := range plan.Tables {
		table, err := Collect(pt, answer(t, db, pt.Cells), []Result{answer(t, db, pt.Evidence[0])}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, table)
	}
	return out
}

const allMeasures = "{middle: median(cost), high: \"quantile(cost, 0.9)\", spread: sd(cost), per_day: \"ratio(cost, days)\", urgent: \"rate(urgent, 1000)\", parts: \"hhi(person, cost)\"}"

// 东 is 200 people with 1 … 200 yuan; in 西 one of them has a million; in 南 one person
// has half of all rows; 北 is nine people.
const spreadRows = `SELECT '东' AS district, CAST(i AS DECIMAL(12,2)) AS cost, i % 7 + 1 AS days, 0.5::DOUBLE AS weight, i % 4 = 0 AS urgent, i AS __subject_person FROM range(1, 201) r(i)
	UNION ALL SELECT '西', CASE WHEN i = 1 THEN 1000000 ELSE i END, 1, 0.5, i % 2 = 0, 1000 + i FROM range(1, 201) r(i)
	UNION ALL SELECT '南', i, 1, 0.5, i % 2 = 0, CASE WHEN i <= 200 THEN 2000 ELSE 2000 + i END FROM range(1, 401) r(i)
	UNION ALL SELECT '北', i, 1, 0.5, i % 2 = 0, 3000 + i FROM range(1, 10) r(i)`

// TestDistributionsFromManifestToVerdict: medians and quantiles stand where one person
// has nearly all of the money, and fall where one has many of the rows.
func TestDistributionsFromManifestToVerdict(t *testing.T) {
	p := preset(t, "default")
	tables := collected(t, spreadRows, "  all: {from: claims, group_by: [district], measures: "+allMeasures+"}\n  places: {from: claims, group_by: [district], measures: {middle: median(cost), high: \"quantile(cost, 0.9)\"}}\n")
	r := judge(t, p, tables)
	// 1 … 200: median 100.5, 0.9-quantile 180.1, sd 57.88, sum 20100 over 799 days, a quarter
	// urgent, Σi²/(Σi)² = 0.00665.
	if got, want := rows(r.Published("all")), "东 101 180 57.9 25.2 250 0.0067"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := rows(r.Published("places")), "东 101 180; 西 102 181"; got != want {
		t.Errorf("places: %s, want %s", got, want)
	}
	found := map[string][]Finding{}
	for i, c := range tables[0].Cells {
		found[c.Keys[0].Text] = p.Findings(tables[0])[i]
	}
	for _, f := range []Finding{{RuleDominance, 0, 2}, {RulePPercent, 0, 2}, {RuleDominance, 0, 3}, {RuleDominance, 0, 5}} {
		if !slices.Contains(found["西"], f) {
			t.Errorf("one enormous bill: %v lacks %v", found["西"], f)
		}
	}
	if !slices.Contains(found["南"], Finding{RuleDominance, 0, 0}) || slices.Contains(found["南"], Finding{RuleDominance, 0, 2}) {
		t.Errorf("one person with half of the rows: %v", found["南"])
	}
	if !slices.Contains(found["北"], Finding{RuleSupport, 0, 0}) || !slices.Contains(found["北"], Finding{RuleFreedom, 0, 2}) {
		t.Errorf("nine people: %v", found["北"])
	}
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseReport(b); err != nil {
		t.Error(err)
	} else if e := again.Tables[0].Cells[0].Evidence[0].Parts[2].Extra; e == nil || e.First.Known() || e.Second.Known() {
		t.Errorf("the report shows one person's part: %+v", e)
	}
}

// Each rule at its border, with everything else in order.
func TestRulesOfDistributions(t *testing.T) {
	p := preset(t, "default")
	sizes := func(first, second, total int64) Part {
		return Part{With: 100, Nonzero: 100, First: Scaled(first, 0), Second: Scaled(second, 0), Total: Scaled(total, 0)}
	}
	place := func(below, above, first, second int64) Part {
		out := sizes(first, second, 1000)
		out.Below, out.Above = below, above
		return out
	}
	beside := func(with int64, extra Part) Part {
		out := sizes(10, 10, 1000)
		out.With, out.Extra = with, &extra
		return out
	}
	of := func(extra Part, nonzero int64) Part { extra.Nonzero = nonzero; return extra }
	median, high := manifest.Measure{Kind: manifest.Median, P: 500}, manifest.Measure{Kind: manifest.Quantile, P: 950}
	sd, ratio, hhi := manifest.Measure{Kind: manifest.SD}, manifest.Measure{Kind: manifest.Ratio}, manifest.Measure{Kind: manifest.HHI}
	figure := Figure{Count: 1000, Sum: Scaled(1000, 0), Extra: Scaled(1000, 0)}
	index := func(ten4 int64) Figure { f := figure; f.Extra = Scaled(ten4, 4); return f }
	for _, c := range []struct {
		name    string
		measure manifest.Measure
		figure  Figure
		part    Part
		want    Rule
	}{
		{"t on both sides", median, figure, place(10, 10, 5, 5), ""},
		{"too few below", median, figure, place(9, 100, 5, 5), RuleSupport},
		{"too few above", high, figure, place(100, 9, 5, 5), RuleSupport},
		{"two have less than half of the values", median, figure, place(50, 50, 250, 249), ""},
		{"two have half of the values", median, figure, place(50, 50, 250, 250), RuleDominance},
		{"two have less than what lies above", high, figure, place(90, 10, 25, 24), ""},
		{"two have all that lies above", high, figure, place(90, 10, 25, 25), RuleDominance},
		{"not a number", median, Figure{Count: 1000, Extra: parse(t, "~NaN")}, place(50, 50, 5, 5), RuleFinite},
		{"few values", median, Figure{Count: 7, Extra: Scaled(1, 0)}, place(50, 50, 5, 5), RuleSmall},
		{"eleven people", sd, figure, beside(11, sizes(10, 10, 1000)), ""},
		{"ten people", sd, figure, beside(10, sizes(10, 10, 1000)), RuleFreedom},
		{"no deviation", sd, figure, beside(100, of(sizes(0, 0, 0), 0)), RuleZero},
		{"one large deviation", sd, figure, beside(100, sizes(900, 10, 1000)), RuleDominance},
		{"the second could tell the largest deviation", sd, figure, beside(100, sizes(800, 121, 1000)), RulePPercent},
		{"few deviate", sd, figure, beside(100, of(sizes(10, 10, 1000), 9)), RuleMinimum},
		{"both columns in order", ratio, figure, beside(100, sizes(10, 10, 1000)), ""},
		{"one large divisor", ratio, figure, beside(100, sizes(900, 10, 1000)), RuleDominance},
		{"few divisors", ratio, figure, beside(100, of(sizes(10, 10, 1000), 9)), RuleMinimum},
		{"divided by zero", ratio, Figure{Count: 1000, Sum: Scaled(1, 0), Extra: Scaled(0, 0)}, beside(100, sizes(10, 10, 1000)), RuleFinite},
		{"no evidence of the divisor", ratio, figure, sizes(10, 10, 1000), RulePreset},
		{"many small parts", hhi, index(400), sizes(100, 100, 1000), ""},                // √(0.04 − 0.01) = 0.173 ≥ 0.11
		{"nearly as large as the estimate", hhi, index(221), sizes(100, 100, 1000), ""}, // √0.0121 = 0.11
		{"the index tells the largest part", hhi, index(220), sizes(100, 100, 1000), RulePPercent},
		{"parts of one", hhi, index(8200), sizes(900, 50, 1000), RuleDominance},
	} {
		c.measure.Name = "m"
		table := &Table{Name: "t", Measures: []manifest.Measure{c.measure}, Units: []manifest.Unit{{Kind: "person"}},
			Cells: []Cell{{Rows: 1000, Figures: []Figure{c.figure}, Evidence: []Evidence{{Subjects: 100, Parts: []Part{c.part}}}}}}
		found := p.Findings(table)[0]
		if c.want == "" && len(found) > 0 || c.want != "" && !slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == c.want }) {
			t.Errorf("%s: %v, want %q", c.name, found, c.want)
		}
	}
}

func TestFiguresOfDistributions(t *testing.T) {
	p := preset(t, "default")
	for _, c := range []struct {
		measure manifest.Measure
		figure  Figure
		want    string
	}{
		{manifest.Measure{Kind: manifest.Median, P: 500}, Figure{Count: 100, Extra: Approximate(1234.5)}, "1230"},
		{manifest.Measure{Kind: manifest.SD}, Figure{Count: 11, Extra: Approximate(20)}, "1.41"},
		{manifest.Measure{Kind: manifest.Ratio}, Figure{Count: 11, Sum: Scaled(2, 0), Extra: Scaled(3, 0)}, "0.667"},
		{manifest.Measure{Kind: manifest.Rate, Base: 100_000}, Figure{Hits: 12, Misses: 9_983}, "100"}, // 10 of 9995
		{manifest.Measure{Kind: manifest.HHI}, Figure{Count: 11, Extra: Approximate(0.12345)}, "0.12"},
	} {
		if got := p.figure(c.measure, c.figure, 0); got != c.want {
			t.Errorf("%s: %s, want %s", c.measure.Kind, got, c.want)
		}
	}
	three := root(big.NewRat(9, 4)) // exact where it can be
	if three.Cmp(big.NewRat(3, 2)) != 0 {
		t.Errorf("the root of 9/4 is %s", three)
	}
}

// A module that works out the same is found to agree.
func TestCompareDistributions(t *testing.T) {
	table := collected(t, spreadRows, "  all: {from: claims, measures: {middle: median(days), spread: sd(cost), per_day: \"ratio(cost, days)\"}}\n")[0]
	f := table.Cells[0].Figures
	exact := func(i int) float64 {
		r, ok := Exact(table.Measures[i], f[i], 0)
		if !ok {
			t.Fatalf("no figure %d", i)
		}
		v, _ := r.Float64()
		return v
	}
	r := memory{columns: []Column{{"middle", double}, {"spread", double}, {"per_day", double}}}.with([]any{exact(0), exact(1), exact(2) * 1.001})
	got, err := Compare("o", table, r)
	if err != nil || got.Exact+got.Close != 2 || got.Differ != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

// What two statements say of one figure must be the same.
func TestCollectRefusesDistributionsThatDisagree(t *testing.T) {
	column := func(name string, role manifest.Role, index int, typ coltype.Type) manifest.Column {
		return manifest.Column{Name: name, Role: role, Index: index, Type: typ}
	}
	plan := manifest.PlanTable{Name: "t", MaxCells: 10, Units: []manifest.Unit{{Kind: "person"}, {Kind: "firm"}},
		Measures: []manifest.Measure{{Name: "a", Kind: manifest.Median}, {Name: "b", Kind: manifest.SD}, {Name: "c", Kind: manifest.Ratio}}}
	plan.Cells.Columns = []manifest.Column{column("r", manifest.RoleRows, 0, integer), column("a", manifest.RoleExtra, 0, double), column("c", manifest.RoleExtra, 2, integer)}
	evidence := append([]manifest.Column{column("s", manifest.RoleSubjects, 0, integer)}, plan.Cells.Columns...)
	evidence = append(evidence, column("bz", manifest.RoleExtraNonzero, 1, integer), column("bt", manifest.RoleExtraTotal, 1, double), column("cz", manifest.RoleExtraNonzero, 2, integer), column("ct", manifest.RoleExtraTotal, 2, integer))
	plan.Evidence = []manifest.Statement{{Columns: evidence}, {Columns: evidence}}
	for name, change := range map[string]func(c, first, second []any){
		"":                       func(_, _, _ []any) {},
		"deviations added apart": func(_, _, s []any) { s[5] = 12.0 + 1e-11 },
		"other median":           func(_, f, _ []any) { f[2] = 7.6 },
		"other divisor":          func(_, f, _ []any) { f[3] = 31 },
		"other deviations":       func(_, _, s []any) { s[5] = 12.1 },
		"too many deviate":       func(_, f, _ []any) { f[4] = 21 },
	} {
		c, first := []any{50, 7.5, 30}, []any{20, 50, 7.5, 30, 20, 12.0, 20, 30}
		second := slices.Clone(first)
		change(c, first, second)
		result := func(columns []manifest.Column, row []any) memory {
			var m memory
			for _, c := range columns {
				m.columns = append(m.columns, Column{c.Name, c.Type})
			}
			return m.with(row)
		}
		table, err := Collect(plan, result(plan.Cells.Columns, c), []Result{result(evidence, first), result(evidence, second)}, nil)
		if good := name == "" || strings.Contains(name, "apart"); good != (err == nil) || !good && fault.KindOf(err) != fault.Integrity {
			t.Errorf("%q: %v", name, err)
		}
		if err == nil && table.Cells[0].Figures[1].Extra.String() != "~12" {
			t.Errorf("%q: deviations %s", name, table.Cells[0].Figures[1].Extra)
		}
	}
}

// What is withheld of a ratio's divisor, of squares or of parts follows from the total
// of the others, unless another cell is withheld with it.
func TestDistributionsThatAddUp(t *testing.T) {
	const rows = `SELECT CASE WHEN i % 2 = 0 THEN '东' ELSE '中' END AS district, CAST(50 + i % 101 AS DECIMAL(12,2)) AS cost, 50 + i % 101 AS days, 0.5::DOUBLE AS weight, i % 3 = 0 AS urgent, i AS __subject_person FROM range(1, 401) r(i)
		UNION ALL SELECT '西', 20 + i, CASE WHEN i = 1 THEN 2000 ELSE 1 END, 0.5, i < 6, 1000 + i FROM range(1, 51) r(i)`
	for measure, want := range map[string]int{"ratio(cost, days)": 1, "ratio(days, cost)": 1, "sd(days)": 1, "hhi(person, days)": 1, "rate(urgent, 1000)": 1, "median(days)": 0} {
		f := ", measures: {m: \"" + measure + "\"}}\n"
		tables := collected(t, rows, "  by: {from: claims, group_by: [district]"+f+"  whole: {from: claims"+f)
		r := judge(t, preset(t, "default"), tables)
		p, beside := r.Preset, 0
		for i, part := range seriesOf(0, tables[0]) {
			if !part.extra[0] {
				continue
			}
			beside++
			west := slices.IndexFunc(tables[0].Cells, func(c Cell) bool { return c.Keys[0].Text == "西" })
			need, ok := p.need(tables[0], west, p.Findings(tables[0])[west], &part)
			if total := seriesOf(1, tables[1])[i].total; !within(part.total, total, total) || measure != "ratio(days, cost)" && (!ok || need.Upper.Sign() <= 0) {
				t.Errorf("%s: parts of %v add up to %v, and need %+v", measure, part.total, total, need)
			}
		}
		if more := !strings.HasPrefix(measure, "median") && !strings.HasPrefix(measure, "rate"); more != (beside == 1) {
			t.Errorf("%s: %d series beside its sum", measure, beside)
		}
		n := 0
		for _, report := range r.Tables {
			n += min(1, report.Failing[RuleSecondary])
		}
		if n != want {
			b, _ := json.Marshal(r.Tables)
			t.Errorf("%s: %d tables with secondary cells, want %d\n%s", measure, n, want, fmt.Sprintf("%.2000s", b))
		}
	}
}
