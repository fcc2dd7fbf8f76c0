package job

import (
	"yingbi/access"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/view"
)

// schema says what the scenario grants of the inputs, with the types that the
// columns have behind their masks.
func schema(scenario string, inputs []input) (manifest.Schema, error) {
	out := manifest.Schema{}
	for _, in := range inputs {
		one, err := in.schema(scenario)
		if err != nil {
			return nil, err
		}
		out[in.name] = one
	}
	return out, nil
}

func (in input) schema(scenario string) (out manifest.InputSchema, err error) {
	granted := make([]string, len(in.grant.Columns))
	for i, c := range in.grant.Columns {
		granted[i] = c.Name
	}
	// Types do not depend on the secret, so that none is unwrapped to check a manifest.
	masker, err := in.policy.Compile(view.Columns(in.dataset), make([]byte, masking.MinSecret))
	if err != nil {
		return out, err
	}
	if masker, err = view.Granted(masker, in.dataset, scenario, granted); err != nil {
		return out, err
	}
	if err := masker.Meets(masking.Requirement(in.grant.Requires)); err != nil {
		return out, err
	}
	masked := map[string]masking.Column{}
	for _, c := range masker.Columns() {
		masked[c.Name] = c
	}
	out = manifest.InputSchema{Level: in.dataset.Level, Columns: map[string]manifest.ColumnSchema{}}
	for _, sub := range in.dataset.Subjects {
		out.Subjects = append(out.Subjects, sub.Kind)
	}
	for _, granted := range in.grant.Columns {
		out.Columns[granted.Name], err = in.column(masked[granted.Name], granted.Uses)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// column says how a granted column may be used. Its level is the raw one: a mask lets
// no module see what it may not see without.
func (in input) column(masked masking.Column, uses []access.Use) (out manifest.ColumnSchema, err error) {
	declared, _ := in.dataset.Column(masked.Name)
	out = manifest.ColumnSchema{
		Type: masked.Type, Title: declared.Title, Subject: masked.Subject, Raw: masked.Raw, Level: in.dataset.LevelOf(masked.Name),
	}
	for _, use := range uses {
		u, err := manifest.ParseUse(string(use))
		if err != nil {
			return out, err
		}
		out.Uses |= u
	}
	return out, nil
}
