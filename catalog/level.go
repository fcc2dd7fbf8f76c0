package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"yingbi/internal/category"
)

// EffectiveLevel is the level of the data set as a whole: the highest of its own and
// its columns' (就高从严).
func (d *Dataset) EffectiveLevel() int {
	level := d.Level
	for _, c := range d.Columns {
		level = max(level, d.levelOf(c))
	}
	return level
}

// LevelOf is the effective level of a column: its own, or else the higher of its data
// set's and of what is proposed for its category. A column that is not described has
// the data set's effective level.
func (d *Dataset) LevelOf(column string) int {
	if c, ok := d.Column(column); ok {
		return d.levelOf(c)
	}
	return d.EffectiveLevel()
}

func (d *Dataset) levelOf(c Column) int {
	if c.Level != 0 {
		return c.Level
	}
	return d.usual(c)
}

// usual is the level that a column has unless its provider says otherwise.
func (d *Dataset) usual(c Column) int {
	preset, _ := category.Named(c.Category)
	return max(d.Level, preset.Level)
}

// Change is a level that is lower than it was.
type Change struct {
	Column   string // "" is the data set's own level
	From, To int
}

// LoweredFrom lists what is lower than in the description in force, old, or than it
// would be by itself where old is nil or does not have the column.
func (d *Dataset) LoweredFrom(old *Dataset) []Change {
	var out []Change
	if old != nil && d.Level < old.Level {
		out = append(out, Change{From: old.Level, To: d.Level})
	}
	known := map[string]int{}
	if old != nil {
		for _, c := range old.Columns {
			known[c.Name] = old.levelOf(c)
		}
	}
	for _, c := range d.Columns {
		was, ok := known[c.Name]
		if !ok {
			was = d.usual(c)
		}
		if now := d.levelOf(c); now < was {
			out = append(out, Change{c.Name, was, now})
		}
	}
	return out
}

// Describe writes changes in a line, together where levels are the same:
// "3 to 2: the data set, cost; 4 to 2: remark".
func Describe(changes []Change) string {
	var out []string
	for from := 4; from > 1; from-- {
		for to := from - 1; to > 0; to-- {
			var names []string
			for _, c := range changes {
				switch {
				case c.From != from || c.To != to:
				case c.Column == "":
					names = append(names, "the data set")
				default:
					names = append(names, c.Column)
				}
			}
			if names != nil {
				out = append(out, fmt.Sprintf("%d to %d: %s", from, to, strings.Join(names, ", ")))
			}
		}
	}
	return strings.Join(out, "; ")
}

// Amends reports whether d is old with other levels or consents, and the same in all
// else: what may change while the data set has rows.
func (d *Dataset) Amends(old *Dataset) bool {
	return !reflect.DeepEqual(d, old) && reflect.DeepEqual(d.fixed(), old.fixed())
}

// fixed is the description without levels, what they follow from, and consents.
func (d *Dataset) fixed() Dataset {
	out := *d
	out.Level, out.Lowered, out.RawUse, out.Columns = 0, nil, nil, slices.Clone(d.Columns)
	for i := range out.Columns {
		out.Columns[i].Level, out.Columns[i].Category = 0, ""
	}
	return out
}
