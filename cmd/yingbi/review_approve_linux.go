//go:build linux && cgo

package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
	"yingbi/release"
)

func (a *app) reviewApprove() *cobra.Command {
	var terms release.Terms
	c := &cobra.Command{
		Use: "approve JOB", Args: cobra.ExactArgs(1),
		Short: a.tr("sign, in your own name, that the tables may leave", "以本人名义签名批准出域"),
		Long: a.tr(`Signs with your own key that the tables which review show printed may leave: these
bytes and no others. A job that computes over columns of level 3 or more, before
masking, and one that nobody can recompute, waits for a second reviewer's signature.

Conditions stand in the signed decision, the certificate and a file of the release. The
second reviewer signs under those of the first. Of the list:

`, `以本人密钥签名批准 review show 所示统计表出域：批准的是这些字节，别无其他。
凡使用脱敏前 3 级及以上字段、或结果无法复算的作业，须另一名审查员签名。

条件写入签名决定、证书与出域文件；第二名审查员按第一名的条件签名。可选条件：

`) + a.conditionList(),
		Example: `  yingbi review approve 0192… --as zhao --key zhao.key
  yingbi review approve 0192… --condition not_published --valid-until 2027-12-31 --as zhao --key zhao.key`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), func(s *domain.Session) (job.Job, error) {
				if c.Flags().Changed("condition") || c.Flags().Changed("valid-until") {
					return s.ApproveUnder(c.Context(), args[0], terms)
				}
				return s.Approve(c.Context(), args[0])
			})
		},
	}
	c.Flags().StringArrayVar(&terms.Conditions, "condition", nil, a.tr("`TEXT` one of the list above, or a line of your own; repeatable", "`TEXT` 上列条件之一，或自拟一行；可重复"))
	c.Flags().StringVar(&terms.ValidUntil, "valid-until", "", a.tr("`DATE` last day on which the release may be used, such as 2027-12-31", "`DATE` 出域成果可使用的最后一日，如 2027-12-31"))
	var names []string
	for _, known := range release.Conditions() {
		names = append(names, known[0])
	}
	complete(c, "condition", names...)
	return c
}

func (a *app) conditionList() string {
	var out strings.Builder
	for _, known := range release.Conditions() {
		fmt.Fprintf(&out, "  %-21s %s\n", known[0], a.tr(known[1], known[2]))
	}
	return out.String()
}

// condition says one in the reader's language.
func (a *app) condition(c string) string {
	for _, known := range release.Conditions() {
		if c == known[0] {
			return a.tr(known[1], known[2])
		}
	}
	return c
}
