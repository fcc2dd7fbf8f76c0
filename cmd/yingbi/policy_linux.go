//go:build linux && cgo

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
	"yingbi/store"
)

func (a *app) policyCommand() *cobra.Command {
	c := &cobra.Command{Use: "policy", GroupID: groupData, Short: a.tr("set and list masking policies, open tokens", "设置与列出脱敏策略，还原令牌")}
	set := a.documentVerb("set FILE", a.tr("set a masking policy (docs/MASKING.md)", "设置脱敏策略（见 docs/MASKING.md）"),
		"  yingbi policy set claims-policy.yaml --as shen --key shen.key",
		func(ctx context.Context, s *domain.Session, file string, body []byte) (string, error) {
			p, err := s.SetPolicy(ctx, file, body)
			if err != nil {
				return "", err
			}
			return p.ID, nil
		})
	set.Long = a.tr("Stores a masking policy, or a new version of it: what a job sees of each column of\na data set. A column without a rule is dropped. Views already made are made again.",
		"保存脱敏策略或其新版本：规定作业能看到数据集各字段的什么。没有规则的字段一律去除。")
	list := a.documentList("list", job.DocPolicy, a.tr("list masking policies", "列出脱敏策略"),
		"  yingbi policy list --as shen --key shen.key",
		"no policies yet; set one with: yingbi policy set FILE", "尚无脱敏策略；设置：yingbi policy set FILE")
	show := a.documentShow(job.DocPolicy, a.tr("show a policy as it was written", "显示策略原文"),
		"  yingbi policy show claims-statistics --as zhao --key zhao.key", func(_ context.Context, _ *domain.Session, d store.Document) error {
			fmt.Fprintln(a.out)
			a.showText(string(d.Body))
			return nil
		})
	c.AddCommand(set, list, show, a.policyPreset(), a.policyReveal())
	return c
}
