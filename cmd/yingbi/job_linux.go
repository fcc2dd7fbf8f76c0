//go:build linux && cgo

package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
	"yingbi/manifest"
	"yingbi/sandbox/admission"
)

func (a *app) jobCommand() *cobra.Command {
	c := &cobra.Command{Use: "job", GroupID: groupWork, Short: a.tr("submit, run and follow jobs", "提交、运行与跟踪作业")}
	c.AddCommand(a.jobNew(), a.jobSubmit(), a.jobRun(), a.jobList(), a.jobShow(), a.jobPage(), a.jobComment(), a.jobLog(), a.jobBudget(), a.jobReplay())
	return c
}

func (a *app) jobSubmit() *cobra.Command {
	var module, replaces string
	c := &cobra.Command{
		Use: "submit JOB.yaml", Args: cobra.ExactArgs(1),
		Short: a.tr("submit a job: a manifest, and a module if it has one", "提交作业：清单及可选的模块"),
		Long: a.tr(`Checks the manifest (docs/MANIFEST.md) against what the scenario grants, and the
module against the admission rules. What is malformed or not granted is refused
with its place, and nothing of it is stored.`,
			`按应用场景的授权检查清单（docs/MANIFEST.md），按准入规则检查模块。
格式有误或未获授权的将指明位置并拒绝，不留存任何内容。`),
		Example: `  yingbi job submit job.yaml --as wang --key wang.key
  yingbi job submit job.yaml --module job.wasm --as wang --key wang.key
  yingbi job submit job.yaml --replaces 0192… --as wang --key wang.key`,
		RunE: func(c *cobra.Command, args []string) error {
			p := job.Package{File: args[0], Replaces: replaces}
			var err error
			if p.Manifest, err = a.readDocument(args[0]); err != nil {
				return err
			}
			if module != "" {
				if p.Module, err = a.readModule(module); err != nil {
					return err
				}
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				j, err := s.Jobs().Submit(c.Context(), s.Actor, p)
				if err != nil {
					return err
				}
				m, err := manifest.Parse(p.File, p.Manifest) // as it was when it was submitted
				if err != nil {
					return err
				}
				o := outside(j)
				o.Cost = job.Cost(m)
				return a.give(o, func() {
					a.say("its run charges %s bits to the budget of each data set that it reads: yingbi job budget", "其运行将向所读各数据集的预算计 %s 比特：yingbi job budget", job.Bits(o.Cost))
					a.say("job %[1]s is %[2]s; run it with: yingbi job run %[1]s", "作业 %[1]s 状态为%[2]s；运行：yingbi job run %[1]s", j.ID, a.state(j.State.Outside()))
				})
			})
		},
	}
	c.Flags().StringVar(&module, "module", "", a.tr("`FILE` WebAssembly module", "`FILE` WebAssembly 模块"))
	c.Flags().StringVar(&replaces, "replaces", "", a.tr("`JOB` the returned job that this one replaces; reviewers see what has changed", "`JOB` 所替代的被退回作业；审查员将看到清单的变化"))
	return c
}

// readModule reads one byte more than admission takes, so that it refuses what is
// longer.
func (a *app) readModule(path string) ([]byte, error) {
	return a.readFile(path, int64(admission.DefaultLimits().ModuleBytes)+1)
}

// outsideJob is a job as its submitter's side sees it.
type outsideJob struct {
	ID        string        `json:"id"`
	Scenario  string        `json:"scenario"`
	Submitter string        `json:"submitter"`
	State     string        `json:"state"`
	Reason    string        `json:"reason,omitempty"`
	Code      string        `json:"code,omitempty"`           // the module's own, where it is the reason
	Excerpt   string        `json:"excerpt,omitempty"`        // of the log, where a reviewer has released one
	Message   string        `json:"message,omitempty"`        // with which it was returned
	Comments  []job.Comment `json:"comments,omitempty"`       // of the submitter's side
	Cost      int64         `json:"cost_millibits,omitempty"` // of the run, when it is submitted
	Created   time.Time     `json:"created"`
}

func outside(j job.Job) outsideJob {
	o := outsideJob{ID: j.ID, Scenario: j.Scenario, Submitter: j.Submitter, State: j.State.Outside(), Created: j.Created}
	switch j.State {
	case job.Rejected, job.Returned, job.Withdrawn, job.Expired:
		o.Reason = j.Reason
	}
	return o
}

