package check

import "slices"

// The checks of ACRO, by its names.
const (
	checkNK      = "NKCheck"
	checkPercent = "PPercentCheck"
	checkMinimum = "MinimumThresholdCheck"
	checkZero    = "PresenceOfZeroCheck"
	checkFreedom = "MinimumDoFCheck"
	checkMissing = "MissingCheck"
)

// analyses gives the checks of each statistic, in ACRO's order: frequencies, ends and
// the median are at risk of class disclosure and low counts; means and sums of
// dominance and low counts; deviations of few degrees of freedom; a mode of class
// disclosure alone. ACRO's reminder of linked tables is no check of cells.
func analyses() map[string][]string {
	ends, linear := []string{checkZero, checkMinimum}, []string{checkNK, checkPercent, checkMinimum}
	return map[string][]string{
		"count": ends, "median": ends, "min": ends, "max": ends,
		"mean": linear, "sum": linear,
		"std":  {checkFreedom},
		"mode": {checkZero},
	}
}

// acro judges a table. All statistics of a cell share its findings, as in ACRO's outcome.
type acro struct {
	params    Params
	checks    []string
	undecided bool // a negative value is somewhere: dominance is not defined
	// ACRO makes its masks of a table without columns without totals.
	spare bool
}

func newACRO(s *Spec, tallies []tally) *acro {
	a := &acro{params: s.Params, spare: len(s.Operation.Cols) == 0}
	aggs := s.Operation.Agg
	if len(aggs) == 0 {
		aggs = list{"count"}
	}
	for _, agg := range aggs {
		for _, c := range analyses()[agg] {
			if !slices.Contains(a.checks, c) {
				a.checks = append(a.checks, c)
			}
		}
	}
	if s.Params.Missing && s.Operation.value() != "" {
		a.checks = append(a.checks, checkMissing)
	}
	a.undecided = slices.ContainsFunc(tallies, func(t tally) bool { return t.negative > 0 })
	return a
}

// cell gives the checks that a cell does not pass.
func (a *acro) cell(g *group, t *tally) []string {
	out := []string{}
	for _, c := range a.checks {
		if !(a.spare && g.total) && a.flags(c, t) {
			out = append(out, c)
		}
	}
	return out
}

func (a *acro) flags(check string, t *tally) bool {
	p := &a.params
	switch check {
	case checkNK:
		if a.undecided {
			return t.negative > 0
		}
		return t.sum > 0 && total(t.top[:min(p.N, len(t.top))])/t.sum >= p.K
	case checkPercent:
		if a.undecided {
			return t.negative > 0
		}
		return t.values > 0 && t.ratio() < p.P
	case checkMinimum:
		return float64(t.rows) < p.Threshold
	case checkZero:
		return p.Zeros && t.rows == 0
	case checkFreedom:
		return float64(t.rows-1) < p.Freedom
	}
	return t.absent > 0
}

// ratio is what all but the two largest sum to, by the largest; 0 where that is 0.
func (t *tally) ratio() float64 {
	rest := t.sum - total(t.top[:min(2, len(t.top))])
	if t.top[0] == 0 {
		return rest
	}
	return rest / t.top[0]
}

// status is that of the table: what a check could not decide, or missing values, are
// for a person; anything else that is found fails.
func (a *acro) status(groups []group, tallies []tally) Status {
	out := Pass
	for i := range groups {
		for _, c := range a.cell(&groups[i], &tallies[i]) {
			if c != checkMissing && !(a.undecided && (c == checkNK || c == checkPercent)) {
				return Fail
			}
			out = Review
		}
	}
	return out
}
