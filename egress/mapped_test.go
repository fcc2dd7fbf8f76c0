package egress

import (
	"database/sql"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// A module gives fifty people a constant and one person a bit more, so that the mean tells
// the bit. Whoever has what the author calls the default, or what most have, does not
// stand behind a figure, so that ten others have to.
func TestConstantsOfAMappingAreNobody(t *testing.T) {
	const text = `
name: 风险
scenario: s
question: q
inputs:
  claims: {dataset: claims, columns: [person, district]}
map:
  risk: {unit: person, from: [claims], record: {score: {min: 0, max: 100, scale: 1DEFAULT}}}
tables:
  people: {from: risk, measures: {n: subjects(), m: mean(score)}}
  visits: {from: claims, join: {risk: person}, measures: {n: count(), m: mean(score)}}
`
	for name, c := range map[string]struct {
		declared string
		score    string // of person i, from 0 to 59
		kept     bool
	}{
		"a constant, declared":           {", default: 7", "CASE WHEN i = 17 THEN 8 ELSE 7 END", false},
		"a constant, not declared":       {"", "CASE WHEN i = 17 THEN 8 ELSE 7 END", false},
		"another constant":               {", default: 3", "CASE WHEN i = 17 THEN 8 ELSE 7 END", false},
		"nothing but the constant":       {"", "7", false},
		"nothing for all but one":        {"", "CASE WHEN i = 17 THEN 8 ELSE 0 END", false},
		"nine beside it":                 {", default: 7", "CASE WHEN i < 9 THEN 8 ELSE 7 END", false},
		"ten beside it":                  {", default: 7", "CASE WHEN i < 10 THEN 8 ELSE 7 END", true},
		"nine beside one not declared":   {"", "CASE WHEN i < 9 THEN 8 ELSE 7 END", false},
		"ten beside one not declared":    {"", "CASE WHEN i < 10 THEN 8 ELSE 7 END", true},
		"nine are not as most":           {", default: 8", "CASE WHEN i < 9 THEN 8 ELSE 7 END", false},
		"few differ from a rare default": {", default: 9", "CASE WHEN i < 51 THEN 9 ELSE i % 40 END", false},
		"a score":                        {"", "i / 2.0", true},
		"a score from a default":         {", default: 5", "5 + i % 4", true},
		"missing is nobody":              {"", "CASE WHEN i < 9 THEN i WHEN i < 30 THEN 7 END", false},
	} {
		tables := mapped(t, strings.Replace(text, "DEFAULT", c.declared, 1), `CREATE TABLE risk AS SELECT CAST(`+c.score+` AS DECIMAL(18,1)) AS score, i + 1 AS __subject_person FROM range(60) r(i);
			CREATE TABLE claims AS SELECT '东' AS district, i % 60 + 1 AS __subject_person FROM range(150) r(i)`)
		r := judge(t, preset(t, "default"), tables)
		for i, table := range tables {
			if kept := r.Published(table.Name) != nil; kept != c.kept || !kept && !rulesOfTable(r, i)[RuleMinimum] {
				t.Errorf("%s, %s: published %v, %v", name, table.Name, kept, r.Tables[i].Cells[0].Findings)
			}
		}
	}
}

// mapped runs a manifest whose inputs and records are these tables.
func mapped(t *testing.T, text, tables string) []*Table {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(tables); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := m.Check(manifest.Schema{"claims": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{
		"person": {Type: coltype.Type{Kind: coltype.Text}, Uses: manifest.UseJoin, Subject: "person"}, "district": {Type: coltype.Type{Kind: coltype.Text}, Uses: manifest.UseGroup | manifest.UseRow},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	var out []*Table
	for _, pt := range plan.Tables {
		var evidence []Result
		for _, s := range pt.Evidence {
			evidence = append(evidence, answer(t, db, s))
		}
		unmatched := make([]int64, len(pt.Joins))
		table, err := Collect(pt, answer(t, db, pt.Cells), evidence, unmatched)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, table)
	}
	return out
}