func (a *app) jobRun() *cobra.Command {
	var f sampleFlags
	c := &cobra.Command{
		Use: "run ID|JOB", Args: cobra.ExactArgs(1), Short: a.tr("run a queued job, or one over sample data", "运行排队中的作业，或以样例数据试运行"),
		Long: a.tr(`Runs a queued job. How the run ended is for a reviewer to say: the answer is
"in review" either way.

With --sample it runs a job folder or job.yaml on this machine, without a domain,
over data that are made up from a kit (yingbi scenario kit): the same code, the
same rules, and everything is shown. docs/SAMPLE.md says how the data are made.`,
			`运行排队中的作业。运行结果由审查员告知：此处一律显示“审查中”。

加 --sample 则在本机、无需域，以开发包（yingbi scenario kit）生成的样例数据运行作业目录
或 job.yaml：同样的代码、同样的规则，全部内容均予显示。样例数据的生成见 docs/SAMPLE.md。`),
		Example: "  yingbi job run 0192… --as wang --key wang.key\n  yingbi job run --sample chronic-kit heart/\n  yingbi job run --sample chronic-kit job.yaml --module job.wasm --seed 7",
		RunE: func(c *cobra.Command, args []string) error {
			if f.kit != "" {
				return a.runSample(c.Context(), f, args[0])
			}
			if err := a.sampleOnly(c); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				done := a.busy(a.tr("running; Ctrl-C stops it", "运行中；Ctrl-C 停止"))
				j, err := s.Jobs().Run(c.Context(), s.Actor, args[0])
				done()
				if err != nil {
					return err
				}
				return a.give(outside(j), func() { a.say("job %s is %s", "作业 %s：%s", j.ID, a.state(j.State.Outside())) })
			})
		},
	}
	a.addSampleFlags(c, &f)
	return c
}

func (a *app) jobList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list your organisation's jobs", "列出本机构的作业"),
		Example: "  yingbi job list --as wang --key wang.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				jobs, err := s.Jobs().List(c.Context(), s.Actor)
				if err != nil {
					return err
				}
				all := []outsideJob{}
				var rows [][]string
				for _, j := range jobs {
					o := outside(j)
					all = append(all, o)
					rows = append(rows, []string{o.ID, o.Scenario, o.Submitter, a.state(o.State), a.reason(o.Reason), when(o.Created)})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("id", "编号"), a.tr("scenario", "场景"), a.tr("submitter", "提交人"), a.tr("state", "状态"), a.tr("reason", "原因"), a.tr("submitted", "提交时间")}, rows,
						"no jobs that you may see; an operator submits one with: yingbi job submit JOB.yaml", "没有您可查看的作业；由开发利用主体提交：yingbi job submit JOB.yaml")
				})
			})
		},
	}
}

func (a *app) jobShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Args: cobra.ExactArgs(1), Short: a.tr("show a job of your organisation", "显示本机构的一个作业"),
		Example: "  yingbi job show 0192… --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				j, err := s.Jobs().Show(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				told, err := s.Jobs().Told(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				o := outside(j)
				o.Code, o.Excerpt, o.Message, o.Comments = told.Code, string(told.Excerpt), told.Message, told.Answers
				return a.give(o, func() {
					a.pairs("", [][2]string{
						{a.tr("job", "作业"), o.ID}, {a.tr("scenario", "场景"), o.Scenario}, {a.tr("submitter", "提交人"), o.Submitter},
						{a.tr("submitted", "提交时间"), when(o.Created)}, {a.tr("state", "状态"), a.state(o.State)}, {a.tr("reason", "原因"), a.reason(o.Reason)},
						{a.tr("error", "模块错误"), o.Code}, {a.tr("next", "下一步"), a.nextStep(o)},
					})
					if o.Excerpt != "" {
						a.heading("Of the module's log", "模块日志摘录")
						fmt.Fprint(a.out, escaped(o.Excerpt))
					}
					if o.Message != "" {
						a.heading("What the reviewer asks for", "审查员意见")
						a.showText(o.Message)
					}
					a.showComments(o.Comments)
				})
			})
		},
	}
}

// nextStep says what a job waits for.
func (a *app) nextStep(o outsideJob) string {
	switch o.State {
	case string(job.Queued):
		return "yingbi job run " + o.ID
	case job.InReview:
		return a.tr("a reviewer decides", "等待审查员决定")
	case string(job.Approved):
		return a.tr("a reviewer makes the release", "等待审查员签发")
	case string(job.Returned):
		return "yingbi job submit JOB.yaml --replaces " + o.ID
	case string(job.Released):
		return "yingbi release fetch " + o.ID + a.tr(" FOLDER", " 目录")
	}
	return ""
}
