package domain

import (
	"context"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/job"
	"yingbi/store"
)

// Kit is what an operator develops against outside the domain (开发包): the text of a
// scenario and of all that it names, as it is in force. It is public text: nothing in
// it comes from rows.
type Kit struct {
	Domain              string // its name
	Scenario, Agreement store.Document
	Datasets, Policies  []store.Document // of the scenario's grants, in their order
	Preset              *store.Document  // nil where it is one of the program's
}

// Kit gives the text of a scenario. Each time is recorded.
func (s *Session) Kit(ctx context.Context, id string) (k Kit, err error) {
	k.Domain = s.Info.Name
	if k.Scenario, err = s.store.Document(ctx, job.DocScenario, id); err != nil {
		return k, err
	}
	sc, err := access.ParseScenario(id, k.Scenario.Body)
	if err != nil {
		return k, err
	}
	if k.Agreement, err = s.store.Document(ctx, job.DocAgreement, sc.Agreement); err != nil {
		return k, err
	}
	agreement, err := access.ParseAgreement(sc.Agreement, k.Agreement.Body)
	if err != nil {
		return k, err
	}
	target := job.DocScenario + "/" + id
	decision := access.Check(access.Request{Actor: s.Actor, Action: access.FetchKit, Now: s.cfg.Clock(), Scenario: sc, Agreement: agreement})
	if !decision.Allowed {
		return Kit{}, s.deny(ctx, access.FetchKit, target, decision.Rule, decision.Err())
	}
	intent := audit.Record{Actor: s.Actor.ID, Action: string(access.FetchKit), Target: target}
	err = s.log.Act(ctx, intent, func(uint64) error {
		for _, g := range sc.Grants {
			dataset, err := s.store.Document(ctx, job.DocDataset, g.Dataset)
			if err != nil {
				return err
			}
			policy, err := s.store.DocumentVersion(ctx, job.DocPolicy, g.Policy, g.PolicyVersion)
			if err != nil {
				return err
			}
			k.Datasets, k.Policies = append(k.Datasets, dataset), append(k.Policies, policy)
		}
		if sc.PresetVersion == 0 {
			return nil
		}
		preset, err := s.store.DocumentVersion(ctx, job.DocPreset, sc.Preset, sc.PresetVersion)
		k.Preset = &preset
		return err
	})
	return k, err
}
