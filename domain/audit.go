package domain

import (
	"context"
	"iter"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/job"
	"yingbi/release"
)

// Jobs gives the service that runs the life of jobs.
func (d *Domain) Jobs() *job.Service {
	return &job.Service{
		Name: d.Info.Name, Program: d.cfg.Program, Public: d.Info.Public, Store: d.store, Documents: documents{d.store}, Log: d.log,
		Account: &d.ledger.account, Inquiries: &d.ledger.inquiries, Vault: d.vault, Keys: d.keys, Runner: d.sandbox, Releases: &d.releases, Clock: d.cfg.Clock, Cache: d.cfg.Cache, Notes: d.cfg.Log,
	}
}

// Records gives the records of the log in order, from one index on. Reading the
// trail is itself recorded.
func (s *Session) Records(ctx context.Context, from uint64) (iter.Seq2[uint64, audit.Record], error) {
	if err := s.authorise(ctx, access.ReadAudit, "audit"); err != nil {
		return nil, err
	}
	if err := s.event(ctx, s.Actor.ID, string(access.ReadAudit), "audit", nil); err != nil {
		return nil, err
	}
	return s.log.Read(from, s.log.Size()), nil
}

// Checkpoint signs the log as it stands and gives the checkpoint, for somebody to
// keep where nobody of the domain can write.
func (s *Session) Checkpoint(ctx context.Context) (note []byte, err error) {
	err = s.act(ctx, access.ReadAudit, "audit", map[string]string{"checkpoint": "yes"}, func() error {
		note, err = s.log.Checkpoint(ctx)
		return err
	})
	return note, err
}

// ExportAudit copies the log up to a fresh checkpoint into a new folder, for an
// auditor to take away.
func (s *Session) ExportAudit(ctx context.Context, out string) (records uint64, err error) {
	err = s.act(ctx, access.ReadAudit, "audit", map[string]string{"export": "yes"}, func() error {
		if _, err := s.log.Checkpoint(ctx); err != nil {
			return err
		}
		records, err = audit.Export(s.cfg.path("audit"), out)
		return err
	})
	return records, err
}

// Approve signs with the session's own key that a job's tables may leave, under the terms
// that another has signed, or under none.
func (s *Session) Approve(ctx context.Context, id string) (job.Job, error) {
	return s.Jobs().Approve(ctx, s.Actor, s.key, id, nil)
}

// ApproveUnder is Approve under terms of the session's own.
func (s *Session) ApproveUnder(ctx context.Context, id string, terms release.Terms) (job.Job, error) {
	return s.Jobs().Approve(ctx, s.Actor, s.key, id, &terms)
}

// Return signs with the session's own key that a job may be changed and submitted again.
func (s *Session) Return(ctx context.Context, id, reason, message string) (job.Job, error) {
	return s.Jobs().Return(ctx, s.Actor, s.key, id, reason, message)
}

// Reject signs with the session's own key that nothing of a job leaves.
func (s *Session) Reject(ctx context.Context, id, reason string) (job.Job, error) {
	return s.Jobs().Reject(ctx, s.Actor, s.key, id, reason)
}
