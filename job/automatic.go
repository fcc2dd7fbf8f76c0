package job

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/egress"
	"yingbi/keeper"
	"yingbi/release"
	"yingbi/vault"
)

// domainActor is in whose name the domain acts where no person does.
const domainActor = "domain"

// decideByPolicy approves and releases a held job without a person, where its scenario
// lets it and no check has anything to say. Otherwise, and where that fails, the job
// waits for a person, and its submitter learns nothing of why.
func (s *Service) decideByPolicy(ctx context.Context, j Job, home *vault.Compartment) (Job, error) {
	s.Releases.Lock()
	defer s.Releases.Unlock()
	out, err := s.releaseByPolicy(ctx, j, home)
	var open *audit.UndecidedError
	if err != nil && !errors.As(err, &open) && ctx.Err() == nil {
		s.Notes.Warn("a job that the policy lets go waits for a person", "job", j.ID, "error", err)
		return out, nil
	}
	return out, err
}

func (s *Service) releaseByPolicy(ctx context.Context, j Job, home *vault.Compartment) (Job, error) {
	_, c, err := s.load(ctx, j.ID) // as it is after the run
	if err != nil {
		return j, err
	}
	r := &Review{}
	if err := r.readOutcome(ctx, home); err != nil {
		return j, err
	}
	so, err := s.approvals(ctx, j, c, home)
	if err != nil {
		return j, err
	}
	now := s.Clock()
	if so.needed != 1 || c.current() != nil || !c.scenario.Term.Covers(now) || !c.agreement.Term.Covers(now) || !automatic(c.scenario, j, r) {
		return j, nil
	}
	intent := audit.Record{
		Actor: domainActor, Action: string(access.DecideJob), Target: "job/" + j.ID,
		Details: map[string]string{"verdict": string(Approved), "policy": fmt.Sprintf("%s@%d", c.scenario.ID, c.version)},
	}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		signed, err := s.signByPolicy(ctx, j, c, home)
		if err != nil {
			return err
		}
		if err := putJSON(ctx, home, objDecision, []release.SignedDecision{signed}); err != nil {
			return err
		}
		return s.move(ctx, &j, Approved, domainActor)
	})
	if err != nil {
		return j, err
	}
	return s.release(ctx, access.Person{ID: domainActor}, j, c, home)
}

// signByPolicy makes the decision of a scenario, signed by the domain's key.
func (s *Service) signByPolicy(ctx context.Context, j Job, c circumstances, home *vault.Compartment) (out release.SignedDecision, err error) {
	reviewer := fmt.Sprintf("%s%s@%d", release.PolicyPrefix, c.scenario.ID, c.version)
	statement, err := s.statement(ctx, reviewer, c.scenario.Department, j, c, home, verdict{to: Approved, terms: &release.Terms{}})
	if err != nil {
		return out, err
	}
	in := keeper.Intent{Actor: domainActor, Compartment: Compartment(j.ID), Purpose: "decision", Job: j.ID}
	signature, err := s.Keys.Sign(ctx, in, release.DecisionLabel, statement)
	return release.SignedDecision{Statement: string(statement), Signature: signature, Key: s.Public}, err
}

// automatic reports whether tables for which one signature is enough may go without a
// person: of a class whose figures the domain stands behind, with nothing withheld,
// nothing to look at closely, and nothing that a module said otherwise.
func automatic(sc *access.Scenario, j Job, r *Review) bool {
	report := r.Report
	quiet := sc.Automatic && (j.Class == release.Verified || j.Class == release.Protected) &&
		len(r.Tables) > 0 && len(report.Warnings) == 0 && len(report.Models) == 0 && len(report.Assertions) == 0 && len(report.Mappings) == 0
	if h := report.History; h != nil {
		quiet = quiet && len(h.Pairs) == 0 && len(h.Combinations) == 0 && !h.Incomplete
	}
	return quiet &&
		!slices.ContainsFunc(report.Tables, func(t egress.TableReport) bool {
			return t.Verdict != egress.Publish || t.Withheld > 0 || slices.ContainsFunc(t.Unmatched, func(u egress.Unmatched) bool { return u.Rows > 0 })
		}) &&
		!slices.ContainsFunc(report.Comparisons, func(c egress.Comparison) bool { return !c.Agrees() })
}
