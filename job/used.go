package job

import (
	"time"

	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/masking"
	"yingbi/sandbox/abi"
)

// Used says what a run stood on, for the certificate and for running it again.
type Used struct {
	Inputs []UsedInput `json:"inputs"`
	Preset string      `json:"preset"`
	At     time.Time   `json:"at"`

	PresetVersion int            `json:"preset_version,omitempty"` // of one of the domain's own
	PresetDigest  *crypto.Digest `json:"preset_digest,omitempty"`  // of its numbers; nil where it was not noted

	Module  *crypto.Digest `json:"module,omitempty"`  // a commitment
	Engine  string         `json:"engine,omitempty"`  // abi.EngineFormat
	Program string         `json:"program,omitempty"` // its version

	// Level is the highest of the columns that the job asks for, before masking; 0 where it
	// was not noted.
	Level int `json:"level,omitempty"`

	// Past are the releases with which its cells were compared, by kind of subject.
	Past map[string][]string `json:"past,omitempty"`
}

// UsedInput is one input of a run.
type UsedInput struct {
	Name          string        `json:"name"`
	Dataset       string        `json:"dataset"`
	Version       int           `json:"version"`
	VersionDigest crypto.Digest `json:"version_digest"` // a commitment
	Policy        string        `json:"policy"`
	PolicyVersion int           `json:"policy_version"`
	PolicyDigest  crypto.Digest `json:"policy_digest"`
	View          crypto.Digest `json:"view"`

	// Anonymity is what the view's section anonymity did, for reviewers; nil without one.
	Anonymity *masking.Anonymised `json:"anonymity,omitempty"`
}

// used tells what this run stands on.
func (r *run) used(inputs []input, preset egress.Preset) (Used, error) {
	out := Used{
		Preset: preset.Name, PresetVersion: preset.Version,
		At: r.service.Clock(), Engine: abi.EngineFormat, Program: r.service.Program, Past: r.past,
	}
	rules, err := preset.Digest()
	if err != nil {
		return out, err
	}
	out.PresetDigest = &rules
	if r.job.Module {
		info, err := r.home.Stat(objModule)
		if err != nil {
			return out, err
		}
		out.Module = &info.Commitment
	}
	for i, in := range inputs {
		for _, column := range r.manifest.Inputs[i].Columns {
			out.Level = max(out.Level, in.dataset.LevelOf(column))
		}
		digest, err := crypto.ParseDigest(in.version.Digest)
		if err != nil {
			return out, err
		}
		of := r.views.byName[in.name]
		did, err := evidence(r.ctx, of)
		if err != nil {
			return out, err
		}
		out.Inputs = append(out.Inputs, UsedInput{
			Name: in.name, Dataset: in.dataset.ID, Version: in.version.Number, VersionDigest: digest,
			Policy: in.policy.ID, PolicyVersion: in.grant.PolicyVersion, PolicyDigest: in.policy.Digest(), View: of.Identity(), Anonymity: did,
		})
	}
	return out, nil
}
