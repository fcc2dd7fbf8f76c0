package page

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/egress/chart"
)

// pictures decodes the charts of a page.
func pictures(t *testing.T, page []byte) (out []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`base64,([^"]+)"`).FindAllSubmatch(page, -1) {
		svg, err := base64.StdEncoding.DecodeString(string(bytes.ReplaceAll(m[1], []byte("&#43;"), []byte("+"))))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(svg))
	}
	return out
}

// TestDeclaredCharts: the reviewer sees the charts that would leave, as they would, and
// of a table without one that which fits it.
func TestDeclaredCharts(t *testing.T) {
	r := review(false)
	r.Report.Outputs = nil
	r.Charts = []Chart{
		{Of: "by_district", Spec: chart.Spec{Kind: chart.Tiles, X: "district", Y: "cost", Title: "费用地图"}},
		{Of: "by_district", Spec: chart.Spec{Kind: chart.Bar, X: "district", Y: "visits", Title: "就诊人次"}},
	}
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	inert(t, page)
	charts := pictures(t, page)
	if len(charts) != 2 {
		t.Fatalf("%d charts", len(charts))
	}
	for i, title := range []string{"费用地图", "就诊人次"} {
		if svg := charts[i]; !strings.Contains(svg, title) || !strings.Contains(svg, "suppressed · 隐去") || strings.Contains(svg, "6661") {
			t.Errorf("%.300s", svg)
		}
	}
	want, err := chart.Draw(published(), r.Charts[0].Spec)
	if err != nil || charts[0] != string(want) {
		t.Errorf("it is drawn otherwise than in a release: %v", err)
	}
	r.Charts = nil
	if page, err = r.HTML(); err != nil || len(pictures(t, page)) != 1 {
		t.Errorf("%d charts, %v", len(pictures(t, page)), err)
	}
}

// TestRefusedModelsAreNamed: the operator learns what a model must keep to, and not which
// rule it was.
func TestRefusedModelsAreNamed(t *testing.T) {
	for _, chinese := range []bool{false, true} {
		o := outcome(chinese)
		without, err := o.HTML()
		if err != nil {
			t.Fatal(err)
		}
		o.Refused = []string{"fit", "<b>other"}
		page, err := o.HTML()
		if err != nil {
			t.Fatal(err)
		}
		advice := words{chinese}.forModels()
		for _, want := range append(advice, "fit", "<b>other") {
			if !strings.Contains(strings.Join(inert(t, page), "\n"), want) {
				t.Errorf("no %q", want)
			}
			if strings.Contains(strings.Join(inert(t, without), "\n"), want) {
				t.Errorf("%q without a model", want)
			}
		}
		if len(advice) != 8 {
			t.Errorf("%d pieces of advice", len(advice))
		}
	}
}

// TestVerdictOnModels: a job with a model alone does not say that nothing would leave.
func TestVerdictOnModels(t *testing.T) {
	for verdict, want := range map[egress.Verdict]string{egress.Publish: "would let no table leave; models: 1 / 1", egress.Refuse: "would let nothing leave; models: 0 / 1"} {
		page, err := Review{Report: &egress.Report{Models: []egress.Model{{Name: "fit", Verdict: verdict}}}}.HTML()
		if err != nil || !bytes.Contains(page, []byte(want)) {
			t.Errorf("%v: no %q", err, want)
		}
	}
}
