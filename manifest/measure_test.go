package manifest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func TestMeasureCalls(t *testing.T) {
	for call, want := range map[string]string{
		"median(cost)":                   "median(cost)",
		"quantile( cost , 0.90 )":        "quantile(cost, 0.9)",
		"quantile(claims.cost, 0.025)":   "quantile(claims.cost, 0.025)",
		"sd(cost)":                       "sd(cost)",
		"ratio(cost, days)":              "ratio(cost, days)",
		"rate(urgent and days > 2,1000)": "rate(urgent and days > 2, 1000)",
		"hhi(person, cost)":              "hhi(person, cost)",
	} {
		m, err := Parse("job.yaml", []byte(job("", "district", "\""+call+"\"")))
		if err != nil {
			t.Errorf("%s: %v", call, err)
			continue
		}
		if got := m.tables[0].measures[0].String(); got != want {
			t.Errorf("%s reads %s, want %s", call, got, want)
		}
		again, err := Parse("job.yaml", m.Canonical())
		if err != nil || string(again.Canonical()) != string(m.Canonical()) {
			t.Errorf("%s: its canonical text is another manifest: %v", call, err)
		}
	}
}

func TestMeasureCallsRefused(t *testing.T) {
	for call, want := range map[string]string{
		"median()":               "want subjects()",
		"median(cost, days)":     "want subjects()",
		"median(cost * 2)":       "takes one stored column",
		"quantile(cost)":         "want subjects()",
		"quantile(cost, 0)":      "between 0 and 1",
		"quantile(cost, 0.0)":    "between 0 and 1",
		"quantile(cost, 1)":      "between 0 and 1",
		"quantile(cost, 1.5)":    "between 0 and 1",
		"quantile(cost, -0.5)":   "between 0 and 1",
		"quantile(cost, 0.1234)": "at most three digits",
		"quantile(cost, days)":   "between 0 and 1",
		"quantile(case when days > 9 then cost else 20000 end, 0.5)": "takes one stored column",
		"sd(2)":                  "takes one stored column",
		"sd(district)":           "used here to measure",
		"ratio(cost)":            "want subjects()",
		"ratio(cost, 1)":         "takes one stored column",
		"ratio(1, cost)":         "takes one stored column",
		"ratio(cost, district)":  "used here to measure",
		"rate(urgent)":           "want subjects()",
		"rate(urgent, 50)":       "of 1000, 10000 or 100000",
		"rate(urgent, days)":     "of 1000, 10000 or 100000",
		"rate(cost, 1000)":       "want a condition",
		"hhi(cost)":              "want subjects()",
		"hhi(person, 1)":         "takes one stored column",
		"hhi(firm, cost)":        `no input of this table has subjects of the kind "firm"`,
		"hhi('person', cost)":    "want subjects()",
		"subjects(person, cost)": "want subjects()",
		"count([1])":             "want subjects()",
	} {
		m, err := Parse("job.yaml", []byte(job("", "district", "\""+call+"\"")))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		kind := fault.Invalid
		if strings.Contains(want, "used here") {
			kind = fault.Denied
		}
		expect(t, call, err, want, kind)
	}
}

const distribution = `    measures:
      middle: median(cost)
      high: quantile(cost, 0.9)
      spread: sd(cost)
      per_day: ratio(cost, days)
      urgent: rate(urgent, 1000)
      parts: hhi(person, cost)
`

