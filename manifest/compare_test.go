package manifest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// recountCase is a manifest with measures n: count(), who: subjects(person),
// s: sum(…) and p: share(…), and the same thing said in Go.
type recountCase struct {
	name, manifest string
	scale          int // of the sum: 2 for fen
	rows           func(town) []flat
}

const measures = "    measures: {n: count(), who: subjects(person), s: sum(%s), p: \"share(%s)\"}\n"

func text(s *string) string {
	if s == nil {
		return "∅"
	}
	return *s
}

func byDistrict(c town) []flat {
	var out []flat
	for _, x := range c.claims {
		f := flat{key: text(x.district), units: []int64{x.person}, value: x.cost, within: x.days == nil || *x.days != 3}
		if x.urgent != nil && x.days != nil {
			v := *x.urgent && *x.days >= 2
			f.truth = &v
		} else if x.urgent != nil && !*x.urgent || x.days != nil && *x.days < 2 {
			f.truth = new(bool)
		}
		out = append(out, f)
	}
	return out
}

func age(birth, day time.Time) int {
	n := day.Year() - birth.Year()
	if day.Month() < birth.Month() || day.Month() == birth.Month() && day.Day() < birth.Day() {
		n--
	}
	return n
}

func byAge(c town) []flat {
	day := time.Date(2023, 2, 28, 0, 0, 0, 0, time.UTC)
	var out []flat
	for _, x := range c.claims {
		for _, p := range c.residents {
			if p.person != x.person {
				continue
			}
			n := age(p.birth, day)
			band := "[35,60)"
			if n < 35 {
				band = "<35"
			} else if n >= 60 {
				band = ">=60"
			}
			month := "∅"
			if x.date != nil {
				month = fmt.Sprint(int(x.date.Month()))
			}
			f := flat{key: band + "|" + month, units: []int64{x.person}, within: true}
			if x.days != nil {
				f.value = x.days
			}
			female := p.sex == "女"
			f.truth = &female
			out = append(out, f)
		}
	}
	return out
}

func byGrade(c town) []flat {
	var out []flat
	for _, x := range c.claims {
		for _, h := range c.hospitals {
			if h.code != x.hospital {
				continue
			}
			f := flat{key: fmt.Sprint(h.grade), units: []int64{x.person, h.enterprise}, value: x.cost, within: x.cost != nil && *x.cost > 0}
			f.truth = x.urgent
			out = append(out, f)
		}
	}
	return out
}

func whole(c town) []flat {
	out := byDistrict(c)
	for i := range out {
		out[i].key = ""
		out[i].within = true
	}
	return out
}

var recounts = []recountCase{
	{"by district", head + claims + "tables:\n  t:\n    from: claims\n    where: days != 3 or days is null\n    group_by: [district]\n" + fmt.Sprintf(measures, "cost", "urgent and days >= 2"), 2, byDistrict},
	{"by age and month", head + `inputs:
  claims: {dataset: claims, columns: [person, visit_date, days]}
  population: {dataset: population, columns: [person, birth, sex]}
derive:
  age: band(age_at(birth, '2023-02-28'), [35, 60])
  month: month(visit_date)
tables:
  t:
    from: claims
    join: {population: person}
    group_by: [age, month]
` + fmt.Sprintf(measures, "days", "sex = '女'"), 0, byAge},
	{"two kinds", head + `inputs:
  claims: {dataset: claims, columns: [person, hospital, cost, urgent]}
  hospitals: {dataset: hospitals, columns: [code, grade]}
tables:
  t:
    from: claims
    join: {hospitals: [hospital, code]}
    where: cost > 0
    group_by: [grade]
` + fmt.Sprintf(measures, "cost", "urgent"), 2, byGrade},
	{"one cell", head + claims + "tables:\n  t:\n    from: claims\n" + fmt.Sprintf(measures, "cost", "urgent and days >= 2"), 2, whole},
}

