package egress

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"yingbi/manifest"
)

// shared finds the folder of worked cases beside the module, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("YINGBI_SHARED")
	if dir == "" {
		dir = "../../shared"
	}
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the shared cases are not here: put them in ../shared beside the module, or name their folder in YINGBI_SHARED (looked for %s)", name)
	}
	return file
}

type acroCell struct {
	Row    []string `json:"row"`
	Col    []string `json:"col"`
	Rows   int64    `json:"n_rows"`
	Values *int64   `json:"n_values"`
	Below  int64    `json:"n_negative"`
	Sum    float64  `json:"sum"`
	Max    float64  `json:"max"`
	Top2   float64  `json:"top2_sum"`
	Share  *float64 `json:"nk_share"`
	Ratio  *float64 `json:"p_ratio"`
	Strict []string `json:"strict_flags"`
}

// The worked cases of ACRO, with each row as a subject of its own: the strict
// flags count values and not rows, and fire on a cell of zeros.
func TestACROStrictFlags(t *testing.T) {
	b, err := os.ReadFile(shared(t, "cases/acro.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Cases []struct {
			ID       string
			Expected struct{ Cells []acroCell }
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	names := map[string]Rule{"min_contributors": RuleMinimum, "nk": RuleDominance, "p_ratio": RulePPercent}
	cells := 0
	for _, c := range doc.Cases {
		for _, cell := range c.Expected.Cells {
			if cell.Below > 0 {
				continue // the cases sum negative values as they are; here they count by their size
			}
			cells++
			got := acroRules(t, cell)
			for flag, rule := range names {
				if want := slices.Contains(cell.Strict, flag); got[rule] != want {
					t.Errorf("%s, cell %v %v: %s is %v, want %v", c.ID, cell.Row, cell.Col, flag, got[rule], want)
				}
			}
		}
	}
	if cells < 40 {
		t.Errorf("only %d cells were compared", cells)
	}
}

func acroRules(t *testing.T, cell acroCell) map[Rule]bool {
	table := &Table{Name: "t", Units: []manifest.Unit{{Kind: manifest.RowKind}}, Measures: []manifest.Measure{{Name: "n", Kind: manifest.Subjects}}}
	c := Cell{Rows: cell.Rows, Figures: []Figure{{Distinct: cell.Rows}}, Evidence: []Evidence{{Subjects: cell.Rows, Parts: []Part{{}}}}}
	if cell.Values != nil {
		nonzero := *cell.Values
		if cell.Sum == 0 {
			nonzero = 0
		}
		table.Measures[0] = manifest.Measure{Name: "m", Kind: manifest.Mean, Type: double}
		c.Figures[0] = Figure{Count: *cell.Values, Sum: Approximate(cell.Sum)}
		c.Evidence[0].Parts[0] = Part{With: *cell.Values, Nonzero: nonzero, First: Approximate(cell.Max), Second: Approximate(cell.Top2 - cell.Max), Total: Approximate(cell.Sum)}
		if cell.Sum > 0 {
			share, _ := Approximate(cell.Top2 / cell.Sum).rat.Float64()
			ratio, _ := Approximate((cell.Sum - cell.Top2) / cell.Max).rat.Float64()
			if !near(share, *cell.Share) || !near(ratio, *cell.Ratio) {
				t.Errorf("the case's own figures: share %v and %v, ratio %v and %v", share, *cell.Share, ratio, *cell.Ratio)
			}
		}
	}
	table.Cells = []Cell{c}
	r := judge(t, preset(t, "default"), []*Table{table})
	return rulesOf(r, 0)
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
