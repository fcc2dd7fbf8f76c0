package anonymity

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// The worked cases of ARX, whatever they are: levels, loss, suppression, classes.
func TestCasesOfARX(t *testing.T) {
	b := must(os.ReadFile(shared(t, "cases/arx.json")))(t)
	var doc struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(b, &doc); err != nil || len(doc.Cases) == 0 {
		t.Fatalf("%d cases: %v", len(doc.Cases), err)
	}
	for _, raw := range doc.Cases {
		var c struct {
			ID       string
			Expected struct {
				Feasible   bool
				Levels     []int `json:"optimum_levels"`
				Loss       float64
				Suppressed int64   `json:"suppressed_rows"`
				Classes    int64   `json:"classes_excluding_suppressed"`
				Smallest   int64   `json:"min_class"`
				Largest    int64   `json:"max_class"`
				Mean       float64 `json:"avg_class"`
				Optima     [][]int `json:"all_optimal_nodes"`
			}
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.ID, func(t *testing.T) {
			f := must(ParseFile(raw))(t)
			table := tableOf(t, f)
			got, want := search(t, table, f.Spec), c.Expected
			if got.Feasible != want.Feasible {
				t.Fatalf("feasible: %v", got.Feasible)
			}
			if !want.Feasible {
				return
			}
			if !near(got.Loss, want.Loss) || !slices.Equal(got.Levels, want.Levels) {
				t.Errorf("loss %v at %v, want %v at %v", got.Loss, got.Levels, want.Loss, want.Levels)
			}
			if want.Optima != nil && !slices.EqualFunc(got.Optima, want.Optima, slices.Equal[[]int]) {
				t.Errorf("optima %v, want %v", got.Optima, want.Optima)
			}
			risk := must(must(table.Release(got.Levels, f.Spec))(t).Risk(nil))(t)
			if risk.Suppressed != want.Suppressed || risk.Classes != want.Classes || risk.Smallest != want.Smallest || risk.Largest != want.Largest || !near(risk.Mean, want.Mean) {
				t.Errorf("%+v, want %+v", risk, want)
			}
		})
	}
}

// Optima that ARX's JUnit tests publish for Adult, with the other eight columns as
// quasi-identifiers where occupation is sensitive: TestAnonymizationLDiversity,
// -TCloseness and -RiskBased (Apache-2.0).
func TestPublishedByARX(t *testing.T) {
	all := []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"}
	others := slices.DeleteFunc(slices.Clone(all), func(n string) bool { return n == "occupation" })
	hierarchies := map[string]string{}
	for _, n := range all {
		hierarchies[n] = "arx/adult_hierarchy_" + n + ".csv"
	}
	sensitive := tableOf(t, &File{Dataset: "adult.csv", Quasi: others, Sensitive: []string{"occupation"}, Hierarchies: hierarchies})
	plain := tableOf(t, &File{Dataset: "adult.csv", Quasi: all, Hierarchies: hierarchies})
	for _, c := range []struct {
		table  *Table
		models Models
		limit  float64
		metric Metric
		loss   float64
		levels []int // nil: infeasible
	}{
		{sensitive, Models{Entropy: 5}, 0.04, Entropy, 228878.2039109517, []int{1, 0, 1, 1, 2, 2, 2, 1}},
		{sensitive, Models{Entropy: 5}, 0, Entropy, 324620.5269918692, []int{1, 1, 1, 1, 3, 2, 2, 1}},
		{sensitive, Models{Entropy: 100}, 0.04, Entropy, 0, nil},
		{sensitive, Models{K: 5, Distance: EqualDistance, T: 0.2}, 0.04, MonotoneDiscernibility, 3.11880088e8, []int{1, 4, 1, 0, 3, 2, 2, 1}},
		{sensitive, Models{K: 100, Distance: EqualDistance, T: 0.2}, 0, MonotoneDiscernibility, 4.56853172e8, []int{1, 4, 1, 1, 3, 2, 2, 1}},
		{sensitive, Models{K: 5, Distance: HierarchicalDistance, T: 0.2}, 0.04, MonotoneEntropy, 377622.78458729305, []int{1, 4, 0, 0, 3, 2, 2, 1}},
		{sensitive, Models{K: 100, Distance: HierarchicalDistance, T: 0.2}, 0, MonotoneEntropy, 398400.0741806447, []int{0, 4, 1, 1, 3, 2, 2, 1}},
		{plain, Models{AverageRisk: 0.01}, 0.04, Entropy, 314637.8461904862, []int{1, 0, 1, 1, 3, 2, 2, 1, 1}},
	} {
		got := search(t, c.table, Spec{c.models, c.limit, c.metric})
		if got.Feasible != (c.levels != nil) || got.Feasible && (!near(got.Loss, c.loss) || !slices.Equal(got.Levels, c.levels)) {
			t.Errorf("%+v limit %v: loss %v at %v, want %v at %v", c.models, c.limit, got.Loss, got.Levels, c.loss, c.levels)
		}
	}
}
