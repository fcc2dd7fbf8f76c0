package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func check(t *testing.T, text string) (*Plan, error) {
	t.Helper()
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m.Check(only(m, city(t)))
}

func TestTypes(t *testing.T) {
	for where, want := range map[string]string{
		"cost > 0 and days >= 1.5":     "",
		"cost = weight":                "",
		"cost + days * 2 - weight > 0": "",
		"-cost < 0":                    "",
		"urgent":                       "",
		"urgent = true":                "",
		"not urgent or urgent is null": "",
		"district in ['东区', '西区']":     "",
		"visit_date between '2024-01-01' and '2024-06-30'": "",
		"'2024-01-01' <= visit_date":                       "",
		"visit_date in ['2024-01-01']":                     "",
		"admitted >= '2024-01-01T00:00:00+08:00'":          "",
		"admitted is not null":                             "",
		"age_at(visit_date, '2024-01-01') > 3":             "",
		"year(visit_date) = 2024 and month(visit_date) in [1, 2] and quarter(visit_date) = 1": "",
		"prefix(icd_chapter, 1) = 'I'":                                          "",
		"band(cost, [0, 0.5, 100]) = '<0'":                                      "",
		"case when urgent then '2024-01-01' else visit_date end = '2024-01-01'": "",
		"case when urgent then 1 else 2.5 end > 1":                              "",
		"claims.cost > 0":                                                       "",

		"cost":                                     "job.yaml:9:12: tables.t.where: want a condition, found cost, which is decimal(12,2)",
		"cost > 'x'":                               "decimal(12,2) and text do not go together",
		"cost > visit_date":                        "do not go together",
		"district > 'a'":                           "text values have no order here",
		"urgent < true":                            "boolean values have no order here",
		"district between 'a' and 'b'":             "no order",
		"cost and urgent":                          "want a condition, found cost",
		"not cost":                                 "want a condition",
		"urgent + 1 > 0":                           "want a number, found urgent, which is boolean",
		"'a' + 1 > 0":                              "want a number, found 'a'",
		"visit_date = '2024-02-30'":                "job.yaml:9:25: tables.t.where: want a date such as '2024-01-31', found '2024-02-30'",
		"visit_date = '2024-1-1'":                  "want a date",
		"visit_date = 20240101":                    "do not go together",
		"admitted > '2024-01-01'":                  "want a time with its offset",
		"admitted > visit_date":                    "do not go together",
		"year(district) = 1":                       "want a date, found district, which is text",
		"year(admitted) = 1":                       "want a date, found admitted, which is timestamp",
		"year(visit_date, visit_date) = 1":         "want year(date)",
		"age_at(visit_date, visit_date) = 1":       "want age_at(date of birth, '2024-01-31')",
		"age_at(visit_date, '2024-13-01') = 1":     "want a date",
		"age_at(cost, '2024-01-01') = 1":           "want a date, found cost",
		"prefix(cost, 1) = 'I'":                    "want text, found cost",
		"prefix(district, 0) = 'I'":                "want 1 to 32 characters",
		"prefix(district, 33) = 'I'":               "want 1 to 32 characters",
		"prefix(district, 1.5) = 'I'":              "want 1 to 32 characters",
		"prefix(district, days) = 'I'":             "want prefix(text, characters)",
		"band(district, [1]) = 'x'":                "want a number, found district",
		"band(cost, [1, 1]) = 'x'":                 "each greater than the one before it, found 1",
		"band(cost, [10, 9.5]) = 'x'":              "each greater than the one before it, found 9.5",
		"band(cost, ['a']) = 'x'":                  "each greater than the one before it, found 'a'",
		"band(cost, 3) = 'x'":                      "want band(number, [bounds])",
		"band(cost) = 'x'":                         "want band(number, [bounds])",
		"case when urgent then 1 else 'a' end = 1": "do not go together",
		"case when cost then 1 end = 1":            "want a condition, found cost",
		"nobody > 0":                               "no column nobody here; claims has person",
		"population.cost > 0":                      "no column population.cost here",
		"lower(district) = 'a'":                    `no function "lower"; there are band`,
		"exists(district)":                         "declare cohort",
		"sum(cost) > 0":                            "sum is a measure",
		"prefix([1], 1) = 'a'":                     "a list stands after in",
	} {
		if strings.HasPrefix(where, "'") {
			where = `"` + where + `"` // YAML would take the quote for its own
		}
		_, err := check(t, job(where, "district", "count()"))
		expect(t, where, err, want, fault.Invalid)
	}
}