// TestDistributionsAgreeWithARecount holds each figure, and who is behind it, to one
// that is worked out in Go by another way.
func TestDistributionsAgreeWithARecount(t *testing.T) {
	joined := head + "inputs:\n  claims: {dataset: claims, columns: [person, hospital, cost, days, urgent]}\n  hospitals: {dataset: hospitals, columns: [code, grade]}\n" +
		"tables:\n  t:\n    from: claims\n    join: {hospitals: [hospital, code]}\n    group_by: [grade]\n" + distribution
	for name, text := range map[string]string{
		"district": head + claims + "tables:\n  t:\n    from: claims\n    group_by: [district]\n" + distribution,
		"whole":    head + claims + "tables:\n  t:\n    from: claims\n" + distribution,
		"grade":    joined,
	} {
		for seed := range uint64(3) {
			c := draw(rand.New(rand.NewPCG(seed, 21)))
			c.claims[0].person = 0 // of nobody
			db := engine(t)
			if c.load(t, db); seed == 2 { // as a query cell holds them
				db = asHeld(t, c)
			}
			table := plan(t, text).Tables[0]
			statements := append([]Statement{table.Cells}, table.Evidence...)
			for i, s := range statements {
				unit := max(0, i-1)
				want := spread(c, name, unit)
				got := s.query(t, db)
				if len(got) != len(want) || len(got) == 0 {
					t.Fatalf("%s: %d cells, want %d", name, len(got), len(want))
				}
				for _, row := range got {
					key := ""
					if len(table.Keys) > 0 {
						key = row[0]
					}
					w := want[key]
					for j, col := range s.Columns {
						if col.Role != RoleKey && !w.agrees(col, row[j], unit) {
							t.Errorf("%s, seed %d, %s, cell %q: %s is %s, want %v", name, seed, s.Name, key, col.Name, row[j], w.figure(col, unit))
						}
					}
				}
			}
		}
	}
}

// pile is what a cell holds: the rows of each subject.
type pile struct {
	costs, both, days []float64 // of rows; both: costs where days are known
	hits, misses, n   int
	of                map[int64]*pile
}

func (p *pile) add(x claim) {
	p.n++
	if x.cost != nil {
		p.costs = append(p.costs, float64(*x.cost)/100)
		if x.days != nil {
			p.both, p.days = append(p.both, float64(*x.cost)/100), append(p.days, float64(*x.days))
		}
	}
	if x.urgent != nil && *x.urgent {
		p.hits++
	} else if x.urgent != nil {
		p.misses++
	}
}

func spread(c town, by string, unit int) map[string]*pile {
	out := map[string]*pile{}
	for _, x := range c.claims {
		key, subject := "", x.person
		switch by {
		case "district":
			key = text(x.district)
		case "grade":
			i := slices.IndexFunc(c.hospitals, func(h hospital) bool { return h.code == x.hospital })
			if i < 0 {
				continue
			}
			key = fmt.Sprint(c.hospitals[i].grade)
			if unit == 1 {
				subject = c.hospitals[i].enterprise
			}
		}
		if out[key] == nil {
			out[key] = &pile{of: map[int64]*pile{}}
		}
		if out[key].of[subject] == nil {
			out[key].of[subject] = &pile{}
		}
		out[key].add(x)
		out[key].of[subject].add(x)
	}
	return out
}

