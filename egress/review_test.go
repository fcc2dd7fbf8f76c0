package egress

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

const reviewHead = "name: x\nscenario: s\nquestion: q\ninputs:\n  c: {dataset: c, columns: [%s]}\n"

func reviewPlan(t *testing.T, columns, job string) (*manifest.Plan, error) {
	t.Helper()
	uses := manifest.UseFilter | manifest.UseGroup | manifest.UseMeasure | manifest.UseDerive
	m, err := manifest.Parse("job.yaml", fmt.Appendf(nil, reviewHead+"%s", columns, job))
	if err != nil {
		t.Fatal(err)
	}
	return m.Check(manifest.Schema{"c": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{
		"district": {Type: text, Uses: uses}, "cost": {Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, Uses: uses},
		"icd": {Type: text, Uses: uses}, "age": {Type: integer, Uses: uses}, "female": {Type: coltype.Type{Kind: coltype.Boolean}, Uses: uses},
	}}})
}

// judged runs a job on a real engine and judges its tables.
func judged(t *testing.T, setup, columns, job string) (*Report, error) {
	t.Helper()
	plan, err := reviewPlan(t, columns, job)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(setup); err != nil {
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
			return nil, err
		}
		tables = append(tables, table)
	}
	return judge(t, preset(t, "default"), tables), nil
}

func mustJudge(t *testing.T, setup, columns, job string) *Report {
	t.Helper()
	r, err := judged(t, setup, columns, job)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// people are 200 in two districts, one row each; one of them, in E, is 97 and has
// the illness and the bill given.
func people(icd, cost string) string {
	return `CREATE TABLE c AS SELECT CASE WHEN i < 60 THEN 'E' ELSE 'W' END AS district,
		CAST(CASE WHEN i = 7 THEN ` + cost + ` ELSE 100 + i * 13 % 900 END AS DECIMAL(12,2)) AS cost,
		CASE WHEN i = 7 THEN '` + icd + `' ELSE 'I10' END AS icd, CASE WHEN i = 7 THEN 97 ELSE 20 + i % 60 END::BIGINT AS age,
		i % 2 = 0 AS female, i + 1 AS __subject_person FROM range(200) r(i)`
}

// Figures that the author mixes with constants would tell exact counts of hits,
// hide one bill among invented ones, or show more digits than are published.
func TestFiguresOfConstantsAreRefused(t *testing.T) {
	for _, measure := range []string{
		"mean(case when icd = 'B20' then 2 else 1 end)",
		"mean(case when icd = 'B20' then 0 else 1 end)",
		"mean(case when age > 95 then cost else 1000 end)",
		"mean(case when age > 95 then cost else 20000 end)",
		"sum(case when age > 95 then cost * 0.01 else 1 end)",
		"mean(cost - 484)",
		"mean((cost - 484.6) * 1000)",
	} {
		_, err := reviewPlan(t, "district, icd, age, cost", "tables:\n  t:\n    from: c\n    group_by: [district]\n    measures:\n      m: \""+measure+"\"\n")
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "takes one stored column") {
			t.Errorf("%s: %v", measure, err)
		}
	}
}

// Whether one person is hidden in a small cell or in none must not show in the
// large cell beside it.
func TestLargeCellsDoNotTellOfSmallOnes(t *testing.T) {
	const job = "derive:\n  hit: age > 95 and cost > 50000\ntables:\n  by_hit: {from: c, group_by: [district, hit], measures: {n: count()}}\n  by_icd: {from: c, group_by: [district, icd], measures: {n: count()}}\n"
	const columns = "district, age, cost, icd"
	want := mustJudge(t, people("I10", "12345.67"), columns, job)
	if want.Published("by_hit") != nil || want.Published("by_icd") == nil {
		t.Errorf("by_hit is %v, by_icd %v", want.Published("by_hit"), want.Published("by_icd"))
	}
	for _, setup := range []string{people("I10", "987654.32"), people("B20", "12345.67")} {
		got := mustJudge(t, setup, columns, job)
		for _, name := range []string{"by_hit", "by_icd"} {
			if !reflect.DeepEqual(got.Published(name), want.Published(name)) {
				t.Errorf("%s: one person's bit shows", name)
			}
		}
	}
}

// All or none is told by one key as well as by two, and where a condition has
// left one district.
func TestGroupDisclosureWithOneKey(t *testing.T) {
	r := mustJudge(t, people("B20", "200"), "district, icd, female", `derive:
  circulatory: icd = 'I10'
  kind: case when icd = 'I10' then 'circulatory' else 'other' end
tables:
  by_share: {from: c, where: district = 'W', measures: {x: share(icd = 'I10')}}
  by_key: {from: c, where: district = 'W', group_by: [circulatory], measures: {n: count()}}
  by_case: {from: c, where: district = 'W', group_by: [kind], measures: {n: count()}}
  by_stored: {from: c, where: female, group_by: [female], measures: {n: count()}}
  by_district: {from: c, where: district = 'W', group_by: [district], measures: {n: count()}}
`)
	for name, published := range map[string]bool{"by_share": false, "by_key": false, "by_case": false, "by_stored": false, "by_district": true} {
		if (r.Published(name) != nil) != published {
			t.Errorf("%s: published %v", name, !published)
		}
	}
}

