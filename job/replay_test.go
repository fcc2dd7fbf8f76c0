package job

import (
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/release"
)

// TestFirstDifference alters tables in one place each.
func TestFirstDifference(t *testing.T) {
	make := func(change func([]release.Table) []release.Table) []byte {
		row := func(texts ...string) (out []release.Cell) {
			for _, s := range texts {
				out = append(out, release.Cell{Text: s})
			}
			return out
		}
		var tables []release.Table
		for _, name := range []string{"first", "second"} {
			tables = append(tables, release.Table{
				Name: name, Columns: []release.Column{{Name: "district", Type: coltype.Type{Kind: coltype.Text}}, {Name: "cost", Type: coltype.Type{Kind: coltype.Integer}}},
				Rows: [][]release.Cell{row("a", "10"), row("b", "20")}, Notes: []string{"rounded"},
			})
		}
		b, err := release.EncodeTables(change(tables))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	was := make(func(t []release.Table) []release.Table { return t })
	for want, change := range map[string]func([]release.Table) []release.Table{
		"table second, row 2, column cost":      func(t []release.Table) []release.Table { t[1].Rows[1][1].Text = "21"; return t },
		"table first, row 1, column district":   func(t []release.Table) []release.Table { t[0].Rows[0][0].Text = "c"; return t },
		"table second: it has 1 rows and had 2": func(t []release.Table) []release.Table { t[1].Rows = t[1].Rows[:1]; return t },
		"table first: its columns":              func(t []release.Table) []release.Table { t[0].Columns[1].Title = "费用"; return t },
		"table first: its notes":                func(t []release.Table) []release.Table { t[0].Notes = nil; return t },
		"table second is missing":               func(t []release.Table) []release.Table { return t[:1] },
		"there are 3 tables and were 2":         func(t []release.Table) []release.Table { third := t[0]; third.Name = "third"; return append(t, third) },
	} {
		is := make(change)
		err := firstDifference(was, is)
		if fault.KindOf(err) != fault.Integrity || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if strings.Contains(err.Error(), "21") {
			t.Errorf("it tells a value: %v", err)
		}
	}
}