func expect(t *testing.T, what string, err error, want string, kind fault.Kind) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: refused: %v", what, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: error %v, want %q in it", what, err, want)
	case want != "" && fault.KindOf(err) != kind:
		t.Errorf("%s: kind %v, want %v", what, fault.KindOf(err), kind)
	}
}

func TestProductScale(t *testing.T) {
	s := city(t)
	for scale, want := range map[string]string{"decimal(18,9)": "", "decimal(18,10)": "the product has 20 decimals"} {
		m, err := Parse("job.yaml", []byte(job("cost * cost > 0", "district", "count()")))
		if err != nil {
			t.Fatal(err)
		}
		s["claims"].Columns["cost"] = col(t, "", scale+": filter")
		_, err = m.Check(s)
		expect(t, scale, err, want, fault.Invalid)
	}
}

func TestUses(t *testing.T) {
	derive := func(d, table string) string {
		return head + claims + "derive:\n" + d + "tables:\n  t: {from: claims, " + table + ", measures: {figure: count()}}\n"
	}
	for text, want := range map[string]string{
		job("", "cost", "count()"):                                         "cost is used here to group; the scenario grants it for filter, measure, derive, row",
		job("", "visit_date", "count()"):                                   "visit_date is used here to group",
		job("", "district", "sum(days)"):                                   "",
		job("", "district", "share(cost > 1000)"):                          "",
		job("weight > 1", "", "sum(weight)"):                               "",
		job("hospital = 'x'", "district", "count()"):                       "hospital is used here to filter; the scenario grants it for join, row",
		job("", "district", "share(hospital = 'x')"):                       "hospital is used here to filter",
		job("case when hospital is null then cost end > 1", "", "count()"): "hospital is used here to filter",
		job("", "person", "count()"):                                       "row per subject: person says who a row is about",
		job("person = 'x'", "", "count()"):                                 "row per subject",
		job("", "district", "share(person is null)"):                       "row per subject",
		job("", "列 名", "count()"):                                          "",
		job("\"\\\"列 名\\\" = 'x'\"", "district", "count()"):                "is used here to filter; the scenario grants it for group, row",
		job("", "weight", "count()"):                                       `"weight" is double and would make nearly every row a cell`,
		job("", "admitted", "count()"):                                     "admitted is used here to group",

		derive("  month: month(visit_date)\n", "group_by: [month]"):                "",
		derive("  same: visit_date\n", "group_by: [same]"):                         "visit_date is used here to group; ",
		derive("  more: cost * 1\n", "group_by: [more]"):                           "cost is used here to group",
		derive("  some: case when urgent then cost end\n", "group_by: [some]"):     "cost is used here to group",
		derive("  high: cost > 1000\n", "group_by: [high]"):                        "",
		derive("  dear: case when cost > 1000 then 'y' end\n", "group_by: [dear]"): "",
		derive("  same: visit_date\n  m: month(same)\n", "group_by: [m]"):          "",
		derive("  m: month(same)\n  same: visit_date\n", "group_by: [m]"):          "same is derived further down",
		derive("  d: prefix(district, 2)\n", "group_by: [d]"):                      "district is used here to derive; the scenario grants it for filter, group, row",
		derive("  d: prefix(person, 2)\n", "group_by: [d]"):                        "row per subject",
		derive("  d: prefix(hospital, 2)\n", "where: d = 'x'"):                     "hospital is used here to derive",
		derive("  w: weight\n", "group_by: [w]"):                                   "would make nearly every row a cell",
		// A derived column that hands its source on needs the use that it is put to, wherever it stands.
		derive("  same: born\n", "where: same = '2000-01-01'"):                        "born is used here to filter; the scenario grants it for derive, row",
		derive("  same: born\n", "where: year(same) = 2000"):                          "born is used here to filter",
		derive("  same: born\n  old: same < '2000-01-01'\n", "where: old"):            "",
		derive("  who: case when insured then 'a' else 'b' end\n", "group_by: [who]"): "",
		derive("  what: insured\n", "group_by: [what]"):                               "insured is used here to group",
		job("case when insured then cost end > 1", "district", "count()"):             "insured is used here to filter; the scenario grants it for measure, derive, row",
		job("", "district", "mean(nothing)"):                                          "no column nothing here",
		derive("  unused: month(visit_date)\n", "group_by: [district]"):               "unused is used by no table; remove it",
	} {
		_, err := check(t, text)
		kind := fault.Invalid
		if strings.Contains(want, "scenario grants") || strings.Contains(want, "is used here to") || strings.Contains(want, "row per subject") {
			kind = fault.Denied
		}
		expect(t, text[len(head):], err, want, kind)
	}
}

