package egress

import (
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// patients is what the models of these tests are fitted to: 600 people with two rows
// each; a is half of them, b a third, both together none but one; one bill is enormous
// where big says so.
const patients = `CREATE TABLE claims AS SELECT i %% 600 + 1 AS __subject_person,
	i %% 2 = 0 AND i %% 3 <> 0 OR i %% 600 = 0 AS a, i %% 3 = 0 AS b, i %% 600 = 0 AS both, i %% 600 < 5 AS rare,
	(i * 7919) %% 101 < 30 + i %% 40 AS hit, CAST(i %% 40 AS BIGINT) AS days, CAST((i * 31) %% 17 AS BIGINT) AS visits,
	CAST(CASE WHEN i = 77 THEN %d ELSE 100 + i %% 40 * 3 + (i * 13) %% 29 END AS DOUBLE) AS cost FROM range(1200) r(i)`

// regression compiles a model over them.
type regression struct {
	t    *testing.T
	db   *sql.DB
	plan *manifest.PlanModel
}

func newRegression(t *testing.T, big int, model string) *regression {
	t.Helper()
	return newRegressionOf(t, big, model, "person")
}

func newRegressionOf(t *testing.T, big int, model string, subjects ...string) *regression {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(fmt.Sprintf(patients, big)); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse("job.yaml", []byte("name: n\nscenario: s\nquestion: q\ninputs:\n  claims: {dataset: claims, columns: [a, b, both, rare, hit, days, visits, cost]}\n"+
		"tables: {t: {from: claims, measures: {n: count()}}}\noutputs:\n  fit: {kind: model, from: claims, "+model+"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	uses := manifest.UseFilter | manifest.UseMeasure | manifest.UseRow
	columns := map[string]manifest.ColumnSchema{"cost": {Type: double, Uses: uses}}
	for _, name := range []string{"a", "b", "both", "rare", "hit"} {
		columns[name] = manifest.ColumnSchema{Type: coltype.Type{Kind: coltype.Boolean}, Uses: uses}
	}
	for _, name := range []string{"days", "visits"} {
		columns[name] = manifest.ColumnSchema{Type: integer, Uses: uses}
	}
	plan, err := m.Check(manifest.Schema{"claims": {Level: 3, Subjects: subjects, Columns: columns}})
	if err != nil {
		t.Fatal(err)
	}
	return &regression{t, db, &plan.Models[0]}
}

// at gives what the domain computes at coefficients.
func (r *regression) at(coefficients []float64) Regression {
	g := Regression{Plan: r.plan, Coefficients: coefficients, Score: answer(r.t, r.db, r.plan.Score(coefficients))}
	for _, s := range r.plan.Margins() {
		g.Margins = append(g.Margins, answer(r.t, r.db, s))
	}
	if s, ok := r.plan.Patterns(); ok {
		g.Patterns = answer(r.t, r.db, s)
	}
	inverse, err := g.Inverse()
	if err != nil {
		r.t.Fatal(err)
	}
	if inverse != nil {
		for _, s := range r.plan.Leverage(coefficients, inverse) {
			g.Leverage = append(g.Leverage, answer(r.t, r.db, s))
		}
	}
	return g
}

// fitted walks to the fit, and gives it with its standard errors.
func (r *regression) fitted() (b, errors []float64) {
	r.t.Helper()
	b = make([]float64, len(r.plan.Parameters))
	for range 25 {
		g := Regression{Plan: r.plan, Coefficients: b, Score: answer(r.t, r.db, r.plan.Score(b))}
		e, err := g.sums()
		if err != nil {
			r.t.Fatal(err)
		}
		fit, ok := e.system(r.plan).Solve()
		if !ok {
			return b, nil
		}
		for j, d := range fit.Step {
			b[j] += d
		}
		errors = fit.Errors
		if fit.Longest() < 1e-10 {
			break
		}
	}
	return b, errors
}

func (r *regression) judge(b []float64) (Model, *Report) {
	r.t.Helper()
	report := &Report{Preset: preset(r.t, "default")}
	if err := report.AddModel(r.at(b)); err != nil {
		r.t.Fatal(err)
	}
	return report.Models[0], report
}

// TestModelsArePublished fits every family, and holds that nothing of the digits which
// the module chose leaves.
func TestModelsArePublished(t *testing.T) {
	for _, text := range []string{
		"family: linear, response: cost, terms: [days, a, b]",
		"family: logistic, response: hit, terms: [days, a]",
		"family: probit, response: hit, terms: [days, b]",
		"family: poisson, response: visits, terms: [days, a]",
		"family: cox, response: hit, time: visits, terms: [days, a]",
	} {
		r := newRegression(t, 100, text)
		b, errors := r.fitted()
		m, report := r.judge(b)
		if m.Verdict != Publish || len(report.Warnings) != 0 || len(report.NotChecked) != 1 {
			t.Fatalf("%s: %+v", text, m)
		}
		if len(m.Published.Rows) != len(b) || m.Rows != 1200 || m.Subjects[0] != 600 || !strings.Contains(m.Published.Notes[0], "1200") {
			t.Errorf("%s: %+v", text, m.Published)
		}
		for j, row := range m.Published.Rows {
			var coefficient, deviation float64
			if _, err := fmt.Sscan(row[1].Text+" "+row[2].Text, &coefficient, &deviation); err != nil {
				t.Fatal(err)
			}
			if math.Abs(coefficient-b[j]) > 0.006*math.Abs(b[j]) || math.Abs(deviation-errors[j]) > 0.006*errors[j] {
				t.Errorf("%s: %v, want %g (%g)", text, row, b[j], errors[j])
			}
		}
		for _, off := range []float64{-9e-4, 9e-4} {
			beside := slices.Clone(b)
			beside[0] += off * errors[0] / 3
			told, _ := r.judge(beside)
			if told.Verdict != Publish || !reflect.DeepEqual(told.Published, m.Published) {
				t.Errorf("%s: a module chooses what leaves: %+v beside %+v", text, told.Published, m.Published)
			}
		}
		beside := slices.Clone(b)
		beside[len(b)-1] += errors[len(b)-1] / 100
		wrong, report := r.judge(beside)
		if !slices.Equal(wrong.Rules, []Rule{RuleScore}) || wrong.Published != nil || len(report.Warnings) != 1 {
			t.Errorf("%s: a hundredth of a standard error off: %+v, %v", text, wrong.Rules, report.Warnings)
		}
	}
}

// TestModelsRefused holds each rule.
func TestModelsRefused(t *testing.T) {
	for text, rule := range map[string]Rule{
		"family: linear, response: cost, terms: [a, b, both]":                        RuleSaturated,
		"family: logistic, response: hit, terms: [a, b, both]":                       RuleSaturated,
		"family: logistic, response: hit, terms: [rare]":                             RuleMinimum,
		"family: linear, response: cost, where: days < 1, terms: [a, b, days > 50]":  RuleMinimum,
		"family: linear, response: cost, where: visits < 1 and days < 3, terms: [a]": RuleFreedom,
		"family: linear, response: days, terms: [days]":                              RulePerfect,
		"family: linear, response: cost, terms: [a, not a]":                          RuleCollinear,
	} {
		r := newRegression(t, 100, text)
		b, _ := r.fitted()
		if m, _ := r.judge(b); m.Verdict != Refuse || !slices.Contains(m.Rules, rule) || m.Published != nil {
			t.Errorf("%s: %v, want %s", text, m.Rules, rule)
		}
	}
	for big, rule := range map[int]Rule{-5: RuleRange, 10_000_000: RuleDominance} {
		r := newRegression(t, big, "family: poisson, response: cost, terms: [a]")
		if m, _ := r.judge([]float64{1, 0}); m.Verdict != Refuse || !slices.Contains(m.Rules, rule) {
			t.Errorf("a bill of %d: %v, want %s", big, m.Rules, rule)
		}
	}
	for _, text := range []string{"family: linear, response: days, terms: [cost]", "family: cox, response: hit, time: visits, terms: [cost]"} {
		r := newRegression(t, 1_000_000, text) // one subject, far out
		b, _ := r.fitted()
		if m, _ := r.judge(b); !slices.Contains(m.Rules, RuleLeverage) {
			t.Errorf("%s: a coefficient may follow one subject: %v", text, m.Rules)
		}
	}
	additive := newRegression(t, 100, "family: logistic, response: hit, terms: [a, b]")
	b, _ := additive.fitted()
	if m, _ := additive.judge(b); m.Verdict != Publish {
		t.Errorf("without a term of its own for the one person of both: %v", m.Rules)
	}
}

// TestCoefficients reads what a module says of a model, and no other table.
func TestCoefficients(t *testing.T) {
	r := newRegression(t, 100, "family: logistic, response: hit, terms: [a]")
	shape := memory{columns: []Column{{"term", text}, {"coefficient", double}}}
	got, err := Coefficients(r.plan, shape.with([]any{"a", 2.0}, []any{"intercept", 1.0}))
	if err != nil || !slices.Equal(got, []float64{1, 2}) {
		t.Fatalf("%v, %v", got, err)
	}
	for name, m := range map[string]memory{
		"fewer":        shape.with([]any{"a", 2.0}),
		"twice":        shape.with([]any{"a", 2.0}, []any{"a", 1.0}),
		"another":      shape.with([]any{"a", 2.0}, []any{"张三", 1.0}),
		"missing":      shape.with([]any{"a", 2.0}, []any{"intercept", nil}),
		"not a number": shape.with([]any{"a", 2.0}, []any{"intercept", math.NaN()}),
		"infinite":     shape.with([]any{"a", 2.0}, []any{"intercept", math.Inf(1)}),
		"columns":      {columns: []Column{{"term", text}}},
		"whole":        {columns: []Column{{"term", text}, {"coefficient", integer}}},
	} {
		if _, err := Coefficients(r.plan, m); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "张三") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestModelEvidenceAgrees refuses answers that contradict each other.
func TestModelEvidenceAgrees(t *testing.T) {
	r := newRegression(t, 100, "family: logistic, response: hit, terms: [a]")
	b, _ := r.fitted()
	for name, change := range map[string]func(*Regression){
		"no score":       func(g *Regression) { g.Score = nil },
		"no evidence":    func(g *Regression) { g.Margins = nil },
		"other rows":     func(g *Regression) { g.Score.(memory).rows[0][0] = 7 },
		"more subjects":  func(g *Regression) { g.Margins[0].(memory).rows[0][3] = 5000 },
		"no combination": func(g *Regression) { g.Patterns = nil },
		"no leverage":    func(g *Regression) { g.Leverage = nil },
	} {
		g := r.at(b)
		change(&g)
		report := &Report{Preset: preset(t, "default")}
		if err := report.AddModel(g); fault.KindOf(err) != fault.Integrity || len(report.Models) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
