package masking

import "slices"

// minPersonal is the lowest level of what still belongs to one person: behind a
// pseudonym it stays personal information (Personal Information Protection Law, art.
// 73 (3) and art. 4).
const minPersonal = 2

// Level gives the level of a column behind its mask from its raw level, 1 to 4; 0 is a
// column that the policy drops. It is policy, and on the careful side: a level falls
// only where the rule alone, whatever its settings and the data, takes the value away
// for good. docs/DATASETS.md has the reasons.
func (p *Policy) Level(c Column, raw int) int {
	i := slices.IndexFunc(p.rules, func(r rule) bool { return r.column == c.Name })
	if i < 0 {
		return 0
	}
	switch p.rules[i].name {
	case "drop":
		return 0
	case "constant", "suppress":
		return 1 // nothing of any value is left
	case "pseudonym":
		if c.Subject == "" && !c.Identifier.Direct() { // how often a value occurs tells which of a few it is
			return raw
		}
		return max(raw-1, min(raw, minPersonal))
	}
	return raw
}
