//go:build linux && cgo

package main

import (
	"fmt"
	"strings"

	"yingbi/egress"
	"yingbi/job"
	"yingbi/release"
)

var stateTitles = map[string]string{
	"submitted": "已提交", "admitted": "已准入", "queued": "排队中", "running": "运行中", "checking": "检查中", "held": "待审查",
	"approved": "已批准", "released": "已出域", "refused": "已拒收", "failed": "失败", "rejected": "已驳回", "returned": "已退回", "withdrawn": "已撤回", "frozen": "已冻结",
	"expired": "已过期", job.InReview: "审查中",
}

func (a *app) state(s string) string { return a.tr(s, stateTitles[s]) }

var reasonTitles = map[string][2]string{
	"disclosure_risk":      {"what it shows could disclose somebody", "存在泄露个体信息的风险"},
	"outside_purpose":      {"it is outside the scenario's purpose", "超出应用场景的用途"},
	"insufficient_context": {"question or audience are not clear enough to judge", "问题或受众说明不足，无法判断"},
	"poor_quality":         {"the figures are not fit for the question", "数据质量不足以回答问题"},
	"failed_limit":         {"the run went over a limit", "运行超出限制"},
	"failed_run":           {"the run failed", "运行失败"},
	job.ApprovalLapsed:     {"its approval was not used in time", "批准逾期未签发"},
	job.ScenarioEnded:      {"its scenario has ended", "应用场景期限已满"},
	job.AgreementEnded:     {"its agreement has ended", "授权协议期限已满"},
	job.ModuleError:        {"the module ended with an error that its manifest declares", "模块以清单所声明的错误结束"},
}

// reason gives a reviewer's reason in the reader's language, and anything else as
// it stands.
func (a *app) reason(r string) string {
	t, ok := reasonTitles[r]
	if !ok {
		t, ok = withdrawalTitles[r]
	}
	if ok && a.chinese {
		return t[1] + "（" + r + "）"
	}
	return r
}

// reasonList explains every reason in a line.
func (a *app) reasonList() string {
	var out strings.Builder
	for _, r := range job.Reasons() {
		fmt.Fprintf(&out, "  %-21s %s\n", r, a.tr(reasonTitles[r][0], reasonTitles[r][1]))
	}
	return out.String()
}

// class says in words whose figures a job would publish.
func (a *app) class(c string) string {
	switch c {
	case release.Verified:
		return a.tr("verified: the domain's own computation of the declared tables", "verified：由域自行计算所声明的统计表")
	case release.Protected:
		return a.tr("protected: a module's, made from the finished tables alone", "protected：由模块仅依据成品统计表生成")
	case release.Mapped:
		return a.tr("mapped: the domain's own tables of what a module made of one subject at a time", "mapped：模块逐一处理单个主体，统计表由域自行计算")
	case release.Asserted:
		return a.tr("asserted: numbers of a module that saw rows; nobody has recomputed them", "asserted：由看过数据行的模块陈述的数值，无人复算")
	}
	return c
}

// verdict says what becomes of a table.
func (a *app) verdict(v egress.Verdict) string {
	return a.tr(string(v), map[egress.Verdict]string{egress.Publish: "可出域", egress.Withhold: "抑制", egress.Refuse: "拒绝"}[v])
}

// rule gives a rule of disclosure control a short title in Chinese.
func (a *app) rule(r egress.Rule) string {
	titles := map[egress.Rule]string{
		egress.RuleMinimum: "主体过少", egress.RuleDominance: "占优", egress.RulePPercent: "p% 可推算", egress.RuleZero: "零值",
		egress.RuleFull: "全有或全无", egress.RuleSmall: "小计数", egress.RuleFinite: "非有限数", egress.RulePreset: "规则集不健全",
		egress.RuleRowPerSubject: "逐主体成行", egress.RuleNothingLeft: "全部抑制",
		egress.RuleSecondary: "二次抑制", egress.RuleLinked: "关联表过大", egress.RuleLabel: "文字不可出域",
		egress.RuleDifferencing: "差分", egress.RuleSupport: "分位数支撑不足", egress.RuleFreedom: "自由度不足",
		egress.RuleScore: "系数与数据不符", egress.RuleParameters: "参数过多", egress.RuleSaturated: "饱和模型", egress.RuleCollinear: "项共线", egress.RuleLeverage: "杠杆过高",
		egress.RulePerfect: "完全拟合", egress.RuleRange: "超出取值范围",
		egress.RuleColumns: "列不符", egress.RuleBounds: "越界", egress.RuleLeaves: "叶子过小",
	}
	return a.tr(string(r), titles[r])
}

