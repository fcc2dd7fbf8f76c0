//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
)

func (a *app) reviewReturn() *cobra.Command {
	var reason, message string
	c := &cobra.Command{
		Use: "return JOB --reason REASON", Args: cobra.ExactArgs(1),
		Short: a.tr("sign that a job may be changed and submitted again", "签名退回作业，供修改后重新提交"),
		Long: a.tr(`Nothing leaves but the reason and, with --message, your words: you let them out of the
domain, so speak of the job and never of what its run has shown. Numbers and names of
persons are refused. The operator submits again with yingbi job submit --replaces.

`, `除原因及 --message 的文字外没有任何内容出域。文字由您放行：只谈作业本身，不谈运行所示内容；
含个人号码或姓名的文字会被拒绝。开发利用主体修改后以 yingbi job submit --replaces 重新提交。

`) + a.returnList(),
		Example: `  yingbi review return 0192… --reason insufficient_context --message "say who will read the table" --as zhao --key zhao.key`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), func(s *domain.Session) (job.Job, error) { return s.Return(c.Context(), args[0], reason, message) })
		},
	}
	c.Flags().StringVar(&reason, "reason", "", a.tr("`REASON` one of the list above", "`REASON` 上列原因之一"))
	c.Flags().StringVar(&message, "message", "", a.tr("`TEXT` what to change, for the operator to read", "`TEXT` 修改意见，供开发利用主体阅读"))
	complete(c, "reason", returnReasons()...)
	return c
}

// returnReasons are those for which a job can be returned.
func returnReasons() []string {
	return slices.DeleteFunc(job.Reasons(), func(r string) bool { return r == job.ModuleError })
}

func (a *app) returnList() string {
	var out strings.Builder
	for _, r := range returnReasons() {
		fmt.Fprintf(&out, "  %-21s %s\n", r, a.tr(reasonTitles[r][0], reasonTitles[r][1]))
	}
	return out.String()
}

func (a *app) reviewComment() *cobra.Command {
	return &cobra.Command{
		Use: "comment JOB TEXT", Args: cobra.ExactArgs(2),
		Short: a.tr("leave a comment on a job for other reviewers", "为其他审查员留下意见"),
		Long: a.tr("The comment is sealed with the job and shown by review show and review page. The log\nrecords that it was made, not what it says. The operator never sees it.",
			"意见与作业一同密封，由 review show 与 review page 显示。日志只记录有此意见，不记录内容。\n开发利用主体看不到。"),
		Example: `  yingbi review comment 0192… "district 530426 looks thin; see the release of March" --as zhao --key zhao.key`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				made, err := s.Jobs().Comment(c.Context(), s.Actor, args[0], args[1])
				return a.commented(made, err)
			})
		},
	}
}

func (a *app) jobComment() *cobra.Command {
	return &cobra.Command{
		Use: "comment ID TEXT", Args: cobra.ExactArgs(2),
		Short:   a.tr("answer the reviewers of a job that was returned to you", "就被退回的作业答复审查员"),
		Example: `  yingbi job comment 0192… "the table is for the annual report; the bands are coarser now" --as wang --key wang.key`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				made, err := s.Jobs().Answer(c.Context(), s.Actor, args[0], args[1])
				return a.commented(made, err)
			})
		},
	}
}

func (a *app) commented(made job.Comment, err error) error {
	if err != nil {
		return err
	}
	return a.give(made, func() { a.say("noted", "已记录") })
}

// showComments prints comments one below the other.
func (a *app) showComments(comments []job.Comment) {
	if len(comments) > 0 {
		a.heading("Comments", "意见")
	}
	for _, c := range comments {
		a.say("  %s, %s, %s:", "  %s，%s，%s：", c.By, c.Org, when(c.Time))
		a.showText("  " + strings.ReplaceAll(c.Text, "\n", "\n  "))
	}
}

// showPredecessor prints what has changed since a job was returned.
func (a *app) showPredecessor(p *job.Predecessor) {
	if p == nil {
		return
	}
	a.heading("Replaces %s, which was returned for %s", "替代作业 %s，后者被退回：%s", p.Job, a.reason(p.Reason))
	if p.Message != "" {
		a.showText(p.Message)
	}
	if p.Changes == "" {
		a.say("  the manifest has not changed", "  清单没有变化")
		return
	}
	a.showText(p.Changes)
}

// showApprovals prints who has signed, and what is needed.
func (a *app) showApprovals(r *job.Review) {
	if r.Needed == 0 || r.Job.State.Ended() {
		return
	}
	a.heading("Signatures: %d of %d", "签名：%d / %d", len(r.Approvals), r.Needed)
	if r.Needed > 1 && len(r.Approvals) < r.Needed {
		a.say("  two different reviewers of the department have to sign", "  须本部门两名不同的审查员签名")
	}
	for _, d := range r.Approvals {
		a.say("  %s, %s, %s; ends %s unless released", "  %s，%s，%s；未签发则于 %s 失效", d.Reviewer, d.Org, when(d.Time), when(d.Expires))
		for _, c := range d.Conditions {
			a.say("    on condition: %s", "    条件：%s", a.condition(c))
		}
		if d.ValidUntil != "" {
			a.say("    valid until %s", "    有效期至 %s", d.ValidUntil)
		}
	}
}
