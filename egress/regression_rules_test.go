package egress

import (
	"slices"
	"strings"
	"testing"
)

// TestParametersAgainstSubjects: 30 people carry 9 parameters, and not 10.
func TestParametersAgainstSubjects(t *testing.T) {
	terms := "visits, a, b, visits > 3, visits > 7, visits > 11, cost > 120, cost > 140"
	for more, refused := range map[string]bool{"": false, ", cost > 160": true} {
		r := newRegression(t, 100, "family: linear, response: cost, where: days < 2, terms: ["+terms+more+"]")
		m, _ := r.judge(make([]float64, len(r.plan.Parameters)))
		if m.Subjects[0] != 30 || slices.Contains(m.Rules, RuleParameters) != refused || slices.Contains(m.Rules, RuleFreedom) {
			t.Errorf("%d parameters over %d people: %v", len(r.plan.Parameters), m.Subjects[0], m.Rules)
		}
	}
}

// TestNamesOfParameters: a text of the manifest stands in the name of a parameter, and
// in the files of a release.
func TestNamesOfParameters(t *testing.T) {
	for text, refused := range map[string]bool{"long": false, "<b>long": true, "110101199003077598": true} {
		r := newRegression(t, 100, "family: linear, response: cost, terms: [\"case when days < 20 then 'short' else '"+text+"' end\"]")
		b, _ := r.fitted()
		if m, _ := r.judge(b); slices.Contains(m.Rules, RuleLabel) != refused || refused != (m.Published == nil) {
			t.Errorf("%s: %v", text, m.Rules)
		}
	}
}

// TestModelsNeedASoundPreset: without thresholds nothing passes.
func TestModelsNeedASoundPreset(t *testing.T) {
	r := newRegression(t, 100, "family: logistic, response: hit, terms: [days]")
	b, _ := r.fitted()
	report := &Report{}
	if err := report.AddModel(r.at(b)); err != nil || !slices.Contains(report.Models[0].Rules, RulePreset) || report.Models[0].Published != nil {
		t.Errorf("%v, %+v", err, report.Models[0].Rules)
	}
}

// TestNearModels warns of two models of nearly as many rows that are nobody's. Of those
// who stand behind others, the audit across releases knows who they are.
func TestNearModels(t *testing.T) {
	for subject, want := range map[string]int{"": 1, "person": 0} {
		report := &Report{Preset: preset(t, "default")}
		for i, where := range []string{"days >= 0", "not both", "days < 20"} {
			r := newRegressionOf(t, 100, "family: logistic, where: "+where+", response: hit, terms: [days]", strings.Fields(subject)...)
			b, _ := r.fitted()
			if err := report.AddModel(r.at(b)); err != nil || report.Models[i].Verdict != Publish {
				t.Fatalf("%v, %+v", err, report.Models[i].Rules)
			}
		}
		if len(report.Warnings) != want || want > 0 && !strings.Contains(report.Warnings[0], "differ by 2 in number") {
			t.Errorf("%s: %q", subject, report.Warnings)
		}
		report.AddHistory(History{})
		if slices.Contains(report.NotChecked, rowsNotCompared) != (want > 0) {
			t.Errorf("%s: %q", subject, report.NotChecked)
		}
	}
}

// TestRefusedModel takes a model that passed out of a report.
func TestRefusedModel(t *testing.T) {
	r := newRegression(t, 100, "family: logistic, response: hit, terms: [days]")
	b, _ := r.fitted()
	_, report := r.judge(b)
	report.RefuseModel("another", RuleDifferencing)
	if m := report.Model("fit"); m == nil || m.Verdict != Publish || report.Model("another") != nil {
		t.Fatalf("%+v", m)
	}
	report.RefuseModel("fit", RuleDifferencing)
	if m := report.Model("fit"); m.Verdict != Refuse || m.Published != nil || !slices.Equal(m.Rules, []Rule{RuleDifferencing}) {
		t.Errorf("%+v", m)
	}
}
