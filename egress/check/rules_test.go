package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// file writes rows of region, sex, income and person: n of each.
func file(rows ...string) string {
	return "region,sex,income,person\n" + strings.Join(rows, "\n") + "\n"
}

func many(n int, region, sex string, income func(i int) string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s,%s,%s,%s%s%d", region, sex, income(i), region, sex, i))
	}
	return strings.Join(out, "\n")
}

func flat(v string) func(int) string { return func(int) string { return v } }

const ask = `{"data": "f.csv", "preset": "acro", "operation": {"kind": "crosstab", "rows": "region", "cols": ["sex"], "values": "income", "agg": %s}}`

func findings(a *Answer) string {
	var out []string
	for _, c := range a.Cells {
		agg := "-"
		if c.Agg != nil {
			agg = *c.Agg
		}
		out = append(out, fmt.Sprintf("%s/%s %s %d %v", strings.Join(c.Row, "+"), strings.Join(c.Col, "+"), agg, c.Subjects, c.Findings))
	}
	return string(a.Status) + "\n" + strings.Join(out, "\n")
}

func TestACROStatistics(t *testing.T) {
	rising := func(i int) string { return fmt.Sprint(i) }
	text := file(many(12, "n", "f", rising), many(10, "n", "m", flat("1")), many(11, "s", "f", flat("")))
	for _, c := range []struct{ name, agg, more, want string }{
		{"ends", `["min"]`, "", "fail\nn/f min 12 []\nn/m min 10 []\ns/f min 0 []\ns/m min 0 [PresenceOfZeroCheck MinimumThresholdCheck]"},
		{"zeros allowed", `["median"]`, `{"zeros_are_disclosive": false}`, "fail\nn/f median 12 []\nn/m median 10 []\ns/f median 0 []\ns/m median 0 [MinimumThresholdCheck]"},
		{"mode", `["mode"]`, "", "fail\nn/f mode 12 []\nn/m mode 10 []\ns/f mode 0 []\ns/m mode 0 [PresenceOfZeroCheck]"},
		{"freedom", `["std"]`, "", "fail\nn/f std 12 []\nn/m std 10 [MinimumDoFCheck]\ns/f std 0 []\ns/m std 0 [MinimumDoFCheck]"},
		{"all share", `["mean", "std"]`, `{"safe_threshold": 0, "safe_dof_threshold": 11, "safe_nk_n": 1, "safe_nk_k": 0.1}`,
			"fail\nn/f mean 12 [NKCheck]\nn/f std 12 [NKCheck]\nn/m mean 10 [NKCheck MinimumDoFCheck]\nn/m std 10 [NKCheck MinimumDoFCheck]\n" +
				"s/f mean 0 [MinimumDoFCheck]\ns/f std 0 [MinimumDoFCheck]\ns/m mean 0 [MinimumDoFCheck]\ns/m std 0 [MinimumDoFCheck]"},
		{"missing", `["sum"]`, `{"safe_threshold": 0, "check_missing_values": true}`, "review\nn/f sum 12 []\nn/m sum 10 []\ns/f sum 0 [MissingCheck]\ns/m sum 0 []"},
	} {
		t.Run(c.name, func(t *testing.T) {
			over := map[string]any{}
			if c.more != "" {
				over["params"] = json.RawMessage(c.more)
			}
			if got := findings(answer(t, fmt.Appendf(nil, ask, c.agg), over, text)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// One negative value leaves dominance undecided, everywhere.
func TestACRONegative(t *testing.T) {
	text := file(many(12, "n", "f", flat("-1")), many(12, "n", "m", func(i int) string { return fmt.Sprint(i / 11 * 1000) }))
	got := findings(answer(t, fmt.Appendf(nil, ask, `"sum"`), nil, text))
	if want := "review\nn/f sum 12 [NKCheck PPercentCheck]\nn/m sum 12 []"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	over := map[string]any{"params": map[string]any{"safe_threshold": 13}}
	if a := answer(t, fmt.Appendf(nil, ask, `"sum"`), over, text); a.Status != Fail {
		t.Errorf("cells below the threshold: %s", a.Status)
	}
}

func TestMargins(t *testing.T) {
	text := file(many(12, "9", "f", flat("1")), many(10, "10", "m", flat("1")), many(3, "", "m", flat("1")))
	over := func(o string) map[string]any { return map[string]any{"operation": json.RawMessage(o)} }
	got := findings(answer(t, []byte(`{"data": "f.csv", "preset": "acro"}`), over(`{"kind": "crosstab", "rows": ["region", "sex"], "cols": ["sex"], "margins": true, "margins_name": "total"}`), text))
	want := `fail
9+f/f - 12 []
9+f/m - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
9+f/total - 12 []
9+m/f - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
9+m/m - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
9+m/total - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
10+f/f - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
10+f/m - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
10+f/total - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
10+m/f - 0 [PresenceOfZeroCheck MinimumThresholdCheck]
10+m/m - 10 []
10+m/total - 10 []
total+/f - 12 []
total+/m - 10 []
total+/total - 22 []`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Our presets look at the combinations that there are.
	if got := findings(answer(t, []byte(`{"data": "f.csv", "preset": "default"}`), over(`{"kind": "crosstab", "rows": ["region", "sex"], "cols": ["sex"]}`), text)); strings.Contains(got, "9+m") {
		t.Errorf("got\n%s", got)
	}
	got = findings(answer(t, []byte(`{"data": "f.csv", "preset": "acro"}`), over(`{"kind": "pivot_table", "rows": ["region"], "values": ["income"], "margins": true}`), text))
	if want = "pass\n9/ mean 12 []\n10/ mean 10 []\nAll/ mean 22 []"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The unit of our presets is the subject, with a value.
func TestSubjects(t *testing.T) {
	rows := strings.Repeat("n,f,5,one\n", 30) + many(12, "n", "m", flat("5")) + "\n" + strings.Repeat("s,f,,none\n", 59) + many(4, "s", "m", flat("7"))
	text := file(rows)
	spec := []byte(`{"data": "f.csv", "subject": "person", "operation": {"kind": "crosstab", "rows": ["region"], "cols": ["sex"], "values": "income", "agg": ["mean", "max", "median"]}}`)
	got := findings(answer(t, spec, nil, text))
	want := `fail
n/f mean 1 [minimum_subjects dominance p_percent]
n/f max 1 [small_count minimum_subjects refused_statistic]
n/f median 1 [small_count minimum_subjects percentile_support]
n/m mean 12 []
n/m max 12 [refused_statistic]
n/m median 12 [percentile_support]`
	for line := range strings.Lines(want) {
		if !strings.Contains(got, strings.TrimSpace(line)) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	a := answer(t, spec, map[string]any{"operation": map[string]any{"kind": "pivot_table", "rows": []string{"sex"}, "cols": nil}}, file(many(30, "n", "f", flat("1"))))
	if a.Status != Pass || len(a.Cells) != 1 || a.Cells[0].Subjects != 30 {
		t.Errorf("%+v", a)
	}
}

// One large negative value dominates a sum.
func TestNegativesCountBySize(t *testing.T) {
	spec := []byte(`{"data": "f.csv", "operation": {"kind": "crosstab", "rows": ["region"], "cols": ["sex"], "values": "income", "agg": "sum"}}`)
	a := answer(t, spec, nil, file(many(12, "n", "f", func(i int) string { return fmt.Sprint(-1 - i/11*1000) })))
	if !slices.Contains(a.Cells[0].Findings, "dominance") {
		t.Errorf("%+v", a.Cells[0])
	}
}

func TestModel(t *testing.T) {
	text := file(many(13, "1", "2", flat("3")), many(5, "1", "", flat("3")))
	spec := []byte(`{"data": "f.csv", "preset": "acro", "operation": {"kind": "logit", "y": "region", "x": ["sex", "income"]}}`)
	if a := answer(t, spec, nil, text); a.Status != Pass || *a.Model != (Model{10, 13, 3}) {
		t.Errorf("%s %+v", a.Status, *a.Model)
	}
	spec = []byte(`{"data": "f.csv", "operation": {"kind": "ols", "y": "region", "x": ["sex", "income", "person", "region"], "add_constant": true}}`)
	if a := answer(t, spec, nil, text); a.Status != Fail || !slices.Equal(a.Findings, []string{ruleFreedom, ruleParameters}) {
		t.Errorf("%s %v", a.Status, a.Findings)
	}
	spec = []byte(`{"data": "f.csv", "subject": "sex", "operation": {"kind": "ols", "y": "region", "x": "income", "add_constant": false}}`)
	if a := answer(t, spec, nil, text); a.Parameters != 1 || !slices.Contains(a.Findings, "minimum_subjects") {
		t.Errorf("one subject: %v", a.Findings)
	}
}

func TestRefusals(t *testing.T) {
	for spec, want := range map[string]string{
		`{`:  "not as it should be",
		`{}`: "data: is missing",
		`{"data": "f", "operation": {"kind": "hist"}}`:                                                          "operation.kind",
		`{"data": "f", "operation": {"kind": "crosstab"}}`:                                                      "operation.rows",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": 5}}`:                                           "operation.rows",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": ["a", ""]}}`:                                   "operation.rows",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "cols": ""}}`:                             "operation.cols",
		`{"data": "f", "operation": {"kind": "pivot_table", "rows": "a", "values": ""}}`:                        "operation.values",
		`{"data": "f", "operation": {"kind": "ols", "y": "a", "x": ["b", ""]}}`:                                 "operation.x",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "values": "b"}}`:                          "operation.agg",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "agg": "sum"}}`:                           "operation.values",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "values": "b", "agg": ["sum", "sum"]}}`:   "twice",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "values": "b", "agg": "skew"}}`:           "skew",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a"}, "params": {"safe_nk_n": 0}}`:             "params.safe_nk_n",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a"}, "params": {"safe_threshold": -1}}`:       "params.safe_threshold",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a"}, "params": {"safe_threshold": "ten"}}`:    "params.safe_threshold",
		`{"data": "f", "operation": {"kind": "ols", "y": "a"}}`:                                                 "operation.x",
		`{"data": "f", "operation": {"kind": "ols", "x": "a"}}`:                                                 "operation.y",
		`{"data": "f", "operation": {"kind": "crosstab", "rows": "a", "values": ["b", "c"], "agg": ["count"]}}`: "operation.values",
	} {
		if _, err := ParseSpec([]byte(spec)); err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
	s, err := ParseSpec([]byte(`{"data": "f", "preset": "acro", "operation": {"kind": "crosstab", "rows": "region", "values": "income", "agg": "sum"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(s, file("n,f,secret,1")); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), `"income"`) {
		t.Errorf("a word among numbers: %v", err)
	}
	s.Preset = "kind"
	if _, err := read(s, file("n,f,1,1")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown preset: %v", err)
	}
}
