//go:build linux && cgo

package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
)

func (a *app) policyCommand() *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: a.tr("set and list masking policies", "设置与列出脱敏策略")}
	set := a.documentVerb("set FILE", a.tr("set a masking policy (docs/MASKING.md)", "设置脱敏策略（见 docs/MASKING.md）"),
		func(ctx context.Context, s *domain.Session, file string, body []byte) (any, string, error) {
			p, err := s.SetPolicy(ctx, file, body)
			if err != nil {
				return nil, "", err
			}
			return map[string]any{"id": p.ID, "dataset": p.Dataset}, p.ID, nil
		})
	c.AddCommand(set, a.documentList(job.DocPolicy, a.tr("list masking policies", "列出脱敏策略")))
	return c
}

func (a *app) scenarioCommand() *cobra.Command {
	c := &cobra.Command{Use: "scenario", Short: a.tr("sign agreements, approve and list scenarios", "签署协议、批准与列出应用场景")}
	sign := a.documentVerb("sign FILE", a.tr("store an agreement (docs/SCENARIOS.md)", "登记授权协议（见 docs/SCENARIOS.md）"),
		func(ctx context.Context, s *domain.Session, file string, body []byte) (any, string, error) {
			v, err := s.SignAgreement(ctx, file, body)
			if err != nil {
				return nil, "", err
			}
			return v, v.ID, nil
		})
	approve := a.documentVerb("approve FILE", a.tr("approve a scenario (docs/SCENARIOS.md)", "批准应用场景（见 docs/SCENARIOS.md）"),
		func(ctx context.Context, s *domain.Session, file string, body []byte) (any, string, error) {
			v, err := s.ApproveScenario(ctx, file, body)
			if err != nil {
				return nil, "", err
			}
			return v, v.ID, nil
		})
	c.AddCommand(sign, approve,
		a.documentList(job.DocScenario, a.tr("list scenarios", "列出应用场景")),
		a.named("agreements", a.documentList(job.DocAgreement, a.tr("list agreements", "列出授权协议"))))
	return c
}

func (a *app) named(name string, c *cobra.Command) *cobra.Command {
	c.Use = name
	return c
}

// documentVerb is a verb that stores one YAML document.
func (a *app) documentVerb(use, short string, store func(context.Context, *domain.Session, string, []byte) (any, string, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Args: cobra.ExactArgs(1), Short: short,
		RunE: func(c *cobra.Command, args []string) error {
			body, err := readDocument(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				v, id, err := store(c.Context(), s, args[0], body)
				if err != nil {
					return err
				}
				return a.give(v, func() { a.say("%s is in force", "%s 已生效", id) })
			})
		},
	}
}

func (a *app) documentList(kind, short string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: short,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				docs, err := s.Documents(c.Context(), kind)
				if err != nil {
					return err
				}
				type line struct {
					ID      string `json:"id"`
					Version int    `json:"version"`
					By      string `json:"by"`
					Since   string `json:"since"`
					Text    string `json:"text"`
				}
				var all []line
				var rows [][]string
				for _, d := range docs {
					all = append(all, line{d.ID, d.Version, d.By, when(d.Created), string(d.Body)})
					rows = append(rows, []string{d.ID, strconv.Itoa(d.Version), d.By, when(d.Created)})
				}
				return a.give(all, func() {
					a.rows([]string{a.tr("id", "编号"), a.tr("version", "版本"), a.tr("by", "登记人"), a.tr("since", "生效时间")}, rows)
				})
			})
		},
	}
}
