package egress

import (
	"database/sql"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// answer runs a statement of a plan on a real engine.
func answer(t *testing.T, db *sql.DB, s manifest.Statement) Result {
	t.Helper()
	var args []any
	for _, a := range s.Args {
		if a.Type.Kind == coltype.Integer {
			args = append(args, a.Int)
		} else {
			args = append(args, a.Text)
		}
	}
	rows, err := db.Query(s.SQL, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.SQL)
	}
	defer rows.Close()
	var out memory
	for _, c := range s.Columns {
		out.columns = append(out.columns, Column{c.Name, c.Type})
	}
	for rows.Next() {
		values, ptrs := make([]any, len(s.Columns)), make([]any, len(s.Columns))
		for i := range values {
			ptrs[i] = &values[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			values[i] = plain(v)
		}
		out.rows = append(out.rows, values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func plain(v any) any {
	switch v := v.(type) {
	case int64:
		return int(v)
	case bool:
		return bool2int(v)
	case duckdb.Decimal:
		return int(new(big.Int).Set(v.Value).Int64())
	case time.Time:
		return int(v.Unix() / 86400)
	}
	return v
}

const honest = `
name: 慢病费用
scenario: s
question: q
inputs:
  claims: {dataset: claims, columns: [district, cost, urgent, weight]}
derive:
  size: band(cost, [100, 1000])
tables:
  by_district: {from: claims, group_by: [district], measures: {people: subjects(), visits: count(), cost: sum(cost), mean: mean(weight), urgent: share(urgent)}}
  by_size: {from: claims, group_by: [size, urgent], measures: {people: subjects()}}
  chief: {from: claims, where: cost > 500000, measures: {n: count(), cost: sum(cost)}}
`

// From a manifest to published figures on a real engine, with planted cells: a
// district of three people, a district with one enormous bill, and the bill.
func TestFromManifestToVerdict(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE claims AS SELECT
		CASE WHEN i % 10 < 5 THEN '东' WHEN i % 10 < 9 THEN '西' ELSE '北' END AS district,
		CAST(10 + i * 7 % 1990 AS DECIMAL(12,2)) AS cost, i % 3 = 0 AS urgent, i * 0.25::DOUBLE AS weight, i % 400 + 1 AS __subject_person
		FROM range(1000) r(i) UNION ALL SELECT '南', 100, true, 0.5::DOUBLE, 2000 + i FROM range(3) r(i)
		UNION ALL SELECT '北', 987654.32, false, 0.5, 5000`); err != nil {
		t.Fatal(err)
	}
	uses := manifest.UseFilter | manifest.UseGroup | manifest.UseMeasure | manifest.UseDerive
	m, err := manifest.Parse("job.yaml", []byte(honest))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := m.Check(manifest.Schema{"claims": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{
		"district": {Type: text, Uses: uses}, "cost": {Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, Uses: uses},
		"urgent": {Type: coltype.Type{Kind: coltype.Boolean}, Uses: uses}, "weight": {Type: double, Uses: uses},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	var tables []*Table
	for _, pt := range plan.Tables {
		var evidence []Result
		for _, s := range pt.Evidence {
			evidence = append(evidence, answer(t, db, s))
		}
		table, err := Collect(pt, answer(t, db, pt.Cells), evidence, nil)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	r := judge(t, preset(t, "default"), tables)
	if got, want := rows(r.Published("by_district")), "东 200 500 467000 124 0.33; 西 160 400 373000 125 0.338"; got != want {
		t.Errorf("by_district: %s, want %s", got, want)
	}
	north, south := rulesOf(r, slices.IndexFunc(tables[0].Cells, func(c Cell) bool { return c.Keys[0].Text == "北" })), rulesOf(r, slices.IndexFunc(tables[0].Cells, func(c Cell) bool { return c.Keys[0].Text == "南" }))
	if !north[RuleDominance] || !north[RulePPercent] || !south[RuleMinimum] || !south[RuleFull] {
		t.Errorf("the dominated district fails %v, the small one %v", north, south)
	}
	if p := r.Published("by_size"); p == nil || p.Rows[0][0].Text != "<100" || len(p.Rows) != 6 {
		t.Errorf("by_size: %+v", p)
	}
	if r.Published("chief") != nil || !slices.Contains(r.Tables[2].Rules, RuleMinimum) {
		t.Errorf("the chief's bill: %v", r.Tables[2].Rules)
	}
}
