package check

import (
	"slices"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// Rules of statistics that package egress has no measure for.
const (
	ruleRefused    = "refused_statistic"   // a minimum, maximum or mode is some subject's own value
	ruleSupport    = "percentile_support"  // too few subjects on a side of it
	ruleFreedom    = "degrees_of_freedom"  // too few are left
	ruleParameters = "too_many_parameters" // for the records of a regression

	// ruleNonzero is egress's minimum where enough subjects have a value, but too few
	// one that is not zero.
	ruleNonzero = "minimum_nonzero"
)

// Thresholds that presets do not have: ACRO's, and DataSHIELD's share of records.
const (
	minFreedom    = 10
	maxParameters = 0.33
)

// ownRules judges the subjects behind each statistic.
type ownRules struct{ preset egress.Preset }

// cell gives the rules that a statistic of a cell fails.
func (r *ownRules) cell(t *tally, agg *string, read *reader) []string {
	kind, weighs := manifest.Subjects, false
	switch {
	case agg != nil && (*agg == "mean" || *agg == "sum" || *agg == "std"):
		kind, weighs = manifest.Mean, true
	case (agg == nil || *agg == "count") && read.subject != nil:
		kind, weighs = manifest.Count, true
	}
	out := r.judge(t, kind, weighs)
	if agg == nil {
		return out
	}
	switch *agg {
	case "min", "max", "mode":
		out = append(out, ruleRefused)
	case "median":
		if t.subjects/2 < r.preset.Minimum {
			out = append(out, ruleSupport)
		}
	case "std":
		if t.subjects-1 < minFreedom {
			out = append(out, ruleFreedom)
		}
	}
	return out
}

// judge asks package egress about one figure.
func (r *ownRules) judge(t *tally, kind manifest.MeasureKind, weighs bool) []string {
	cell := egress.Cell{
		Rows:     t.values,
		Figures:  []egress.Figure{{Distinct: t.subjects, Count: t.values, Sum: egress.Approximate(t.sum)}},
		Evidence: []egress.Evidence{{Subjects: t.subjects, Parts: []egress.Part{{}}}},
	}
	if weighs {
		cell.Evidence[0].Parts[0] = t.part()
	}
	table := &egress.Table{
		Name:     "t",
		Measures: []manifest.Measure{{Name: "m", Kind: kind, Type: coltype.Type{Kind: coltype.Double}}},
		Units:    []manifest.Unit{{Kind: manifest.RowKind}},
		Cells:    []egress.Cell{cell},
	}
	out := []string{}
	for _, f := range r.preset.Findings(table)[0] {
		name := string(f.Rule)
		if f.Rule == egress.RuleMinimum && t.subjects >= r.preset.Minimum {
			name = ruleNonzero
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (t *tally) part() egress.Part {
	p := egress.Part{With: t.subjects, Total: egress.Approximate(total(t.parts))}
	for _, v := range t.parts {
		if v != 0 {
			p.Nonzero++
		}
	}
	first := append(slices.Clone(t.parts[:min(2, len(t.parts))]), 0, 0)
	p.First, p.Second = egress.Approximate(first[0]), egress.Approximate(first[1])
	return p
}
