package masking

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/internal/fault"
)

// Requirement is what a scenario asks of the policy through which it is granted columns.
// A zero field asks nothing.
type Requirement struct {
	K     int      // subjects of a class, at least
	L     int      // different values of the sensitive column in a class, at least
	T     float64  // distance of a class from the whole, at most
	Quasi []string // columns that must be among the quasi-identifiers where they are granted
}

// Anonymises reports whether the policy has a section anonymity.
func (p *Policy) Anonymises() bool { return p.anonymity != nil }

// Meets reports what the policy lacks of a requirement: a Conflict that names all of it.
// The masked columns are those that are granted.
func (m *Masker) Meets(r Requirement) error {
	if r.K == 0 && r.L == 0 && r.T == 0 && len(r.Quasi) == 0 {
		return nil
	}
	var lacks []string
	a := m.step
	if a == nil {
		a = &anonymityStep{}
		lacks = append(lacks, "a section anonymity")
	}
	if a.models.K < r.K {
		lacks = append(lacks, fmt.Sprintf("k of %d or more", r.K))
	}
	if l := max(a.models.Distinct, int(a.models.Entropy), a.models.Recursive); l < r.L { // each kind of diversity has as many values
		lacks = append(lacks, fmt.Sprintf("l of %d or more", r.L))
	}
	if t := a.models.T; r.T > 0 && (t == 0 || t > r.T) {
		lacks = append(lacks, fmt.Sprintf("t of %g or less", r.T))
	}
	for _, name := range r.Quasi {
		granted := slices.ContainsFunc(m.columns, func(c maskedColumn) bool { return c.out.Name == name })
		if granted && !slices.Contains(a.quasi, name) {
			lacks = append(lacks, "the quasi-identifier "+name)
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return fault.Errorf(fault.Conflict, "the scenario requires anonymity that the masking policy does not give; it lacks %s. Add it to the policy, and approve the scenario with that version",
		strings.Join(lacks, ", "))
}
