package job

import (
	"context"
	"errors"
	"syscall"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
	"yingbi/subject"
	"yingbi/vault"
)

// Question is what an operator asks about one subject.
type Question struct {
	Job    string            // that was released with it
	Output string            // by which the manifest calls it
	Set    map[string]string // a value for each of its parameters
	Basis  string            // why: a reference for the log, such as the number of an order
	ID     []byte            // identifies the subject; kept nowhere
}

// Ask puts a released question about one subject and gives its answer, which is one of
// those that the reviewers have seen, and goes nowhere else. The call and its bits are
// charged before, by an intent that is durable, and nothing gives them back. Whoever is
// not known goes the same way as everybody, and gets the last answer.
func (s *Service) Ask(ctx context.Context, actor access.Person, q Question) (string, error) {
	j, c, err := s.find(ctx, actor, access.AskSubject, q.Job)
	if err != nil {
		return "", err
	}
	if err := mayAsk(j, c); err != nil {
		return "", err
	}
	home, err := s.unlock(ctx, actor, j.ID, "ask")
	if err != nil {
		return "", err
	}
	defer home.Close()
	return s.ask(ctx, actor, j, c, home, q)
}

// ask is Ask of a released job, in a scenario that allows it.
func (s *Service) ask(ctx context.Context, actor access.Person, j Job, c circumstances, home *vault.Compartment, q Question) (answer string, err error) {
	m, err := s.released(ctx, j, c, home)
	if err != nil {
		return "", err
	}
	plan, err := m.choose(q)
	if err != nil {
		return "", err
	}
	found, err := s.lookup(ctx, actor, j, plan.Kind, q.ID)
	if err != nil {
		return "", err
	}
	st, err := plan.Statement(found.Ordinal, q.Set)
	if err != nil {
		return "", err
	}
	taken, err := s.take(ctx, actor, j, c, plan, found.Account)
	if err != nil {
		return "", err
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.AskSubject), Target: "job/" + j.ID, Details: taken.details()}
	intent.Details["output"], intent.Details["basis"] = q.Output, q.Basis
	err = s.Log.Act(ctx, intent, func(uint64) error {
		if taken.Millibits == 0 {
			return spent(c, taken)
		}
		at, err := s.put(ctx, actor, j, home, m, plan, st)
		switch {
		case err != nil:
			return s.unanswered(ctx, j, err)
		case at == manifest.Broken:
			return fault.New(fault.Conflict, "the inputs of the question join no longer: a key that has to be unique is not in the newest version of the data; tell its provider, and ask again afterwards")
		}
		answer = plan.Answers[at]
		return nil
	})
	if err != nil {
		return "", err
	}
	return answer, nil
}

// lookup finds the subject in the registry of its kind.
func (s *Service) lookup(ctx context.Context, actor access.Person, j Job, kind string, id []byte) (f subject.Found, err error) {
	c, err := s.Vault.Unlock(ctx, keeper.Intent{Actor: actor.ID, Compartment: subject.Compartment(kind), Purpose: "ask", Job: j.ID})
	if err != nil {
		return f, err
	}
	defer c.Close()
	return subject.Lookup(ctx, c, id)
}

// take charges the call, or records that the calls of the day are used up. Whether the
// subject is known plays no part in it.
func (s *Service) take(ctx context.Context, actor access.Person, j Job, c circumstances, plan *manifest.PlanAnswer, account crypto.Digest) (Inquiry, error) {
	limits := c.scenario.Verification
	q := Inquiry{Org: j.Org, Scenario: j.Scenario, Day: access.Day(s.Clock()), Kind: plan.Kind, Subject: account, Millibits: plan.Millibits()}
	taken, ok := s.Inquiries.Take(q, limits.CallsPerDay, limits.SubjectBits*millibit)
	if ok {
		return taken, nil
	}
	_, err := s.Log.Append(ctx, audit.Record{
		Actor: actor.ID, Action: "access.deny", Phase: audit.Event, Target: "job/" + j.ID,
		Details: map[string]string{"action": string(access.AskSubject), "rule": "calls_per_day"},
	})
	return q, errors.Join(fault.Errorf(fault.Limit, "%s has made the %d calls of today that scenario %s allows it; ask again tomorrow", j.Org, limits.CallsPerDay, j.Scenario), err)
}

// spent refuses a question about a subject of whom too much has been answered. It is the
// same for one who is not known.
func spent(c circumstances, q Inquiry) error {
	return fault.Errorf(fault.Limit, "of one subject, all callers together learn at most %d bits in %s under scenario %s, and this would be more; the call counts. The next year begins anew",
		c.scenario.Verification.SubjectBits, q.Year(), c.scenario.ID)
}

// unanswered keeps from whoever asks why a question failed, which was charged.
func (s *Service) unanswered(ctx context.Context, j Job, err error) error {
	var open *audit.UndecidedError
	switch {
	case errors.As(err, &open):
		return err
	case durable.Full(err): // which says nothing about rows, and somebody must make room
		return durable.Explain(syscall.ENOSPC)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	why := describe(err, nil)
	s.Notes.Warn("a question about a subject could not be put", "job", j.ID, "kind", why.Kind, "limit", why.Limit)
	return fault.New(fault.Internal, "the question could not be put, and counts all the same; whoever runs the domain finds the kind of failure among its messages")
}

// put puts the question to a cell, over the newest versions of the data. The cell learns
// an ordinal, and says a number: an index of the answers, or manifest.Broken.
func (s *Service) put(ctx context.Context, actor access.Person, j Job, home *vault.Compartment, m *questions, plan *manifest.PlanAnswer, st manifest.Statement) (int64, error) {
	r, err := s.begin(ctx, actor, "ask", &j, home, m.manifest, m.inputs)
	if err != nil {
		return 0, err
	}
	defer r.views.Close()
	r.plan = &manifest.Plan{Inputs: plan.Inputs, Threads: r.plan.Threads} // of the question alone
	defer r.tend(m.inputs)
	views, files, err := r.views.forQuery(ctx, r.plan)
	if err != nil {
		return 0, err
	}
	req := abi.QueryRequest{Views: views, Threads: r.plan.Threads, Memory: r.manifest.Limits.Memory, Statements: []abi.Statement{statement(st)}}
	frames, err := s.Runner.Query(ctx, req, files, r.limits())
	if err := errors.Join(err, closeAll(files)); err != nil {
		return 0, err
	}
	at, err := number(frames[st.Name])
	if err == nil && at != manifest.Broken && (at < 0 || at >= int64(len(plan.Answers))) {
		err = fault.New(fault.Integrity, "the query cell gave an answer that the question does not have")
	}
	return at, err
}
