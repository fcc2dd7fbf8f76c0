package manifest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// policy is a row of insurance, of whom people may be listed. Pointers may be missing.
type policy struct {
	person int64
	status string
	until  *int64 // year
	paid   *int64 // fen
	branch string
}

func drawPolicies(r *rand.Rand) (out []policy) {
	for range 300 {
		year, paid := int64(2021+r.IntN(5)), int64(r.IntN(200_000)-20_000)
		out = append(out, policy{int64(r.IntN(40)), []string{"A", "B", "C"}[r.IntN(3)], maybe(r, year), maybe(r, paid), fmt.Sprintf("b%d", r.IntN(6))})
	}
	return out
}

func load(t testing.TB, db *sql.DB, rows []policy) {
	t.Helper()
	run(t, db, `CREATE TABLE insurance(person VARCHAR, status VARCHAR, paid_until DATE, paid DECIMAL(18,2), months BIGINT, score DOUBLE, employer VARCHAR, branch VARCHAR, __subject_person UINTEGER)`)
	run(t, db, `CREATE TABLE people(person VARCHAR, alive BOOLEAN, __subject_person UINTEGER)`)
	run(t, db, `CREATE TABLE branches(branch VARCHAR, region VARCHAR)`)
	run(t, db, `INSERT INTO branches VALUES ('b0','东'),('b1','东'),('b2','西'),('b3','西'),('b4',NULL)`)
	var values []string
	for _, x := range rows {
		until, paid := "NULL", "NULL"
		if x.until != nil {
			until = fmt.Sprintf("'%d-06-30'", *x.until)
		}
		if x.paid != nil {
			paid = fmt.Sprintf("%d.%02d", *x.paid/100, max(*x.paid%100, -*x.paid%100))
			if *x.paid < 0 && *x.paid > -100 {
				paid = "-" + paid
			}
		}
		values = append(values, fmt.Sprintf("('p','%s',%s,%s,1,0,'e','%s',%d)", x.status, until, paid, x.branch, x.person))
	}
	run(t, db, "INSERT INTO insurance VALUES "+strings.Join(values, ","))
	for p := range 35 { // the others do not match
		run(t, db, fmt.Sprintf("INSERT INTO people VALUES ('p', %v, %d)", []string{"true", "false", "NULL"}[p%3], p+1))
	}
}

// TestQuestionsOnTheEngine holds every answer of every person against a plain recount,
// and the census against the answers.
func TestQuestionsOnTheEngine(t *testing.T) {
	p := plan(t, strings.Replace(questionOf("{since: ['2023-01-01', '2024-06-30', '2026-01-01'], least: [100, 2000.5]}",
		"    join: {people: person, branches: branch}\n    where: status in ['A', 'B'] and alive\n",
		"{east: any(paid_until >= since and region = '东') and sum(paid) >= least, every: every(paid_until >= since), one: not (count() between 2 and 100), none: otherwise}"),
		"inputs:\n", "inputs:\n  people: {dataset: population, columns: [person, alive]}\n  branches: {dataset: branches, columns: [branch, region]}\n", 1))
	a := &p.Answers[0]
	for seed := range uint64(2) {
		rows := drawPolicies(rand.New(rand.NewPCG(seed, 9)))
		db := engine(t)
		load(t, db, rows)
		for _, c := range p.Checks {
			if got := c.query(t, db); got[0][0] != "0" {
				t.Fatalf("%s: %v", c.Code, got)
			}
		}
		everybody := a.Census()[0].query(t, db)
		for i, chosen := range a.Combinations() {
			if uint64(i%2) != seed {
				continue
			}
			var want [4]int
			for person := int64(-1); person < 45; person++ {
				at := recountQuestion(rows, person, chosen[0], chosen[1])
				s, err := a.Statement(person, map[string]string{"since": chosen[0], "least": chosen[1]})
				if err != nil {
					t.Fatal(err)
				}
				if got := s.query(t, db); len(got) != 1 || got[0][0] != fmt.Sprint(at) {
					t.Fatalf("seed %d, %v, person %d: %v, want %d", seed, chosen, person, got, at)
				}
				if listed(rows, person) {
					want[at]++
				}
			}
			if got := a.Census()[1+i].query(t, db); fmt.Sprint(got) != fmt.Sprintf("[[%d %d %d]]", want[0], want[1], want[2]) {
				t.Errorf("seed %d, %v: census %v, want %v", seed, chosen, got, want)
			}
			if all := want[0] + want[1] + want[2] + want[3]; everybody[0][0] != fmt.Sprint(all) {
				t.Errorf("seed %d: %v are listed, want %d", seed, everybody, all)
			}
		}
	}
}

