package job

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/sandbox/admission"
)

// Package is what an operator submits.
type Package struct {
	File     string // names the manifest in errors
	Manifest []byte // job.yaml
	Module   []byte // module.wasm; nil for a job without one
	Replaces string // id of the returned job that this one replaces; may be empty
}

// Submit admits a package and queues it. What is malformed, over a limit or not
// granted is refused, and nothing of it is stored.
func (s *Service) Submit(ctx context.Context, actor access.Person, p Package) (j Job, err error) {
	m, err := manifest.Parse(p.File, p.Manifest)
	if err != nil {
		return j, err
	}
	c, err := s.circumstances(ctx, m.Scenario, 0)
	if err != nil {
		return j, err
	}
	now := s.Clock()
	j = Job{
		ID: uuid.Must(uuid.NewV7()).String(), Scenario: m.Scenario, ScenarioVersion: c.version, Submitter: actor.ID, Org: actor.Org,
		State: Submitted, Module: p.Module != nil, Created: now, Updated: now,
	}
	if err := s.authorise(ctx, actor, access.SubmitJob, Job{Scenario: m.Scenario}, c); err != nil {
		return j, err
	}
	if p.Replaces != "" {
		if err := s.replaceable(ctx, actor, m.Scenario, p.Replaces); err != nil {
			return j, err
		}
	}
	plan, err := s.plan(ctx, m, c)
	if err == nil {
		err = admit(m, plan, p.Module)
	}
	if err != nil {
		return j, s.refuse(ctx, actor, m.Scenario, err)
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.SubmitJob), Target: "job/" + j.ID, Details: map[string]string{"scenario": j.Scenario, DigestDetail: j.Digest().String()}}
	err = s.Log.Act(ctx, intent, func(uint64) error { return s.enter(ctx, actor, &j, p) })
	return j, err
}

// plan checks the manifest against what its scenario grants.
func (s *Service) plan(ctx context.Context, m *manifest.Manifest, c circumstances) (*manifest.Plan, error) {
	inputs, err := s.inputs(ctx, m, c.scenario, nil)
	if err != nil {
		return nil, err
	}
	granted, err := schema(c.scenario.ID, inputs)
	if err != nil {
		return nil, err
	}
	p, err := m.Check(granted)
	if err == nil {
		err = verifiable(p, c.scenario, inputs)
	}
	if err == nil {
		err = assertable(m, c.scenario)
	}
	return p, err
}

// assertable refuses numbers that nobody can compute again, unless the scenario allows
// them, and as many.
func assertable(m *manifest.Manifest, scenario *access.Scenario) error {
	limit, carries := scenario.AssertedBits*millibit, m.AssertedMillibits()
	switch {
	case carries == 0 || carries <= limit:
		return nil
	case limit == 0:
		return fault.Errorf(fault.Denied, "scenario %s lets no numbers leave that nobody can compute again (kind: asserted); take a table or a checked model, or ask the authority to approve it with a section asserted", scenario.ID)
	}
	return fault.Errorf(fault.Limit, "the numbers that this job asserts carry %s bits, and scenario %s lets one run carry %s; declare fewer numbers, with narrower bounds or a smaller scale, or ask the authority for more", Bits(carries), scenario.ID, Bits(limit))
}

// admit holds module and manifest together: outputs need a module, a module
// needs outputs, and the module must pass the parser before a cell sees it.
func admit(m *manifest.Manifest, plan *manifest.Plan, module []byte) error {
	switch {
	case !plan.Module() && module == nil:
		return nil
	case !plan.Module():
		return fault.New(fault.Invalid, "the job brings a module, but its manifest declares no outputs and no mapping for it; declare them, or leave the module out")
	case module == nil:
		return fault.New(fault.Invalid, "the manifest declares outputs or a mapping, but no module comes with it; give it with --module")
	}
	summary, err := admission.Check(module, admission.DefaultLimits())
	switch {
	case err != nil:
		return err
	case plan.Guest != nil && !summary.Job:
		return fault.New(fault.Invalid, "the manifest declares outputs, but the module exports no yb_run")
	case len(plan.Mappings) > 0 && !summary.Map:
		return fault.New(fault.Invalid, "the manifest declares a mapping, but the module exports no yb_map")
	}
	return nil
}

// refuse records that a package was not taken, and gives its reason back.
func (s *Service) refuse(ctx context.Context, actor access.Person, scenario string, reason error) error {
	_, err := s.Log.Append(ctx, audit.Record{
		Actor: actor.ID, Action: "job.refuse", Phase: audit.Event, Target: "scenario/" + scenario,
		Details: map[string]string{"kind": fault.KindOf(reason).String()},
	})
	if err != nil {
		return fmt.Errorf("%w (and the refusal could not be recorded: %v)", reason, err)
	}
	return reason
}

// enter seals the package and brings the job from submitted to queued.
func (s *Service) enter(ctx context.Context, actor access.Person, j *Job, p Package) error {
	c, err := s.Vault.Create(ctx, keeper.Intent{Actor: actor.ID, Compartment: Compartment(j.ID), Purpose: "submit", Job: j.ID})
	if err != nil {
		return err
	}
	defer c.Close()
	objects := map[string]func(io.Writer) error{objManifest: bytesOf(p.Manifest)}
	if p.Module != nil {
		objects[objModule] = bytesOf(p.Module)
	}
	if p.Replaces != "" {
		objects[objReplaces] = bytesOf([]byte(p.Replaces))
	}
	if err := c.PutAll(ctx, objects); err != nil {
		return err
	}
	if err := s.Store.AddJob(ctx, *j); err != nil {
		return err
	}
	if err := s.move(ctx, j, Admitted, actor.ID); err != nil {
		return err
	}
	return s.move(ctx, j, Queued, actor.ID)
}

func bytesOf(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}