// Two tables of one job that differ by one person: the reviewer is told, though
// nothing is refused.
func TestOverlappingTablesAreNamed(t *testing.T) {
	r := mustJudge(t, people("I10", "12345.67"), "district, age, cost", `tables:
  with_him: {from: c, where: district = 'E', measures: {m: mean(cost), n: count()}}
  without: {from: c, where: district = 'E' and age < 95, measures: {m: mean(cost), n: count()}}
  finer: {from: c, where: district = 'E', group_by: [female_or_not], measures: {n: count()}}
derive:
  female_or_not: age < 40
`)
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "with_him and without: 1 published cells") {
		t.Errorf("warnings %q", r.Warnings)
	}
	last := r.NotChecked[len(r.NotChecked)-1]
	if !strings.HasPrefix(last, "differencing inside this job: tables with_him, without, finer overlap; they read c and differ in where, group_by") {
		t.Errorf("not checked: %q", last)
	}
	r = mustJudge(t, people("I10", "200"), "district", "tables: {t: {from: c, measures: {n: count()}}, u: {from: c, measures: {p: subjects()}}, v: {from: c, where: district = 'E', measures: {n: count()}}}\n")
	if len(r.Warnings) != 0 || len(r.NotChecked) != len(notChecked)+1 {
		t.Errorf("%q, %q", r.Warnings, r.NotChecked)
	}
	r = mustJudge(t, people("I10", "200"), "district", "tables: {t: {from: c, measures: {n: count()}}, u: {from: c, measures: {p: subjects()}}}\n")
	if !slices.Equal(r.NotChecked, notChecked) {
		t.Errorf("two tables of the same rows: %q", r.NotChecked)
	}
}

func TestReportDoesNotHoldTheBill(t *testing.T) {
	r := mustJudge(t, people("I10", "987654.32"), "age, cost, district", "tables:\n  chief: {from: c, where: age > 95, measures: {cost: sum(cost)}}\n  all: {from: c, group_by: [district], measures: {cost: sum(cost), m: mean(cost)}}\n")
	b, err := r.Encode()
	if err != nil || strings.Contains(string(b), "987654.32") {
		t.Errorf("the bill is in the report: %v", err)
	}
}

// A job cannot make its reviewer's report large: cells × measures is bounded
// before anything is built.
func TestFiguresOfAJobAreBounded(t *testing.T) {
	var measures strings.Builder
	for i := range 32 {
		fmt.Fprintf(&measures, "      m%d: count()\n", i)
	}
	job := "tables:\n  t:\n    from: c\n    group_by: [age]\n    measures:\n" + measures.String()
	const data = "CREATE TABLE c AS SELECT (i // 20)::BIGINT AS age, i + 1 AS __subject_person FROM range(%d) r(i)"
	plan, err := reviewPlan(t, "age", job)
	if err != nil {
		t.Fatal(err)
	}
	most := plan.Tables[0].MaxCells
	if _, err := judged(t, fmt.Sprintf(data, 20*(most+1)), "age", job); fault.KindOf(err) != fault.Limit {
		t.Errorf("%d cells: %v", most+1, err)
	}
	r := mustJudge(t, fmt.Sprintf(data, 20*most), "age", job)
	b, err := r.Encode()
	if err != nil || len(b) > 32<<20 {
		t.Errorf("%d cells: %d bytes, %v", most, len(b), err)
	}
}

// What remains: an author who knows nine people puts a tenth beside them, and
// learns from the cell's being published that the condition holds for the tenth.
// docs/EGRESS.md says so; were this test to fail, it says too much.
func TestThresholdOracleRemains(t *testing.T) {
	const job = "tables:\n  t: {from: c, where: age < 30 or age > 95 and cost > 50000, measures: {n: count()}}\n"
	for bill, published := range map[string]bool{"987654.32": true, "12345.67": false} {
		setup := "CREATE TABLE c AS SELECT CAST(CASE WHEN i = 9 THEN " + bill + " ELSE 100 END AS DECIMAL(12,2)) AS cost, " +
			"(CASE WHEN i = 9 THEN 97 WHEN i < 9 THEN 25 ELSE 50 END)::BIGINT AS age, i + 1 AS __subject_person FROM range(200) r(i)"
		if r := mustJudge(t, setup, "age, cost", job); (r.Published("t") != nil) != published {
			t.Errorf("a bill of %s: published %v", bill, !published)
		}
	}
}
