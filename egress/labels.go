package egress

import (
	"yingbi/egress/label"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// mislabelled marks the cells with a key that may not leave: its text is data. A text
// of the manifest or the catalogue that may not marks them all, since it stands in the
// table whatever its cells are. Nothing is replaced: two keys would become one.
func mislabelled(t *Table) []bool {
	out := make([]bool, len(t.Cells))
	all := label.Check(t.Name) != ""
	for _, m := range visible(t.Measures) {
		all = all || label.Check(m.Name) != ""
	}
	for i, k := range t.Keys {
		all = all || label.Check(k.Name) != "" || label.Check(k.Title) != ""
		for _, d := range k.Domain {
			all = all || label.Check(d) != ""
		}
		known := map[string]bool{}
		for cell, c := range t.Cells {
			v := c.Keys[i].Text
			bad, seen := known[v]
			if !seen {
				bad = illegible(k, v)
				known[v] = bad
			}
			out[cell] = out[cell] || bad
		}
	}
	for cell := range out {
		out[cell] = out[cell] || all
	}
	return out
}

func illegible(k manifest.Key, v string) bool {
	if k.Type.Kind == coltype.Text {
		return label.Check(v) != ""
	}
	return label.Number(v) != ""
}
