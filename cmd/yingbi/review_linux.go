//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/job"
)

func (a *app) reviewCommand() *cobra.Command {
	c := &cobra.Command{Use: "review", GroupID: groupWork, Short: a.tr("see held jobs with their evidence, approve, reject or return them", "查看待审作业及其证据，批准、驳回或退回")}
	c.AddCommand(a.reviewList(), a.reviewShow(), a.reviewApprove(), a.reviewReject(), a.reviewReturn(), a.reviewComment(), a.reviewExcerpt(), a.reviewPage())
	return c
}

// jobView is a job as a reviewer's program reads it.
type jobView struct {
	ID        string    `json:"id"`
	Scenario  string    `json:"scenario"`
	Submitter string    `json:"submitter"`
	Org       string    `json:"org"`
	State     string    `json:"state"`
	Class     string    `json:"class,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Module    bool      `json:"module"`
	Approvals int       `json:"approvals,omitempty"` // signed so far
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
}

func newJobView(j job.Job) jobView {
	return jobView{
		ID: j.ID, Scenario: j.Scenario, Submitter: j.Submitter, Org: j.Org, State: string(j.State), Class: j.Class,
		Reason: j.Reason, Module: j.Module, Approvals: j.Approvals, Created: j.Created, Updated: j.Updated,
	}
}

// signedState tells of a held job how many have signed for it.
func (a *app) signedState(j job.Job) string {
	s := a.state(string(j.State))
	if j.State == job.Held && j.Approvals > 0 {
		s += fmt.Sprintf(a.tr(", %d signed", "，%d 人已签"), j.Approvals)
	}
	return s
}

// waits reports whether a job waits for a reviewer.
func waits(s job.State) bool { return s == job.Held || s == job.Failed || s == job.Approved }

func (a *app) reviewList() *cobra.Command {
	var waiting bool
	c := &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list the jobs of your department's scenarios", "列出本部门场景下的作业"),
		Example: "  yingbi review list --waiting --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				if !s.Actor.Has(access.Reviewer) { // List would give an operator their own jobs, with states that are not for them
					return a.fault(fault.Denied, "%s is no reviewer; your own jobs are in yingbi job list", "%s 不是审查员；本机构的作业见 yingbi job list", s.Actor.ID)
				}
				jobs, err := s.Jobs().List(c.Context(), s.Actor)
				if err != nil {
					return err
				}
				all := []jobView{}
				var rows [][]string
				for _, j := range jobs {
					if waiting && !waits(j.State) {
						continue
					}
					all = append(all, newJobView(j))
					rows = append(rows, []string{j.ID, j.Scenario, j.Submitter, j.Org, a.signedState(j), j.Class, a.reason(j.Reason), when(j.Updated)})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("id", "编号"), a.tr("scenario", "场景"), a.tr("submitter", "提交人"), a.tr("organisation", "机构"),
						a.tr("state", "状态"), a.tr("class", "保障等级"), a.tr("reason", "原因"), a.tr("since", "时间")}, rows,
						"nothing to review", "没有需要审查的作业")
				})
			})
		},
	}
	c.Flags().BoolVar(&waiting, "waiting", false, a.tr("only what waits for you: held, failed, or approved and not yet released", "只列出等待处理的作业：待审查、失败、已批准未签发"))
	return c
}

func (a *app) reviewShow() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "show JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("show a job, its report and what would be published", "显示作业、报告及拟出域内容"),
		Long: a.tr("Shows what a job asks, exactly what would leave, what is withheld by which rule, and\nwhat nobody has checked. Looking is recorded: it shows evidence that is for\nreviewers alone.",
			"显示作业所问的问题、拟出域的确切内容、按何规则抑制了什么，以及尚无人检查的事项。\n查看会被记录：其中的证据仅供审查员使用。"),
		Example: "  yingbi review show 0192… --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.Jobs().Open(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.give(newReviewView(r), nil)
				}
				doc, err := a.document(c.Context(), s, job.DocScenario, r.Job.Scenario)
				if err != nil {
					return err
				}
				scenario, err := access.ParseScenario(doc.ID, doc.Body)
				if err != nil {
					return err
				}
				a.showReview(r, scenario, all)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, a.tr("list every withheld cell", "列出全部被抑制的单元格"))
	return c
}

func (a *app) reviewReject() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "reject JOB", Args: cobra.ExactArgs(1),
		Short:   a.tr("sign that nothing leaves, for a reason of the short list", "签名驳回，并从限定列表中选择原因"),
		Long:    a.tr("The reason is all that the operator learns:\n\n", "开发利用主体仅能看到该原因：\n\n") + a.reasonList(),
		Example: "  yingbi review reject 0192… --reason disclosure_risk --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), func(s *domain.Session) (job.Job, error) { return s.Reject(c.Context(), args[0], reason) })
		},
	}
	c.Flags().StringVar(&reason, "reason", "", a.tr("`REASON` one of the list above", "`REASON` 上列原因之一"))
	complete(c, "reason", job.Reasons()...)
	return c
}

func (a *app) decide(ctx context.Context, decide func(*domain.Session) (job.Job, error)) error {
	return a.with(ctx, func(s *domain.Session) error {
		j, err := decide(s)
		if err != nil {
			return err
		}
		return a.give(newJobView(j), func() {
			a.say("job %s is %s", "作业 %s：%s", j.ID, a.signedState(j))
			switch {
			case j.State == job.Held:
				a.say("another reviewer of the department has to sign too: yingbi review approve %s", "还须本部门另一名审查员签名：yingbi review approve %s", j.ID)
			case j.State == job.Approved:
				a.say("make its release with: yingbi release create %s", "签发：yingbi release create %s", j.ID)
			}
		})
	})
}
