package manifest

import (
	"bytes"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// TestModelParameters holds what terms come to.
func TestModelParameters(t *testing.T) {
	p := plan(t, head+claims+"derive:\n  stay: band(days, [2, 4])\n"+
		"tables: {t: {from: claims, measures: {n: count()}}}\n"+
		"outputs:\n  fit: {kind: model, family: logistic, from: claims, where: cost > 0, response: urgent, terms: [cost, stay, \"icd_chapter = 'IX'\"]}\n")
	if p.Assurance != Verified || p.Guest == nil || len(p.Guest.Views) != 1 || len(p.Models) != 1 {
		t.Fatalf("%+v", p)
	}
	m := p.Models[0]
	var names []string
	for _, x := range m.Parameters {
		names = append(names, x.Name)
		if x.Binary == (x.Name == Intercept || x.Name == "cost") {
			t.Errorf("%+v", x)
		}
	}
	if got := strings.Join(names, "; "); got != "intercept; cost; stay [2,4); stay >=4; icd_chapter = 'IX'" {
		t.Error(got)
	}
	if len(m.Units) != 1 || m.Units[0].Kind != "person" || len(m.Inputs) != 1 || m.Origin.Where != "cost > 0" {
		t.Errorf("%+v", m)
	}
	cox := plan(t, head+claims+"tables: {t: {from: claims, measures: {n: count()}}}\n"+
		"outputs:\n  fit: {kind: model, family: cox, from: claims, response: urgent, time: days, terms: [cost]}\n")
	if n := cox.Models[0].Parameters; len(n) != 1 || n[0].Name != "cost" {
		t.Errorf("a cox model has %+v", n)
	}
}

// TestOutputsKeepTheirText holds that canonical text gives the same manifest.
func TestOutputsKeepTheirText(t *testing.T) {
	text := head + claims + "tables: {t: {from: claims, group_by: [district], measures: {n: count()}}}\n" +
		"outputs:\n  pic: {kind: chart, of: t, draw: bar, x: district, y: n, title: 各区县就诊}\n" +
		"  fit: {kind: model, family: cox, from: claims, where: days > 0, response: cost > 100, time: days, terms: [cost, urgent]}\n"
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("job.yaml", m.Canonical())
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Canonical())
	}
	if !bytes.Equal(m.Canonical(), again.Canonical()) || len(again.Charts) != 1 || again.Charts[0].Title != "各区县就诊" || again.Outputs[0].Model.Family != Cox {
		t.Errorf("%s\n%s", m.Canonical(), again.Canonical())
	}
}

// TestChartNeedsNoModule holds that a chart alone leaves a job as it was.
func TestChartNeedsNoModule(t *testing.T) {
	p := plan(t, job("", "district", "count()")+"outputs: {pic: {kind: chart, of: t, draw: bar, x: district, y: m}}\n")
	if p.Module() || p.Assurance != Verified || !p.Tables[0].Published {
		t.Errorf("%+v", p)
	}
}

