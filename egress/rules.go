package egress

import (
	"math/big"
	"slices"

	"yingbi/manifest"
)

// Rule names what a cell or table fails.
type Rule string

// The rules. docs/EGRESS.md gives each its formula.
const (
	RuleMinimum   Rule = "minimum_subjects"   // too few subjects behind a figure
	RuleDominance Rule = "dominance"          // one or two subjects make up nearly all of it
	RulePPercent  Rule = "p_percent"          // the second largest could estimate the largest
	RuleZero      Rule = "zero_cell"          // no rows, or nothing but zeros: everybody's value is told
	RuleFull      Rule = "full_cell"          // all or none: a group's members all have, or lack, something
	RuleSmall     Rule = "small_count"        // a count so small that it is withheld before rounding
	RuleFinite    Rule = "not_finite"         // a double that is no number
	RuleSupport   Rule = "percentile_support" // too few subjects on a side of a quantile
	RulePreset    Rule = "preset"             // the preset is not sound, or there is no evidence

	RuleLabel     Rule = "label"            // a text beside the figure may not leave
	RuleSecondary Rule = "secondary"        // published beside the other tables of the job, it would tell a withheld one
	RuleLinked    Rule = "linked_too_large" // of tables that add up, more cells than can be examined

	RuleRowPerSubject Rule = "row_per_subject" // a table of single subjects
	RuleNothingLeft   Rule = "nothing_left"    // every cell fails
)

// Finding is one rule that a cell fails. Unit and Measure index the table's
// lists; -1 means the cell as a whole.
type Finding struct {
	Rule    Rule `json:"rule"`
	Unit    int  `json:"unit"`
	Measure int  `json:"measure"`
}

