package manifest

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// fitted is a job with one model.
func fitted(model string) string {
	return head + claims + "derive:\n  stay: band(days, [2, 4])\n  dear: cost > 500\n" +
		"tables: {t: {from: claims, group_by: [stay], measures: {n: count(), d: share(dear)}}}\n" +
		"outputs:\n  fit: {kind: model, from: claims, " + model + "}\n"
}

// numbers runs a statement of one row and gives it as doubles.
func numbers(t *testing.T, db *sql.DB, s Statement) []float64 {
	t.Helper()
	rows := s.query(t, db)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	out := make([]float64, len(rows[0]))
	for i, text := range rows[0] {
		if text == "∅" {
			continue
		}
		if _, err := fmt.Sscan(text, &out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// observed is a row of which every variable is known.
type observed struct {
	person  int64
	y, time float64
	x       []float64
	eta     float64
}

// TestScore computes score and information of every family again, row by row.
func TestScore(t *testing.T) {
	db := engine(t)
	city := draw(rand.New(rand.NewPCG(3, 5)))
	city.load(t, db)
	for _, c := range []struct {
		text string
		beta []float64
	}{
		{"family: linear, response: days, terms: [cost, stay, urgent]", []float64{1, 0.001, 0.4, 2, -1}},
		{"family: logistic, response: urgent, terms: [cost, stay]", []float64{0.2, 0.001, -0.4, 0.3}},
		{"family: probit, response: urgent, terms: [cost, stay]", []float64{-3, 0.01, -0.4, 0.3}},
		{"family: poisson, response: days, terms: [cost, dear]", []float64{0.2, 0.0003, -0.4}},
		{"family: cox, response: urgent, time: days, terms: [cost, dear]", []float64{0.001, 0.5}},
	} {
		p := plan(t, fitted(c.text)).Models[0]
		if len(p.Parameters) != len(c.beta) {
			t.Fatalf("%s: %+v", c.text, p.Parameters)
		}
		rows := city.observed(p, c.beta)
		got := numbers(t, db, p.Score(c.beta))
		want := append([]float64{float64(len(rows))}, recomputed(p, rows)...)
		if p.Family == Cox {
			want = append(want, products(rows)...)
		}
		if len(got) != len(want)+3 {
			t.Fatalf("%s: %d numbers, want %d", c.text, len(got), len(want)+3)
		}
		got = append(got[:1:1], got[4:]...)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-8*(1+math.Abs(want[i])) {
				t.Errorf("%s: number %d is %v, want %v", c.text, i, got[i], want[i])
			}
		}
	}
}

// observed joins up what the model p sees of the claims.
func (c town) observed(p PlanModel, beta []float64) (out []observed) {
	bool01 := func(b bool) float64 { return map[bool]float64{true: 1}[b] }
	for _, r := range c.claims {
		o := observed{person: r.person}
		known := true
		variable := func(name string) float64 {
			if r.cost == nil && (name == "cost" || name == "dear") || r.days == nil && (name == "days" || strings.HasPrefix(name, "stay")) || r.urgent == nil && name == "urgent" {
				known = false
				return 0
			}
			switch name {
			case Intercept:
				return 1
			case "cost":
				return float64(*r.cost) / 100
			case "dear":
				return bool01(*r.cost > 50000)
			case "days":
				return float64(*r.days)
			case "urgent":
				return bool01(*r.urgent)
			case "stay [2,4)":
				return bool01(*r.days >= 2 && *r.days < 4)
			}
			return bool01(*r.days >= 4)
		}
		if o.y = variable(map[bool]string{true: "urgent", false: "days"}[p.Binary()]); p.Family == Cox {
			o.time = variable("days")
		}
		for j, x := range p.Parameters {
			o.x = append(o.x, variable(x.Name))
			o.eta += beta[j] * o.x[j]
		}
		if known {
			out = append(out, o)
		}
	}
	return out
}

// recomputed gives score and information.
func recomputed(p PlanModel, rows []observed) []float64 {
	n := len(p.Parameters)
	u, inf := make([]float64, n), make([]float64, n*n)
	add := func(x []float64, r, w float64) {
		for j := range n {
			u[j] += r * x[j]
			for k := range n {
				inf[j*n+k] += w * x[j] * x[k]
			}
		}
	}
	phi := func(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }
	tail := func(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }
	for _, o := range rows {
		switch p.Family {
		case Linear:
			add(o.x, o.y-o.eta, 1)
		case Logistic:
			mu := 1 / (1 + math.Exp(-o.eta))
			add(o.x, o.y-mu, mu*(1-mu))
		case Poisson:
			add(o.x, o.y-math.Exp(o.eta), math.Exp(o.eta))
		case Probit:
			above, below := phi(o.eta)/tail(-o.eta), phi(o.eta)/tail(o.eta)
			add(o.x, o.y*above-(1-o.y)*below, above*below)
		case Cox:
			if o.y == 0 {
				continue
			}
			s0, s1, s2 := 0.0, make([]float64, n), make([]float64, n*n)
			for _, at := range rows {
				if at.time < o.time {
					continue
				}
				e := math.Exp(at.eta)
				s0 += e
				for j := range n {
					s1[j] += e * at.x[j]
					for k := range n {
						s2[j*n+k] += e * at.x[j] * at.x[k]
					}
				}
			}
			for j := range n {
				u[j] += o.x[j] - s1[j]/s0
				for k := range n {
					inf[j*n+k] += s2[j*n+k]/s0 - s1[j]*s1[k]/s0/s0
				}
			}
		}
	}
	out := u
	for j := range n {
		out = append(out, inf[j*n+j:(j+1)*n]...)
	}
	return out
}

// products gives the sums of Cox's variables and of their products.
func products(rows []observed) []float64 {
	n := len(rows[0].x)
	out := make([]float64, n)
	for _, o := range rows {
		for j, x := range o.x {
			out[j] += x
		}
	}
	for j := range n {
		for k := j; k < n; k++ {
			sum := 0.0
			for _, o := range rows {
				sum += o.x[j] * o.x[k]
			}
			out = append(out, sum)
		}
	}
	return out
}

// TestLeverage adds up the leverage of each subject again, with any symmetric matrix.
func TestLeverage(t *testing.T) {
	db := engine(t)
	city := draw(rand.New(rand.NewPCG(3, 5)))
	city.load(t, db)
	for _, c := range []struct {
		text string
		beta []float64
	}{
		{"family: logistic, response: urgent, terms: [cost, dear]", []float64{0.2, 0.001, -0.4}},
		{"family: cox, response: urgent, time: days, terms: [cost, dear]", []float64{0.001, 0.5}},
	} {
		p := plan(t, fitted(c.text)).Models[0]
		inverse := [][]float64{{3, 0.01, -0.5}, {0.01, 0.002, 0.03}, {-0.5, 0.03, 2}}
		each := map[int64]float64{}
		for _, o := range city.observed(p, c.beta) {
			x, w := o.x, 1.0
			if p.Family == Cox {
				x = append([]float64{1}, x...)
			} else {
				mu := 1 / (1 + math.Exp(-o.eta))
				w = mu * (1 - mu)
			}
			for j := range x {
				for k := range x {
					each[o.person] += w * inverse[j][k] * x[j] * x[k]
				}
			}
		}
		want := math.Inf(-1)
		for _, h := range each {
			want = max(want, h)
		}
		got := numbers(t, db, p.Leverage(c.beta, inverse)[0])
		if len(got) != 1 || math.Abs(got[0]-want) > 1e-9*want {
			t.Errorf("%s: %v, want %v", c.text, got, want)
		}
	}
}

// TestMargins counts again who is behind each side of each 0/1 term, and the
// combinations.
func TestMargins(t *testing.T) {
	db := engine(t)
	city := draw(rand.New(rand.NewPCG(3, 5)))
	city.load(t, db)
	p := plan(t, fitted("family: logistic, response: urgent, terms: [cost, dear, stay]")).Models[0]
	rows := city.observed(p, make([]float64, len(p.Parameters)))
	got := numbers(t, db, p.Margins()[0])
	var want []float64
	count := func(is func(o observed) bool) {
		all, hit, miss := map[int64]bool{}, map[int64]bool{}, map[int64]bool{}
		for _, o := range rows {
			if is(o) {
				all[o.person] = true
				map[float64]map[int64]bool{0: miss, 1: hit}[o.y][o.person] = true
			}
		}
		want = append(want, float64(len(all)), float64(len(hit)), float64(len(miss)))
	}
	count(func(observed) bool { return true })
	for j, x := range p.Parameters {
		for side := range 2 {
			if x.Binary {
				count(func(o observed) bool { return o.x[j] == float64(side) })
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("margins %v, want %v", got, want)
	}
	patterns, ok := p.Patterns()
	if !ok {
		t.Fatal("no combinations")
	}
	seen := map[[3]float64]int{}
	for _, o := range rows {
		seen[[3]float64(o.x[2:])]++
	}
	answers := patterns.query(t, db)
	for _, a := range answers {
		var key [3]float64
		var n int
		if _, err := fmt.Sscan(strings.Join(a[:4], " "), &key[0], &key[1], &key[2], &n); err != nil {
			t.Fatal(err)
		}
		if seen[key] != n || n == 0 {
			t.Errorf("combination %v has %d rows, want %d", key, n, seen[key])
		}
	}
	if len(answers) != len(seen) {
		t.Errorf("%d combinations, want %d", len(answers), len(seen))
	}
	linear := plan(t, fitted("family: linear, response: cost, terms: [days, dear]")).Models[0]
	largest := numbers(t, db, linear.Margins()[0])
	each := map[int64]float64{}
	for _, c := range city.claims {
		if c.cost != nil && c.days != nil {
			each[c.person] += float64(*c.cost) / 100
		}
	}
	first, second, total := 0.0, 0.0, 0.0
	for _, v := range each {
		v = math.Abs(v)
		first, second, total = max(first, v), max(second, min(first, v)), total+v
	}
	for i, w := range []float64{float64(len(each)), first, second, total} {
		if math.Abs(largest[i]-w) > 1e-6 {
			t.Errorf("evidence %d is %v, want %v", i, largest[i], w)
		}
	}
}

// TestUnitOfRows counts rows where no input has subjects.
func TestUnitOfRows(t *testing.T) {
	db := engine(t)
	run(t, db, "CREATE TABLE weather(day DATE, rain DOUBLE, city VARCHAR)")
	run(t, db, "INSERT INTO weather VALUES ('2024-01-01', 1, 'a'), ('2024-01-02', 3, 'a'), ('2024-01-03', NULL, 'a'), ('2024-02-01', 9, 'a')")
	p := plan(t, head+"inputs: {weather: {dataset: weather, columns: [day, rain]}}\nderive: {early: day < '2024-01-15'}\n"+
		"tables: {t: {from: weather, measures: {n: count()}}}\noutputs: {fit: {kind: model, family: linear, from: weather, response: rain, terms: [early]}}\n").Models[0]
	got := numbers(t, db, p.Margins()[0])
	if fmt.Sprint(got) != "[3 9 3 13 1 9 0 9 2 3 1 4]" {
		t.Errorf("%v", got)
	}
}

// TestHostileTerms holds that no word of a term reaches the engine but as a bound value.
func TestHostileTerms(t *testing.T) {
	db := engine(t)
	draw(rand.New(rand.NewPCG(3, 5))).load(t, db)
	for _, evil := range hostile {
		if strings.TrimSpace(evil) == "" || strings.Contains("' ? AS", evil) {
			continue
		}
		e := mustExpr(t, "icd_chapter in ["+quoteText(evil)+", 'I1']").String()
		text := head + claims + "derive:\n  kind: " + string(jsonText("case when "+e+" then "+quoteText(evil)+" else 'b' end")) + "\ntables: {t: {from: claims, group_by: [kind], measures: {n: count()}}}\n" +
			"outputs:\n  fit: {kind: model, family: logistic, from: claims, response: urgent, terms: [days, kind, " + string(jsonText(e)) + "]}\n"
		m := plan(t, text).Models[0]
		beta := make([]float64, len(m.Parameters))
		statements := append(m.Statements(beta), m.Leverage(beta, [][]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}})...)
		for _, s := range append(statements, m.Members()[0].Statement) {
			if strings.Contains(s.SQL, evil) && len(evil) > 3 {
				t.Errorf("%q stands bare in %s", evil, s.SQL)
			}
			s.query(t, db)
		}
	}
}