func TestStatementsAgreeWithARecount(t *testing.T) {
	for seed := range uint64(3) {
		c := draw(rand.New(rand.NewPCG(seed, 7)))
		db := engine(t)
		c.load(t, db)
		for _, rc := range recounts {
			p := plan(t, rc.manifest)
			for _, check := range p.Checks {
				if got := check.query(t, db); fmt.Sprint(got) != "[[0]]" {
					t.Errorf("%s: %s: %v", rc.name, check.Code, got)
				}
			}
			rows := rc.rows(c)
			cells := p.Tables[0].Cells.query(t, db)
			compareRows(t, rc.name+" cells", p.Tables[0].Cells, cells, rc.scale, count(rows, 0), rows)
			for u, s := range p.Tables[0].Evidence {
				compareRows(t, fmt.Sprintf("%s unit %d", rc.name, u), s, s.query(t, db), rc.scale, count(rows, u), rows)
			}
		}
	}
}

// compareRows checks every column of a result against the recount of one unit.
func compareRows(t *testing.T, name string, s Statement, got [][]string, scale int, want map[string]*recount, rows []flat) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d cells, want %d", name, len(got), len(want))
		return
	}
	var order []string
	for _, row := range got {
		var keys []string
		for i, c := range s.Columns {
			if c.Role == RoleKey {
				keys = append(keys, row[i])
			}
		}
		key := strings.Join(keys, "|")
		order = append(order, key)
		c := want[key]
		if c == nil {
			t.Errorf("%s: unexpected cell %q", name, key)
			continue
		}
		for i, col := range s.Columns {
			if col.Role == RoleKey {
				continue
			}
			if w := c.expect(col, scale, key, rows); row[i] != w {
				t.Errorf("%s: cell %q: %s is %s, want %s", name, key, col.Name, row[i], w)
			}
		}
	}
	if len(order) > 1 && !strings.Contains(order[0], "|") && !slices.IsSortedFunc(order, nullLast) {
		t.Errorf("%s: order %q", name, order)
	}
}

func nullLast(a, b string) int {
	if a == "∅" || b == "∅" {
		return strings.Compare(strings.Repeat("z", strings.Count(a, "∅")), strings.Repeat("z", strings.Count(b, "∅")))
	}
	return strings.Compare(a, b)
}

// expect gives one figure of the recount as the engine prints it. Measures are
// 0 n, 1 who (persons), 2 s, 3 p.
func (c *recount) expect(col Column, scale int, key string, rows []flat) string {
	sum, first, second, total, nonzero := c.largest()
	number := func(v int64) string {
		switch {
		case len(c.each) == 0 || col.Role == RoleSecond && len(c.each) < 2:
			return "∅"
		case scale == 2:
			return fen(v)
		}
		return fmt.Sprint(v)
	}
	if col.Index != 2 && col.Role >= RoleFirst && col.Role <= RoleTotal { // rows, or persons of an enterprise
		return c.countOf(col, key, rows)
	}
	switch col.Role {
	case RoleRows:
		return fmt.Sprint(c.rows)
	case RoleSubjects:
		return fmt.Sprint(len(c.distinct))
	case RoleCount:
		return fmt.Sprint(c.withValue)
	case RoleSum:
		return number(sum)
	case RoleFirst:
		return number(first)
	case RoleSecond:
		return number(second)
	case RoleTotal:
		return number(total)
	case RoleNonzero:
		return fmt.Sprint(nonzero)
	case RoleHits:
		return fmt.Sprint(c.hits)
	case RoleMisses:
		return fmt.Sprint(c.misses)
	case RoleHitters:
		return fmt.Sprint(len(c.hitters))
	case RoleMissers:
		return fmt.Sprint(len(c.missers))
	case RoleWith:
		if col.Index == 2 {
			return fmt.Sprint(len(c.each))
		}
		known := map[int64]bool{}
		for s := range c.hitters {
			known[s] = true
		}
		for s := range c.missers {
			known[s] = true
		}
		return fmt.Sprint(len(known))
	}
	return "no such role"
}