func total(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

// quantile is definition 7 of Hyndman and Fan.
func quantile(x []float64, p float64) float64 {
	x = slices.Sorted(slices.Values(x))
	at := p * float64(len(x)-1)
	i := int(math.Floor(at))
	return x[i] + (at-float64(i))*(x[min(i+1, len(x)-1)]-x[i])
}

func (p *pile) deviations(of *pile) (s float64) {
	mean := total(p.costs) / float64(len(p.costs))
	for _, v := range of.costs {
		s += (v - mean) * (v - mean)
	}
	return s
}

// each gives a number for each subject, nobody's rows included, and counts the subjects
// for which it is not zero.
func (p *pile) each(f func(*pile) float64) (sizes []float64, nonzero int) {
	for id, s := range p.of {
		v := math.Abs(f(s))
		sizes = append(sizes, v)
		if v != 0 && id != 0 {
			nonzero++
		}
	}
	slices.Sort(sizes)
	return append([]float64{0, 0}, sizes...), nonzero
}

func (p *pile) subjects(holds func(*pile) bool) (n int) {
	for id, s := range p.of {
		if id != 0 && holds(s) {
			n++
		}
	}
	return n
}

// figure recounts one column. Measures are 0 median, 1 quantile, 2 sd, 3 ratio, 4 rate,
// 5 hhi.
func (p *pile) figure(col Column, unit int) float64 {
	at := quantile(p.costs, []float64{0.5, 0.9, 0, 0, 0, 0}[col.Index])
	size := func(s *pile) float64 { return total(s.costs) }
	has := func(s *pile) bool { return len(s.costs) > 0 }
	count := len(p.costs)
	switch col.Index {
	case 0, 1:
		size = func(s *pile) float64 { return float64(len(s.costs)) }
	case 3:
		size, count = func(s *pile) float64 { return total(s.both) }, len(p.both)
		has = func(s *pile) bool { return len(s.both) > 0 }
	case 4:
		has = func(s *pile) bool { return s.hits+s.misses > 0 }
	}
	extra := func(s *pile) float64 { return total(s.days) }
	if col.Index == 2 {
		extra = p.deviations
	}
	sizes, nonzero := p.each(size)
	extras, extraNonzero := p.each(extra)
	switch col.Role {
	case RoleRows:
		return float64(p.n)
	case RoleSubjects:
		return float64(p.subjects(func(*pile) bool { return true }))
	case RoleCount:
		return float64(count)
	case RoleSum:
		if col.Index == 3 {
			return total(p.both)
		}
		return total(p.costs)
	case RoleHits:
		return float64(p.hits)
	case RoleMisses:
		return float64(p.misses)
	case RoleWith:
		return float64(p.subjects(has))
	case RoleHitters:
		return float64(p.subjects(func(s *pile) bool { return s.hits > 0 }))
	case RoleMissers:
		return float64(p.subjects(func(s *pile) bool { return s.misses > 0 }))
	case RoleNonzero:
		return float64(nonzero)
	case RoleFirst:
		return sizes[len(sizes)-1]
	case RoleSecond:
		return sizes[len(sizes)-2]
	case RoleTotal:
		return total(sizes)
	case RoleBelow:
		return float64(p.subjects(func(s *pile) bool { return slices.ContainsFunc(s.costs, func(v float64) bool { return v <= at }) }))
	case RoleAbove:
		return float64(p.subjects(func(s *pile) bool { return slices.ContainsFunc(s.costs, func(v float64) bool { return v >= at }) }))
	case RoleExtraNonzero:
		return float64(extraNonzero)
	case RoleExtraFirst:
		return extras[len(extras)-1]
	case RoleExtraSecond:
		return extras[len(extras)-2]
	case RoleExtraTotal:
		return total(extras)
	case RoleExtra:
		return p.whole(col, at)
	}
	return math.NaN()
}

func (p *pile) whole(col Column, at float64) float64 {
	switch col.Index {
	case 3:
		return total(p.days)
	case 5:
		var squares, all float64
		for id, s := range p.of {
			if id != 0 {
				all += math.Abs(total(s.costs))
				squares += total(s.costs) * total(s.costs)
			}
		}
		return squares / (all * all)
	}
	return at
}

func (p *pile) agrees(col Column, got string, unit int) bool {
	want := p.figure(col, unit)
	if got == "∅" && (col.Role == RoleSecond || col.Role == RoleExtraSecond) { // there is one subject
		got = "0"
	}
	v, err := strconv.ParseFloat(got, 64)
	return err == nil && math.Abs(v-want) <= 1e-9*math.Max(1, math.Abs(want))
}

// TestSquaresOfMembers: what the audit across releases takes of a standard deviation,
// and of a ratio's second column.
func TestSquaresOfMembers(t *testing.T) {
	c := draw(rand.New(rand.NewPCG(4, 21)))
	db := engine(t)
	c.load(t, db)
	table := plan(t, head+claims+"tables:\n  t:\n    from: claims\n    measures: {mean: mean(cost), spread: sd(cost), per_day: \"ratio(cost, days)\"}\n").Tables[0]
	of := spread(c, "", 0)[""].of
	rows := table.Members[0].query(t, db)
	if len(rows) != len(of) {
		t.Fatalf("%d members, want %d", len(rows), len(of))
	}
	extras := 0
	for _, row := range rows {
		id, _ := strconv.ParseInt(row[1], 10, 64)
		squares := 0.0
		for _, v := range of[id].costs {
			squares += v * v
		}
		for i, col := range table.Members[0].Columns {
			if col.Role != RoleExtra {
				continue
			}
			want := []float64{0, squares, total(of[id].days)}[col.Index]
			got, err := strconv.ParseFloat(row[i], 64)
			if none := map[int]int{1: len(of[id].costs), 2: len(of[id].days)}[col.Index] == 0; none != (row[i] == "∅") || !none && (err != nil || math.Abs(got-want) > 1e-9*math.Max(1, want)) {
				t.Errorf("subject %d: %s is %s, want %v", id, col.Name, row[i], want)
			}
			extras++
		}
	}
	if extras != 2*len(rows) {
		t.Errorf("%d extra parts of %d members", extras, len(rows))
	}
}
