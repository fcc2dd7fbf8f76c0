//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
	"yingbi/sample"
)

// sampleFlags are those of `job run --sample`.
type sampleFlags struct {
	kit, module string
	people      int
	seed        uint64
	all         bool
}

func (a *app) addSampleFlags(c *cobra.Command, f *sampleFlags) {
	c.Flags().StringVar(&f.kit, "sample", "", a.tr("`KIT` run a job folder or job.yaml over made-up data, without a domain", "`KIT` 以样例数据运行作业目录或 job.yaml，无需域"))
	c.Flags().StringVar(&f.module, "module", "", a.tr("`FILE` with --sample: module (default: job.wasm of the folder)", "`FILE` 与 --sample 合用：模块（默认为目录中的 job.wasm）"))
	c.Flags().IntVar(&f.people, "people", sample.DefaultPeople, a.tr("`N` with --sample: subjects of each kind (default 2000)", "`N` 与 --sample 合用：每类主体数量（默认 2000）"))
	c.Flags().Uint64Var(&f.seed, "seed", 1, a.tr("`S` with --sample: another seed makes other data (default 1)", "`S` 与 --sample 合用：随机种子（默认 1）"))
	c.Flags().BoolVar(&f.all, "all", false, a.tr("with --sample: list every withheld cell", "与 --sample 合用：列出全部被抑制的单元格"))
}

// sampleOnly refuses flags that mean nothing to a run in a domain.
func (a *app) sampleOnly(c *cobra.Command) error {
	for _, name := range []string{"module", "people", "seed", "all"} {
		if c.Flags().Changed(name) {
			return a.fault(fault.Invalid, "--%s belongs to a sample run: name the kit with --sample", "--%s 仅用于样例运行：请用 --sample 指定开发包", name)
		}
	}
	return nil
}

// sampleRun is a sample run as a program reads it.
type sampleRun struct {
	Sample   bool            `json:"sample"` // true: no figure of it is about anybody
	Notice   string          `json:"notice"`
	Domain   string          `json:"domain"` // whose kit it is
	Scenario string          `json:"scenario"`
	Version  int             `json:"scenario_version"`
	People   int             `json:"people"`
	Seed     uint64          `json:"seed"`
	Data     []sample.Data   `json:"data"`
	Outcome  job.State       `json:"outcome"` // held or failed
	Class    string          `json:"class,omitempty"`
	Report   *egress.Report  `json:"report,omitempty"`
	Tables   []release.Table `json:"tables,omitempty"`
	Failure  *job.Failure    `json:"failure,omitempty"`
	GuestLog string          `json:"guest_log,omitempty"`
	Timings  []sampleTiming  `json:"timings"`
}

type sampleTiming struct {
	Step         string `json:"step"`
	Dataset      string `json:"dataset,omitempty"`
	Milliseconds int64  `json:"milliseconds"`
}

const sampleNotice = "样例数据 SAMPLE: every figure is made up, and about nobody"

// runSample runs a job over sample data and shows what came of it. Its exit code is
// 0 for a job that ran to its end, and that of the failure's kind for one that failed.
func (a *app) runSample(ctx context.Context, f sampleFlags, path string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // a closed terminal leaves nothing behind either
	defer stop()
	cfg := sample.Config{People: f.people, Seed: f.seed, Program: version}
	var err error
	if cfg.Package, err = a.readPackage(path, f.module); err != nil {
		return err
	}
	if cfg.Kit, err = sample.Read(f.kit); err != nil {
		return err
	}
	if cfg.Exe, err = os.Executable(); err != nil {
		return err
	}
	begin, done := a.steps()
	cfg.Begin = func(s sample.Step) { begin(a.sampleStep(s)) }
	result, err := sample.Run(ctx, cfg)
	done()
	if err != nil {
		return err
	}
	r := result.Review
	out := sampleRun{
		Sample: true, Notice: sampleNotice, Domain: cfg.Kit.Domain, Scenario: cfg.Kit.Scenario.ID, Version: cfg.Kit.Version, People: f.people, Seed: f.seed, Data: result.Data, Outcome: r.Job.State, Class: r.Job.Class,
		Report: r.Report, Tables: r.Tables, Failure: r.Failure, GuestLog: r.GuestLog,
	}
	for _, s := range result.Steps {
		out.Timings = append(out.Timings, sampleTiming{s.What, s.Of, s.Took.Milliseconds()})
	}
	if err := a.give(out, func() { a.showSample(result, cfg.Kit, f) }); err != nil || r.Failure == nil {
		return err
	}
	return exitStatus(kindNamed(r.Failure.Kind).ExitCode())
}

// kindNamed finds a kind of failure by its name.
func kindNamed(name string) fault.Kind {
	for kind := fault.Internal; kind <= fault.Interrupted; kind++ {
		if kind.String() == name {
			return kind
		}
	}
	return fault.Internal
}

// folderModule is the module of a job's folder: where `make` puts it.
const folderModule = "job.wasm"

// readPackage reads a job: a manifest and the module that is named, or a folder of
// both.
func (a *app) readPackage(path, module string) (p job.Package, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		built := filepath.Join(path, folderModule)
		if _, err := os.Stat(built); module == "" && !errors.Is(err, fs.ErrNotExist) {
			module = built
		}
		path = filepath.Join(path, "job.yaml")
	}
	p.File = path
	if p.Manifest, err = a.readDocument(path); err != nil || module == "" {
		return p, err
	}
	p.Module, err = a.readModule(module)
	return p, err
}
