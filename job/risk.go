package job

import (
	"context"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/view"
)

// Risk tells what anonymity the masked view of a data set has under a scenario, and
// what risk of recognising somebody is left in it. It is derived from rows, and for
// reviewers and security officers alone.
type Risk struct {
	Dataset       string        `json:"dataset"`
	Version       int           `json:"version"`
	Policy        string        `json:"policy"`
	PolicyVersion int           `json:"policy_version"`
	View          crypto.Digest `json:"view"`
	*masking.Anonymised
}

// Risks gives the risk in the view of each data set that a scenario is granted through
// a policy with a section anonymity; dataset, unless it is empty, names one of them. A
// view that is not there yet is made. Looking is recorded.
func (s *Service) Risks(ctx context.Context, actor access.Person, scenario, dataset string) (out []Risk, err error) {
	c, err := s.circumstances(ctx, scenario, 0)
	if err != nil {
		return nil, err
	}
	under := Job{Scenario: scenario, ScenarioVersion: c.version}
	if err := s.authorise(ctx, actor, access.ReadRisk, under, c); err != nil {
		return nil, err
	}
	inputs, err := s.anonymised(ctx, c.scenario, dataset)
	if err != nil {
		return nil, err
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.ReadRisk), Target: "scenario/" + scenario}
	if dataset != "" {
		intent.Details = map[string]string{"dataset": dataset}
	}
	err = s.Log.Act(ctx, intent, func(uint64) error {
		v, err := s.openViews(ctx, actor, "risk", under, inputs)
		if err != nil {
			return err
		}
		defer v.Close()
		for _, in := range inputs {
			of := v.byName[in.name]
			did, err := evidence(ctx, of)
			if err != nil {
				return err
			}
			if did != nil { // a policy may ask it of columns that are not granted
				out = append(out, Risk{in.dataset.ID, in.version.Number, in.policy.ID, in.grant.PolicyVersion, of.Identity(), did})
			}
		}
		return nil
	})
	return out, err
}

// anonymised gives what a scenario is granted through policies with a section anonymity.
func (s *Service) anonymised(ctx context.Context, scenario *access.Scenario, dataset string) (out []input, err error) {
	if dataset != "" {
		if _, err := scenario.Grant(dataset); err != nil {
			return nil, err
		}
	}
	for _, g := range scenario.Grants {
		if dataset != "" && g.Dataset != dataset {
			continue
		}
		inputs, err := s.inputs(ctx, &manifest.Manifest{Inputs: []manifest.Input{{Name: g.Dataset, Dataset: g.Dataset}}}, scenario, nil)
		if err != nil {
			return nil, err
		}
		if inputs[0].policy.Anonymises() {
			out = append(out, inputs[0])
		}
	}
	if out == nil {
		return nil, fault.Errorf(fault.NotFound, "scenario %s is granted nothing of the kind through a policy with a section anonymity; docs/MASKING.md has the section", scenario.ID)
	}
	return out, nil
}

// evidence gives what the anonymity section of a view's policy did, nil without one.
func evidence(ctx context.Context, v *view.View) (*masking.Anonymised, error) {
	did, err := v.Anonymised(ctx)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return did, err
}
