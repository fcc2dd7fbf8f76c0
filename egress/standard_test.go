package egress

import (
	"testing"
)

// A standardised rate is published where every stratum could be, and its strata are not.
func TestStandardisedRates(t *testing.T) {
	p := preset(t, "default")
	const rows = `SELECT '东' AS district, 1.0 AS cost, 1 AS days, 0.5::DOUBLE AS weight, i % 2 = 0 AS urgent, i AS __subject_person FROM range(200) r(i)
		UNION ALL SELECT '西', 1.0, 1, 0.5, i % 4 = 0, 1000 + i FROM range(100) r(i)
		UNION ALL SELECT '南', 1.0, 1, 0.5, i < 9, 2000 + i FROM range(100) r(i)`
	const tables = `  two: {from: claims, measures: {n: count(), rate: "standardised(urgent, district, two, 1000)"}}
  three: {from: claims, measures: {n: count(), rate: "standardised(urgent, district, three, 1000)"}}
references:
  two: {东: 1, 西: 3}
  three: {东: 1, 西: 3, 南: 0.01}
`
	both := collected(t, rows, tables)
	r := judge(t, p, both)
	two := r.Published("two")
	if got := rows2(two); got != "400 313" || len(two.Columns) != 2 || two.Columns[1].Name != "rate" { // (½ + 3·¼) / 4
		t.Errorf("%s of %+v", got, two.Columns)
	}
	if r.Published("three") != nil || !rulesOfTable(r, 1)[RuleMinimum] {
		t.Errorf("a stratum of nine: %v", r.Tables[1].Rules)
	}
	out, err := Compare("o", both[0], memory{columns: []Column{{"rate", double}}}.with([]any{312.5}))
	if err != nil || out.Exact != 1 {
		t.Errorf("%+v %v", out, err)
	}
	if _, err := Compare("o", both[0], memory{columns: []Column{{"rate 东", double}}}.with([]any{0.5})); err == nil {
		t.Error("a stratum is compared")
	}
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseReport(b); err != nil {
		t.Error(err)
	}
	empty := *both[0]
	empty.Measures = append(empty.Measures[:0:0], empty.Measures...)
	empty.Measures[1].Strata = nil
	if f := p.Findings(&empty)[0]; len(f) != 1 || f[0].Rule != RulePreset {
		t.Errorf("a rate without strata: %v", f)
	}
}

func rows2(p *Published) string {
	if p == nil {
		return "nothing"
	}
	return rows(p)
}

func rulesOfTable(r *Report, table int) map[Rule]bool {
	out := map[Rule]bool{}
	for _, rule := range r.Tables[table].Rules {
		out[rule] = true
	}
	return out
}

// A survival is the product of what is left in each interval, where each could be
// published by itself.
func TestSurvivals(t *testing.T) {
	p := preset(t, "default")
	// Of 400 people 100 are seen last after 3 days; to 100 it happens on day 1, to 60 on
	// day 2, to 5 on day 5; 135 are seen on day 9.
	const rows = `SELECT '东' AS district, 1.0 AS cost, 0.5::DOUBLE AS weight, i AS __subject_person, i < 165 AS urgent,
		CASE WHEN i < 100 THEN 1 WHEN i < 160 THEN 2 WHEN i < 165 THEN 5 WHEN i < 265 THEN 3 ELSE 9 END AS days FROM range(400) r(i)`
	both := collected(t, rows, `  two: {from: claims, measures: {first: "survival(days, urgent, [1])", s: "survival(days, urgent, [1, 2])"}}
  three: {from: claims, measures: {s: "survival(days, urgent, [1, 2, 5])"}}
`)
	r := judge(t, p, both)
	if got := rows2(r.Published("two")); got != "0.75 0.6" { // 300/400, and that times 240/300
		t.Error(got)
	}
	if r.Published("three") != nil || !rulesOfTable(r, 1)[RuleSmall] {
		t.Errorf("an interval with five: %v", r.Tables[1].Rules)
	}
	out, err := Compare("o", both[0], memory{columns: []Column{{"s", double}, {"first", double}}}.with([]any{0.6, 0.74}))
	if err != nil || out.Close != 1 || out.Differ != 1 {
		t.Errorf("%+v %v", out, err)
	}
}