func listed(rows []policy, person int64) bool {
	for _, x := range rows {
		if x.person == person && person > 0 {
			return true
		}
	}
	return false
}

func recountQuestion(rows []policy, person int64, since, least string) int {
	var n, east, later, paid int64
	known := false
	for _, x := range rows {
		alive := x.person > 0 && x.person <= 35 && x.person%3 == 1
		if x.person != person || !alive || x.status == "C" || x.branch == "b5" {
			continue
		}
		n++
		if x.until != nil && fmt.Sprintf("%d-06-30", *x.until) >= since {
			later++
			if x.branch == "b0" || x.branch == "b1" {
				east++
			}
		}
		if x.paid != nil {
			paid, known = paid+*x.paid, true
		}
	}
	fen := map[string]int64{"100": 10_000, "2000.5": 200_050}[least]
	switch {
	case n == 0:
		return 3
	case east > 0 && known && paid >= fen:
		return 0
	case later == n:
		return 1
	case n < 2:
		return 2
	}
	return 3
}

// TestNoAnswerFails holds that nothing in one subject's rows makes a question fail: a
// failure would be an answer that nobody declared.
func TestNoAnswerFails(t *testing.T) {
	db := engine(t)
	load(t, db, []policy{{person: 3, status: "A", branch: "b0"}})
	const large = "9999999999999999.99"
	for range 40 {
		run(t, db, fmt.Sprintf("INSERT INTO insurance VALUES ('p','A','0001-01-01',%s,%d,'Infinity','e','b0',1), ('p','A','9999-12-31',-%s,%d,'NaN','e','b0',2)", large, int64(9223372036854775807), large, int64(-9223372036854775807)))
	}
	for when, want := range map[string]string{
		"sum(paid) > 99999999999.99":                "0 1 1 1",
		"sum(paid) < -999999999999999999":           "1 1 1 1", // forty times 10^16 is less than 10^18
		"sum(months) > 999999999999999999":          "0 1 1 1",
		"sum(months) in [1, -5] or sum(months) < 0": "1 0 0 1",
		"any(score > 1)":                            "0 0 1 1", // NaN is larger than all
		"every(months > 0.5)":                       "0 1 0 1",
		"any(months = -0.12345678901234567)":        "1 1 1 1",
		"any(paid < 0.12345678901234567)":           "1 0 1 1",
		"any(band(paid, [0, 0.5]) = '<0')":          "1 0 1 1",
		"any(age_at(paid_until, '2024-01-31') < 0)": "1 0 1 1",
		"any(month(paid_until) in [12, 1])":         "0 0 1 1",
		"not (sum(paid) > 5)":                       "1 0 1 1", // of nothing known it is unknown
		"count() = 0":                               "1 1 1 1", // nobody's rows are nobody's
		"every(status = 'B')":                       "1 1 1 1",
		"any(paid_until is null) and count() = 1":   "1 1 0 1",
	} {
		p := plan(t, questionOf("", "", "{\"yes\": \""+when+"\", \"no\": otherwise}"))
		var got []string
		for _, person := range []int64{1, 2, 3, 0} {
			s, err := p.Answers[0].Statement(person, nil)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, s.query(t, db)[0][0])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", when, got, want)
		}
		p.Answers[0].Census()[1].query(t, db)
	}
}

// TestBrokenJoins holds that a key that is unique no longer is told of alike, whoever is
// asked about.
func TestBrokenJoins(t *testing.T) {
	p := plan(t, strings.Replace(questionOf("", "    join: {branches: branch}\n", "{\"yes\": any(region = '东'), \"no\": otherwise}"),
		"inputs:\n", "inputs:\n  branches: {dataset: branches, columns: [branch, region]}\n", 1))
	db := engine(t)
	load(t, db, []policy{{person: 1, status: "A", branch: "b0"}, {person: 2, status: "A", branch: "b2"}})
	ask := func(person int64) string {
		s, err := p.Answers[0].Statement(person, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.query(t, db)[0][0]
	}
	if got := ask(1) + ask(2) + ask(9); got != "011" {
		t.Errorf("before: %s", got)
	}
	run(t, db, "INSERT INTO branches VALUES ('b2', '东')")
	if got := ask(1) + ask(2) + ask(9); got != "-1-1-1" {
		t.Errorf("behind a key that names two rows: %s", got)
	}
}
