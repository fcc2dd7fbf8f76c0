package page

import (
	"bytes"
	"testing"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// TestModels shows one model that would leave and one that is refused.
func TestModels(t *testing.T) {
	text, double := coltype.Type{Kind: coltype.Text}, coltype.Type{Kind: coltype.Double}
	report := &egress.Report{Models: []egress.Model{
		{Name: "fit", Family: manifest.Logistic, Verdict: egress.Publish, Rows: 1200, Step: "0.0001", Published: &egress.Published{
			Name: "fit", Columns: []egress.PublishedColumn{{Name: "term", Type: text, Key: true}, {Name: "coefficient", Type: double}},
			Rows: [][]egress.Value{{{Text: "<b>cost"}, {Text: "0.123"}}},
		}},
		{Name: "other", Family: manifest.Cox, Verdict: egress.Refuse, Rules: []egress.Rule{egress.RuleScore}},
	}}
	page, err := Review{Report: report, Rules: map[egress.Rule]RuleWords{egress.RuleScore: {"not solved", "it hides something"}}}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Model fit: checked", "0.123", "&lt;b&gt;cost", "logistic regression", "Model other: refused", "it hides something"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
