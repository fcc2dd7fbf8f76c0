package check

import (
	"slices"
)

// Status is the outcome of a whole table or regression.
type Status string

// The outcomes, worst last.
const (
	Pass   Status = "pass"
	Review Status = "review" // a person has to look: a check could not decide
	Fail   Status = "fail"
)

// ACRO is the name of the preset that is not one of egress.
const ACRO = "acro"

// byDefault judges where nothing is named.
const byDefault = "default"

// Answer is what the checks found.
type Answer struct {
	Status   Status   `json:"status"`
	Preset   string   `json:"preset"`
	Cells    []Cell   `json:"cells"`
	Findings []string `json:"findings,omitempty"` // of a regression
	Checks   []string `json:"checks_run,omitempty"`
	Size     int      `json:"n_cells"` // whatever their statistics; so the next two
	Flagged  int      `json:"n_flagged_cells"`
	Counts   []Count  `json:"flag_counts,omitempty"`
	*Model
}

// Count is how many cells have a finding.
type Count struct {
	Finding string `json:"finding"`
	Cells   int    `json:"cells"`
}

// Model is the size of a regression.
type Model struct {
	Freedom    int `json:"df_resid"`
	Records    int `json:"n"`                   // rows that lack nothing
	Parameters int `json:"n_params_with_const"` // the constant counts where there is one
}

// Cell is one statistic of one cell.
type Cell struct {
	Row      []string `json:"row"`
	Col      []string `json:"col"`
	Agg      *string  `json:"agg"` // nil where rows are counted
	Rows     int64    `json:"rows"`
	Values   int64    `json:"values"`   // rows with a value
	Subjects int64    `json:"subjects"` // distinct ones with a value
	Findings []string `json:"findings"`
}

// Check judges what the specification asks about.
func (d *Data) Check() (*Answer, error) {
	a := &Answer{Status: Pass, Preset: d.spec.Preset, Cells: []Cell{}}
	var rules *ownRules
	if d.spec.Preset != ACRO {
		preset, err := d.spec.rules()
		if err != nil {
			return nil, err
		}
		rules = &ownRules{preset}
	}
	if d.spec.Operation.regression() {
		d.checkModel(a, rules)
		return a, nil
	}
	return a, d.checkTable(a, rules)
}

func (d *Data) checkTable(a *Answer, rules *ownRules) error {
	groups, err := d.groups()
	if err != nil {
		return err
	}
	read, err := d.reader()
	if err != nil {
		return err
	}
	tallies := make([]tally, len(groups))
	for i := range groups {
		tallies[i] = read.tally(groups[i].rows)
		groups[i].rows = nil
		if rules == nil {
			tallies[i].parts = nil
		}
	}
	o := &d.spec.Operation
	aggs := make([]*string, 0, len(o.Agg))
	for i := range o.Agg {
		aggs = append(aggs, &o.Agg[i])
	}
	if len(aggs) == 0 {
		aggs = append(aggs, nil)
	}
	var flags func(i int, agg *string) []string
	if rules != nil {
		flags = func(i int, agg *string) []string { return rules.cell(&tallies[i], agg, &read) }
	} else {
		found := newACRO(d.spec, tallies)
		a.Checks, a.Status = found.checks, found.status(groups, tallies)
		for _, name := range found.checks {
			a.Counts = append(a.Counts, Count{Finding: name})
		}
		flags = func(i int, _ *string) []string { return found.cell(&groups[i], &tallies[i]) }
	}
	for i := range groups {
		a.add(&groups[i], &tallies[i], aggs, func(agg *string) []string { return flags(i, agg) })
	}
	if rules != nil && a.Flagged > 0 {
		a.Status = Fail
	}
	return nil
}

// add reports a cell, once for each of its statistics.
func (a *Answer) add(g *group, t *tally, aggs []*string, flags func(agg *string) []string) {
	seen := map[string]bool{}
	a.Size++
	for _, agg := range aggs {
		c := Cell{Row: g.row, Col: g.col, Agg: agg, Rows: t.rows, Values: t.values, Subjects: t.subjects, Findings: flags(agg)}
		a.Cells = append(a.Cells, c)
		for _, f := range c.Findings {
			if !seen[f] {
				seen[f] = true
				a.count(f)
			}
		}
	}
	if len(seen) > 0 {
		a.Flagged++
	}
}

func (a *Answer) count(finding string) {
	i := slices.IndexFunc(a.Counts, func(c Count) bool { return c.Finding == finding })
	if i < 0 {
		i, a.Counts = len(a.Counts), append(a.Counts, Count{Finding: finding})
	}
	a.Counts[i].Cells++
}
