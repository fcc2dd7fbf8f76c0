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

var withdrawalTitles = map[string][2]string{
	"disclosure_risk":   {"what it shows could disclose somebody", "存在泄露个体信息的风险"},
	"wrong_data":        {"the data were wrong", "所用数据有误"},
	"outside_purpose":   {"it is used outside the scenario's purpose", "使用超出应用场景的用途"},
	"conditions_broken": {"the conditions of the release were not kept", "未遵守出域条件"},
	"consent_withdrawn": {"a consent on which it stands was withdrawn", "所依据的授权已撤销"},
}

func (a *app) releaseWithdraw() *cobra.Command {
	var reason string
	var list strings.Builder
	for _, r := range job.WithdrawalReasons() {
		fmt.Fprintf(&list, "  %-21s %s\n", r, a.tr(withdrawalTitles[r][0], withdrawalTitles[r][1]))
	}
	c := &cobra.Command{
		Use: "withdraw JOB --reason REASON", Args: cobra.ExactArgs(1),
		Short: a.tr("withdraw a release: it is given out no longer, and a signed notice says so", "撤回出域成果：不再提供领取，并签发撤回通知"),
		Long: a.tr(`For reviewers of the scenario's department, the authority of its agreement, and security
officers. Who has the files keeps them: publish the notices of yingbi release
withdrawn, and let users verify with release verify --withdrawn. The release still
counts when later ones are compared with it.

`, `由场景主管部门的审查员、协议的实施机构或安全管理员撤回。已领取的文件无法收回：
请公布 yingbi release withdrawn 导出的通知，使用者以 release verify --withdrawn 校验。
被撤回的成果仍参与此后的跨次出域比对。

`) + list.String(),
		Example: "  yingbi release withdraw 0192… --reason wrong_data --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				j, err := s.Jobs().Withdraw(c.Context(), s.Actor, args[0], reason)
				if err != nil {
					return err
				}
				return a.give(newJobView(j), func() {
					a.say("withdrawn %s; publish the notice: yingbi release withdrawn FOLDER", "已撤回 %s；请公布通知：yingbi release withdrawn 目录", j.ID)
				})
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", a.tr("`REASON` one of the list above", "`REASON` 上列原因之一"))
	complete(c, "reason", job.WithdrawalReasons()...)
	return c
}

func (a *app) releaseWithdrawn() *cobra.Command {
	return &cobra.Command{
		Use: "withdrawn [FOLDER]", Args: cobra.MaximumNArgs(1),
		Short:   a.tr("list the releases that were withdrawn, and write their notices into a new folder", "列出已撤回的出域成果，并将撤回通知写入新目录"),
		Example: "  yingbi release withdrawn --as sun --key sun.key\n  yingbi release withdrawn notices --as sun --key sun.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				notices, err := s.Jobs().Withdrawn(c.Context(), s.Actor)
				if err != nil {
					return err
				}
				if len(args) == 1 {
					files := map[string][]byte{}
					for _, n := range notices {
						files[release.NoticeFile(n.Job)] = n.File
					}
					if err := release.WriteFolder(args[0], files); err != nil {
						return err
					}
				}
				all := []release.Withdrawal{}
				var rows [][]string
				for _, n := range notices {
					all = append(all, n.Withdrawal)
					rows = append(rows, []string{n.Job, when(n.Issued), when(n.Time), n.By, n.Org, n.Reason})
				}
				return a.give(all, func() {
					a.list([]string{a.tr("job", "作业"), a.tr("released", "签发时间"), a.tr("withdrawn", "撤回时间"), a.tr("by", "撤回人"), a.tr("organisation", "机构"), a.tr("reason", "原因")}, rows,
						"no release was withdrawn", "没有被撤回的出域成果")
				})
			})
		},
	}
}
