package check

import "yingbi/egress"

// checkModel counts what a regression has left: the rows that lack none of its
// columns, less its parameters.
func (d *Data) checkModel(a *Answer, rules *ownRules) {
	o := &d.spec.Operation
	m := &Model{Parameters: len(o.X)}
	if o.Constant == nil || *o.Constant {
		m.Parameters++
	}
	columns := []*column{d.columns[o.Y]}
	for _, x := range o.X {
		columns = append(columns, d.columns[x])
	}
	subjects := map[int32]bool{}
	for r := range d.rows {
		if !complete(columns, r) {
			continue
		}
		m.Records++
		if d.spec.Subject != "" {
			subjects[d.columns[d.spec.Subject].codes[r]] = true
		}
	}
	m.Freedom = m.Records - m.Parameters
	a.Model = m
	if rules == nil {
		a.Checks = []string{checkFreedom}
		if float64(m.Freedom) < d.spec.Params.Freedom {
			a.Findings = append(a.Findings, checkFreedom)
		}
	} else {
		behind := m.Records // subjects, whose rows are not independent of each other
		if d.spec.Subject != "" {
			delete(subjects, missing)
			behind = len(subjects)
		}
		a.Findings = rules.model(behind, m.Parameters)
	}
	if len(a.Findings) > 0 {
		a.Status = Fail
	}
}

// complete reports that a row has a value in each column.
func complete(columns []*column, row int) bool {
	for _, c := range columns {
		if c.codes[row] == missing {
			return false
		}
	}
	return true
}

// model gives the rules that a regression fails, by the subjects behind it.
func (r *ownRules) model(subjects, parameters int) []string {
	var out []string
	if int64(subjects) < r.preset.Minimum {
		out = append(out, string(egress.RuleMinimum))
	}
	if subjects-parameters < minFreedom {
		out = append(out, ruleFreedom)
	}
	if float64(parameters) > maxParameters*float64(subjects) {
		out = append(out, ruleParameters)
	}
	return out
}
