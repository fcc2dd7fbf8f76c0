package job

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/egress"
	"yingbi/egress/history"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/vault"
)

// Runner starts cells; *sandbox.Sandbox implements it.
type Runner interface {
	Query(context.Context, abi.QueryRequest, []*os.File, sandbox.Limits) (map[string]*abi.Frame, error)
	Compile(context.Context, abi.CompileRequest, []byte, sandbox.Limits) ([]byte, error)
	Map(context.Context, abi.MapRequest, []*os.File, sandbox.Limits, func(*abi.Frame) error) (log []byte, err error)
	Guest(context.Context, abi.GuestRequest, []*os.File, sandbox.Limits) (sandbox.GuestResult, error)
	Prepare(context.Context, abi.PrepareRequest, *os.File, sandbox.Limits, io.Writer) error
}

// Run runs a queued job to its end: held, or failed. A failure of the job itself
// is not an error of Run, since whoever started it must not learn of it; what is
// an error is that the domain could not run or record it, or was interrupted.
func (s *Service) Run(ctx context.Context, actor access.Person, id string) (Job, error) {
	j, c, err := s.find(ctx, actor, access.RunJob, id)
	if err != nil {
		return j, err
	}
	if j.State != Queued {
		return j, fault.Errorf(fault.Conflict, "job %s is %s; only a queued job can be run", id, j.State.Outside())
	}
	if err := c.current(); err != nil {
		return j.Outside(), err
	}
	home, err := s.unlock(ctx, actor, id, "run")
	if err != nil {
		return j.Outside(), err
	}
	defer home.Close()
	m, err := readManifest(ctx, home)
	if err != nil {
		return j.Outside(), err
	}
	charge, err := s.spend(ctx, actor, access.RunJob, j, c, m, Cost(m))
	if err != nil {
		return j.Outside(), err
	}
	intent := audit.Record{Actor: actor.ID, Action: string(access.RunJob), Target: "job/" + id, Details: charge.details()}
	err = s.Log.Act(ctx, intent, func(uint64) error { return s.run(ctx, actor, &j, c, home, m) })
	if err == nil && j.State == Held && c.scenario.Automatic {
		j, err = s.decideByPolicy(ctx, j, home)
	}
	return j.Outside(), err
}

func (s *Service) run(ctx context.Context, actor access.Person, j *Job, c circumstances, home *vault.Compartment, m *manifest.Manifest) error {
	if err := s.move(ctx, j, Running, actor.ID); err != nil {
		return err
	}
	failure := s.execute(ctx, actor, j, c, home, m)
	var open *audit.UndecidedError
	if failure == nil || errors.As(failure, &open) {
		return failure
	}
	last, told := context.WithoutCancel(ctx), describe(failure, m.Errors)
	j.Reason = told.Kind
	if err := putJSON(last, home, objFailure, told); err != nil {
		return err
	}
	if err := s.move(last, j, Failed, actor.ID); err != nil {
		return err
	}
	if durable.Full(failure) { // which says nothing about rows, and somebody must make room
		return durable.Explain(syscall.ENOSPC)
	}
	return ctx.Err() // the caller's own interruption is no secret to them
}

// execute takes a running job to held: views, query, guest, judgement.
func (s *Service) execute(ctx context.Context, actor access.Person, j *Job, c circumstances, home *vault.Compartment, m *manifest.Manifest) error {
	inputs, err := s.inputs(ctx, m, c.scenario, nil)
	if err != nil {
		return err
	}
	r, err := s.begin(ctx, actor, "run", j, home, m, inputs)
	if err != nil {
		return err
	}
	defer r.views.Close()
	defer r.tend(inputs)
	preset, err := s.preset(ctx, c.scenario.Preset, c.scenario.PresetVersion)
	if err != nil {
		return err
	}
	if err := r.compute(preset); err != nil {
		return err
	}
	j.Class = r.plan.Assurance.String()
	if err := s.move(ctx, j, Checking, actor.ID); err != nil {
		return err
	}
	u, err := r.used(inputs, preset)
	if err != nil {
		return err
	}
	if err := r.keep(u); err != nil {
		return err
	}
	return s.move(ctx, j, Held, actor.ID)
}

// begin checks the manifest against what its inputs are granted for, and opens their
// views, which the caller closes.
func (s *Service) begin(ctx context.Context, actor access.Person, purpose string, j *Job, home *vault.Compartment, m *manifest.Manifest, inputs []input) (*run, error) {
	granted, err := schema(j.Scenario, inputs)
	if err != nil {
		return nil, err
	}
	r := &run{
		service: s, ctx: ctx, actor: actor.ID, job: j, manifest: m, home: home,
		past: map[string][]string{}, behind: map[string]*history.Release{}, fitted: map[string]*abi.Frame{},
	}
	if r.plan, err = m.Check(granted); err != nil {
		return nil, err
	}
	for _, in := range inputs {
		if in.version.Created.After(r.newest) {
			r.newest = in.version.Created
		}
	}
	r.views, err = s.openViews(ctx, actor, purpose, *j, inputs)
	return r, err
}

