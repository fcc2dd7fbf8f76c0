package manifest

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Schema is what a scenario grants, by the manifest's name of each input. The
// caller fills it from the catalogue, the masking policy and the scenario.
type Schema map[string]InputSchema

// InputSchema is one data set as the scenario sees it, masked.
type InputSchema struct {
	Level    int                     // 1 to 4, of columns that have none of their own
	Subjects []string                // every kind of subject that the data set lists, granted or not
	Columns  map[string]ColumnSchema // the granted columns
}

// ColumnSchema is one granted column.
type ColumnSchema struct {
	Type    coltype.Type
	Title   string // shown over a published column; the name where it is blank
	Uses    Use
	Subject string // the kind of subject that the column identifies, or ""
	Raw     bool   // granted unmasked: no guest sees a row of its input
	Level   int    // 1 to 4, before masking; 0 is the input's

	authored bool     // of a record that the author's module makes
	usual    string   // of its numbers: what the author says that most have
	labels   []string // all that it can hold, where the manifest says so
}

// The classes of job that may touch a column depend on its level alone: tables that
// the domain computes on any, and what a module is shown of rows on these.
const (
	maxShown  = 3 // the highest level of which a module sees rows
	maxShared = 2 // the highest level of rows whose subjects may share an instance
)

// level is that of a granted column.
func (g InputSchema) level(column string) int {
	if own := g.Columns[column].Level; own != 0 {
		return own
	}
	return g.Level
}

// Use is a set of ways in which a column may be used.
type Use uint8

// The uses that a grant names.
const (
	UseJoin    Use = 1 << iota // to match rows of two inputs
	UseFilter                  // in a condition
	UseGroup                   // as a key of a table, as it is
	UseMeasure                 // summed or averaged
	UseDerive                  // inside a derived column, which hides the value itself
	UseRow                     // shown to a guest, row by row
	UseVerify                  // in a question about one subject
)

var useNames = [...]string{"join", "filter", "group", "measure", "derive", "row", "verify"}

// ParseUse reads the name of one use.
func ParseUse(s string) (Use, error) {
	if i := slices.Index(useNames[:], s); i >= 0 {
		return 1 << i, nil
	}
	return 0, fmt.Errorf("%q is not a use: write %s", s, strings.Join(useNames[:], ", "))
}

// String lists the uses of the set.
func (u Use) String() string {
	if u == 0 {
		return "nothing"
	}
	var out []string
	for ; u != 0; u &= u - 1 {
		if i := bits.TrailingZeros8(uint8(u)); i < len(useNames) {
			out = append(out, useNames[i])
		}
	}
	return strings.Join(out, ", ")
}

// denied explains a right that the scenario does not give, at its place.
func denied(at fault.Place, format string, args ...any) error {
	err := fault.At(at, format, args...)
	err.Kind = fault.Denied
	return err
}

// check refuses a schema that its caller filled wrongly, and a manifest that
// asks for what is not granted.
func (s Schema) check(m *Manifest) error {
	for _, in := range m.Inputs {
		granted, ok := s[in.Name]
		if !ok {
			return denied(in.at, "the scenario %q grants nothing of the data set %q", m.Scenario, in.Dataset)
		}
		if err := granted.sound(); err != nil {
			return fault.Errorf(fault.Internal, "the schema of input %q: %v", in.Name, err)
		}
		for i, c := range in.Columns {
			if _, ok := granted.Columns[c]; !ok {
				return denied(in.columns[i], "the scenario grants no column %q of %q; it grants %s", c, in.Dataset, granted.names())
			}
		}
	}
	return nil
}

func (g InputSchema) sound() error {
	if g.Level < 1 || g.Level > 4 {
		return fmt.Errorf("level %d", g.Level)
	}
	for _, kind := range g.Subjects {
		if kind == "" || strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("subject kind %q", kind)
		}
	}
	for name, c := range g.Columns {
		if !c.Type.Valid() || c.Level < 0 || c.Level > 4 || c.Subject != "" && !slices.Contains(g.Subjects, c.Subject) {
			return fmt.Errorf("column %q has type %s, level %d and subject %q", name, c.Type, c.Level, c.Subject)
		}
	}
	return nil
}

func (g InputSchema) names() string {
	var out []string
	for name := range g.Columns {
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
