package domain

import (
	"context"
	"errors"
	"strings"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/vault"
	"yingbi/view"
)

// DecideReveal agrees to a request to open tokens, or rejects it. The decision is on
// the request, by its reason and how many tokens it has; the tokens stay sealed.
func (s *Session) DecideReveal(ctx context.Context, id string, approve bool) (Reveal, error) {
	v := &s.ledger.reveals
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.find(id)
	if err := s.permit(ctx, access.Request{Action: access.DecideReveal, Submitter: r.By, SubmitterOrg: r.Org}, r.recorded()); err != nil {
		return Reveal{}, err
	}
	if err := s.sweepReveals(ctx); err != nil {
		return r, err
	}
	if r = r.asOf(s.cfg.Clock()); r.State != RevealRequested {
		return r, fault.Errorf(fault.Conflict, "request %s is %s, and there is nothing to decide", r.ID, r.State)
	}
	verdict := RevealRejected
	if approve {
		verdict = RevealApproved
	}
	intent := audit.Record{Actor: s.Actor.ID, Action: string(access.DecideReveal), Target: r.target(), Details: map[string]string{detailVerdict: string(verdict)}}
	if err := s.log.Act(ctx, intent, func(uint64) error { return nil }); err != nil {
		return r, err
	}
	if err := v.done(intent); err != nil {
		return r, err
	}
	return v.find(id), s.sweepReveals(ctx)
}

// recorded is the target of a record about a request of any name.
func (r Reveal) recorded() string {
	if r.By == "" {
		return "reveals" // whatever was typed there is not for the log
	}
	return r.target()
}

// Revealed is a token with the value behind it.
type Revealed struct {
	Token string `json:"token"`
	Value string `json:"value"`
}

// ReadReveal opens the tokens of an approved request for who made it, once: with the
// intent the request is over, and its tokens are destroyed before this returns. A token
// that does not open ends the request with nothing shown.
func (s *Session) ReadReveal(ctx context.Context, id string) (out []Revealed, err error) {
	v := &s.ledger.reveals
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.find(id)
	if err := s.permit(ctx, access.Request{Action: access.ReadReveal, Submitter: r.By, SubmitterOrg: r.Org}, r.recorded()); err != nil {
		return nil, err
	}
	if err := s.sweepReveals(ctx); err != nil {
		return nil, err
	}
	if r = r.asOf(s.cfg.Clock()); r.State != RevealApproved {
		return nil, fault.Errorf(fault.Conflict, "request %s is %s; only one that is approved is read, once and before it expires", r.ID, r.State)
	}
	if err := s.stillApproved(ctx, r); err != nil {
		return nil, err
	}
	open, err := s.opener(ctx, r)
	if err != nil {
		return nil, err
	}
	intent := audit.Record{Actor: s.Actor.ID, Action: string(access.ReadReveal), Target: r.target(), Details: r.intent().Details}
	err = s.log.Act(ctx, intent, func(uint64) error {
		v.began(intent)
		out, err = s.openTokens(ctx, r, open)
		return errors.Join(err, s.destroyTokens(ctx, s.Actor.ID, r.target()))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// stillApproved asks whether who approved a request could do so now.
func (s *Session) stillApproved(ctx context.Context, r Reveal) error {
	decider, err := s.store.Person(ctx, r.Decider)
	if err != nil {
		return err
	}
	d := access.Check(access.Request{Actor: decider, Action: access.DecideReveal, Now: s.cfg.Clock(), Submitter: r.By, SubmitterOrg: r.Org})
	if d.Allowed {
		return nil
	}
	return s.deny(ctx, access.ReadReveal, r.target(), d.Rule,
		fault.Errorf(fault.Denied, "%s, who approved the request, could not do so now (rule %s); make a new one", r.Decider, d.Rule))
}

// opener gives what opens a token of the request's column under a secret.
func (s *Session) opener(ctx context.Context, r Reveal) (func(secret []byte, token string) (string, error), error) {
	d, err := s.ownDataset(ctx, access.ReadReveal, r.Dataset)
	if err != nil {
		return nil, err
	}
	scenario, err := documents{s.store}.DocumentVersion(ctx, job.DocScenario, r.Scenario, r.scenarioVersion)
	if err != nil {
		return nil, err
	}
	p, err := s.revealPolicy(ctx, scenario, r.Dataset, r.Column)
	if err != nil {
		return nil, err
	}
	columns := view.Columns(d)
	return func(secret []byte, token string) (string, error) {
		return p.Detokenise(columns, r.Column, secret, token)
	}, nil
}

// openTokens gives the values behind the tokens of a request.
func (s *Session) openTokens(ctx context.Context, r Reveal, open func([]byte, string) (string, error)) ([]Revealed, error) {
	tokens, secret, err := s.unsealTokens(ctx, r)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	out := make([]Revealed, len(tokens))
	for i, token := range tokens {
		value, err := open(secret, token)
		if err != nil { // which would say of what kind the failure is
			return nil, fault.New(fault.Invalid, "not every one of these is a token of this column in this scenario; nothing is shown, and the request is over: check them, and make a new one")
		}
		out[i] = Revealed{token, value}
	}
	return out, nil
}

// unsealTokens gives the tokens of a request, and the secret of its scenario.
func (s *Session) unsealTokens(ctx context.Context, r Reveal) (tokens []string, secret []byte, err error) {
	unlock := func(compartment string) (*vault.Compartment, error) {
		return s.vault.Unlock(ctx, keeper.Intent{Actor: s.Actor.ID, Compartment: compartment, Purpose: r.target()})
	}
	c, err := unlock(r.target())
	if err != nil {
		return nil, nil, err
	}
	defer c.Close()
	body, err := c.Read(ctx, tokenObject, maxTokenObject)
	if err != nil {
		return nil, nil, err
	}
	if tokens = strings.Split(string(body), "\n"); len(tokens) != r.Tokens {
		return nil, nil, fault.New(fault.Integrity, "the sealed tokens are not those of the request")
	}
	key, err := unlock(job.ScenarioCompartment(r.Scenario))
	if err != nil {
		return nil, nil, err
	}
	defer key.Close()
	secret, err = job.ScenarioSecret(key)
	return tokens, secret, err
}
