package job

import (
	"context"
	"fmt"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/release"
	"yingbi/vault"
)

// verdict is what a reviewer decides.
type verdict struct {
	to      State
	reason  string
	message string         // to the operator
	terms   *release.Terms // of an approval; nil are those of an earlier signature, or none
}

// Approve signs, in the reviewer's own name, that the tables of a held job may leave,
// under terms; nil are those that the first reviewer signed, or none. Where two people
// are needed, the first leaves the job held.
func (s *Service) Approve(ctx context.Context, actor access.Person, key *crypto.SigningKey, id string, terms *release.Terms) (Job, error) {
	if terms != nil {
		if err := s.checkTerms(*terms); err != nil {
			return Job{}, err
		}
	}
	return s.decide(ctx, actor, key, id, verdict{to: Approved, terms: terms})
}

// Reject signs that nothing leaves, for a reason of the short list. A failed job
// is closed in the same way: its reason is all that the operator learns.
func (s *Service) Reject(ctx context.Context, actor access.Person, key *crypto.SigningKey, id, reason string) (Job, error) {
	if err := CheckReason(reason); err != nil {
		return Job{}, err
	}
	return s.decide(ctx, actor, key, id, verdict{to: Rejected, reason: reason})
}

// Return signs that nothing leaves and that the job may be changed and submitted again.
// The operator learns the reason, and the message, which may be empty: it is the
// reviewer who lets these words out.
func (s *Service) Return(ctx context.Context, actor access.Person, key *crypto.SigningKey, id, reason, message string) (Job, error) {
	if err := CheckReason(reason); err != nil {
		return Job{}, err
	}
	if reason == ModuleError {
		return Job{}, fault.Errorf(fault.Invalid, "%s tells a code of the module's own; reject the job for it", reason)
	}
	if message != "" {
		if err := checkLeaving("message", message, maxMessage); err != nil {
			return Job{}, err
		}
	}
	return s.decide(ctx, actor, key, id, verdict{to: Returned, reason: reason, message: message})
}

// checkTerms refuses terms that cannot leave with the release, or are over already.
func (s *Service) checkTerms(t release.Terms) error {
	if err := t.Check(); err != nil {
		return err
	}
	if t.Over(s.Clock()) {
		return fault.Errorf(fault.Invalid, "valid until %s: that day is over", t.ValidUntil)
	}
	for _, c := range t.Conditions {
		if err := checkLeavingLine("condition", c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) decide(ctx context.Context, actor access.Person, key *crypto.SigningKey, id string, v verdict) (Job, error) {
	s.Releases.Lock()
	defer s.Releases.Unlock()
	j, c, err := s.find(ctx, actor, access.DecideJob, id)
	if err != nil {
		return j, err
	}
	another := j.State == Approved && v.to == Approved // signature, if it has come to need one
	if !another && !j.State.CanBecome(v.to) {
		return j, fault.Errorf(fault.Conflict, "job %s is %s; it cannot be %s", id, j.State, v.to)
	}
	if j.State == Approved && v.to == Rejected && v.reason != DisclosureRisk {
		return j, fault.Errorf(fault.Conflict, "job %s is approved; only a release that was made since can take that back: reject it for %s", id, DisclosureRisk)
	}
	if v.to == Approved {
		if err := c.current(); err != nil {
			return j, err
		}
	}
	if key.Public() != actor.Key {
		return j, fault.New(fault.Denied, "a decision is signed with the reviewer's own registered key")
	}
	home, err := s.unlock(ctx, actor, id, "decide")
	if err != nil {
		return j, err
	}
	defer home.Close()
	if v.reason == ModuleError {
		if _, err := failureCode(ctx, j, home); err != nil {
			return j, err
		}
	}
	if v.to == Approved {
		return s.approve(ctx, actor, key, j, c, home, v)
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.DecideJob), Target: "job/" + id, Details: map[string]string{"verdict": string(v.to)}}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		signed, err := s.sign(ctx, actor, key, j, c, home, v)
		if err != nil {
			return err
		}
		if err := putJSON(ctx, home, objDecision, []release.SignedDecision{signed}); err != nil {
			return err
		}
		j.Reason = v.reason
		return s.move(ctx, &j, v.to, actor.ID)
	})
	return j, err
}

// signAction is the record of an approval that another has to join.
const signAction = "review.sign"