const joined = head + `inputs:
  claims: {dataset: claims, columns: [person, hospital, district, cost]}
  population: {dataset: population, columns: [person, birth, sex, district, income]}
  hospitals: {dataset: hospitals, columns: [code, hospital, number, enterprise, grade, beds]}
tables:
  t:
    from: claims
`

func TestJoins(t *testing.T) {
	for table, want := range map[string]string{
		"join: {population: person}":                                   "",
		"join: {hospitals: hospital}":                                  "",
		"join: {hospitals: [hospital, code]}":                          "",
		"join: {hospitals: hospital, population: person}":              "",
		"join: {hospitals: [hospital, number]}":                        "a code is integer, text or date on both sides",
		"join: {hospitals: [hospital, nobody]}":                        `hospitals has no column "nobody"`,
		"join: {hospitals: nobody}":                                    "no column nobody here",
		"join: {hospitals: [person, enterprise]}":                      "claims.person is a subject of the kind person and hospitals.enterprise is a subject of the kind enterprise",
		"join: {hospitals: [person, code]}":                            "hospitals.code is a code; they cannot match",
		"join: {hospitals: [cost, beds]}":                              "claims.cost is used here to join; the scenario grants it for filter, measure",
		"join: {population: person}\n    group_by: [district]":         "district is a column of claims and of population; write claims.district",
		"join: {population: person}\n    where: person = 'x'":          "row per subject",
		"join: {population: person}\n    where: claims.district = 'x'": "",
	} {
		rest := "    measures: {n: count()}\n"
		if !strings.Contains(table, "hospitals") {
			rest += "  u: {from: hospitals, measures: {n: count()}}\n"
		}
		if !strings.Contains(table, "population") {
			rest += "  w: {from: population, measures: {n: count()}}\n"
		}
		_, err := check(t, joined+"    "+table+"\n"+rest)
		kind := fault.Invalid
		if strings.Contains(want, "scenario grants") || strings.Contains(want, "row per") {
			kind = fault.Denied
		}
		expect(t, table, err, want, kind)
	}
}

