package job

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"runtime"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/masking"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
	"yingbi/view"
)

// ScenarioCompartment holds no objects: its key is the scenario's secret, from
// which pseudonyms and row order are derived.
func ScenarioCompartment(id string) string { return "scenario/" + id }

// ScenarioSecret derives the secret of a scenario from its unlocked compartment.
func ScenarioSecret(c *vault.Compartment) ([]byte, error) { return c.Derive("scenario secret", 32) }

// views are the masked views of one run, by the manifest's name of the input.
type views struct {
	byName map[string]*view.View
	homes  map[string]*vault.Compartment // of data sets, by id
	// records are those of the run's mappings, by name: Parquet in sealed memory.
	records map[string]*os.File
	secret  []byte // of the scenario
	open    []*vault.Compartment
}

// openViews finds or builds the view of every input of the plan.
func (s *Service) openViews(ctx context.Context, actor access.Person, purpose string, j Job, inputs []input) (v *views, err error) {
	v = &views{byName: map[string]*view.View{}, homes: map[string]*vault.Compartment{}, records: map[string]*os.File{}}
	defer func() {
		if err != nil {
			v.Close()
		}
	}()
	unlock := func(compartment string) (*vault.Compartment, error) {
		c, err := s.Vault.Unlock(ctx, keeper.Intent{Actor: actor.ID, Compartment: compartment, Purpose: purpose, Job: j.ID})
		if err == nil {
			v.open = append(v.open, c)
		}
		return c, err
	}
	scenario, err := unlock(ScenarioCompartment(j.Scenario))
	if err != nil {
		return v, err
	}
	if v.secret, err = ScenarioSecret(scenario); err != nil {
		return v, err
	}
	for _, in := range inputs {
		home := v.homes[in.dataset.ID]
		if home == nil {
			if home, err = unlock(catalog.Compartment(in.dataset.ID)); err != nil {
				return v, err
			}
			v.homes[in.dataset.ID] = home
		}
		granted := make([]string, len(in.grant.Columns))
		for i, c := range in.grant.Columns {
			granted[i] = c.Name
		}
		v.byName[in.name], err = view.Open(ctx, view.Request{
			Compartment: home, Dataset: in.dataset, Version: in.version, Policy: in.policy,
			Scenario: j.Scenario, Secret: v.secret, Grant: granted, Requires: masking.Requirement(in.grant.Requires),
		})
		if err != nil {
			return v, err
		}
	}
	return v, nil
}

// Close wipes the keys and gives memory back.
func (v *views) Close() {
	clear(v.secret)
	for _, f := range v.records {
		f.Close() // of memory, open for reading: there is nothing to lose
	}
	for _, c := range v.open {
		c.Close()
	}
}

// forQuery brings the columns that the plan names, ordinals too, into sealed
// memory for the query cell, where no operator's byte runs: the engine file of
// these columns where there is one, else Parquet. An engine file keeps no order
// of rows, so it is not for a plan whose results depend on one.
func (v *views) forQuery(ctx context.Context, plan *manifest.Plan) ([]abi.View, []*os.File, error) {
	return bring(plan.Inputs, abi.InputFD, func(w io.Writer, in manifest.PlanInput) (engine bool, err error) {
		if records := v.records[in.Name]; records != nil {
			_, err := io.Copy(w, io.NewSectionReader(records, 0, math.MaxInt64))
			return false, err
		}
		if plan.Threads > 1 {
			engine, err = copyEngine(ctx, w, v.byName[in.Name], in.Columns)
		}
		if engine || err != nil {
			return engine, err
		}
		return false, v.byName[in.Name].Query(ctx, w, in.Columns)
	})
}

// copyEngine writes the engine file of the columns, if there is one.
func copyEngine(ctx context.Context, w io.Writer, from *view.View, columns []string) (bool, error) {
	o, err := from.OpenEngine(ctx, engineOf(columns))
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer o.Close()
	o.SetCores(runtime.GOMAXPROCS(0))
	_, err = io.Copy(w, o.Reader())
	return true, err
}

// forGuest brings only the columns that the module may see, without ordinals;
// first is the descriptor of the first file.
func (v *views) forGuest(ctx context.Context, inputs []manifest.PlanInput, first int) ([]abi.View, []*os.File, error) {
	return bring(inputs, first, func(w io.Writer, in manifest.PlanInput) (bool, error) {
		return false, v.byName[in.Name].Project(ctx, w, in.Columns)
	})
}

// bring fills one sealed file for each input, and learns whether it is an engine
// file; the files become descriptors from first on.
func bring(inputs []manifest.PlanInput, first int, fill func(io.Writer, manifest.PlanInput) (engine bool, err error)) (out []abi.View, files []*os.File, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(files))
			out, files = nil, nil
		}
	}()
	for i, in := range inputs {
		engine := false
		f, err := sandbox.SealedFile("view", func(w io.Writer) (err error) {
			engine, err = fill(w, in)
			return err
		})
		if err != nil {
			return out, files, err
		}
		files = append(files, f)
		out = append(out, abi.View{Name: in.Name, FD: first + i, Columns: in.Columns, Engine: engine})
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
