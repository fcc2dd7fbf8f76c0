//go:build linux && cgo

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
	"yingbi/release"
)

func (a *app) jobBudget() *cobra.Command {
	return &cobra.Command{
		Use: "budget", Args: cobra.NoArgs,
		Short: a.tr("show how many bits your organisation may still learn from how runs end", "显示本机构本年度剩余的运行结果信息预算（比特）"),
		Long: a.tr("How a run over real rows ends says something of them. Each run therefore charges the\nbits of its possible ends to a budget of your organisation for each data set that it\nreads; docs/EGRESS.md explains it.",
			"真实数据上的运行如何结束，本身会透露数据的信息。因此每次运行按其可能结果的比特数，\n计入本机构对所读各数据集的年度预算；详见 docs/EGRESS.md。"),
		Example: "  yingbi job budget --as wang --key wang.key",
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				all, err := s.Budgets(c.Context())
				if err != nil {
					return err
				}
				rows := [][]string{}
				for _, b := range all {
					rows = append(rows, []string{b.Scenario, b.Dataset, job.Bits(b.Limit), job.Bits(b.Used), job.Bits(b.Left), b.Renews})
				}
				return a.give(append([]job.Budget{}, all...), func() {
					a.list([]string{a.tr("scenario", "场景"), a.tr("data set", "数据集"), a.tr("bits a year", "年度比特"), a.tr("used", "已用"), a.tr("left", "剩余"), a.tr("renews", "更新日")}, rows,
						"no scenario grants your organisation anything; the list is: yingbi scenario list", "没有授予本机构的应用场景；列表：yingbi scenario list")
				})
			})
		},
	}
}

// budgetLine says how an organisation stands with a data set.
func (a *app) budgetLine(b job.Budget) string {
	return fmt.Sprintf(a.tr("%[1]s: %[2]s of %[3]s bits used this year, %[4]s left; renews %[5]s", "%[1]s：本年度已用 %[2]s / %[3]s 比特，剩余 %[4]s；%[5]s 更新"),
		b.Dataset, job.Bits(b.Used), job.Bits(b.Limit), job.Bits(b.Left), b.Renews)
}

func (a *app) jobLog() *cobra.Command {
	return &cobra.Command{
		Use: "log ID", Args: cobra.ExactArgs(1), Short: a.tr("print what a reviewer has released of a job's log", "显示审查员放行的作业日志摘录"),
		Long: a.tr("What a module writes over real rows goes to the reviewer, who may release an excerpt.\nOver sample data the whole log is yours.",
			"模块在真实数据上的日志仅供审查员查看，审查员可放行一段摘录。样例数据上的日志可完整查看。"),
		Example: "  yingbi job log 0192… --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				told, err := s.Jobs().Told(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				return a.give(map[string]string{"excerpt": string(told.Excerpt)}, func() {
					if told.Excerpt == nil {
						a.say("nothing of this job's log was released", "该作业的日志未放行任何内容")
					}
					fmt.Fprint(a.out, escaped(string(told.Excerpt)))
				})
			})
		},
	}
}

// escaped shows text of a stranger as it is, byte for byte: what would speak to the
// terminal, or could not be seen, stands as \x1b or \u202e.
func escaped(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(r)):
			fmt.Fprintf(&out, `\x%02x`, s[i])
		case r == '\n' || strconv.IsPrint(r):
			out.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&out, `\x%02x`, r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	if s != "" && !strings.HasSuffix(s, "\n") {
		out.WriteByte('\n')
	}
	return out.String()
}

// numbered prints the lines of a log with their numbers.
func (a *app) numbered(log string) {
	n := 0
	for line := range strings.Lines(log) {
		n++
		fmt.Fprintf(a.out, "%6d  %s", n, escaped(line))
	}
}

func (a *app) jobReplay() *cobra.Command {
	return &cobra.Command{
		Use: "replay RELEASE|ID", Args: cobra.ExactArgs(1),
		Short: a.tr("run a released job again and compare every byte", "重新执行已出域的作业并逐字节比对"),
		Long: a.tr(`Runs a released job again with the data versions, policies, scenario and rules of its
run, and compares tables and report with the sealed ones byte for byte. A difference is
exit 7 and names the first thing that is not what it was. RELEASE is a folder that
release fetch wrote; its certificate is verified first. For reviewers of the department,
auditors and security officers; nothing of the job changes, and no figure is shown.`,
			`按原运行所用的数据版本、脱敏策略、应用场景与规则集重新执行已出域的作业，将统计表与报告和密封内容
逐字节比对。若不一致则以退出码 7 结束，并指出第一处差异。RELEASE 为 release fetch 写出的目录，
其证书将先行校验。供本部门审查员、审计管理员与安全管理员使用；不改变作业，也不显示任何数字。`),
		Example: "  yingbi job replay 0192… --as sun --key sun.key\n  yingbi job replay release --as sun --key sun.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				id := args[0]
				if info, err := os.Stat(id); err == nil && info.IsDir() {
					cert, err := release.Verify(os.DirFS(id), s.Info.Name, s.Info.Public)
					if err != nil {
						return err
					}
					id = cert.Job
				}
				done := a.busy(a.tr("running again; Ctrl-C stops it", "重新执行中；Ctrl-C 停止"))
				err := s.Jobs().Replay(c.Context(), s.Actor, id)
				done()
				if err != nil {
					return err
				}
				return a.give(map[string]string{"job": id, "result": "same"}, func() {
					a.say("same: every table and the report of job %s came out byte for byte as they were released", "一致：作业 %s 的全部统计表与报告逐字节相同", id)
				})
			})
		},
	}
}