func TestUnitsAreEveryKindOfEveryInput(t *testing.T) {
	for join, want := range map[string]string{
		"population: person":                      "[{person claims}]",
		"hospitals: hospital":                     "[{person claims} {enterprise hospitals}]",
		"hospitals: hospital, population: person": "[{person claims} {enterprise hospitals}]",
	} {
		p := plan(t, joined+"    join: {"+join+"}\n    measures: {n: count()}\n  u: {from: hospitals, measures: {n: count()}}\n  w: {from: population, measures: {n: count()}}\n")
		if got := fmt.Sprint(p.Tables[0].Units); got != want {
			t.Errorf("%s: units %s, want %s", join, got, want)
		}
		if len(p.Tables[0].Evidence) != len(p.Tables[0].Units) {
			t.Errorf("%s: %d units, %d evidence statements", join, len(p.Tables[0].Units), len(p.Tables[0].Evidence))
		}
	}
	p := plan(t, head+"inputs: {w: {dataset: weather, columns: [day, rain]}}\ntables: {t: {from: w, measures: {n: subjects(), m: mean(rain)}}}\n")
	if got := fmt.Sprint(p.Tables[0].Units); got != "[{row w}]" {
		t.Errorf("without subjects: units %s", got)
	}
	if p.Threads != 1 {
		t.Error("doubles are added up by several threads")
	}
}