// countOf gives contributions in rows (count) or in persons (subjects of another
// kind) for the unit that this recount was made for.
func (c *recount) countOf(col Column, key string, rows []flat) string {
	unit := 0
	if len(c.distinct) <= 3 { // enterprises are few
		unit = 1
	}
	perRow, persons := map[int64]int64{}, map[int64]map[int64]bool{}
	for _, f := range rows {
		if !f.within || f.key != key {
			continue
		}
		s := f.units[min(unit, len(f.units)-1)]
		perRow[s]++
		if persons[s] == nil {
			persons[s] = map[int64]bool{}
		}
		persons[s][f.units[0]] = true
	}
	var each []int64
	var total int64
	for s := range perRow {
		v := perRow[s]
		if col.Index == 1 {
			v = int64(len(persons[s]))
		}
		each = append(each, v)
		total += v
	}
	slices.Sort(each)
	switch {
	case col.Role == RoleTotal:
		return fmt.Sprint(total)
	case col.Role == RoleFirst:
		return fmt.Sprint(each[len(each)-1])
	case len(each) < 2:
		return "∅"
	}
	return fmt.Sprint(each[len(each)-2])
}

func TestChecksAndJoinsCount(t *testing.T) {
	c := draw(rand.New(rand.NewPCG(1, 1)))
	db := engine(t)
	c.load(t, db)
	p := plan(t, recounts[2].manifest)
	elsewhere := 0
	for _, x := range c.claims {
		if x.hospital > "H7" {
			elsewhere++
		}
	}
	if got := fmt.Sprint(p.Tables[0].Joins[0].query(t, db)); got != fmt.Sprintf("[[%d]]", elsewhere) || elsewhere == 0 {
		t.Errorf("unmatched: %s, want %d", got, elsewhere)
	}
	if p.Checks[0].Code != "not_unique" || p.Checks[0].At.Line == 0 {
		t.Errorf("check %+v", p.Checks[0])
	}
	run(t, db, "INSERT INTO hospitals SELECT * FROM hospitals LIMIT 2")
	if got := fmt.Sprint(p.Checks[0].query(t, db)); got != "[[2]]" {
		t.Errorf("two hospitals twice: %s", got)
	}
	p = plan(t, recounts[1].manifest)
	if got := fmt.Sprint(p.Checks[0].query(t, db)); p.Checks[0].Code != "many_to_many" || got != "[[0]]" {
		t.Errorf("%s: %s", p.Checks[0].Code, got)
	}
	run(t, db, "INSERT INTO population SELECT * FROM population WHERE __subject_person = (SELECT min(__subject_person) FROM claims GROUP BY __subject_person HAVING count(*) > 1 ORDER BY 1 LIMIT 1)")
	if got := fmt.Sprint(p.Checks[0].query(t, db)); got != "[[1]]" {
		t.Errorf("a person twice on both sides: %s", got)
	}
}

// Rows are the unit where no input has subjects.
func TestRowsAsUnit(t *testing.T) {
	db := engine(t)
	run(t, db, "CREATE TABLE weather(day DATE, rain DOUBLE, city VARCHAR)")
	run(t, db, "INSERT INTO weather VALUES ('2024-01-01',1.5,'甲'),('2024-01-02',-4,'甲'),('2024-01-03',NULL,'甲'),('2024-01-01',0,'乙')")
	p := plan(t, head+"inputs: {weather: {dataset: weather, columns: [rain, city]}}\ntables:\n  t:\n    from: weather\n    group_by: [city]\n    measures: {n: subjects(), c: count(), s: sum(rain), p: share(rain > 0)}\n")
	for _, c := range []struct {
		s    Statement
		want string
	}{
		{p.Tables[0].Cells, "[[乙 1 1 0 0 1] [甲 3 2 -2.5 1 1]]"},
		{p.Tables[0].Evidence[0], "[[乙 1 1 1 ∅ 1 1 0 1 0 0 ∅ 0 0 1 1 0 1] [甲 3 3 1 1 3 2 2 2 -2.5 4 1.5 5.5 1 1 2 1 1]]"},
	} {
		if got := fmt.Sprint(c.s.query(t, db)); got != c.want {
			t.Errorf("%s: %s, want %s", c.s.Name, got, c.want)
		}
	}
}
