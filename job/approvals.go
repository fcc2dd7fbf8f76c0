package job

import (
	"context"
	"slices"

	"yingbi/internal/fault"
	"yingbi/release"
	"yingbi/vault"
)

// approvals are the signatures under a job's tables.
type approvals struct {
	signed    []release.SignedDecision
	decisions []release.Decision // what they say
	terms     release.Terms      // the same in all
	needed    int
	atFirst   int // needed by what was known at the run; a level may have been raised since
	lapsed    int // that hold no longer
}

// genuine refuses an approved job that lacks signatures without which nothing approves it.
func (a *approvals) genuine(j Job) error {
	if len(a.signed)+a.lapsed >= a.atFirst {
		return nil
	}
	return fault.Errorf(fault.Integrity, "job %s is %s, and %d of %d decisions are sealed with it: the metadata database was altered", j.ID, j.State, len(a.signed), a.atFirst)
}

// without takes away what a person has signed, and reports whether there was such a thing.
// Who was cut off between the last signature and the approval signs again.
func (a *approvals) without(reviewer string) bool {
	at := slices.IndexFunc(a.decisions, func(d release.Decision) bool { return d.Reviewer == reviewer })
	if at < 0 {
		return false
	}
	a.signed, a.decisions = slices.Delete(a.signed, at, at+1), slices.Delete(a.decisions, at, at+1)
	return true
}

// approvals reads those that are sealed with a job and still hold.
func (s *Service) approvals(ctx context.Context, j Job, c circumstances, home *vault.Compartment) (out approvals, err error) {
	var u Used
	if err := getJSON(ctx, home, objRun, &u); err != nil {
		return out, err
	}
	m, err := readManifest(ctx, home)
	if err != nil {
		return out, err
	}
	level, err := s.level(ctx, u.Level, m)
	if err != nil {
		return out, err
	}
	seen := recomputed(j.Class) && m.AssertedMillibits() == 0 && len(m.Answers) == 0 // what a question will tell of somebody, no reviewer sees
	out.atFirst, out.needed = c.scenario.Signatures(u.Level, seen), c.scenario.Signatures(level, seen)
	if !has(home, objDecision) {
		return out, nil
	}
	var kept []release.SignedDecision
	if err := getJSON(ctx, home, objDecision, &kept); err != nil {
		return out, err
	}
	for _, signed := range kept {
		d, err := signed.Verify()
		if err != nil {
			return out, err
		}
		switch {
		case d.Verdict != release.Approved:
		case s.Clock().Before(d.Expires):
			out.signed, out.decisions, out.terms = append(out.signed, signed), append(out.decisions, d), d.Terms()
		default:
			out.lapsed++
		}
	}
	return out, nil
}

// recomputed reports whether the domain stands behind the figures of a class. One that
// is not known is none.
func recomputed(class string) bool {
	return class == release.Protected || class == release.Verified || class == release.Mapped
}
