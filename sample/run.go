package sample

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/keeper"
	"yingbi/manifest"
)

// Sizes of sample data, in subjects of each kind.
const (
	DefaultPeople = 2000 // of whom most cells of a table can be published
	minPeople     = 100
)

// Config is one sample run.
type Config struct {
	Exe     string // the yingbi binary, started again for the keeper and for cells
	Kit     *Kit
	Package job.Package
	People  int // subjects of each kind
	Seed    uint64
	Begin   func(Step)   // told when a step begins; may be nil
	Log     *slog.Logger // of the domain's cells; nil discards
	Program string       // version of this program; may be empty
}

// Result is what a sample run came to. The report is that of a reviewer: everything
// in it is about made-up data.
type Result struct {
	Data   []Data
	Review *job.Review
	Steps  []Step // with the time that each took, in the order in which they ended
}

// Data is a data set that was made and imported.
type Data struct {
	Dataset     string `json:"dataset"`
	Rows        int64  `json:"rows"`
	Quarantined int64  `json:"quarantined"`

	// Guessed are the columns that the job reads and whose texts are made of nothing
	// but their names: a condition on them finds nobody.
	Guessed []string `json:"guessed,omitempty"`
}

// Run makes sample data, founds a domain for them in a folder of its own, runs the job
// in it, and removes both. What the domain refuses comes back as its own error; a run
// that fails is a Result whose Review has a Failure.
func Run(ctx context.Context, cfg Config) (result *Result, err error) {
	if cfg.People < minPeople || cfg.People > maxPeople {
		return nil, fault.Errorf(fault.Invalid, "sample data have %d to %d subjects of a kind, not %d", minPeople, maxPeople, cfg.People)
	}
	m, err := manifest.Parse(cfg.Package.File, cfg.Package.Manifest)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "yingbi-sample-") // of mode 0700
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "no temporary folder can be made, by $TMPDIR: %v", err)
	}
	r := &run{cfg: cfg, job: m, dir: dir, sessions: map[string]*domain.Session{}}
	defer func() {
		if r.domain != nil {
			err = errors.Join(err, r.domain.Close(context.WithoutCancel(ctx)))
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	for _, do := range []func(context.Context) error{r.found, r.bringData, r.grant, r.work} {
		if err := do(ctx); err != nil {
			return nil, err
		}
	}
	return &r.result, nil
}

// run is a sample run on its way.
type run struct {
	cfg      Config
	job      *manifest.Manifest
	dir      string
	domain   *domain.Domain
	sessions map[string]*domain.Session // of the people, by their organisation and role
	result   Result
}

// What of a step.
const (
	Founding = "found"  // the domain
	Making   = "make"   // a data set
	Import   = "import" // it
	Granting = "grant"  // policies, agreement and scenario
	Submit   = "submit" // the job
	Running  = "run"    // it, with its cells
	Review   = "review" // its report
)

// Step is something that a sample run does. Cells of the run are steps too, named as
// their task.
type Step struct {
	What string
	Of   string // the data set; "" is none
	Took time.Duration
}

// step does one step and notes how long it took.
func (r *run) step(what, of string, do func() error) error {
	s := Step{What: what, Of: of}
	if r.cfg.Begin != nil {
		r.cfg.Begin(s)
	}
	began := time.Now() // of no record: told to the author alone
	err := do()
	s.Took = time.Since(began)
	r.result.Steps = append(r.result.Steps, s)
	return err
}

// work does what operator and reviewer do.
func (r *run) work(ctx context.Context) error {
	operator, reviewer := r.as(r.cfg.Kit.Agreement.Operator, access.Operator), r.as(r.cfg.Kit.Scenario.Department, access.Reviewer)
	jobs := r.domain.Jobs()
	jobs.Runner = timed{jobs.Runner, r}
	var j job.Job
	var err error
	err = r.step(Submit, "", func() error {
		j, err = jobs.Submit(ctx, operator.Actor, r.cfg.Package)
		return err
	})
	if err != nil {
		return err
	}
	err = r.step(Running, "", func() error {
		_, err := jobs.Run(ctx, operator.Actor, j.ID)
		return err
	})
	if err != nil {
		return err
	}
	return r.step(Review, "", func() error {
		r.result.Review, err = jobs.Open(ctx, reviewer.Actor, j.ID)
		return err
	})
}

// config opens the domain of the run. Its keyring lies beside it: both are for
// nothing but this run, and end with it.
func (r *run) config() domain.Config {
	return domain.Config{
		Dir: r.path("domain"), Exe: r.cfg.Exe, Unlock: keeper.Unlock{KeyFile: r.path("root.key")}, Log: r.cfg.Log, Program: r.cfg.Program,
	}
}
