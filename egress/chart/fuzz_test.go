package chart

import (
	"testing"

	"yingbi/egress"
	"yingbi/internal/coltype"
)

// FuzzDraw: whatever names, labels and figures are, the picture is well-formed, holds
// nothing active, and stays inside of its frame.
func FuzzDraw(f *testing.F) {
	f.Add("bar", "k", "n", "", "title", "a", "b", "1", "-2.5", uint8(0))
	f.Add("line", "k", "n", "g", "<script>", "2024-01-01", "2024-02-01", "1e17", "×", uint8(1))
	f.Add("tiles", "k", "n", "", "\u202e", "530402", "110000", "0.001", "3", uint8(2))
	f.Add("heat", "k", "n", "g", "]]>", "\x00", "&", "-1e18", "1e18", uint8(3))
	f.Add("histogram", "k", "n", "", "", "1", "9", "7", "7", uint8(4))
	f.Fuzz(func(t *testing.T, kind, x, y, group, title, one, two, first, second string, typ uint8) {
		types := []coltype.Type{text, date, text, double, integer}
		tab := &egress.Published{Name: title, Columns: []egress.PublishedColumn{
			{Name: "k", Title: title, Type: types[int(typ)%len(types)], Key: true}, {Name: "g", Title: x, Type: text, Key: true}, {Name: "n", Title: two, Type: double},
		}}
		for _, row := range [][3]string{{one, two, first}, {two, one, second}, {two, two, "×"}} {
			figure := egress.Value{Text: row[2]}
			if row[2] == "×" {
				figure = egress.Value{Mark: egress.Suppressed}
			}
			tab.Rows = append(tab.Rows, []egress.Value{{Text: row[0]}, {Text: row[1]}, figure})
		}
		svg, err := Draw(tab, Spec{Kind: Kind(kind), X: x, Y: y, Group: group, Title: title})
		if err != nil {
			return
		}
		for _, s := range harmless(t, svg) {
			if len([]rune(s)) > 20_000 {
				t.Fatalf("a text of %d characters", len([]rune(s)))
			}
		}
	})
}
