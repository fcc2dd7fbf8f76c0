package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/egress"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/release"
	"yingbi/sandbox/abi"
	"yingbi/vault"
)

// Replay runs a released job again: with the versions, policies, scenario and rules
// that its run noted, in cells as before. nil says that every table and the report came
// out byte for byte as they were sealed. Otherwise the fault names the first thing that
// is not what it was, of versions, policies, preset, views, module, engine, program,
// tables, report, in this order.
//
// It leaves the job as it is and keeps nothing but what any run may put into the caches
// of views and compiled modules.
func (s *Service) Replay(ctx context.Context, actor access.Person, id string) error {
	j, c, err := s.find(ctx, actor, access.ReplayRelease, id)
	if err != nil {
		return err
	}
	if !j.State.WasReleased() {
		return fault.Errorf(fault.Conflict, "job %s has no release; only a released job can be replayed", id)
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.ReplayRelease), Target: "job/" + id}
	return s.Log.Act(ctx, intent, func(uint64) error {
		home, err := s.unlock(ctx, actor, id, "replay")
		if err != nil {
			return err
		}
		defer home.Close()
		r := replay{service: s, ctx: ctx, actor: actor, job: j, home: home}
		return r.run(c.scenario)
	})
}

// replay is one re-execution.
type replay struct {
	service *Service
	ctx     context.Context // of this one call of Replay
	actor   access.Person
	job     Job
	home    *vault.Compartment
	was     Used
}

// differs tells the first thing that is not what it was.
func differs(format string, args ...any) error {
	return fault.Errorf(fault.Integrity, "not the same: "+format, args...)
}

func (r *replay) run(scenario *access.Scenario) error {
	if err := getJSON(r.ctx, r.home, objRun, &r.was); err != nil {
		return err
	}
	m, err := readManifest(r.ctx, r.home)
	if err != nil {
		return err
	}
	if len(r.was.Inputs) != len(m.Inputs) {
		return fault.Errorf(fault.Integrity, "the sealed account of the run has other inputs than its manifest")
	}
	inputs, err := r.service.inputs(r.ctx, m, scenario, r.was.Inputs)
	if err != nil {
		return err
	}
	if err := r.checkInputs(inputs); err != nil {
		return err
	}
	rules, err := r.preset()
	if err != nil {
		return err
	}
	again, err := r.service.begin(r.ctx, r.actor, "replay", &r.job, r.home, m, inputs)
	if err != nil {
		return err
	}
	defer again.views.Close()
	again.replay, again.past = true, r.was.Past
	for _, in := range r.was.Inputs {
		if again.views.byName[in.Name].Identity() != in.View {
			return differs("the masked view of input %s: masking or its reference data is of another version", in.Name)
		}
	}
	if err := r.checkModule(); err != nil {
		return err
	}
	return r.compare(again, rules)
}

// checkInputs holds the rows of every version, and then every policy, against what the
// run noted.
func (r *replay) checkInputs(inputs []input) error {
	for i, in := range inputs {
		err := r.checkRows(in.version)
		if kind := fault.KindOf(err); kind == fault.Integrity || kind == fault.NotFound {
			err = differs("data set %s, version %d: %v", in.dataset.ID, in.version.Number, err)
		}
		if err == nil && in.version.Digest != r.was.Inputs[i].VersionDigest.String() {
			err = differs("data set %s, version %d: it has another digest", in.dataset.ID, in.version.Number)
		}
		if err != nil {
			return err
		}
	}
	for i, in := range inputs {
		if was := r.was.Inputs[i]; in.policy.ID != was.Policy || in.grant.PolicyVersion != was.PolicyVersion || in.policy.Digest() != was.PolicyDigest {
			return differs("policy %s, version %d", in.policy.ID, in.grant.PolicyVersion)
		}
	}
	return nil
}

