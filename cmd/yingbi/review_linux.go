//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/egress"
	"yingbi/job"
	"yingbi/release"
)

func (a *app) reviewCommand() *cobra.Command {
	c := &cobra.Command{Use: "review", Short: a.tr("see held jobs with their evidence, approve or reject", "查看待审作业及其证据，批准或驳回")}
	c.AddCommand(a.reviewList(), a.reviewShow(), a.reviewApprove(), a.reviewReject())
	return c
}

func (a *app) reviewList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: a.tr("list the jobs of your department's scenarios", "列出本部门场景下的作业"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				jobs, err := s.Jobs().List(c.Context(), s.Actor)
				if err != nil {
					return err
				}
				var rows [][]string
				for _, j := range jobs {
					rows = append(rows, []string{j.ID, j.Scenario, j.Submitter, j.Org, a.state(string(j.State)), j.Class, j.Reason, when(j.Updated)})
				}
				return a.give(jobs, func() {
					a.rows([]string{a.tr("id", "编号"), a.tr("scenario", "场景"), a.tr("submitter", "提交人"), a.tr("organisation", "机构"),
						a.tr("state", "状态"), a.tr("class", "保障等级"), a.tr("reason", "原因"), a.tr("since", "时间")}, rows)
				})
			})
		},
	}
}

func (a *app) reviewShow() *cobra.Command {
	return &cobra.Command{
		Use: "show JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("show a job, its report and what would be published", "显示作业、报告及拟出域内容"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.Jobs().Open(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				return a.give(r, func() { a.showReview(r) })
			})
		},
	}
}

func (a *app) reviewApprove() *cobra.Command {
	return &cobra.Command{
		Use: "approve JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("sign, in your own name, that the tables may leave", "以本人名义签名批准出域"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), func(s *domain.Session) (job.Job, error) { return s.Approve(c.Context(), args[0]) })
		},
	}
}

func (a *app) reviewReject() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "reject JOB", Args: cobra.ExactArgs(1),
		Short:   a.tr("sign that nothing leaves, for a reason of the short list", "签名驳回，并从限定列表中选择原因"),
		Long:    a.tr("The reason is all that the operator learns: ", "开发利用主体仅能看到该原因：") + strings.Join(job.Reasons(), ", ") + ".",
		Example: "  yingbi review reject 0192… --reason disclosure_risk --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), func(s *domain.Session) (job.Job, error) { return s.Reject(c.Context(), args[0], reason) })
		},
	}
	c.Flags().StringVar(&reason, "reason", "", strings.Join(job.Reasons(), ", "))
	return c
}

func (a *app) decide(ctx context.Context, decide func(*domain.Session) (job.Job, error)) error {
	return a.with(ctx, func(s *domain.Session) error {
		j, err := decide(s)
		if err != nil {
			return err
		}
		return a.give(j, func() { a.say("job %s is %s", "作业 %s：%s", j.ID, a.state(string(j.State))) })
	})
}

// showReview lays a job out for the person who decides.
func (a *app) showReview(r *job.Review) {
	a.say("job %s, %s, by %s of %s", "作业 %s，%s，%s（%s）", r.Job.ID, a.state(string(r.Job.State)), r.Job.Submitter, r.Job.Org)
	fmt.Fprintln(a.out)
	for _, line := range strings.Split(strings.TrimRight(r.Manifest, "\n"), "\n") {
		fmt.Fprintln(a.out, "  "+printable(line))
	}
	if r.Failure != nil {
		a.say("\nit failed (%s): %s", "\n运行失败（%s）：%s", r.Failure.Kind, printable(r.Failure.Text))
	}
	if r.Report != nil {
		a.showReport(r.Report)
		for _, t := range r.Tables {
			a.say("\nwould be published: %s", "\n拟出域：%s", t.Name)
			a.showTable(t)
		}
	}
	if r.GuestLog != "" {
		a.say("\nwhat the module wrote (not for release):", "\n模块输出（不出域）：")
		fmt.Fprintln(a.out, printable(r.GuestLog))
	}
}

func (a *app) showReport(r *egress.Report) {
	a.say("\nrules: %s (at least %d subjects)", "\n规则：%s（主体数不少于 %d）", r.Preset.Name, r.Preset.Minimum)
	var rows [][]string
	for _, t := range r.Tables {
		rules := make([]string, len(t.Rules))
		for i, rule := range t.Rules {
			rules[i] = string(rule)
		}
		rows = append(rows, []string{t.Name, string(t.Verdict), strconv.Itoa(len(t.Cells)), strconv.Itoa(t.Withheld), strings.Join(rules, ", ")})
	}
	a.rows([]string{a.tr("table", "表"), a.tr("verdict", "结论"), a.tr("cells", "单元格"), a.tr("withheld", "抑制"), a.tr("rules failed", "未通过规则")}, rows)
	for _, t := range r.Tables {
		a.showWithheld(t)
		for _, u := range t.Unmatched {
			a.say("  note: %d rows of table %s matched nothing in %s", "  注意：表 %[2]s 有 %[1]d 行在 %[3]s 中无匹配", u.Rows, t.Name, u.Input)
		}
	}
	for _, c := range r.Comparisons {
		a.say("  the module's figures: %s", "  模块数据比对：%s", c)
	}
	for _, n := range r.NotChecked {
		a.say("  not checked: %s", "  未检查：%s", n)
	}
	fmt.Fprintln(a.out, "  "+r.Decision)
}

// showWithheld lists the cells that fail, with the evidence that only a reviewer
// sees.
func (a *app) showWithheld(t egress.TableReport) {
	const most = 20
	shown := 0
	for _, c := range t.Cells {
		if c.Verdict == egress.Publish {
			continue
		}
		if shown++; shown > most {
			continue
		}
		keys := make([]string, len(c.Keys))
		for i, k := range c.Keys {
			if keys[i] = k.Text; k.Mark != "" {
				keys[i] = "(" + string(k.Mark) + ")"
			}
		}
		var rules, subjects []string
		for _, f := range c.Findings {
			rules = append(rules, string(f.Rule))
		}
		for i, e := range c.Evidence {
			subjects = append(subjects, fmt.Sprintf("%d %s", e.Subjects, t.Units[i].Kind))
		}
		fmt.Fprintf(a.out, "  %s [%s]: %s; %s\n", t.Name, printable(strings.Join(keys, ", ")), strings.Join(unique(rules), ", "), strings.Join(subjects, ", "))
	}
	if shown > most {
		a.say("  … and %d more withheld cells", "  ……另有 %d 个被抑制的单元格", shown-most)
	}
}

func unique(items []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range items {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (a *app) showTable(t release.Table) {
	var header []string
	for _, c := range t.Columns {
		title := c.Title
		if title == "" {
			title = c.Name
		}
		header = append(header, title)
	}
	var rows [][]string
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r {
			switch {
			case c.Suppressed:
				cells = append(cells, "×")
			case c.Null:
				cells = append(cells, "–")
			default:
				cells = append(cells, c.Text)
			}
		}
		rows = append(rows, cells)
	}
	a.rows(header, rows)
}
