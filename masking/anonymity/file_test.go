package anonymity

import (
	"os"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

const specification = `{"id": "x", "dataset": "d.csv", "separator": ";", "quasi_identifiers": ["a", "b"], "sensitive": "s",
 "models": {"k_anonymity": 5, MODEL}, "suppression_limit": 0.04, "metric": "loss", "practical_monotonicity": true,
 "hierarchies": {"a": "a.csv", "b": "b.csv"}, "expected": {"loss": 1}}`

func with(model string) []byte { return []byte(strings.Replace(specification, "MODEL", model, 1)) }

func TestModelsOfAFile(t *testing.T) {
	base := Models{K: 5}
	for text, set := range map[string]func(m *Models){
		`"x": null`:                                                             func(m *Models) {},
		`"distinct_l_diversity": 3`:                                             func(m *Models) { m.Distinct = 3 },
		`"l_diversity_distinct": {"l": 3}`:                                      func(m *Models) { m.Distinct = 3 },
		`"l_diversity": {"l": 3, "variant": "distinct"}`:                        func(m *Models) { m.Distinct = 3 },
		`"entropy_l_diversity": 2.5`:                                            func(m *Models) { m.Entropy = 2.5 },
		`"l-diversity (Shannon entropy)": {"l": 4.0}`:                           func(m *Models) { m.Entropy = 4 },
		`"recursive_l_diversity": {"l": 3, "c": 4.0}`:                           func(m *Models) { m.Recursive, m.C = 3, 4 },
		`"recursive_c_l_diversity": [4.5, 3]`:                                   func(m *Models) { m.Recursive, m.C = 3, 4.5 },
		`"recursive_cl_diversity": {"c": 4, "l": 3, "attribute": "s"}`:          func(m *Models) { m.Recursive, m.C = 3, 4 },
		`"equal_t_closeness": 0.2`:                                              func(m *Models) { m.Distance, m.T = EqualDistance, 0.2 },
		`"t_closeness_equal": {"t": 0}`:                                         func(m *Models) { m.Distance = EqualDistance },
		`"t_closeness": {"t": 0.2, "distance": "equal"}`:                        func(m *Models) { m.Distance, m.T = EqualDistance, 0.2 },
		`"hierarchical_distance_t_closeness": {"t": 0.2, "hierarchy": "s.csv"}`: func(m *Models) { m.Distance, m.T = HierarchicalDistance, 0.2 },
		`"t_closeness": 0.2, "l_diversity": {"l": 2}`:                           func(m *Models) { m.Distance, m.T, m.Distinct = EqualDistance, 0.2, 2 },
		`"average_risk": 0.1`:                                                   func(m *Models) { m.AverageRisk = 0.1 },
		`"average_reidentification_risk": {"risk": 0.1}`:                        func(m *Models) { m.AverageRisk = 0.1 },
		`"average_re-identification_risk": {"threshold": 0.1}`:                  func(m *Models) { m.AverageRisk = 0.1 },
	} {
		want := base
		set(&want)
		if f := must(ParseFile(with(text)))(t); f.Spec != (Spec{want, 0.04, Loss}) || !slices.Equal(f.Sensitive, []string{"s"}) {
			t.Errorf("%s: %+v, want %+v", text, f, want)
		}
	}
	f := must(ParseFile(with(`"t_closeness_hierarchical": {"t": 0.2, "hierarchy": "s.csv"}`)))(t)
	if f.Hierarchies["s"] != "s.csv" {
		t.Errorf("%v", f.Hierarchies)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	for text, word := range map[string]string{
		`"km_anonymity": 3`: "km_anonymity", `"ordered_t_closeness": 0.2`: "ordered_t_closeness", `"t_closeness": 0.2, "equal_t_closeness": 0.1`: "already",
		`"anonymity": 6`: "already", `"distinct_l_diversity": 2.5`: "distinct_l_diversity", `"distinct_l_diversity": 0`: "from 1",
		`"entropy_l_diversity": [2, 3]`: "takes", `"entropy_l_diversity": {"l": 2, "x": 3}`: "takes", `"recursive_l_diversity": 3`: "c and l",
		`"average_risk": 0`: "threshold", `"equal_t_closeness": "0.2"`: "number", `"equal_t_closeness": {"t": 0.1, "x": "y"}`: "x",
		`"entropy_l_diversity": {"l": 2, "estimator": "grassberger"}`: "no such model",
	} {
		if _, err := ParseFile(with(text)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", text, err)
		}
	}
	good := string(with(`"x": null`))
	for old, new := range map[string]string{
		`"d.csv"`: `""`, `["a", "b"]`: `[]`, `"loss", "p`: `"lost", "p`, `"b": "b.csv"`: `"c": "c.csv"`, `"s",`: `7,`, `{"id"`: `["id"`, `["a", `: `["", `,
	} {
		if _, err := ParseFile([]byte(strings.Replace(good, old, new, 1))); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s for %s: %v", new, old, err)
		}
	}
	if _, err := ParseFile(make([]byte, MaxSpec+1)); err == nil {
		t.Error("a specification of over a MiB is taken")
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add(with(`"x": null`))
	f.Add(with(`"recursive_c_l_diversity": [4.5, 3]`))
	f.Add(with(`"t_closeness": {"t": 0.2, "distance": "hierarchical", "hierarchy": "s.csv", "sensitive": "u"}`))
	if b, err := os.ReadFile("../../../shared/cases/arx.json"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ParseFile(b)
		if err != nil {
			return
		}
		if file.Dataset == "" || len(file.Quasi) == 0 {
			t.Fatalf("%+v", file)
		}
		for _, q := range file.Quasi {
			if file.Hierarchies[q] == "" {
				t.Fatalf("%q has no hierarchy", q)
			}
		}
		m := file.Spec.Models
		if m.K < 0 || m.AverageRisk < 0 || (m.Recursive > 0) != (m.C > 0) || m.Distance == 0 && m.T != 0 {
			t.Fatalf("%+v", m)
		}
	})
}

// What the documents show is taken.
func TestDocumentedSpecification(t *testing.T) {
	want := Spec{Models{K: 5, Distinct: 2, Distance: EqualDistance, T: 0.3}, 0.05, Loss}
	for _, name := range []string{"ANONYMITY.md", "ANONYMITY.zh-CN.md"} {
		text := string(must(os.ReadFile("../../docs/" + name))(t))
		_, rest, _ := strings.Cut(text, "```json\n")
		example, _, _ := strings.Cut(rest, "```")
		if f := must(ParseFile([]byte(example)))(t); f.Spec != want {
			t.Errorf("%s: %+v", name, f.Spec)
		}
	}
}