// approve adds the reviewer's signature to those that the job has. With the last one
// that it needs, it is approved. An approved job takes another where it has come to
// need it since.
func (s *Service) approve(ctx context.Context, actor access.Person, key *crypto.SigningKey, j Job, c circumstances, home *vault.Compartment, v verdict) (Job, error) {
	so, err := s.approvals(ctx, j, c, home)
	if err != nil {
		return j, err
	}
	if j.State == Approved {
		if err := so.genuine(j); err != nil {
			return j, err
		}
		if len(so.signed) >= so.needed {
			return j, fault.Errorf(fault.Conflict, "job %s is approved, and needs no other signature", j.ID)
		}
	}
	again := so.without(actor.ID)
	n := len(so.signed) + 1
	switch {
	case again && n < so.needed:
		return j, fault.Errorf(fault.Conflict, "%s has signed for job %s already; it waits for another reviewer of %s", actor.ID, j.ID, c.scenario.Department)
	case len(so.signed) == 0:
		so.terms = release.Terms{}
	case v.terms != nil && !v.terms.Equal(so.terms):
		return j, fault.Errorf(fault.Conflict, "%s signed for job %s under other conditions; sign under the same (leave them out), or reject or return it", so.decisions[0].Reviewer, j.ID)
	}
	if v.terms == nil {
		v.terms = &so.terms
	}
	intent := audit.Record{
		Actor: actor.ID, Action: string(access.DecideJob), Target: "job/" + j.ID,
		Details: map[string]string{"verdict": string(Approved), "signature": fmt.Sprintf("%d of %d", n, so.needed)},
	}
	if n < so.needed || j.State == Approved { // it decides nothing yet, or nothing new
		intent.Action = signAction
		delete(intent.Details, "verdict")
	}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		signed, err := s.sign(ctx, actor, key, j, c, home, v)
		if err != nil {
			return err
		}
		if err := putJSON(ctx, home, objDecision, append(so.signed, signed)); err != nil {
			return err
		}
		if err := s.Store.SetApprovals(ctx, j.ID, n); err != nil {
			return err
		}
		if j.Approvals = n; n < so.needed || j.State == Approved {
			return nil
		}
		return s.move(ctx, &j, Approved, actor.ID)
	})
	return j, err
}

// sign makes the reviewer's signed decision. It names the exact bytes that would be
// published, so that an approval is an approval of these and no others.
func (s *Service) sign(ctx context.Context, actor access.Person, key *crypto.SigningKey, j Job, c circumstances, home *vault.Compartment, v verdict) (out release.SignedDecision, err error) {
	statement, err := s.statement(ctx, actor.ID, actor.Org, j, c, home, v)
	if err != nil {
		return out, err
	}
	signature, err := key.SignLabelled(release.DecisionLabel, statement)
	return release.SignedDecision{Statement: string(statement), Signature: signature, Key: key.Public()}, err
}

// statement is what a decision says.
func (s *Service) statement(ctx context.Context, reviewer, org string, j Job, c circumstances, home *vault.Compartment, v verdict) ([]byte, error) {
	d := release.Decision{
		Domain: s.Name, Job: j.ID, Verdict: string(v.to), Reason: v.reason, Message: v.message,
		Reviewer: reviewer, Org: org, Time: s.Clock(),
	}
	if v.to == Approved {
		d.Conditions, d.ValidUntil, d.Expires = v.terms.Conditions, v.terms.ValidUntil, d.Time.AddDate(0, 0, c.scenario.ApprovalDays)
	}
	if has(home, objTables) {
		r := &Review{}
		if err := r.readOutcome(ctx, home); err != nil {
			return nil, err
		}
		if v.to == Approved && len(r.Tables)+len(r.Report.Questions) == 0 {
			return nil, fault.New(fault.Conflict, "every table of this job was refused; there is nothing to approve: reject it")
		}
		d.Tables, d.Report = r.TableDigest, r.ReportSeal
	}
	return d.Encode()
}

// lastDecision gives the reviewer's sealed decision that ended a job. What may be told of
// it, it says, not the database.
func lastDecision(ctx context.Context, j Job, home *vault.Compartment) (d release.Decision, err error) {
	var kept []release.SignedDecision
	if err := getJSON(ctx, home, objDecision, &kept); err != nil {
		return d, err
	}
	if len(kept) == 1 {
		d, err = kept[0].Verify()
	}
	if err == nil && (d.Job != j.ID || d.Verdict != string(j.State) || d.Reason != j.Reason) {
		err = fault.Errorf(fault.Integrity, "the sealed decision on job %s is not the one that the metadata database has: the database was altered", j.ID)
	}
	return d, err
}