// The same kind of subject in two roles is two units: a patient and a doctor.
func TestOneKindInTwoRoles(t *testing.T) {
	m, err := Parse("job.yaml", []byte(head+`inputs:
  visits: {dataset: visits, columns: [patient, doctor_code]}
  doctors: {dataset: doctors, columns: [doctor, doctor_code, rank]}
tables: {t: {from: visits, join: {doctors: doctor_code}, group_by: [rank], measures: {n: subjects(person)}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := Schema{
		"visits":  {Level: 2, Subjects: []string{"person"}, Columns: map[string]ColumnSchema{"patient": person(col(t, "", "text: join"), "person"), "doctor_code": col(t, "", "text: join")}},
		"doctors": {Level: 2, Subjects: []string{"person"}, Columns: map[string]ColumnSchema{"doctor": person(col(t, "", "text: join"), "person"), "doctor_code": col(t, "", "text: join"), "rank": col(t, "", "text: group")}},
	}
	p, err := m.Check(s)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.Tables[0].Units); got != "[{person visits} {person doctors}]" {
		t.Errorf("units %s", got)
	}
}

func TestSubjectsNeedsAKindWhereThereAreSeveral(t *testing.T) {
	const rest = "  u: {from: population, measures: {n: count()}}\n"
	for measure, want := range map[string]string{
		"subjects()":           "say which subjects to count: the inputs of this table have person, enterprise",
		"subjects(person)":     "",
		"subjects(enterprise)": "",
		"subjects(household)":  `no input of this table has subjects of the kind "household"; there is person, enterprise`,
	} {
		_, err := check(t, joined+"    join: {hospitals: hospital}\n    measures: {n: "+measure+"}\n"+rest)
		expect(t, measure, err, want, fault.Invalid)
	}
}

func TestViewsHoldWhatIsReadAndNoMore(t *testing.T) {
	p := plan(t, joined+"    join: {population: person, hospitals: hospital}\n    where: cost > 0\n    group_by: [sex]\n    measures: {n: sum(beds)}\n")
	want := []string{"[hospital cost __subject_person]", "[sex __subject_person]", "[hospital beds __subject_enterprise]"}
	for i, in := range p.Inputs {
		if got := fmt.Sprint(in.Columns); got != want[i] {
			t.Errorf("%s: columns %s, want %s", in.Name, got, want[i])
		}
	}
}

func TestWhatAGuestSees(t *testing.T) {
	rows := job("", "district", "count()") + "outputs: {o: {kind: table, compares: t}}\nmodule: {sql: true}\n"
	p := plan(t, rows)
	if p.Assurance != Verified || p.Guest == nil || !p.Guest.SQL || len(p.Guest.Views) != 1 || len(p.Guest.Tables) != 0 || !p.Tables[0].Published {
		t.Errorf("rows: %v %+v", p.Assurance, p.Guest)
	}
	if slices.ContainsFunc(p.Guest.Views[0].Columns, func(c string) bool { return strings.HasPrefix(c, "__") }) {
		t.Error("a guest sees ordinals")
	}
	p = plan(t, job("", "district", "count()")+"outputs: {o: {kind: table, derives: [t]}}\n")
	if p.Assurance != Protected || len(p.Guest.Views) != 0 || fmt.Sprint(p.Guest.Tables) != "[t]" || p.Tables[0].Published {
		t.Errorf("finished tables: %v %+v", p.Assurance, p.Guest)
	}
	p = plan(t, job("", "district", "count()"))
	if p.Assurance != Verified || p.Guest != nil || !p.Tables[0].Published {
		t.Errorf("no module: %v %+v", p.Assurance, p.Guest)
	}

	m, err := Parse("job.yaml", []byte(rows))
	if err != nil {
		t.Fatal(err)
	}
	s := city(t)
	change := func(name string, f func(*ColumnSchema)) {
		c := s["claims"].Columns[name]
		f(&c)
		s["claims"].Columns[name] = c
	}
	change("cost", func(c *ColumnSchema) { c.Uses &^= UseRow })
	_, err = m.Check(s)
	expect(t, "no row use", err, `its module would see "cost" row by row`, fault.Denied)
	change("cost", func(c *ColumnSchema) { c.Uses |= UseRow; c.Raw = true })
	_, err = m.Check(s)
	expect(t, "raw", err, `"cost" is granted unmasked`, fault.Denied)
	s = city(t)
	level := s["claims"]
	level.Level = 4
	s["claims"] = level
	_, err = m.Check(s)
	expect(t, "level 4", err, "level 4: no module sees its rows", fault.Denied)
}

func TestWhatIsNotGranted(t *testing.T) {
	m, err := Parse("job.yaml", []byte(job("", "district", "count()")))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Check(Schema{})
	expect(t, "no data set", err, `job.yaml:5:12: inputs.claims: the scenario "慢病费用监测" grants nothing of the data set "claims"`, fault.Denied)
	s := city(t)
	delete(s["claims"].Columns, "cost")
	_, err = m.Check(s)
	expect(t, "no column", err, `inputs.claims.columns[6]: the scenario grants no column "cost" of "claims"; it grants admitted, born, days`, fault.Denied)
	s["claims"].Columns["cost"] = ColumnSchema{}
	_, err = m.Check(s)
	expect(t, "a schema without types", err, "the schema of input", fault.Internal)
}

func TestUnusedInputIsRefused(t *testing.T) {
	_, err := check(t, joined+"    measures: {n: count()}\n")
	expect(t, "unused", err, "no table uses this input", fault.Invalid)
}

func TestDerivedColumnsCannotExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("derive:\n  d0: days + 1\n")
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&b, "  d%d: d%d + d%d\n", i, i-1, i-1)
	}
	_, err := check(t, head+claims+b.String()+"tables: {t: {from: claims, where: d19 > 0, measures: {m: count()}}}\n")
	expect(t, "doubling", err, "the expression grows past", fault.Invalid)
	b.Reset()
	b.WriteString("derive:\n  d0: days + 1\n")
	for i := 1; i < 64; i++ {
		fmt.Fprintf(&b, "  d%d: d%d + 1\n", i, i-1)
	}
	_, err = check(t, head+claims+b.String()+"tables: {t: {from: claims, where: d63 > 0, measures: {m: count()}}}\n")
	expect(t, "chain", err, "nested more than 60 levels deep once", fault.Invalid)
}

func TestParseUse(t *testing.T) {
	for _, name := range useNames {
		if u, err := ParseUse(name); err != nil || u.String() != name {
			t.Errorf("%s: %v, %v", name, u, err)
		}
	}
	if _, err := ParseUse("see"); err == nil {
		t.Error("see is a use")
	}
	if full.String() != "join, filter, group, measure, derive, row" || Use(0).String() != "nothing" {
		t.Errorf("%s, %s", full, Use(0))
	}
}