func TestOutputsRefused(t *testing.T) {
	chart := func(s string) string {
		return head + claims + "derive: {stay: \"band(days, [2])\"}\ntables: {t: {from: claims, group_by: [district], measures: {n: count()}}, two: {from: claims, group_by: [district, stay], measures: {n: count()}}}\noutputs:\n  pic: {kind: chart, " + s + "}\n"
	}
	model := func(s string) string {
		return head + claims + "derive: {twice: cost + cost, stay: \"band(days, [2])\"}\ntables: {t: {from: claims, group_by: [stay], measures: {n: \"share(twice > 1)\"}}}\noutputs:\n  fit: {kind: model, from: claims, " + s + "}\n"
	}
	for text, want := range map[string]string{
		chart("of: nix, draw: bar, x: district, y: n"):                                                                                   "is no table of this manifest",
		chart("of: t, draw: pie, x: district, y: n"):                                                                                     "want one of bar, line",
		chart("of: t, draw: bar, x: cost, y: n"):                                                                                         "is no key",
		chart("of: t, draw: bar, x: district, y: cost"):                                                                                  "is no measure",
		chart("of: two, draw: bar, x: district, y: n"):                                                                                   `has the key "stay" too`,
		chart("of: two, draw: tiles, x: district, group: stay, y: n"):                                                                    "has one key",
		chart("of: t, draw: heat, x: district, y: n"):                                                                                    "needs a second key",
		chart("of: t, draw: bar, x: district, y: n, title: '=cmd|x'"):                                                                    "the title may not leave: formula",
		chart("of: t, draw: bar, x: district, y: n, title: 110101199003078515"):                                                          "the title may not leave: identifier",
		chart("of: t, draw: bar, x: district, y: n, colour: red"):                                                                        "colour",
		strings.Replace(chart("of: t, draw: bar, x: district, y: n"), "pic:", "t:", 1):                                                   "already the name",
		strings.Replace(chart("of: t, draw: bar, x: district, y: n"), "  pic", "  out: {kind: table, derives: [t]}\n  pic", 1):           "shown to the module and not published",
		model("family: forest, response: urgent, terms: [cost]"):                                                                         "the domain cannot check",
		model("family: logistic, response: cost, terms: [cost]"):                                                                         "is a condition",
		model("family: linear, response: urgent, terms: [cost]"):                                                                         "is a stored column of numbers",
		model("family: linear, response: twice, terms: [cost]"):                                                                          "is a derived number",
		model("family: linear, response: cost, terms: [twice]"):                                                                          "is a derived number",
		model("family: linear, response: cost, terms: [cost * 2]"):                                                                       "stored columns of numbers, conditions and bands",
		model("family: linear, response: cost, terms: [cost, cost]"):                                                                     "already the name",
		model("family: linear, response: cost, terms: [icd_chapter]"):                                                                    "only the data know",
		model("family: linear, response: cost, terms: [visit_date]"):                                                                     "takes numbers, conditions and bands",
		model("family: linear, response: cost, terms: [person]"):                                                                         "who a row is about",
		model("family: linear, response: cost, terms: [hospital = 'H']"):                                                                 "is used here to filter",
		model("family: linear, response: insured, terms: [cost]"):                                                                        "is used here to filter",
		model("family: linear, response: cost, terms: []"):                                                                               "1 to 16 terms",
		model("family: linear, response: cost, time: days, terms: [days]"):                                                               "for the family cox",
		model("family: cox, response: urgent, terms: [days]"):                                                                            "time",
		model("family: cox, response: urgent, time: icd_chapter, terms: [days]"):                                                         "is a stored column of numbers",
		model("family: linear, response: cost, terms: [days], join: {nix: person}"):                                                      "is no input",
		strings.Replace(model("family: linear, response: cost, terms: [days]"), "  fit", "  out: {kind: table, derives: [t]}\n  fit", 1): "make two jobs",
		strings.Replace(model("family: linear, response: cost, terms: [days]"), "kind: model", "kind: answer", 1):                        "\"unit\" is missing",
	} {
		m, err := Parse("job.yaml", []byte(text))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		if kind := fault.KindOf(err); err == nil || kind != fault.Invalid && kind != fault.Denied || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v\n%s", want, err, text)
		}
	}
}

// TestOtherModelsAreRefused: a tree, a forest or a network is no model that the domain can
// check, whatever is said of its leaves.
func TestOtherModelsAreRefused(t *testing.T) {
	for out, want := range map[string]string{
		"{kind: model, family: tree, from: claims, response: cost, terms: [days]}":              `found "tree"; of other models the domain cannot check`,
		"{kind: model, family: forest, from: claims, response: cost, terms: [days]}":            `found "forest"`,
		"{kind: model, family: linear, from: claims, response: cost, terms: [days], leaves: 9}": `leaves`,
		"{kind: tree, leaves: {small: {subjects: 20}}}":                                         `want table, chart, model, answer or asserted, found "tree"`,
	} {
		_, err := Parse("job.yaml", []byte(head+claims+"outputs:\n  fit: "+out+"\n"))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", out, err)
		}
	}
}

// TestAModelNeedsNoTable, but something must leave.
func TestAModelNeedsNoTable(t *testing.T) {
	fit := "outputs:\n  fit: {kind: model, family: linear, from: claims, response: cost, terms: [days]}\n"
	for _, tables := range []string{"", "tables: {}\n"} {
		p := plan(t, head+"inputs: {claims: {dataset: claims, columns: [cost, days]}}\n"+tables+fit)
		if len(p.Tables) != 0 || len(p.Models) != 1 || !p.Module() || p.Assurance != Verified || len(p.Inputs) != 1 {
			t.Errorf("%+v", p)
		}
	}
	_, err := Parse("job.yaml", []byte(head+claims+"outputs: {}\n"))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "tables") {
		t.Error(err)
	}
}

// TestModelRowsMustBeGranted holds that the module of a model sees rows, as one whose
// figures are compared does.
func TestModelRowsMustBeGranted(t *testing.T) {
	m, err := Parse("job.yaml", []byte(head+"inputs: {population: {dataset: population, columns: [income, sex]}}\n"+
		"tables: {t: {from: population, measures: {n: count()}}}\noutputs:\n  fit: {kind: model, family: linear, from: population, response: income, terms: [\"sex = '男'\"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Check(only(m, city(t)))
	if fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "row by row") {
		t.Error(err)
	}
}
