package job

import (
	"context"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"yingbi/access"
	"yingbi/internal/fault"
	"yingbi/vault"
)

// Predecessor is the returned job that a job replaces.
type Predecessor struct {
	Job     string `json:"job"`
	Reason  string `json:"reason"`  // for which it was returned
	Message string `json:"message"` // that its operator was sent
	Changes string `json:"changes"` // of the manifest, as a unified diff; empty without any
}

// replaceable refuses to replace any job but one of the same organisation and scenario
// that was returned.
func (s *Service) replaceable(ctx context.Context, actor access.Person, scenario, id string) error {
	old, _, err := s.find(ctx, actor, access.ReadJob, id)
	switch {
	case err != nil:
		return err
	case old.State != Returned:
		return fault.Errorf(fault.Conflict, "job %s is %s; a job replaces one that was returned", id, old.State.Outside())
	case old.Scenario != scenario:
		return fault.Errorf(fault.Conflict, "job %s is of scenario %s; a job replaces one of its own scenario", id, old.Scenario)
	}
	return nil
}

// predecessor tells what has changed since the job that this one replaces, to a reviewer
// who may see both; nil where there is none.
func (s *Service) predecessor(ctx context.Context, actor access.Person, home *vault.Compartment, manifest string) (*Predecessor, error) {
	id, err := optional(ctx, home, objReplaces)
	if err != nil || id == "" {
		return nil, err
	}
	p := &Predecessor{Job: id}
	old, c, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	if !s.check(actor, access.ReviewJob, old, c).Allowed { // of another department by now
		return p, nil
	}
	before, err := s.unlock(ctx, actor, id, "compare")
	if err != nil {
		return nil, err
	}
	defer before.Close()
	d, err := lastDecision(ctx, old, before)
	if err != nil {
		return nil, err
	}
	body, err := before.Read(ctx, objManifest, maxManifest)
	if err != nil {
		return nil, err
	}
	p.Reason, p.Message = d.Reason, d.Message
	changes := string(diff.Diff(id, body, "this job", []byte(manifest)))
	_, p.Changes, _ = strings.Cut(changes, "\n") // without the command's line
	return p, nil
}
