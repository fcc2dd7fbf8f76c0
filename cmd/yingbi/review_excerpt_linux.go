//go:build linux && cgo

package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/job"
)

// excerptView is a released excerpt as a program reads it.
type excerptView struct {
	Job       string      `json:"job"`
	Lines     []job.Lines `json:"lines"`
	Bytes     int         `json:"bytes"`
	Millibits int64       `json:"millibits"`
}

func (a *app) reviewExcerpt() *cobra.Command {
	var ranges []string
	var reason string
	var yes bool
	c := &cobra.Command{
		Use: "excerpt JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("release lines of a module's log to its operator", "向开发利用主体放行模块日志的若干行"),
		Long: a.tr(`Lets the operator read lines of the log as they stand there, numbered as review show
prints them: at most 40 lines and 4 KiB, once for each job. A module that saw rows may
have written anything into its log, in a form that does not look like it; so every byte
charges 8 bits to the outcome budgets of the job. Shows the lines and what they cost, and
asks.`,
			`向开发利用主体放行日志中的若干行，行号以 review show 所示为准：每个作业一次，至多 40 行、4 KiB。
接触过数据行的模块可能以不易察觉的方式将任何内容写入日志，故每个字节按 8 比特计入预算。
放行前显示所选各行及其代价并要求确认。`),
		Example: `  yingbi review excerpt 0192… --lines 3-7 --lines 12 --reason "line numbers of the author's own" --as zhao --key zhao.key`,
		RunE: func(c *cobra.Command, args []string) error {
			var lines []job.Lines
			for _, s := range ranges {
				l, err := job.ParseLines(s)
				if err != nil {
					return err
				}
				lines = append(lines, l)
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.Jobs().Open(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				text, err := job.Cut(r.GuestLog, lines)
				if err != nil {
					return err
				}
				if err := a.confirmExcerpt(r, text, yes); err != nil {
					return err
				}
				if _, err := s.Jobs().ReleaseExcerpt(c.Context(), s.Actor, args[0], lines, reason); err != nil {
					return err
				}
				return a.give(excerptView{args[0], lines, len(text), job.ExcerptCost(text)}, func() {
					a.say("released; its operator reads it with: yingbi job log %s", "已放行；开发利用主体可查看：yingbi job log %s", args[0])
				})
			})
		},
	}
	c.Flags().StringArrayVar(&ranges, "lines", nil, a.tr("`LINES` such as 3-7 or 12; may be given several times", "`LINES` 行号，如 3-7 或 12，可多次给出"))
	c.Flags().StringVar(&reason, "reason", "", a.tr("`TEXT` why they may leave; kept for reviewers and auditors", "`TEXT` 放行理由，留存备查"))
	c.Flags().BoolVarP(&yes, "yes", "y", false, a.tr("release them unasked", "不再询问，直接放行"))
	return c
}

// confirmExcerpt shows what would leave and what it costs, and asks.
func (a *app) confirmExcerpt(r *job.Review, text string, yes bool) error {
	if !a.json {
		a.heading("Would leave", "拟放行")
		fmt.Fprint(a.out, escaped(text))
		a.say("\n%d bytes charge %s bits:", "\n%d 字节，计 %s 比特：", len(text), job.Bits(job.ExcerptCost(text)))
		for _, b := range r.Budgets {
			a.say("  %s", "  %s", a.budgetLine(b))
		}
	}
	if yes {
		return nil
	}
	if !a.terminal || a.json || !isTerminal(a.in) {
		return a.fault(fault.Invalid, "confirm with --yes that these lines may leave", "请用 --yes 确认放行这些行")
	}
	fmt.Fprint(a.err, a.tr("release them? [y/N] ", "放行？[y/N] "))
	answer, err := bufio.NewReader(a.in).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); err == nil && (answer == "y" || answer == "yes" || answer == "是") {
		return nil
	}
	return a.fault(fault.Interrupted, "nothing was released", "未放行")
}

func linesOf(lines []job.Lines) string {
	var out []string
	for _, l := range lines {
		out = append(out, l.String())
	}
	return strings.Join(out, ", ")
}

// showExcerpt says what of the log has left.
func (a *app) showExcerpt(e *job.Excerpt) {
	if e == nil {
		return
	}
	a.heading("Lines of it that %s let its operator read, %s: %s", "%s 于 %s 放行的行：%s", e.Reviewer, when(e.Time), linesOf(e.Lines))
	a.showText(e.Reason)
}