// explain says in a sentence what it means that a cell or table fails a rule.
func (a *app) explain(r egress.Rule, p egress.Preset) string {
	switch r {
	case egress.RuleMinimum:
		return fmt.Sprintf(a.tr("fewer than %d people, firms or other subjects stand behind a figure", "数字背后的主体（人、企业等）不足 %d 个"), p.Minimum)
	case egress.RuleDominance:
		return a.tr("one or two subjects make up nearly all of a figure", "一两个主体占某个数字的绝大部分")
	case egress.RulePPercent:
		return fmt.Sprintf(a.tr("the second largest subject could work out the largest within %d%%", "第二大主体可将最大主体推算至 %d%% 以内"), p.P)
	case egress.RuleZero:
		return a.tr("nothing but zeros: everybody's value would be told", "全部为零：等于公开每个主体的值")
	case egress.RuleFull:
		return a.tr("all or none of a group: everybody's value would be told", "整组全有或全无：等于公开每个主体的值")
	case egress.RuleSmall:
		return fmt.Sprintf(a.tr("a count of %d or less", "计数不超过 %d"), p.Redact)
	case egress.RuleSupport:
		return fmt.Sprintf(a.tr("fewer than %d subjects on a side of a median or quantile", "中位数或分位数某一侧的主体不足 %d 个"), p.Minimum)
	case egress.RuleFreedom:
		return a.tr("too few subjects are left beside the mean or the parameters", "除均值或参数外，剩余主体过少")
	case egress.RuleScore:
		return a.tr("the module's coefficients are not those that the rows give: it erred, or hides something in them", "模块系数与数据不符：模块有误，或在系数中夹带信息")
	case egress.RuleParameters:
		return a.tr("a model has more than one parameter for every three subjects", "模型每三个主体多于一个参数")
	case egress.RuleSaturated:
		return a.tr("a small combination of conditions has a parameter of its own, so that the model is a table of it", "小的条件组合独占一个参数，模型等同于该组合的统计表")
	case egress.RuleLeverage:
		return a.tr("a coefficient of the model follows one subject, whose values are far from all others", "某一主体取值远离其他主体，模型系数几乎由其决定")
	case egress.RuleCollinear:
		return a.tr("a term of the model follows from the others", "模型某一项可由其他项得出")
	case egress.RulePerfect:
		return a.tr("the terms tell everybody's response", "由各项即可得出每个主体的响应值")
	case egress.RuleRange:
		return a.tr("a count or time of the model is negative", "模型的计数或时间为负")
	case egress.RuleColumns:
		return a.tr("the module emitted other numbers than the manifest declares, or not one row of them", "模块输出的数值与清单声明不符，或不是恰好一行")
	case egress.RuleBounds:
		return a.tr("a number lies outside its declared bounds", "某个数值超出所声明的界限")
	case egress.RuleLeaves:
		return a.tr("the table that counts the subjects of each leaf has a suppressed cell, so that a leaf may be about few", "统计各叶子主体数的表有隐去的单元格，某个叶子可能只涉及少数主体")
	case egress.RuleFinite:
		return a.tr("a figure is not a number", "数字不是有限数")
	case egress.RulePreset:
		return a.tr("the rules or the evidence are not complete", "规则或证据不完整")
	case egress.RuleSecondary:
		return a.tr("published beside the other tables of the job, it would tell a withheld figure", "若与本作业其他表一同公布，可由此推出被抑制的数字")
	case egress.RuleLinked:
		return a.tr("tables that add up have more cells than can be examined: group them more coarsely, or leave totals out", "可相加的关联表单元格过多，无法审查：请粗化分组或去掉汇总表")
	case egress.RuleLabel:
		return a.tr("a text beside the figure may not leave: somebody's number, a formula, HTML, or characters that cannot be seen or told apart", "数字旁的文字不可出域：个人号码、公式、HTML，或不可见、易混淆的字符")
	case egress.RuleDifferencing:
		return fmt.Sprintf(a.tr("subtracted from other figures, of this job or of earlier releases, it tells of fewer than %d subjects", "与本作业或以往出域的其他数字相减，可得出不足 %d 个主体的信息"), p.Minimum)
	case egress.RuleRowPerSubject:
		return a.tr("a table of single subjects: nothing of it leaves", "逐主体成行的表：整表不得出域")
	case egress.RuleNothingLeft:
		return a.tr("every cell of the table fails: nothing of it leaves", "全部单元格均未通过：整表不得出域")
	}
	return ""
}

