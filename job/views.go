package job

import (
	"context"
	"errors"
	"io"
	"os"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
	"yingbi/view"
)

// ScenarioCompartment holds no objects: its key is the scenario's secret, from
// which pseudonyms and row order are derived.
func ScenarioCompartment(id string) string { return "scenario/" + id }

// views are the masked views of one run, by the manifest's name of the input.
type views struct {
	byName map[string]*view.View
	open   []*vault.Compartment
}

// openViews finds or builds the view of every input of the plan.
func (s *Service) openViews(ctx context.Context, actor access.Person, j Job, inputs []input) (v *views, err error) {
	v = &views{byName: map[string]*view.View{}}
	defer func() {
		if err != nil {
			v.Close()
		}
	}()
	unlock := func(compartment string) (*vault.Compartment, error) {
		c, err := s.Vault.Unlock(ctx, keeper.Intent{Actor: actor.ID, Compartment: compartment, Purpose: "run", Job: j.ID})
		if err == nil {
			v.open = append(v.open, c)
		}
		return c, err
	}
	scenario, err := unlock(ScenarioCompartment(j.Scenario))
	if err != nil {
		return v, err
	}
	secret, err := scenario.Derive("scenario secret", 32)
	if err != nil {
		return v, err
	}
	homes := map[string]*vault.Compartment{}
	for _, in := range inputs {
		home := homes[in.dataset.ID]
		if home == nil {
			if home, err = unlock(catalog.Compartment(in.dataset.ID)); err != nil {
				return v, err
			}
			homes[in.dataset.ID] = home
		}
		granted := make([]string, len(in.grant.Columns))
		for i, c := range in.grant.Columns {
			granted[i] = c.Name
		}
		v.byName[in.name], err = view.Open(ctx, view.Request{
			Compartment: home, Dataset: in.dataset, Version: in.version, Policy: in.policy,
			Scenario: j.Scenario, Secret: secret, Grant: granted,
		})
		if err != nil {
			return v, err
		}
	}
	return v, nil
}

// Close wipes the keys.
func (v *views) Close() {
	for _, c := range v.open {
		c.Close()
	}
}

// forQuery writes the whole views, ordinals too, into sealed memory for the
// query cell, where no operator's byte runs.
func (v *views) forQuery(ctx context.Context, inputs []manifest.PlanInput) ([]abi.View, []*os.File, error) {
	return write(inputs, abi.InputFD, func(w io.Writer, in manifest.PlanInput) error {
		return v.byName[in.Name].WriteTo(ctx, w)
	})
}

// forGuest writes only the columns that the module may see, without ordinals;
// first is the descriptor of the first file.
func (v *views) forGuest(ctx context.Context, inputs []manifest.PlanInput, first int) ([]abi.View, []*os.File, error) {
	return write(inputs, first, func(w io.Writer, in manifest.PlanInput) error {
		return v.byName[in.Name].Project(ctx, w, in.Columns)
	})
}

// write fills one sealed file for each input; the files become descriptors from
// first on.
func write(inputs []manifest.PlanInput, first int, fill func(io.Writer, manifest.PlanInput) error) (out []abi.View, files []*os.File, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(files))
			out, files = nil, nil
		}
	}()
	for i, in := range inputs {
		f, err := sandbox.SealedFile("view", func(w io.Writer) error { return fill(w, in) })
		if err != nil {
			return out, files, err
		}
		files = append(files, f)
		out = append(out, abi.View{Name: in.Name, FD: first + i, Columns: in.Columns})
	}
	return out, files, nil
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
