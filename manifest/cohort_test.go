package manifest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

const cohortInputs = "inputs:\n  population: {dataset: population, columns: [person, birth, sex]}\n  claims: {dataset: claims, columns: [person, visit_date]}\n"

func cohortJob(index, exists string) string {
	return head + cohortInputs + "cohort: {unit: person, from: population, index: " + index + "}\nderive:\n  prior: \"" + exists + "\"\n" +
		"tables: {t: {from: population, group_by: [sex, prior], measures: {n: subjects()}}}\n"
}

// TestExistsAgreesWithARecount counts, for each person, the visits in the window.
func TestExistsAgreesWithARecount(t *testing.T) {
	c := draw(rand.New(rand.NewPCG(5, 9)))
	fixed := func(resident) time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }
	for i := range c.residents { // born late, so that their own date is near the visits
		c.residents[i].birth = time.Date(2023, time.Month(1+i%12), 1+i%28, 0, 0, 0, 0, time.UTC)
	}
	db := engine(t)
	c.load(t, db)
	run(t, db, "UPDATE population SET birth = NULL WHERE __subject_person IN (3, 8)")
	for _, w := range []struct {
		index       string
		of          func(resident) time.Time
		first, last int
	}{
		{"2024-01-01", fixed, -365, -1}, {"2024-01-01", fixed, 0, 30}, {"2024-01-01", fixed, -10, 10},
		{"birth", func(r resident) time.Time { return r.birth }, 0, 0}, {"birth", func(r resident) time.Time { return r.birth }, -5, 60},
	} {
		table := plan(t, cohortJob(w.index, fmt.Sprintf("exists(claims.visit_date, %d, %d)", w.first, w.last)))
		for _, check := range table.Checks {
			if got := fmt.Sprint(check.query(t, db)); got != "[[0]]" {
				t.Errorf("%s: %s", check.Code, got)
			}
		}
		want := map[string]int{}
		for _, r := range c.residents {
			day := w.of(r)
			holds := "false"
			for _, x := range c.claims {
				if x.person == r.person && x.date != nil && !x.date.Before(day.AddDate(0, 0, w.first)) && !x.date.After(day.AddDate(0, 0, w.last)) {
					holds = "true"
				}
			}
			if w.index == "birth" && (r.person == 3 || r.person == 8) {
				holds = "∅"
			}
			want[r.sex+holds]++
		}
		got := map[string]int{}
		for _, row := range table.Tables[0].Evidence[0].query(t, db) {
			var n int
			fmt.Sscan(row[2], &n)
			got[row[0]+row[1]] = n
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(got) < 3 {
			t.Errorf("%+v: %v, want %v", w, got, want)
		}
	}
	held := asHeld(t, c)
	p := plan(t, cohortJob("2024-01-01", "exists(claims.visit_date, -365, -1)"))
	if got, want := fmt.Sprint(p.Tables[0].Cells.query(t, held)), fmt.Sprint(p.Tables[0].Cells.query(t, db)); got != want {
		t.Errorf("as a query cell holds it: %s, want %s", got, want)
	}
	p = plan(t, cohortJob("birth", "exists(claims.visit_date, 0, 0)"))
	run(t, db, "INSERT INTO population SELECT * FROM population WHERE __subject_person = 4")
	if got := fmt.Sprint(p.Checks[0].query(t, db)); p.Checks[0].Code != "not_unique" || got != "[[1]]" {
		t.Errorf("two index dates of one person: %s %s", p.Checks[0].Code, got)
	}
}

// Of rows of the table that are of nobody, or of somebody outside the cohort, nothing is
// known.
func TestExistsIsUnknownOutsideTheCohort(t *testing.T) {
	c := draw(rand.New(rand.NewPCG(6, 9)))
	c.claims[0].person = 0
	db := engine(t)
	c.load(t, db)
	run(t, db, "DELETE FROM population WHERE __subject_person > 30; INSERT INTO population(sex, __subject_person) VALUES ('男', 0)")
	p := plan(t, head+cohortInputs+"cohort: {unit: person, from: population, index: 2024-01-01}\n"+
		"tables: {t: {from: claims, measures: {s: \"share(exists(claims.visit_date, -9999, 9999))\"}}}\n")
	var hits, misses int
	for _, x := range c.claims {
		has := slices.ContainsFunc(c.claims, func(y claim) bool { return y.person == x.person && y.date != nil })
		if x.person >= 1 && x.person <= 30 && has {
			hits++
		} else if x.person >= 1 && x.person <= 30 {
			misses++
		}
	}
	if got, want := fmt.Sprint(p.Tables[0].Cells.query(t, db)), fmt.Sprintf("[[%d %d %d]]", len(c.claims), hits, misses); got != want || hits == 0 {
		t.Errorf("%s, want %s", got, want)
	}
	if d := p.Tables[0].Origin.Datasets; !slices.Equal(d, []string{"claims", "population"}) {
		t.Errorf("it says that it is made of %v", d)
	}
}

