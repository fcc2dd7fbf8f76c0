package egress

import (
	"testing"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

var (
	integer = coltype.Type{Kind: coltype.Integer}
	double  = coltype.Type{Kind: coltype.Double}
	text    = coltype.Type{Kind: coltype.Text}
	date    = coltype.Type{Kind: coltype.Date}
	yuan    = coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}
)

// memory is a Result made by hand: int, float64, string or nil.
type memory struct {
	columns []Column
	rows    [][]any
}

func (m memory) Columns() []Column         { return m.columns }
func (m memory) Rows() int                 { return len(m.rows) }
func (m memory) Null(c, r int) bool        { return m.rows[r][c] == nil }
func (m memory) Int(c, r int) int64        { v, _ := m.rows[r][c].(int); return int64(v) }
func (m memory) Float(c, r int) float64    { v, _ := m.rows[r][c].(float64); return v }
func (m memory) Text(c, r int) string      { v, _ := m.rows[r][c].(string); return v }
func (m memory) with(rows ...[]any) memory { m.rows = rows; return m }

func preset(t testing.TB, name string) Preset {
	t.Helper()
	p, err := PresetByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// judge applies a preset.
func judge(t testing.TB, p Preset, tables []*Table) *Report {
	t.Helper()
	r, err := Judge(t.Context(), p, tables)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// group is a cell of n subjects who contribute 100, one row each, with the
// largest and second as given.
type group struct {
	key    string
	n      int64
	first  int64
	second int64
}

// oneKey is a table by district with people, visits, cost and mean.
func oneKey(groups ...group) *Table {
	t := &Table{
		Name: "t",
		Keys: []manifest.Key{{Name: "district", Title: "区县", Type: text}},
		Measures: []manifest.Measure{
			{Name: "people", Kind: manifest.Subjects}, {Name: "visits", Kind: manifest.Count},
			{Name: "cost", Kind: manifest.Sum, Type: yuan}, {Name: "mean", Kind: manifest.Mean, Type: yuan},
		},
		Units: []manifest.Unit{{Kind: "person", Input: "claims"}},
	}
	for _, g := range groups {
		total := (g.n-2)*100 + g.first + g.second
		cost := Part{With: g.n, Nonzero: g.n, First: Scaled(g.first, 2), Second: Scaled(g.second, 2), Total: Scaled(total, 2)}
		visits := Part{First: Scaled(1, 0), Second: Scaled(1, 0), Total: Scaled(g.n, 0)}
		f := Figure{Count: g.n, Sum: Scaled(total, 2)}
		t.Cells = append(t.Cells, Cell{
			Keys: []Value{{Text: g.key}}, Rows: g.n,
			Figures:  []Figure{{Distinct: g.n}, {}, f, f},
			Evidence: []Evidence{{Subjects: g.n, Parts: []Part{{}, visits, cost, cost}}},
		})
	}
	return t
}

// rulesOf gives the rules that the cell of a key fails.
func rulesOf(r *Report, cell int) map[Rule]bool {
	out := map[Rule]bool{}
	for _, f := range r.Tables[0].Cells[cell].Findings {
		out[f.Rule] = true
	}
	return out
}
