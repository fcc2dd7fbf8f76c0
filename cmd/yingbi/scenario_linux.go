//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/egress"
	"yingbi/job"
	"yingbi/store"
)

func (a *app) scenarioCommand() *cobra.Command {
	c := &cobra.Command{Use: "scenario", GroupID: groupData, Short: a.tr("sign agreements, approve and list scenarios", "签署协议、批准与列出应用场景")}
	sign := a.documentVerb("sign FILE", a.tr("store an agreement (docs/SCENARIOS.md)", "登记授权协议（见 docs/SCENARIOS.md）"),
		"  yingbi scenario sign agreement.yaml --as chen --key chen.key",
		func(ctx context.Context, s *domain.Session, file string, body []byte) (string, error) {
			v, err := s.SignAgreement(ctx, file, body)
			if err != nil {
				return "", err
			}
			return v.ID, nil
		})
	approve := a.documentVerb("approve FILE", a.tr("approve a scenario (docs/SCENARIOS.md)", "批准应用场景（见 docs/SCENARIOS.md）"),
		"  yingbi scenario approve scenario.yaml --as chen --key chen.key",
		func(ctx context.Context, s *domain.Session, file string, body []byte) (string, error) {
			v, err := s.ApproveScenario(ctx, file, body)
			if err != nil {
				return "", err
			}
			return v.ID, nil
		})
	c.AddCommand(sign, approve, a.scenarioKit(), a.scenarioRisk(),
		a.documentList("list", job.DocScenario, a.tr("list scenarios", "列出应用场景"),
			"  yingbi scenario list --as wang --key wang.key",
			"no scenarios yet; the authority approves one with: yingbi scenario approve FILE", "尚无应用场景；由实施机构批准：yingbi scenario approve FILE"),
		a.documentShow(job.DocScenario, a.tr("show what a scenario grants, column by column", "按字段显示场景的授权"),
			"  yingbi scenario show chronic --as wang --key wang.key", a.showScenario),
		a.documentList("agreements", job.DocAgreement, a.tr("list agreements", "列出授权协议"),
			"  yingbi scenario agreements --as wang --key wang.key",
			"no agreements yet; the authority stores one with: yingbi scenario sign FILE", "尚无授权协议；由实施机构登记：yingbi scenario sign FILE"))
	return c
}

func (a *app) showScenario(ctx context.Context, session *domain.Session, d store.Document) error {
	s, err := access.ParseScenario(d.ID, d.Body)
	if err != nil {
		return err
	}
	levels, unfit := session.Levels(ctx, s)
	facts := [][2]string{
		{a.tr("title", "名称"), s.Title}, {a.tr("purpose", "用途"), s.Purpose}, {a.tr("agreement", "授权协议"), s.Agreement},
		{a.tr("reviewed by", "审查部门"), s.Department}, {a.tr("rules", "出域规则"), presetOf(s)}, {a.tr("term", "期限"), s.Term.String()},
	}
	if v := s.Verification; v != nil {
		limits := a.tr("%d bits of a subject a year, %d calls of an organisation a day", "每一主体每年 %d 比特，每一机构每日 %d 次")
		facts = append(facts, [2]string{a.tr("questions", "核验问题"), fmt.Sprintf(limits, v.SubjectBits, v.CallsPerDay)})
	}
	if s.AssertedBits > 0 {
		facts = append(facts, [2]string{a.tr("asserted", "陈述性数值"), fmt.Sprintf(a.tr("%d bits of a run, of numbers that nobody recomputes", "每次运行 %d 比特，数值无人复算"), s.AssertedBits)})
	}
	a.pairs("  ", facts)
	a.heading("Granted, and for nothing else", "授权范围，除此以外一概不可用")
	var rows [][]string
	for _, g := range s.Grants {
		for _, c := range g.Columns {
			var uses []string
			for _, u := range c.Uses {
				uses = append(uses, a.tr(string(u), useTitles[u]))
			}
			level := ""
			if unfit == nil {
				level = fmt.Sprintf("%d → %d", levels[len(rows)].Raw, levels[len(rows)].Masked)
			}
			rows = append(rows, []string{g.Dataset, g.Policy + " v" + strconv.Itoa(g.PolicyVersion), c.Name, level, strings.Join(uses, a.tr(", ", "、"))})
		}
	}
	a.indented("  ", []string{a.tr("data set", "数据集"), a.tr("through policy", "脱敏策略"), a.tr("column", "字段"), a.tr("level, raw → masked", "级别（原始→脱敏后）"), a.tr("uses", "用途")}, rows)
	if unfit != nil {
		a.say("no job can use it as it stands: %v", "目前无法用于作业：%v", unfit)
	}
	return nil
}

// presetOf names the rules of a scenario; one of the domain's own has a version.
func presetOf(s *access.Scenario) string {
	return egress.Preset{Name: s.Preset, Version: s.PresetVersion}.String()
}

var useTitles = map[access.Use]string{
	access.Join: "连接", access.Filter: "筛选", access.Group: "分组", access.Measure: "统计", access.Derive: "派生", access.Row: "逐行", access.Verify: "核验",
}