// judgeCell gives every rule that a cell fails.
func (p Preset) judgeCell(t *Table, c *Cell) []Finding {
	if len(c.Evidence) == 0 || len(c.Evidence) != len(t.Units) {
		return []Finding{{RulePreset, -1, -1}}
	}
	var out []Finding
	add := func(r Rule, unit, measure int, fails bool) {
		if found := (Finding{r, unit, measure}); fails && !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	add(RuleZero, -1, -1, c.Rows == 0)
	add(RuleSmall, -1, -1, c.Rows <= p.Redact)
	for m, f := range c.Figures {
		p.judgeFigure(t.Measures[m], f, func(r Rule, fails bool) { add(r, -1, m, fails) })
	}
	for u, e := range c.Evidence {
		add(RuleMinimum, u, -1, e.Subjects < p.Minimum)
		for m := range e.Parts {
			p.judgePart(t.Measures[m], &e.Parts[m], u, func(r Rule, fails bool) { add(r, u, m, fails) })
			if t.Measures[m].Kind == manifest.HHI && t.Measures[m].Unit == u {
				add(RulePPercent, u, m, p.indexTells(c.Figures[m], &e.Parts[m]))
			}
		}
	}
	return out
}

// judgeFigure looks at what would be published, whoever is behind it.
func (p Preset) judgeFigure(m manifest.Measure, f Figure, add func(Rule, bool)) {
	switch {
	case m.Kind == manifest.Subjects:
		add(RuleSmall, f.Distinct <= p.Redact)
	case m.Kind.Adds(), m.Kind.Places():
		add(RuleSmall, f.Count <= p.Redact)
		empty := m.Kind == manifest.Ratio && f.Extra.or0().Sign() == 0 // divided by
		add(RuleFinite, !f.Sum.finite() || !f.Extra.finite() || empty)
	case m.Kind == manifest.Standardised, m.Kind == manifest.Survival:
		add(RulePreset, len(m.Strata) == 0) // which are judged as what they are
	case m.Kind.Counts():
		add(RuleFull, f.Hits == 0 || f.Misses == 0)
		add(RuleSmall, f.Hits <= p.Redact || f.Misses <= p.Redact)
	}
}

// judgePart looks at the subjects of one kind behind one figure.
func (p Preset) judgePart(m manifest.Measure, part *Part, unit int, add func(Rule, bool)) {
	switch {
	case m.Kind == manifest.Subjects:
		if m.Unit != unit { // each of its own kind adds one: the minimum says all
			p.judgeSizes(part, add)
		}
	case m.Kind == manifest.Count:
		p.judgeSizes(part, add)
	case m.Kind.Adds():
		few := part.With < p.Minimum || part.Nonzero < p.Minimum
		add(RuleMinimum, few || part.Extra != nil && part.Extra.Nonzero < p.Minimum)
		p.judgeSizes(part, add)
		if part.Extra != nil {
			p.judgeSizes(part.Extra, add)
		} else {
			add(RulePreset, m.Kind == manifest.SD || m.Kind == manifest.Ratio) // without evidence
		}
		add(RuleFreedom, m.Kind == manifest.SD && part.With-1 < minFreedom)
	case m.Kind.Places():
		add(RuleMinimum, part.With < p.Minimum)
		add(RuleSupport, part.Below < p.Minimum || part.Above < p.Minimum)
		p.judgePlace(m, part, add)
	case m.Kind.Counts():
		add(RuleMinimum, part.With < p.Minimum || part.Hitters < p.Minimum || part.Missers < p.Minimum)
	}
}

// judgeSizes applies the rules on the largest contributions x₁ ≥ x₂ of a total Σ,
// all absolute. Where all are zero, each of the rules fails: everybody is known.
func (p Preset) judgeSizes(part *Part, add func(Rule, bool)) {
	if !part.First.finite() || !part.Second.finite() || !part.Total.finite() {
		add(RuleFinite, true)
		return
	}
	if first, second, total, ok := part.whole(); ok { // the same, without big numbers
		add(RuleZero, total == 0)
		add(RuleDominance, slices.ContainsFunc(p.Dominance, func(d Dominance) bool {
			return 100*(first+second*int64(d.N-1)) >= d.Percent*total
		}))
		add(RulePPercent, first == 0 || 100*(total-first-second) < p.P*first)
		return
	}
	first, second, total := part.First.or0(), part.Second.or0(), part.Total.or0()
	add(RuleZero, total.Sign() == 0)
	add(RuleDominance, slices.ContainsFunc(p.Dominance, func(d Dominance) bool { return d.fails(part.top(d.N), total) }))
	rest := new(big.Rat).Sub(new(big.Rat).Sub(total, first), second)
	add(RulePPercent, first.Sign() == 0 || percent(rest, 100).Cmp(percent(first, p.P)) < 0)
}

// judgePlace holds how many of the values the largest subjects have against the smaller
// side of a quantile: who has as many could move it at will, and it would be theirs.
func (p Preset) judgePlace(m manifest.Measure, part *Part, add func(Rule, bool)) {
	add(RuleDominance, slices.ContainsFunc(p.Dominance, func(d Dominance) bool {
		most := min(10*d.Percent, m.P, 1000-m.P)
		return percent(part.top(d.N), 1000).Cmp(percent(part.Total.or0(), most)) >= 0
	}))
}

// indexTells reports a Herfindahl index H from which the second largest subject, who
// knows its own part s₂, would estimate the largest part s₁ within p: no part is larger
// than √(H − s₂²).
func (p Preset) indexTells(f Figure, part *Part) bool {
	total := part.Total.or0()
	if total.Sign() == 0 {
		return true
	}
	first, second := new(big.Rat).Quo(part.First.or0(), total), new(big.Rat).Quo(part.Second.or0(), total)
	estimate := percent(first, 100+p.P)
	rest := new(big.Rat).Sub(f.Extra.or0(), second.Mul(second, second))
	return percent(rest, 100*100).Cmp(estimate.Mul(estimate, estimate)) < 0
}

// whole gives the contributions as whole numbers of one unit, where they are so small
// that a hundred times their sum fits.
func (part *Part) whole() (first, second, total int64, ok bool) {
	const most = 1 << 53
	unit := int64(1)
	for _, a := range []*Amount{&part.First, &part.Second, &part.Total} {
		if a.rat == nil {
			continue
		}
		if d := a.rat.Denom(); !d.IsInt64() || d.Int64() > 1_000_000 || !a.rat.Num().IsInt64() {
			return 0, 0, 0, false
		} else if d := d.Int64(); d > unit && d%unit == 0 {
			unit = d
		} else if unit%d != 0 {
			unit *= d
		}
	}
	of := func(a *Amount) int64 {
		if a.rat == nil {
			return 0
		}
		n, scale := a.rat.Num().Int64(), unit/a.rat.Denom().Int64()
		if n < 0 || n > most/scale {
			ok = false
			return 0
		}
		return n * scale
	}
	ok = unit <= 1_000_000_000
	if ok {
		first, second, total = of(&part.First), of(&part.Second), of(&part.Total)
	}
	return first, second, total, ok
}

// top is what the n largest contribute.
func (part *Part) top(n int) *big.Rat {
	if n == 1 {
		return part.First.or0()
	}
	return new(big.Rat).Add(part.First.or0(), part.Second.or0())
}

// fails holds what the N largest contribute against the total.
func (d Dominance) fails(top, total *big.Rat) bool {
	return percent(top, 100).Cmp(percent(total, d.Percent)) >= 0
}

func percent(r *big.Rat, n int64) *big.Rat { return new(big.Rat).Mul(r, new(big.Rat).SetInt64(n)) }

// fullCells marks cells that hold all that is large of a group: within the same
// other keys, no other value of this key has the minimum of subjects. Whether the
// others are small or empty makes no difference, so that nobody learns of it from
// the large one. It looks at the keys that say yes or no of the author's choice,
// derived ones and booleans, or at the others, which are reported and not withheld:
// a stored key that everywhere follows from the others tells nothing, such as a
// district's name beside its code.
func (p Preset) fullCells(t *Table, only bool) map[int]bool {
	full := map[int]bool{}
	for key, k := range t.Keys {
		if only != chosen(k) {
			continue
		}
		groups := map[string][]int{}
		several := false
		for i, c := range t.Cells {
			if p.small(&c) {
				continue
			}
			others := append(append([]Value{}, c.Keys[:key]...), c.Keys[key+1:]...)
			name := keyText(others)
			groups[name] = append(groups[name], i)
			several = several || len(groups[name]) > 1
		}
		for _, cells := range groups {
			if len(cells) == 1 && (only || several) {
				full[cells[0]] = true
			}
		}
	}
	return full
}