// checkRows reads every sealed part of a version to its end: a view that is in the
// cache would not ask for them.
func (r *replay) checkRows(v catalog.Version) error {
	home, err := r.service.Vault.Unlock(r.ctx, keeper.Intent{Actor: r.actor.ID, Compartment: catalog.Compartment(v.Dataset), Purpose: "replay", Job: r.job.ID})
	if err != nil {
		return err
	}
	defer home.Close()
	if catalog.RowsDigest(v.Parts) != v.Digest {
		return fault.New(fault.Integrity, "its parts are not those that were registered")
	}
	for _, p := range v.Parts {
		info, err := home.Stat(p.Object())
		if err == nil && info.Commitment.String() != p.Digest {
			err = fault.Errorf(fault.Integrity, "part %s is another", p.Object())
		}
		if err == nil {
			err = readThrough(r.ctx, home, p.Object())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readThrough verifies every segment of an object.
func readThrough(ctx context.Context, home *vault.Compartment, name string) error {
	o, err := home.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	_, err = io.Copy(io.Discard, o.Reader())
	return errors.Join(err, ctx.Err())
}

func (r *replay) checkModule() error {
	if !r.job.Module {
		return nil
	}
	info, err := r.home.Stat(objModule)
	if err == nil {
		err = readThrough(r.ctx, r.home, objModule)
	}
	if kind := fault.KindOf(err); kind == fault.Integrity || kind == fault.NotFound {
		return differs("the module: %v", err)
	}
	if err == nil && r.was.Module != nil && info.Commitment != *r.was.Module {
		err = differs("the module")
	}
	return err
}

// compare computes the job and holds what comes out against what was sealed. Another
// engine or program is named only where the result is another.
func (r *replay) compare(again *run, rules egress.Preset) error {
	failure := again.compute(rules)
	var open *audit.UndecidedError
	if r.ctx.Err() != nil || errors.As(failure, &open) || durable.Full(failure) {
		return errors.Join(failure, r.ctx.Err())
	}
	tables, err := r.home.Read(r.ctx, objTables, maxObject)
	if err != nil {
		return err
	}
	report, err := r.home.Read(r.ctx, objReport, maxObject)
	if err != nil {
		return err
	}
	var newTables, newReport []byte
	if failure == nil {
		if newTables, newReport, err = again.results(); err != nil {
			return err
		}
		if bytes.Equal(tables, newTables) && bytes.Equal(report, newReport) {
			return nil
		}
	}
	switch was := r.was; {
	case was.Engine != "" && was.Engine != abi.EngineFormat:
		return differs("the engine was %s and is %s", was.Engine, abi.EngineFormat)
	case was.Program != "" && was.Program != r.service.Program:
		return differs("the program was yingbi %s and is %s; replay with the former", was.Program, r.service.Program)
	case failure != nil:
		return differs("the run, which fails now: %s", describe(failure, again.manifest.Errors).Text)
	case bytes.Equal(tables, newTables):
		return differs("the report; the tables are the same")
	}
	return firstDifference(tables, newTables)
}

// firstDifference names the first place at which two files of tables differ, and no
// value.
func firstDifference(was, is []byte) error {
	before, err := release.ParseTables(was)
	if err != nil {
		return err
	}
	now, err := release.ParseTables(is)
	if err != nil {
		return err
	}
	for i, t := range before {
		if i == len(now) {
			return differs("table %s is missing", t.Name)
		}
		if place := tableDifference(t, now[i]); place != "" {
			return differs("table %s%s", t.Name, place)
		}
	}
	return differs("there are %d tables and were %d", len(now), len(before))
}

func tableDifference(was, is release.Table) string {
	if was.Name != is.Name || fmt.Sprint(was.Columns, was.Title, was.Class) != fmt.Sprint(is.Columns, is.Title, is.Class) {
		return ": its columns"
	}
	for row := range min(len(was.Rows), len(is.Rows)) {
		for column, cell := range was.Rows[row] {
			if cell != is.Rows[row][column] {
				return fmt.Sprintf(", row %d, column %s", row+1, was.Columns[column].Name)
			}
		}
	}
	if len(was.Rows) != len(is.Rows) {
		return fmt.Sprintf(": it has %d rows and had %d", len(is.Rows), len(was.Rows))
	}
	if fmt.Sprint(was.Notes) != fmt.Sprint(is.Notes) {
		return ": its notes"
	}
	return ""
}
