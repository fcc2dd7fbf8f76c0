package domain

import (
	"context"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/masking"
	"yingbi/store"
	"yingbi/view"
)

// put stores a document that has been parsed, under the action that allows it. details
// of it go into the record; nil is none.
func (s *Session) put(ctx context.Context, action access.Action, kind, id string, body []byte, details map[string]string) (version int, err error) {
	if details == nil {
		details = map[string]string{}
	}
	details[digestDetail] = crypto.Sum(body).String()
	err = s.act(ctx, action, kind+"/"+id, details, func() error {
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
	target := job.DocDataset + "/" + d.ID
	if err := s.authorise(ctx, access.RegisterDataset, target); err != nil {
		return nil, err
	}
	orgs := []string{d.Provider}
	old, err := s.dataset(ctx, d.ID)
	if err == nil {
		orgs = append(orgs, old.Provider)
	} else if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err := s.own(ctx, access.RegisterDataset, target, orgs...); err != nil {
		return nil, err
	}
	if err := s.amendable(ctx, d, old); err != nil {
		return nil, err
	}
	details, err := statements(d, old)
	if err != nil {
		return nil, err
	}
	_, err = s.put(ctx, access.RegisterDataset, job.DocDataset, d.ID, body, details)
	return d, err
}

// SetPolicy stores a masking policy, or a new version of it, for a data set that
// is registered.
func (s *Session) SetPolicy(ctx context.Context, file string, body []byte) (*masking.Policy, error) {
	p, err := masking.ParsePolicy(file, body)
	if err != nil {
		return nil, err
	}
	if err := s.authorise(ctx, access.SetPolicy, job.DocPolicy+"/"+p.ID); err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, p.Dataset)
	if err != nil {
		return nil, err
	}
	if err := p.Check(view.Columns(d)); err != nil {
		return nil, err
	}
	next := 1
	if doc, err := s.store.Document(ctx, job.DocPolicy, p.ID); err == nil {
		next = doc.Version + 1
	} else if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if p.Version != int64(next) {
		return nil, fault.Errorf(fault.Conflict, "policy %s says version %d; the next one is %d, by which scenarios name it", p.ID, p.Version, next)
	}
	_, err = s.put(ctx, access.SetPolicy, job.DocPolicy, p.ID, body, nil)
	return p, err
}

// SetPreset stores a preset of the domain's own, or a new version of it, which scenarios
// name with its version.
func (s *Session) SetPreset(ctx context.Context, file string, body []byte) (egress.Preset, error) {
	p, err := egress.ParsePreset(file, body)
	if err != nil {
		return p, err
	}
	if err := access.CheckID("preset", p.Name); err != nil {
		return p, err
	}
	if err := s.authorise(ctx, access.SetPolicy, job.DocPreset+"/"+p.Name); err != nil {
		return p, err
	}
	p.Version, err = s.put(ctx, access.SetPolicy, job.DocPreset, p.Name, body, nil)
	return p, err
}

// checkPreset refuses a scenario whose preset is not there.
func (s *Session) checkPreset(ctx context.Context, sc *access.Scenario) error {
	if sc.PresetVersion == 0 {
		_, err := egress.PresetByName(sc.Preset)
		if _, own := s.store.Document(ctx, job.DocPreset, sc.Preset); err != nil && own == nil {
			err = fault.Errorf(fault.Invalid, "%s is a preset of the domain's own: say which version with preset_version", sc.Preset)
		}
		return err
	}
	doc, err := s.store.DocumentVersion(ctx, job.DocPreset, sc.Preset, sc.PresetVersion)
	if err != nil {
		return err
	}
	_, err = job.ParsePreset(sc.Preset, doc.Body, doc.Version)
	return err
}

// own refuses an action on something that belongs to other organisations: the
// person must be of each of them.
func (s *Session) own(ctx context.Context, action access.Action, target string, orgs ...string) error {
	for _, org := range orgs {
		if org != s.Actor.Org {
			return s.deny(ctx, action, target, "own_organisation",
				fault.Errorf(fault.Denied, "%s is for %s to decide; %s belongs to %s", target, org, s.Actor.ID, s.Actor.Org))
		}
	}
	return nil
}

// SignAgreement stores an agreement, or a new version of it between the same
// parties.
func (s *Session) SignAgreement(ctx context.Context, file string, body []byte) (*access.Agreement, error) {
	a, err := access.ParseAgreement(file, body)
	if err != nil {
		return nil, err
	}
	target := job.DocAgreement + "/" + a.ID
	if err := s.authorise(ctx, access.SignAgreement, target); err != nil {
		return nil, err
	}
	orgs := []string{a.Authority}
	old, err := s.agreement(ctx, a.ID)
	if err == nil {
		orgs = append(orgs, old.Authority)
	} else if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	if err := s.own(ctx, access.SignAgreement, target, orgs...); err != nil {
		return nil, err
	}
	if old != nil && old.Operator != a.Operator {
		return nil, fault.Errorf(fault.Conflict, "agreement %s is with %s; an agreement with %s needs an id of its own", a.ID, old.Operator, a.Operator)
	}
	_, err = s.put(ctx, access.SignAgreement, job.DocAgreement, a.ID, body, nil)
	return a, err
}

func (s *Session) agreement(ctx context.Context, id string) (*access.Agreement, error) {
	doc, err := s.store.Document(ctx, job.DocAgreement, id)
	if err != nil {
		return nil, err
	}
	return access.ParseAgreement(id, doc.Body)
}

// ApproveScenario stores a scenario whose agreement, preset, data sets, policies and
// columns exist. It is for the authority of the agreement to approve, and for the
// authority of the version before it.
func (s *Session) ApproveScenario(ctx context.Context, file string, body []byte) (*access.Scenario, error) {
	sc, err := access.ParseScenario(file, body)
	if err != nil {
		return nil, err
	}
	target := job.DocScenario + "/" + sc.ID
	if err := s.authorise(ctx, access.ApproveScenario, target); err != nil {
		return nil, err
	}
	orgs, err := s.authorities(ctx, sc)
	if err != nil {
		return nil, err
	}
	if err := s.own(ctx, access.ApproveScenario, target, orgs...); err != nil {
		return nil, err
	}
	if err := s.checkPreset(ctx, sc); err != nil {
		return nil, err
	}
	levels, err := s.grantLevels(ctx, sc)
	if err != nil {
		return nil, err
	}
	secret, err := s.compartment(ctx, job.ScenarioCompartment(sc.ID), "approve") // makes the scenario's key, without which it is of no use
	if err != nil {
		return nil, err
	}
	secret.Close()
	_, err = s.put(ctx, access.ApproveScenario, job.DocScenario, sc.ID, body, map[string]string{"levels": viewLevels(levels)})
	return sc, err
}

// authorities gives who granted the agreement of a scenario, and that of its
// version in force.
func (s *Session) authorities(ctx context.Context, sc *access.Scenario) ([]string, error) {
	a, err := s.agreement(ctx, sc.Agreement)
	if err != nil {
		return nil, err
	}
	orgs := []string{a.Authority}
	doc, err := s.store.Document(ctx, job.DocScenario, sc.ID)
	if fault.KindOf(err) == fault.NotFound {
		return orgs, nil
	}
	if err != nil {
		return nil, err
	}
	old, err := access.ParseScenario(sc.ID, doc.Body)
	if err != nil {
		return nil, err
	}
	if a, err = s.agreement(ctx, old.Agreement); err != nil {
		return nil, err
	}
	return append(orgs, a.Authority), nil
}

// checkGrant refuses a grant of what is not there, or stays readable.
func (s *Session) checkGrant(ctx context.Context, scenario string, g access.Grant) (*catalog.Dataset, *masking.Policy, error) {
	d, err := s.dataset(ctx, g.Dataset)
	if err != nil {
		return nil, nil, err
	}
	doc, err := s.store.DocumentVersion(ctx, job.DocPolicy, g.Policy, g.PolicyVersion)
	if err != nil {
		return nil, nil, err
	}
	p, err := masking.ParsePolicy(g.Policy, doc.Body)
	if err != nil {
		return nil, nil, err
	}
	if p.Dataset != g.Dataset {
		return nil, nil, fault.Errorf(fault.Invalid, "policy %s masks data set %s, not %s", g.Policy, p.Dataset, g.Dataset)
	}
	names := make([]string, len(g.Columns))
	for i, c := range g.Columns {
		if _, ok := d.Column(c.Name); !ok {
			return nil, nil, fault.Errorf(fault.Invalid, "data set %s has no column %q", g.Dataset, c.Name)
		}
		names[i] = c.Name
	}
	masker, err := p.Compile(view.Columns(d), make([]byte, masking.MinSecret)) // what is dropped does not depend on the secret
	if err != nil {
		return nil, nil, err
	}
	if masker, err = view.Granted(masker, d, scenario, names); err != nil {
		return nil, nil, err
	}
	return d, p, masker.Meets(masking.Requirement(g.Requires))
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
	if kind == job.DocDataset || kind == job.DocPolicy || kind == job.DocPreset {
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

func (d documents) DocumentVersion(ctx context.Context, kind, id string, version int) ([]byte, error) {
	doc, err := d.store.DocumentVersion(ctx, kind, id, version)
	return doc.Body, err
}
