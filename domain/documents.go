package domain

import (
	"context"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/masking"
	"yingbi/store"
	"yingbi/view"
)

// put stores a document that has been parsed, under the action that allows it.
func (s *Session) put(ctx context.Context, action access.Action, kind, id string, body []byte) (version int, err error) {
	err = s.act(ctx, action, kind+"/"+id, nil, func() error {
		version, err = s.store.PutDocument(ctx, store.Document{Kind: kind, ID: id, Body: body, Created: s.cfg.Clock(), By: s.Actor.ID})
		return err
	})
	return version, err
}

// RegisterDataset stores the description of a data set, or a new version of it.
// file names it in errors.
func (s *Session) RegisterDataset(ctx context.Context, file string, body []byte) (*catalog.Dataset, error) {
	d, err := catalog.ParseDescription(file, body)
	if err != nil {
		return nil, err
	}
	if versions, err := s.store.Versions(ctx, d.ID); err != nil {
		return nil, err
	} else if len(versions) > 0 {
		return nil, fault.Errorf(fault.Conflict, "data set %s has %d imported versions and keeps its description; register the changed one under another id", d.ID, len(versions))
	}
	_, err = s.put(ctx, access.RegisterDataset, job.DocDataset, d.ID, body)
	return d, err
}

// SetPolicy stores a masking policy, or a new version of it, for a data set that
// is registered.
func (s *Session) SetPolicy(ctx context.Context, file string, body []byte) (*masking.Policy, error) {
	p, err := masking.ParsePolicy(file, body)
	if err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, p.Dataset)
	if err != nil {
		return nil, err
	}
	if err := p.Check(view.Columns(d)); err != nil {
		return nil, err
	}
	_, err = s.put(ctx, access.SetPolicy, job.DocPolicy, p.ID, body)
	return p, err
}

// SignAgreement stores an agreement.
func (s *Session) SignAgreement(ctx context.Context, file string, body []byte) (*access.Agreement, error) {
	a, err := access.ParseAgreement(file, body)
	if err != nil {
		return nil, err
	}
	if a.Authority != s.Actor.Org && s.Actor.Has(access.Authority) {
		return nil, fault.Errorf(fault.Denied, "the agreement is granted by %s; %s belongs to %s", a.Authority, s.Actor.ID, s.Actor.Org)
	}
	_, err = s.put(ctx, access.SignAgreement, job.DocAgreement, a.ID, body)
	return a, err
}

// ApproveScenario stores a scenario whose agreement, data sets, policies and
// columns exist.
func (s *Session) ApproveScenario(ctx context.Context, file string, body []byte) (*access.Scenario, error) {
	sc, err := access.ParseScenario(file, body)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.Document(ctx, job.DocAgreement, sc.Agreement); err != nil {
		return nil, err
	}
	for _, g := range sc.Grants {
		if err := s.checkGrant(ctx, g); err != nil {
			return nil, err
		}
	}
	if _, err = s.put(ctx, access.ApproveScenario, job.DocScenario, sc.ID, body); err != nil {
		return nil, err
	}
	secret, err := s.compartment(ctx, job.ScenarioCompartment(sc.ID), "approve") // makes the scenario's key
	if err != nil {
		return nil, err
	}
	secret.Close()
	return sc, nil
}

func (s *Session) checkGrant(ctx context.Context, g access.Grant) error {
	d, err := s.dataset(ctx, g.Dataset)
	if err != nil {
		return err
	}
	doc, err := s.store.Document(ctx, job.DocPolicy, g.Policy)
	if err != nil {
		return err
	}
	p, err := masking.ParsePolicy(g.Policy, doc.Body)
	if err != nil {
		return err
	}
	if p.Dataset != g.Dataset {
		return fault.Errorf(fault.Invalid, "policy %s masks data set %s, not %s", g.Policy, p.Dataset, g.Dataset)
	}
	names := make([]string, len(g.Columns))
	for i, c := range g.Columns {
		if _, ok := d.Column(c.Name); !ok {
			return fault.Errorf(fault.Invalid, "data set %s has no column %q", g.Dataset, c.Name)
		}
		names[i] = c.Name
	}
	masker, err := p.Compile(view.Columns(d), make([]byte, masking.MinSecret)) // what is dropped does not depend on the secret
	if err != nil {
		return err
	}
	_, err = masker.Only(names)
	return err
}

func (s *Session) dataset(ctx context.Context, id string) (*catalog.Dataset, error) {
	doc, err := s.store.Document(ctx, job.DocDataset, id)
	if err != nil {
		return nil, err
	}
	return catalog.ParseDescription(id, doc.Body)
}

// Documents lists the documents of a kind that are in force.
func (s *Session) Documents(ctx context.Context, kind string) ([]store.Document, error) {
	action := access.ListScenarios
	if kind == job.DocDataset || kind == job.DocPolicy {
		action = access.ListDatasets
	}
	if err := s.authorise(ctx, action, kind); err != nil {
		return nil, err
	}
	return s.store.Documents(ctx, kind)
}

// Versions lists the imported versions of a data set.
func (s *Session) Versions(ctx context.Context, dataset string) ([]catalog.Version, error) {
	if err := s.authorise(ctx, access.ListDatasets, "dataset/"+dataset); err != nil {
		return nil, err
	}
	return s.store.Versions(ctx, dataset)
}

// documents gives jobs the documents in force.
type documents struct{ store *store.Store }

func (d documents) Document(ctx context.Context, kind, id string) ([]byte, int, error) {
	doc, err := d.store.Document(ctx, kind, id)
	return doc.Body, doc.Version, err
}
