//go:build linux && cgo

package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/job"
	"yingbi/masking"
)

func (a *app) scenarioRisk() *cobra.Command {
	dataset := ""
	c := &cobra.Command{
		Use: "risk ID", Args: cobra.ExactArgs(1),
		Short: a.tr("show how anonymous the views of a scenario are (reviewers, security officers)", "显示场景视图的匿名程度与重识别风险（限审查员与安全管理员）"),
		Long: a.tr(`Shows, of each data set whose policy has a section anonymity, what the section did with
its newest version: models met, levels chosen, sizes of classes, and the risk that somebody is
recognised, before and after. It is derived from rows, so it is for reviewers of the
scenario's department and security officers, and looking is recorded. A view that is not there
yet is made, which may take minutes.`,
			`对策略含 anonymity 一节的每个数据集，显示该节对其最新版本的处理：满足的模型、所选层级、等价类大小，
以及处理前后的重识别风险。该信息来自数据行，仅供场景所属部门的审查员与安全管理员查看，且查看会被记录。
视图尚不存在时将先生成，可能需数分钟。`),
		Example: "  yingbi scenario risk chronic --as zhao --key zhao.key",
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *domain.Session) error {
				done := a.busy(a.tr("looking at the views; Ctrl-C stops it", "查看视图；Ctrl-C 停止"))
				all, err := s.Jobs().Risks(c.Context(), s.Actor, args[0], dataset)
				done()
				if err != nil {
					return err
				}
				return a.give(all, func() {
					for _, r := range all {
						a.showViewRisk(r)
					}
				})
			})
		},
	}
	c.Flags().StringVar(&dataset, "dataset", "", a.tr("`ID` of this data set alone", "`ID` 仅此数据集"))
	return c
}

func (a *app) showViewRisk(r job.Risk) {
	a.heading("%s version %d, seen through policy %s version %d", "%s 第 %d 版，经脱敏策略 %s 第 %d 版", r.Dataset, r.Version, r.Policy, r.PolicyVersion)
	a.say("  %s", "  %s", a.anonymityLine(r.Anonymised))
	var rows [][]string
	for _, c := range r.Columns {
		rows = append(rows, []string{c.Name, fmt.Sprintf(a.tr("%d of %d", "%d / %d"), c.Level, c.Levels-1), c.Shown})
	}
	a.indented("  ", []string{a.tr("column", "字段"), a.tr("level", "层级"), a.tr("shown as", "显示为")}, rows)
	a.showRisk(a.units(r.Unit), &r.Before, &r.After)
}

// anonymityLine says in one line which models a view meets, with its figures.
func (a *app) anonymityLine(did *masking.Anonymised) string {
	m := did.Met
	met := []string{fmt.Sprintf(a.tr("k = %d (smallest class: %d %s)", "k = %d（最小等价类 %d %s）"), m.K, did.After.Smallest, a.units(did.Unit))}
	float := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	worst := func(v string) string { return fmt.Sprintf(a.tr(" (worst class: %s)", "（最差等价类 %s）"), v) }
	distinct, entropy := worst(strconv.Itoa(m.LeastDistinct)), worst(fmt.Sprintf("%.2f", m.LeastEntropy))
	for _, model := range []struct {
		asked bool
		text  string
	}{
		{m.Distinct > 0, fmt.Sprintf("l = %d distinct%s", m.Distinct, distinct)},
		{m.Entropy > 0, fmt.Sprintf("l = %s entropy%s", float(m.Entropy), entropy)},
		{m.Recursive > 0, fmt.Sprintf("l = %d, c = %s recursive", m.Recursive, float(m.C))},
		{m.T > 0, fmt.Sprintf("t = %s%s", float(m.T), worst(fmt.Sprintf("%.3f", m.MostDistance)))},
	} {
		if model.asked {
			met = append(met, model.text)
		}
	}
	of := ""
	if m.Sensitive != "" {
		of = fmt.Sprintf(a.tr(" of %s", "（敏感字段 %s）"), m.Sensitive)
	}
	return fmt.Sprintf(a.tr("meets %s%s; %d of %d rows suppressed; highest risk of recognition %s, before %s", "满足 %s%s；抑制 %d / %d 行；最高重识别风险 %s，处理前 %s"),
		strings.Join(met, a.tr(", ", "，")), of, did.Suppressed, did.Rows, percent(did.After.Prosecutor.Max), percent(did.Before.Prosecutor.Max))
}

// units names what k counts.
func (a *app) units(unit string) string {
	if unit == "row" {
		return a.tr("rows", "行")
	}
	return unit
}
