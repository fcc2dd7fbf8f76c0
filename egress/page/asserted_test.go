package page

import (
	"bytes"
	"strings"
	"testing"

	"yingbi/egress"
)

func assertedNumbers() *egress.Published {
	return &egress.Published{Name: "leaves", Class: "asserted", Complete: true, Notes: []string{"各叶子的占比"}, Columns: []egress.PublishedColumn{
		{Name: "name", Title: "名称", Type: text, Key: true}, {Name: "asserted", Title: "陈述值（无人复算）", Type: double},
	}, Rows: [][]egress.Value{{{Text: "low"}, {Text: "12.3"}}, {{Text: "<b>high"}, {Text: "0.457"}}}}
}

// TestAsserted: both pages show asserted numbers and say in plain words that nobody has
// recomputed them; no chart lends them weight.
func TestAsserted(t *testing.T) {
	rule := egress.RuleLeaves
	for _, chinese := range []bool{false, true} {
		plain := map[bool]string{false: "obody has recomputed these numbers", true: "无人复算"}[chinese]
		r := Review{Chinese: chinese, Rules: map[egress.Rule]RuleWords{rule: {"叶子过小", "某个叶子只涉及少数主体"}}, Report: &egress.Report{Assertions: []egress.Assertion{
			{Name: "leaves", About: "各叶子的占比", Verdict: egress.Publish, Leaves: "by_leaf", Millibits: 19_935, Published: assertedNumbers()},
			{Name: "weights", About: "权重", Verdict: egress.Refuse, Rules: []egress.Rule{rule}, Millibits: 1_000},
		}}}
		page, err := r.HTML()
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(inert(t, page), "\n")
		for _, want := range []string{plain, "各叶子的占比", "low", "12.3", "<b>high", "0.457", "19.935", "by_leaf", "weights", "某个叶子只涉及少数主体", "1 / 2"} {
			if !strings.Contains(said, want) {
				t.Errorf("the reviewer does not read %q", want)
			}
		}
		if len(pictures(t, page)) != 0 {
			t.Error("a chart of asserted numbers")
		}

		o := outcome(chinese)
		without, err := o.HTML()
		if err != nil {
			t.Fatal(err)
		}
		o.Tables, o.RefusedNumbers = append(o.Tables, assertedNumbers()), []string{"weights"}
		if page, err = o.HTML(); err != nil {
			t.Fatal(err)
		}
		said = strings.Join(inert(t, page), "\n")
		for _, want := range append(words{chinese}.forNumbers(), map[bool]string{false: "nobody has recomputed these numbers", true: "无人复算"}[chinese], "12.3", "weights") {
			if !strings.Contains(said, want) || strings.Contains(strings.Join(inert(t, without), "\n"), want) {
				t.Errorf("the operator does not read %q, or without such numbers, too", want)
			}
		}
		if len(pictures(t, page)) != len(pictures(t, without)) || bytes.Contains(page, []byte("<b>high")) {
			t.Error("a chart of asserted numbers, or a tag")
		}
	}
}