func TestCohortsRefused(t *testing.T) {
	hospitals := strings.Replace(cohortInputs, "inputs:\n", "inputs:\n  hospitals: {dataset: hospitals, columns: [code, grade]}\n", 1)
	for text, want := range map[string]string{
		cohortJob("2024-01-01", "exists(claims.visit_date, -365)"):                                                                          "want exists(input.date, -365, 0)",
		cohortJob("2024-01-01", "exists(visit_date, -365, 0)"):                                                                              "want exists(input.date, -365, 0)",
		cohortJob("2024-01-01", "exists(claims.visit_date, 0, -1)"):                                                                         "the last day comes before the first",
		cohortJob("2024-01-01", "exists(claims.visit_date, -99999, 0)"):                                                                     "want whole days from -36525 to 36525",
		cohortJob("2024-01-01", "exists(claims.visit_date, 0.5, 1)"):                                                                        "want whole days",
		cohortJob("2024-01-01", "exists(claims.person, -365, 0)"):                                                                           "used here to derive",
		cohortJob("2024-01-01", "exists(claims.visits, -365, 0)"):                                                                           `claims has no column "visits"`,
		cohortJob("2024-01-01", "exists(visits.visit_date, -365, 0)"):                                                                       `"visits" is no input`,
		cohortJob("sex", "exists(claims.visit_date, -365, 0)"):                                                                              "want a column of dates",
		cohortJob("2024-02-30", "exists(claims.visit_date, -365, 0)"):                                                                       `population has no column "2024-02-30"`,
		cohortJob("2024-01-01", "sex = '女'"):                                                                                                "asks exists(…) of this cohort; remove it",
		strings.Replace(cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), "unit: person", "unit: firm", 1):                        `no input of this table has subjects of the kind "firm"`,
		strings.Replace(cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), "from: population, index", "from: hospitals, index", 1): `"hospitals" is no input`,
		strings.Replace(strings.Replace(cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), "from: population, index", "from: hospitals, index", 1), cohortInputs, hospitals, 1): `about each person and nobody else`,
		strings.Replace(cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), "cohort: {unit: person, from: population, index: 2024-01-01}\n", "", 1):                              "declare cohort",
		strings.Replace(cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), "index: 2024-01-01}", "index: 2024-01-01, more: 1}", 1):                                              "more",
	} {
		m, err := Parse("job.yaml", []byte(text))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		kind := fault.Invalid
		if strings.Contains(want, "used here") || strings.Contains(want, "nobody else") {
			kind = fault.Denied
		}
		expect(t, text, err, want, kind)
	}
}

// What exists asks of needs the same right as every condition.
func TestExistsNeedsTheRight(t *testing.T) {
	direct := head + cohortInputs + "cohort: {unit: person, from: population, index: 2024-01-01}\n" +
		"tables: {t: {from: population, where: \"exists(claims.visit_date, 0, 1)\", measures: {n: subjects()}}}\n"
	for _, c := range []struct {
		text string
		uses Use
		want string
	}{
		{cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), UseDerive, ""},
		{cohortJob("2024-01-01", "exists(claims.visit_date, 0, 1)"), UseFilter | UseGroup, "grants it for filter, group"},
		{direct, UseFilter, ""},
		{direct, UseDerive, "used here to filter"},
	} {
		s := city(t)
		col := s["claims"].Columns["visit_date"]
		col.Uses = c.uses
		s["claims"].Columns["visit_date"] = col
		m, err := Parse("job.yaml", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Check(only(m, s))
		if kind := fault.Denied; c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != kind) {
			t.Errorf("%s: %v, want %q", c.uses, err, c.want)
		}
		again, err := Parse("job.yaml", m.Canonical())
		if err != nil || string(again.Canonical()) != string(m.Canonical()) || !strings.Contains(string(m.Canonical()), `"cohort": {"unit": "person"`) {
			t.Errorf("canonical text: %v\n%s", err, m.Canonical())
		}
	}
}
