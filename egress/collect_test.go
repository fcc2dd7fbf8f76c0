package egress

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
	"yingbi/manifest"
)

// answers are a plan with one key, people, visits, cost and urgent, and what a
// query cell says to it.
func answers() (manifest.PlanTable, memory, memory) {
	col := func(name string, role manifest.Role, i int) manifest.Column {
		c := manifest.Column{Name: name, Type: integer, Role: role, Index: i}
		switch role {
		case manifest.RoleKey:
			c.Type = text
		case manifest.RoleSum, manifest.RoleFirst, manifest.RoleSecond, manifest.RoleTotal:
			c.Type = yuan
		}
		return c
	}
	t := manifest.PlanTable{
		MaxCells: 100,
		Name:     "t", Keys: []manifest.Key{{Name: "district", Title: "区县", Type: text}},
		Measures: []manifest.Measure{{Name: "people", Kind: manifest.Subjects}, {Name: "cost", Kind: manifest.Sum, Type: yuan}, {Name: "urgent", Kind: manifest.Share}},
		Units:    []manifest.Unit{{Kind: "person", Input: "claims"}},
		Cells: manifest.Statement{Columns: []manifest.Column{
			col("k0", manifest.RoleKey, 0), col("n_rows", manifest.RoleRows, 0), col("c", manifest.RoleCount, 1),
			col("s", manifest.RoleSum, 1), col("h", manifest.RoleHits, 2), col("f", manifest.RoleMisses, 2),
		}},
		Evidence: []manifest.Statement{{Columns: []manifest.Column{
			col("k0", manifest.RoleKey, 0), col("n_subjects", manifest.RoleSubjects, 0), col("n_rows", manifest.RoleRows, 0),
			col("w", manifest.RoleWith, 1), col("z", manifest.RoleNonzero, 1), col("c", manifest.RoleCount, 1), col("s", manifest.RoleSum, 1),
			col("x1", manifest.RoleFirst, 1), col("x2", manifest.RoleSecond, 1), col("xt", manifest.RoleTotal, 1),
			col("h", manifest.RoleHits, 2), col("f", manifest.RoleMisses, 2), col("w2", manifest.RoleWith, 2), col("hs", manifest.RoleHitters, 2), col("ms", manifest.RoleMissers, 2),
		}}},
		Joins: []manifest.JoinStatement{{Input: "population"}},
	}
	columns := func(s manifest.Statement) (out []Column) {
		for _, c := range s.Columns {
			out = append(out, Column{c.Name, c.Type})
		}
		return
	}
	cells := memory{columns: columns(t.Cells), rows: [][]any{
		{"东", 30, 25, 5000, 10, 15},
		{nil, 3, 0, nil, 1, 1},
	}}
	evidence := memory{columns: columns(t.Evidence[0]), rows: [][]any{
		{"东", 20, 30, 18, 18, 25, 5000, 900, 800, 5200, 10, 15, 19, 9, 12},
		{nil, 2, 3, 0, 0, 0, nil, nil, nil, nil, 1, 1, 2, 1, 1},
	}}
	return t, cells, evidence
}

func TestCollect(t *testing.T) {
	plan, cells, evidence := answers()
	got, err := Collect(plan, cells, []Result{evidence}, []int64{7})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Cells) != 2 || got.Cells[1].Keys[0].Mark != Missing || got.Unmatched[0] != (Unmatched{"population", 7}) {
		t.Errorf("%+v", got)
	}
	c := got.Cells[0]
	if p := c.Evidence[0].Parts[1]; c.Figures[1].Sum.String() != "50" || p.First.String() != "9" || p.With != 18 || c.Evidence[0].Parts[2].Hitters != 9 || c.Evidence[0].Subjects != 20 || c.Figures[0].Distinct != 20 {
		t.Errorf("%+v", c)
	}
}

func TestCollectRefusesAnswersThatDisagree(t *testing.T) {
	for name, change := range map[string]func(c, e *memory){
		"other rows":            func(c, e *memory) { e.rows[0][2] = 31 },
		"other key":             func(c, e *memory) { e.rows[0][0] = "西" },
		"missing is not a text": func(c, e *memory) { e.rows[1][0] = "" },
		"other order":           func(c, e *memory) { e.rows[0], e.rows[1] = e.rows[1], e.rows[0] },
		"cell missing":          func(c, e *memory) { e.rows = e.rows[:1] },
		"cell twice":            func(c, e *memory) { c.rows[1], e.rows[1] = c.rows[0], e.rows[0] },
		"other sum":             func(c, e *memory) { e.rows[0][6] = 5001 },
		"other count":           func(c, e *memory) { c.rows[0][2] = 24 },
		"other hits":            func(c, e *memory) { c.rows[0][4] = 9 },
		"subjects above rows":   func(c, e *memory) { e.rows[0][1] = 31 },
		"more with than there":  func(c, e *memory) { e.rows[0][3] = 21 },
		"negative subjects":     func(c, e *memory) { e.rows[0][1] = -1 },
		"second above first":    func(c, e *memory) { e.rows[0][8] = 901 },
		"first above the total": func(c, e *memory) { e.rows[0][9] = 1600 },
		"negative contribution": func(c, e *memory) { e.rows[0][8] = -1 },
		"more values than rows": func(c, e *memory) { c.rows[0][2], e.rows[0][5] = 31, 31 },
		"hits above rows":       func(c, e *memory) { c.rows[0][5], e.rows[0][10] = 16, 16 },
		"other column":          func(c, e *memory) { e.columns[3].Name = "z" },
		"other type":            func(c, e *memory) { c.columns[3].Type = double },
		"one column fewer":      func(c, e *memory) { c.columns = c.columns[:5] },
	} {
		plan, cells, evidence := answers()
		change(&cells, &evidence)
		_, err := Collect(plan, cells, []Result{evidence}, []int64{0})
		if fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "东") || strings.ContainsAny(err.Error(), "0123456789")) {
			t.Errorf("%s: the error tells a value: %v", name, err)
		}
	}
	plan, cells, evidence := answers()
	for name, call := range map[string]func() (*Table, error){
		"no evidence":  func() (*Table, error) { return Collect(plan, cells, nil, []int64{0}) },
		"nil evidence": func() (*Table, error) { return Collect(plan, cells, []Result{nil}, []int64{0}) },
		"nil cells":    func() (*Table, error) { return Collect(plan, nil, []Result{evidence}, []int64{0}) },
		"no joins":     func() (*Table, error) { return Collect(plan, cells, []Result{evidence}, nil) },
	} {
		if _, err := call(); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
	cells.rows = make([][]any, plan.MaxCells+1)
	if _, err := Collect(plan, cells, []Result{evidence}, []int64{0}); fault.KindOf(err) != fault.Limit {
		t.Errorf("too many cells: %v", err)
	}
}
