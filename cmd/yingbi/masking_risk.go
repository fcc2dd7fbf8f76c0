package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yingbi/masking/anonymity"
)

// anonymized is the answer of masking anonymize, as ARX's cases have it, and the risk.
// What there is no answer to is null.
type anonymized struct {
	Feasible   bool     `json:"feasible"`
	Levels     []int    `json:"optimum_levels"`
	Loss       *float64 `json:"loss"`
	Suppressed *int64   `json:"suppressed_rows"`
	Classes    *int64   `json:"classes"` // that are not suppressed
	Optima     [][]int  `json:"all_optimal_nodes"`
	Risk       risks    `json:"risk"`

	columns []column
}

type risks struct {
	Before *anonymity.Risk `json:"before"`
	After  *anonymity.Risk `json:"after"`
}

// maxTies is how many best answers a person is shown; a program gets all.
const maxTies = 20

// column is a quasi-identifier with its highest level.
type column struct {
	name string
	top  int
}

// showAnonymized prints an answer for a person.
func (a *app) showAnonymized(got anonymized) {
	if !got.Feasible {
		a.say("No levels meet the models with so few rows suppressed: allow more suppression, weaken a model, or give hierarchies a level \"*\".",
			"在允许的抑制比例内，没有任何层级能满足模型：可放宽抑制比例或模型，或为层级增加一级“*”。")
	} else {
		a.say("Loss %s; rows suppressed: %d; classes: %d; answers with this loss: %d", "损失 %s；抑制 %d 行；%d 个等价类；最优解 %d 个",
			strconv.FormatFloat(*got.Loss, 'f', -1, 64), *got.Suppressed, *got.Classes, len(got.Optima))
		var rows [][]string
		for i, c := range got.columns {
			rows = append(rows, []string{c.name, fmt.Sprintf(a.tr("%d of %d", "%d / %d"), got.Levels[i], c.top)})
		}
		a.indented("  ", []string{a.tr("column", "字段"), a.tr("level", "层级")}, rows)
		for _, levels := range got.Optima[:min(len(got.Optima), maxTies)] {
			if !slices.Equal(levels, got.Levels) {
				a.say("  as good: %v", "  同样最优：%v", levels)
			}
		}
	}
	a.showRisk(a.tr("rows", "行"), got.Risk.Before, got.Risk.After)
}

// showRisk prints risks of re-identification and a chart of the sizes of classes, which
// count units, such as rows. After may be nil.
func (a *app) showRisk(units string, before, after *anonymity.Risk) {
	a.heading("Risk of re-identification", "重识别风险")
	both := []*anonymity.Risk{before}
	header := []string{"", a.tr("before", "处理前")}
	if after != nil {
		both, header = append(both, after), append(header, a.tr("after", "处理后"))
	}
	line := func(name string, of func(*anonymity.Risk) string) []string {
		out := []string{name}
		for _, r := range both {
			out = append(out, of(r))
		}
		return out
	}
	share := func(s anonymity.Share) string { return fmt.Sprintf("%s / %s", percent(s.Max), percent(s.Mean)) }
	a.indented("  ", header, [][]string{
		line(units, func(r *anonymity.Risk) string { return strconv.FormatInt(r.Rows, 10) }),
		line(a.tr("classes", "等价类"), func(r *anonymity.Risk) string { return strconv.FormatInt(r.Classes, 10) }),
		line(a.tr("class size: least / mean / most", "类大小：最小 / 平均 / 最大"), func(r *anonymity.Risk) string {
			return fmt.Sprintf("%d / %.1f / %d", r.Smallest, r.Mean, r.Largest)
		}),
		line(a.tr(units+" alone in their class", "类中唯一的"+units), func(r *anonymity.Risk) string {
			return fmt.Sprintf("%d (%s)", r.Uniques, percent(float64(r.Uniques)/float64(max(r.Rows, 1))))
		}),
		line(a.tr("prosecutor: highest / mean", "检察官风险：最高 / 平均"), func(r *anonymity.Risk) string { return share(r.Prosecutor) }),
		line(a.tr("journalist: highest / mean", "记者风险：最高 / 平均"), func(r *anonymity.Risk) string { return share(r.Journalist) }),
		line(a.tr("marketer", "营销者风险"), func(r *anonymity.Risk) string { return percent(r.Marketer) }),
	})
	for i, r := range both {
		a.say("\n%s: share of %s by the size of their class", "\n%s：%s 按等价类大小的比例", header[i+1], units)
		a.chart(r)
	}
}

// chart draws a bar for each range of sizes.
func (a *app) chart(r *anonymity.Risk) {
	const width = 40
	var lines [][2]string
	for _, s := range r.Sizes {
		name := strconv.FormatInt(s.From, 10)
		switch {
		case s.To == 0:
			name += "+"
		case s.To > s.From:
			name += "–" + strconv.FormatInt(s.To, 10)
		}
		part := float64(s.Rows) / float64(r.Rows)
		lines = append(lines, [2]string{fmt.Sprintf("%9s", name), strings.Repeat("█", max(1, int(part*width+0.5))) + " " + percent(part)})
	}
	a.pairs("  ", lines)
}

func percent(share float64) string { return fmt.Sprintf("%.2f%%", 100*share) }