// run is one execution, from views to what is kept of it.
type run struct {
	service  *Service
	ctx      context.Context // of this one call of execute; a run does not outlive it
	actor    string          // for whom it runs
	replay   bool            // it leaves the job as it is
	job      *Job
	manifest *manifest.Manifest
	plan     *manifest.Plan
	views    *views
	home     *vault.Compartment

	newest    time.Time // of the versions: a module's clock stands still at it
	tables    []*egress.Table
	report    *egress.Report
	published []*egress.Published
	mapped    []egress.Mapping
	fitted    map[string]*abi.Frame // who is behind each model that passes, by statement
	log       []byte

	// By kind of subject: the earlier releases with which the cells were compared, and
	// who is behind those that would be published.
	past   map[string][]string
	behind map[string]*history.Release
}

// limits of a cell of this job.
func (r *run) limits() sandbox.Limits {
	return sandbox.Limits{Owner: r.job.Org, Memory: r.manifest.Limits.Memory, Wall: r.manifest.Limits.Time, Output: maxAnswer}
}

// maxAnswer bounds what a cell of a job may answer, in bytes: tables are small.
const maxAnswer = 64 << 20

// maxMembers bounds what a query cell may say beyond that of who is behind the tables:
// about 40 bytes for each subject of each cell.
const maxMembers = 1 << 30

func (r *run) compute(preset egress.Preset) error {
	if err := r.work(preset); err != nil {
		return errors.Join(err, r.keepLog())
	}
	return nil
}

// work maps, queries, judges and runs the module.
func (r *run) work(preset egress.Preset) error {
	if err := r.mappings(); err != nil {
		return err
	}
	frames, err := r.query()
	if err != nil {
		return err
	}
	for i, check := range r.plan.Checks {
		if n, err := number(frames[check.Name]); err != nil {
			return err
		} else if n != 0 {
			return fault.Errorf(fault.Invalid, "%s (%s)", r.plan.Checks[i].Reason, check.Code)
		}
	}
	r.tables = make([]*egress.Table, len(r.plan.Tables))
	for i, t := range r.plan.Tables {
		if r.tables[i], err = collect(t, frames); err != nil {
			return err
		}
	}
	if r.report, err = egress.Judge(r.ctx, preset, r.tables); err != nil {
		return err
	}
	r.report.AddMappings(r.mapped)
	if err := r.questions(frames); err != nil {
		return err
	}
	late := r.plan.Guest != nil && len(r.plan.Guest.Tables) > 0 // it is shown tables as they are in the end
	if r.plan.Guest != nil && !late {
		if err := r.guest(); err != nil {
			return err
		}
	}
	if err := r.history(frames); err != nil {
		return err
	}
	if err := r.report.Settle(r.ctx, r.tables); err != nil {
		return err
	}
	if late {
		if err := r.guest(); err != nil {
			return err
		}
	}
	r.publish()
	return nil
}

// query computes the declared tables and their evidence. No operator's byte
// enters the cell but as a bound value.
func (r *run) query() (map[string]*abi.Frame, error) {
	statements := r.plan.Statements()
	if len(statements) == 0 { // of a job with models alone
		return nil, nil
	}
	views, files, err := r.views.forQuery(r.ctx, r.plan)
	if err != nil {
		return nil, err
	}
	req := abi.QueryRequest{Views: views, Threads: r.plan.Threads, Memory: r.manifest.Limits.Memory}
	for _, st := range statements {
		req.Statements = append(req.Statements, statement(st))
	}
	limits := r.limits()
	limits.Output += maxMembers
	frames, err := r.service.Runner.Query(r.ctx, req, files, limits)
	return frames, errors.Join(err, closeAll(files))
}

// statement is the same statement in the cell's words.
func statement(st manifest.Statement) abi.Statement {
	out := abi.Statement{Name: st.Name, SQL: st.SQL}
	for _, v := range st.Args {
		out.Args = append(out.Args, abi.Value(v))
	}
	for _, c := range st.Columns {
		out.Result = append(out.Result, abi.ResultColumn{Name: c.Name, Type: c.Type})
	}
	return out
}

// number reads the one number of a check.
func number(f *abi.Frame) (int64, error) {
	if f == nil || f.Rows != 1 || len(f.Columns) != 1 || len(f.Columns[0].Ints) != 1 {
		return 0, fault.New(fault.Integrity, "the query cell did not answer a check with one number")
	}
	return f.Columns[0].Ints[0], nil
}

func putJSON(ctx context.Context, c *vault.Compartment, name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Put(ctx, name, bytesOf(b))
}

func getJSON(ctx context.Context, c *vault.Compartment, name string, v any) error {
	b, err := c.Read(ctx, name, maxObject)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fault.Errorf(fault.Integrity, "the sealed %s of the job cannot be read: %v", name, err)
	}
	return nil
}

// maxObject bounds what is read of a sealed object of a job into memory.
const maxObject = 256 << 20