// unchecked gives a line of the report's list of what was not checked.
func (a *app) unchecked(line string) string {
	topic, _, _ := strings.Cut(line, ":")
	known := map[string]string{
		"coarser keys":        "分组粒度：同一批数据按不同字段分组的表之间，若某字段由另一字段归并而成，已公布的单元格相加能否得出被抑制的数字",
		"cross-release audit": "跨次出域审计：本次结果与以往涉及同一主体的出域结果相结合，是否泄露单独看不到的信息",
		"cross-release audit of tables without subjects": "跨次出域审计（无主体的表）：其各行无法与其他出域结果对应，故未比对",
		"mapping":          "映射：模块是否对某个主体区别对待；其记录有界，代码无人审读",
		"questions":        "核验问题：有权提问者是否确需该答案；就同一主体的各次回答合在一起、并与本作业各表并看，能得知什么",
		"models":           "模型：标准误视各行为独立，是否适合所问",
		"asserted":         "陈述性数值：模块的数值说了什么、涉及谁；无人复算，也未与其他出域结果比对",
		"asserted leaves":  "陈述性数值的叶子：各数值是否确属该表所统计的叶子",
		"asserted support": "陈述性数值的支撑：各数值背后有多少主体；没有表统计",
		"intent":           "意图：条件、分段或派生字段是否为锁定某个主体而设；请阅读清单判断",
	}
	if chinese, ok := known[topic]; ok {
		return a.tr(line, chinese)
	}
	return line
}

// preset names a preset, with what it extends.
func (a *app) preset(p egress.Preset) string {
	if p.Extends == "" {
		return p.String()
	}
	return p.String() + fmt.Sprintf(a.tr(" (stricter than %s)", "（严于 %s）"), p.Extends)
}

// rulesInWords says what a preset asks for.
func (a *app) rulesInWords(p egress.Preset) []string {
	out := []string{fmt.Sprintf(a.tr("at least %d different subjects of each kind behind every figure", "每个数字背后每类主体不少于 %d 个"), p.Minimum)}
	for _, d := range p.Dominance {
		out = append(out, fmt.Sprintf(a.tr("the largest %d of them contribute less than %d%%", "最大的 %d 个主体合计贡献低于 %d%%"), d.N, d.Percent))
	}
	return append(out,
		a.tr("no withheld figure follows from published ones of tables that add up", "被抑制的数字不能由可相加的各表中已公布的数字推出"),
		a.tr("texts hold no numbers of persons, formulas, HTML, or characters that cannot be seen or told apart", "文字中没有个人号码、公式、HTML，也没有不可见或易混淆的字符"),
		fmt.Sprintf(a.tr("the second largest cannot work out the largest within %d%%", "第二大主体不能将最大主体推算至 %d%% 以内"), p.P),
		fmt.Sprintf(a.tr("counts up to %d are withheld, others rounded to multiples of %d", "不超过 %d 的计数被抑制，其余取整至 %d 的倍数"), p.Redact, p.Base),
		fmt.Sprintf(a.tr("sums, means and shares keep %d significant digits", "合计、均值与占比保留 %d 位有效数字"), p.Digits))
}
