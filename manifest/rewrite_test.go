package manifest

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const cityHead = head + `inputs:
  claims: {dataset: claims, columns: [person, district, icd_chapter, hospital, visit_date, cost, days, weight, urgent]}
  population: {dataset: population, columns: [person, birth, sex]}
  hospitals: {dataset: hospitals, columns: [code, grade, beds]}
  weather: {dataset: weather, columns: [city, rain]}
derive:
  age: band(age_at(birth, '2023-02-28'), [35, 60])
  month: month(visit_date)
  part: prefix(icd_chapter, 2)
  dear: case when cost > 500 then 'dear' else 'cheap' end
`

// drawTable writes a table at random. Its inputs and derived columns that are
// not used are left out of the manifest.
func drawTable(r *rand.Rand) string {
	keys := []string{"district", "days", "urgent", "month", "part", "dear"}
	measures := []string{"count()", "subjects(person)", "sum(cost)", "mean(cost)", "sum(days)", "mean(weight)", "sum(weight)", "share(urgent)", "share(cost > 300 and days < 4)", "share(district = '东区')"}
	table, head := "    from: claims\n", cityHead
	drop := func(lines ...string) {
		for _, l := range lines {
			i := strings.Index(head, "  "+l+":")
			head = head[:i] + head[i+strings.IndexByte(head[i:], '\n')+1:]
		}
	}
	drop("weather")
	var join []string
	if r.IntN(2) == 0 {
		join, keys, measures = append(join, "population: person"), append(keys, "age", "sex"), append(measures, "share(sex = '女')")
	} else {
		drop("population", "age")
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == "age" })
	}
	if r.IntN(2) == 0 {
		join, keys, measures = append(join, "hospitals: [hospital, code]"), append(keys, "grade"), append(measures, "subjects(enterprise)", "sum(beds)", "mean(beds)")
	} else {
		drop("hospitals")
	}
	if len(join) > 0 {
		table += "    join: {" + strings.Join(join, ", ") + "}\n"
	}
	if r.IntN(2) == 0 {
		table += "    where: " + []string{"cost > 0", "days != 3 or days is null", "not urgent", "cost < -99999", "district = icd_chapter or district != '西区'"}[r.IntN(5)] + "\n"
	}
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	keys = keys[:r.IntN(4)]
	table += "    group_by: [" + strings.Join(keys, ", ") + "]\n    measures:\n"
	for _, d := range []string{"age", "month", "part", "dear"} {
		if !slices.Contains(keys, d) && strings.Contains(head, "  "+d+":") {
			drop(d)
		}
	}
	for i := range 1 + r.IntN(5) {
		table += fmt.Sprintf("      m%d: \"%s\"\n", i, measures[r.IntN(len(measures))])
	}
	return strings.TrimSuffix(head, "derive:\n") + "tables:\n  t:\n" + table
}

// asHeld loads the same rows as a query cell holds them: texts as codes,
// ordinals in 4 bytes, the rows in the order of a subject.
func asHeld(t *testing.T, c town) *sql.DB {
	db := engine(t)
	c.load(t, db)
	for name, columns := range map[string][]string{"claims": {"district", "hospital", "icd_chapter"}, "population": {"sex"}, "hospitals": {"code"}} {
		for _, column := range columns {
			run(t, db, fmt.Sprintf("CREATE TYPE %s_%s AS ENUM (SELECT DISTINCT %[2]s FROM %[1]s WHERE %[2]s IS NOT NULL ORDER BY 1)", name, column))
			run(t, db, fmt.Sprintf("ALTER TABLE %s ALTER %s TYPE %[1]s_%[2]s", name, column))
		}
	}
	for name, kind := range map[string]string{"claims": "person", "population": "person", "hospitals": "enterprise"} {
		run(t, db, fmt.Sprintf("ALTER TABLE %s ALTER __subject_%s TYPE UINTEGER", name, kind))
		run(t, db, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS SELECT * FROM %[1]s ORDER BY __subject_%s", name, kind))
	}
	return db
}

// The statements of a plan give what the plain ones give, over rows as they are
// stored and as a query cell holds them.
func TestStatementsAgreeWithPlainOnes(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 11))
		c := draw(r)
		wide := engine(t)
		c.load(t, wide)
		narrow := asHeld(t, c)
		for _, db := range []*sql.DB{wide, narrow} {
			run(t, db, "UPDATE claims SET weight = nullif(hash(person, visit_date, cost)::DOUBLE / 1e19 - 0.4, 0) WHERE days <> 2")
			run(t, db, "UPDATE claims SET weight = NULL WHERE days = 1")
			run(t, db, "UPDATE claims SET __subject_person = 0 WHERE person IN ('p7', 'p50')")
		}
		for range 15 {
			text := drawTable(r)
			q, table := compilePlain(t, text)
			p := plan(t, text)
			for _, db := range []*sql.DB{wide, narrow} {
				run(t, db, fmt.Sprintf("SET threads=%d", p.Threads))
				comparePlain(t, db, text, q, &table, p.Tables[0])
			}
		}
	}
}

func comparePlain(t *testing.T, db *sql.DB, text string, q plain, table *PlanTable, got PlanTable) {
	t.Helper()
	want := q.cells(table).query(t, db)
	cells := got.Cells.query(t, db)
	for u := range got.Units {
		evidence := got.Evidence[u].query(t, db)
		if !alikeRows(evidence, q.evidence(table, u).query(t, db)) {
			t.Errorf("unit %d differs\n%s\n%v\n%v", u, text, evidence, q.evidence(table, u).query(t, db))
		}
		for i := range evidence { // the distinct subjects, which the plain cells count
			cells[i] = append(cells[i], evidence[i][len(got.Keys)])
		}
	}
	if !alikeRows(cells, want) {
		t.Errorf("cells differ\n%s\n%v\n%v", text, cells, want)
	}
}

// A sum of one subject that does not fit fails the evidence, as its absolute
// value fails the plain statement, though the sum over all fits.
func TestContributionsThatDoNotFit(t *testing.T) {
	const text = head + claims + "tables:\n  t: {from: claims, measures: {s: sum(days)}}\n"
	q, table := compilePlain(t, text)
	for values, fits := range map[string]bool{
		"(1, 9223372036854775807), (2, -9223372036854775807)": false, // their total is beyond
		"(1, 9223372036854775807), (1, 1), (2, -2)":           false,
		"(1, -9223372036854775807), (1, -1)":                  false,
		"(1, 9223372036854775807), (1, -9223372036854775807)": true,
	} {
		db := engine(t)
		run(t, db, "CREATE TABLE claims AS SELECT p::BIGINT AS __subject_person, d::BIGINT AS days FROM (VALUES "+values+") v(p, d)")
		for name, s := range map[string]Statement{"the plan": plan(t, text).Tables[0].Evidence[0], "plain": q.evidence(&table, 0)} {
			rows, err := db.Query(s.SQL)
			if err == nil {
				rows.Next()
				err = rows.Err()
				rows.Close()
			}
			if (err == nil) != fits {
				t.Errorf("%s: %s: %v", values, name, err)
			}
		}
	}
}

// alikeRows compares texts: exactly, but for doubles, which are added up in
// another order, to a part in a million million.
func alikeRows(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(a, b []string) bool {
		return slices.EqualFunc(a, b, func(a, b string) bool {
			x, errX := strconv.ParseFloat(a, 64)
			y, errY := strconv.ParseFloat(b, 64)
			return a == b || errX == nil && errY == nil && (len(a) > 12 || len(b) > 12) && math.Abs(x-y) <= 1e-12*max(math.Abs(x), math.Abs(y), 1)
		})
	})
}
