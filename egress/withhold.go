package egress

import (
	"slices"
	"strings"

	"yingbi/manifest"
)

// RuleDifferencing withholds a cell that, together with other cells of the job or with
// those of earlier releases, is about fewer subjects than the minimum.
const RuleDifferencing Rule = "differencing"

// History says how the cells that would be published stand to each other and to those
// of earlier releases. It is for reviewers.
type History struct {
	Releases     int           `json:"releases"` // earlier ones that share a kind of subject
	Cells        int           `json:"cells"`    // of them
	Pairs        []NearPair    `json:"pairs,omitempty"`
	Combinations []Combination `json:"combinations,omitempty"`
	Nearest      []NearPair    `json:"nearest,omitempty"` // no findings: how near other releases come
	LeftOut      int           `json:"left_out,omitempty"`
	Incomplete   bool          `json:"incomplete,omitempty"` // the search for combinations was given up
}

// NearPair are two figures that differ by some subjects.
type NearPair struct {
	Kind       string   `json:"kind"`
	Cell       PastCell `json:"cell"`
	Other      PastCell `json:"other"`
	Difference int      `json:"difference"` // subjects; 0 is the same figure
}

// PastCell is a figure of this job, or of an earlier release.
type PastCell struct {
	Release string   `json:"release,omitempty"` // its job; empty: this one
	Table   string   `json:"table"`
	Keys    []string `json:"keys"`
	Figure  string   `json:"figure"`
}

// Combination is a sum of figures, each times its coefficient, that is about few
// subjects.
type Combination struct {
	Kind     string     `json:"kind"`
	Terms    []PastTerm `json:"terms"`
	Subjects int        `json:"subjects"`
}

// PastTerm is a part of a combination.
type PastTerm struct {
	PastCell
	Times string `json:"times"`
}

// rowsNotCompared is so of a table or model that is protected by its rows.
const rowsNotCompared = "cross-release audit of tables without subjects: their rows cannot be met again in another release"

// AddHistory says what the audit across releases found, and takes from what is not
// checked what it has checked.
func (r *Report) AddHistory(h History) {
	r.History = &h
	r.NotChecked = slices.DeleteFunc(r.NotChecked, func(line string) bool {
		return strings.HasPrefix(line, "cross-release audit") || strings.HasPrefix(line, "differencing inside this job")
	})
	rows := func(units []manifest.Unit) bool {
		return slices.ContainsFunc(units, func(u manifest.Unit) bool { return u.Kind == manifest.RowKind })
	}
	if slices.ContainsFunc(r.Tables, func(t TableReport) bool { return rows(t.Units) }) || slices.ContainsFunc(r.Models, func(m Model) bool { return rows(m.Units) }) {
		r.NotChecked = append(r.NotChecked, rowsNotCompared)
	}
}

// Withhold takes cells out of a table that is published, by their places in it.
func (r *Report) Withhold(t *Table, cells []int, rule Rule) {
	for i := range r.Tables {
		if r.Tables[i].Name != t.Name || r.Tables[i].Published == nil {
			continue
		}
		found := make([][]Finding, len(t.Cells))
		for j, c := range r.Tables[i].Cells {
			found[j] = c.Findings
			if slices.Contains(cells, j) {
				found[j] = append(slices.Clone(c.Findings), Finding{rule, -1, -1})
			}
		}
		r.Tables[i] = r.Preset.judge(t, found)
	}
	r.addUp()
}
