//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/job"
	"yingbi/manifest"
	"yingbi/release"
)

// reviewView is job.Review as a program reads it.
type reviewView struct {
	Job         jobView          `json:"job"`
	Steps       []stepView       `json:"steps"`
	Manifest    string           `json:"manifest"`
	Used        *job.Used        `json:"used,omitempty"`
	Report      *egress.Report   `json:"report,omitempty"`
	Tables      []release.Table  `json:"tables,omitempty"`
	Failure     *job.Failure     `json:"failure,omitempty"`
	GuestLog    string           `json:"guest_log,omitempty"`
	Excerpt     *job.Excerpt     `json:"excerpt,omitempty"`
	Approvals   []approvalView   `json:"approvals"`
	Needed      int              `json:"approvals_needed"`
	Comments    []job.Comment    `json:"comments"`
	Replaces    *job.Predecessor `json:"replaces,omitempty"`
	Budgets     []job.Budget     `json:"budgets"`
	ReportSeal  crypto.Digest    `json:"report_commitment"`
	TableDigest crypto.Digest    `json:"tables_digest"`
}

// stepView is a step in a job's life. Record is the index of its intent in the log.
type stepView struct {
	From   job.State `json:"from"`
	To     job.State `json:"to"`
	By     string    `json:"by"`
	Record uint64    `json:"record"`
	At     time.Time `json:"at"`
}

// approvalView is a signature under a job's tables.
type approvalView struct {
	Reviewer   string    `json:"reviewer"`
	Org        string    `json:"org"`
	At         time.Time `json:"at"`
	Expires    time.Time `json:"expires"`
	Conditions []string  `json:"conditions,omitempty"`
	ValidUntil string    `json:"valid_until,omitempty"`
}

func newReviewView(r *job.Review) reviewView {
	v := reviewView{
		Job: newJobView(r.Job), Steps: []stepView{}, Manifest: r.Manifest, Used: r.Used, Report: r.Report, Tables: r.Tables,
		Failure: r.Failure, GuestLog: r.GuestLog, Excerpt: r.Excerpt, Budgets: r.Budgets, ReportSeal: r.ReportSeal, TableDigest: r.TableDigest,
		Approvals: []approvalView{}, Needed: r.Needed, Comments: append([]job.Comment{}, r.Comments...), Replaces: r.Replaces,
	}
	for _, d := range r.Approvals {
		v.Approvals = append(v.Approvals, approvalView{d.Reviewer, d.Org, d.Time, d.Expires, d.Conditions, d.ValidUntil})
	}
	for _, s := range r.Steps {
		v.Steps = append(v.Steps, stepView{s.From, s.To, s.Actor, s.Audit, s.At})
	}
	return v
}

// showReview lays a job out for the person who decides: what it asks, what would
// leave, what is held back and why, what nobody has checked, and how to decide.
func (a *app) showReview(r *job.Review, s *access.Scenario, all bool) {
	a.say("job %s: %s", "作业 %s：%s", r.Job.ID, a.state(string(r.Job.State)))
	a.showRequest(r, s)
	if f := r.Failure; f != nil {
		a.heading("The run failed; nothing would leave", "运行失败，不会有任何内容出域")
		a.showText(f.Text)
	}
	if r.Report != nil {
		a.showOutcome(r, all)
	}
	a.heading("The job as it was submitted", "作业清单原文")
	a.showText(r.Manifest)
	if r.GuestLog != "" {
		a.heading("What the module wrote; it does not leave", "模块输出，不出域")
		a.numbered(r.GuestLog)
	}
	a.showExcerpt(r.Excerpt)
	a.showPredecessor(r.Replaces)
	a.showComments(r.Comments)
	a.showApprovals(r)
	a.showChoices(r)
}

func (a *app) showRequest(r *job.Review, s *access.Scenario) {
	lines := [][2]string{}
	if m, err := manifest.Parse("job.yaml", []byte(r.Manifest)); err == nil { // it was parsed when it was submitted
		lines = append(lines, [2]string{a.tr("name", "名称"), m.Name}, [2]string{a.tr("question", "问题"), m.Question},
			[2]string{a.tr("audience", "受众"), m.Audience}, [2]string{a.tr("notes", "说明"), m.Notes})
	}
	module := a.tr("none", "无")
	if r.Job.Module {
		module = a.tr("yes", "有")
	}
	lines = append(lines,
		[2]string{a.tr("submitted by", "提交人"), r.Job.Submitter + a.tr(" of ", "，") + r.Job.Org + a.tr(", ", "，") + when(r.Job.Created)},
		[2]string{a.tr("scenario", "应用场景"), s.ID + " " + s.Title},
		[2]string{a.tr("its purpose", "场景用途"), s.Purpose},
		[2]string{a.tr("figures", "数字来源"), a.class(r.Job.Class)},
		[2]string{a.tr("module", "模块"), module},
		[2]string{a.tr("closed for", "结束原因"), a.reason(r.Job.Reason)})
	if r.Used != nil {
		for _, in := range r.Used.Inputs {
			lines = append(lines, [2]string{a.tr("data", "数据"), fmt.Sprintf(a.tr("%s version %d, seen through policy %s version %d", "%s 第 %d 版，经脱敏策略 %s 第 %d 版"), in.Dataset, in.Version, in.Policy, in.PolicyVersion)})
			if in.Anonymity != nil {
				lines = append(lines, [2]string{a.tr("its view", "其视图"), a.anonymityLine(in.Anonymity)})
			}
		}
	}
	for _, b := range r.Budgets {
		lines = append(lines, [2]string{a.tr("its budget", "信息预算"), a.budgetLine(b)})
	}
	a.pairs("  ", lines)
}

func (a *app) showOutcome(r *job.Review, all bool) {
	if len(r.Tables) > 0 {
		a.heading("Would leave, exactly as it stands here (× withheld, – no value)", "拟出域内容，与此处所示完全一致（× 抑制，– 无值）")
	}
	told := map[string]bool{}
	for _, t := range r.Tables {
		a.heading("%s", "%s", titled(t.Title, t.Name))
		a.showTable("  ", t)
		for _, note := range t.Notes {
			if !told[note] {
				told[note] = true
				a.showText(note)
			}
		}
	}
	failed := map[egress.Rule]bool{}
	for _, t := range r.Report.Tables {
		a.showWithheld(r.Report, t, failed, all)
	}
	a.showModels(r.Report.Models, failed)
	a.showAssertions(r.Report.Assertions, failed)
	a.showQuestions(r.Report.Questions)
	a.showLegend(r.Report.Preset, failed)
	a.showHistory(r.Report.History)
	for _, m := range r.Report.Mappings {
		a.heading("The mapping %s: one record for each %s", "映射 %s：每个%s一条记录", m.Name, m.Unit)
		a.say("  %d subjects, of whom the module failed for %d", "  共 %d 个主体，其中 %d 个模块未给出记录", m.Subjects, m.Failed)
		if m.Shared {
			a.say("  run twice in two orders of subjects, with the same records", "  按两种主体顺序各运行一次，记录一致")
		}
	}
	for _, c := range r.Report.Comparisons {
		a.heading("The module's own figures, beside the domain's", "模块数字与域内数字比对")
		a.say("  %s", "  %s", c)
	}
	a.heading("Checked by the domain: rules %s", "域已检查：规则集 %s", a.preset(r.Report.Preset))
	a.showRules(r.Report.Preset)
	if len(r.Report.Warnings) > 0 {
		a.heading("LOOK CLOSELY", "请特别留意")
		for _, line := range r.Report.Warnings {
			a.say("  • %s", "  • %s", line)
		}
	}
	a.heading("Checked by nobody: yours to judge", "尚无人检查，由您判断")
	for _, line := range r.Report.NotChecked {
		a.say("  • %s", "  • %s", a.unchecked(line))
	}
}

// mostCells is how many withheld cells of a table are listed unless all are asked for.
const mostCells = 20

// showWithheld lists the cells that fail, with the evidence that only a reviewer
// sees, and collects the rules for the legend.
func (a *app) showWithheld(r *egress.Report, t egress.TableReport, failed map[egress.Rule]bool, all bool) {
	for _, rule := range t.Rules {
		failed[rule] = true
	}
	for _, u := range t.Unmatched {
		if u.Rows == 0 {
			continue
		}
		a.heading("Table %[1]s: %[2]d rows found no match in %[3]s and are not counted", "表 %[1]s：%[2]d 行在 %[3]s 中无匹配，未计入", t.Name, u.Rows, u.Input)
	}
	if t.Verdict == egress.Refuse {
		a.heading("REFUSED: nothing of table %s leaves (%s)", "已拒绝：表 %s 整表不出域（%s）", t.Name, a.ruleTitles(t.Rules))
	} else if t.Withheld > 0 {
		a.heading("Withheld from table %s: %d of %d cells", "表 %s 抑制：%d / %d 个单元格", t.Name, t.Withheld, len(t.Cells))
	}
	var rows [][]string
	for _, c := range t.Cells {
		if c.Verdict != egress.Publish {
			rows = append(rows, a.withheldCell(t, c))
		}
	}
	more := 0
	if !all && len(rows) > mostCells {
		rows, more = rows[:mostCells], len(rows)-mostCells
	}
	if len(rows) > 0 {
		header := []string{}
		for _, k := range t.Keys {
			header = append(header, titled(k.Title, k.Name))
		}
		a.indented("  ", append(header, a.tr("subjects behind it", "背后主体"), a.tr("rules that fail", "未通过规则")), rows)
	}
	if more > 0 {
		a.say("  … and %d more; --all lists them", "  ……另有 %d 个；--all 全部列出", more)
	}
}

func (a *app) withheldCell(t egress.TableReport, c egress.CellReport) []string {
	var row, subjects []string
	for _, k := range c.Keys {
		if k.Mark != "" {
			row = append(row, "–")
			continue
		}
		row = append(row, k.Text)
	}
	for i, e := range c.Evidence {
		subjects = append(subjects, strconv.FormatInt(e.Subjects, 10)+" "+t.Units[i].Kind)
	}
	var rules []egress.Rule
	for _, f := range c.Findings {
		rules = append(rules, f.Rule)
	}
	return append(row, strings.Join(subjects, ", "), a.ruleTitles(rules))
}

// ruleTitles names rules, each once.
func (a *app) ruleTitles(rules []egress.Rule) string {
	var out []string
	seen := map[egress.Rule]bool{}
	for _, r := range rules {
		if !seen[r] {
			seen[r] = true
			out = append(out, a.rule(r))
		}
	}
	return strings.Join(out, a.tr(", ", "、"))
}

// showLegend explains the rules that failed, in words.
func (a *app) showLegend(p egress.Preset, failed map[egress.Rule]bool) {
	var lines [][2]string
	for _, r := range []egress.Rule{
		egress.RuleMinimum, egress.RuleSmall, egress.RuleDominance, egress.RulePPercent, egress.RuleZero, egress.RuleFull,
		egress.RuleSupport, egress.RuleFreedom, egress.RuleScore, egress.RuleParameters, egress.RuleSaturated, egress.RuleLeverage, egress.RuleCollinear, egress.RulePerfect, egress.RuleRange, egress.RuleColumns, egress.RuleBounds, egress.RuleLeaves, egress.RuleFinite, egress.RuleSecondary, egress.RuleLinked, egress.RuleLabel, egress.RuleDifferencing, egress.RulePreset, egress.RuleRowPerSubject, egress.RuleNothingLeft,
	} {
		if failed[r] {
			lines = append(lines, [2]string{a.rule(r), a.explain(r, p)})
		}
	}
	if len(lines) > 0 {
		a.heading("What the rules mean", "规则含义")
		a.pairs("  ", lines)
	}
}

// showTable prints a table as it would be published.
func (a *app) showTable(indent string, t release.Table) {
	var header []string
	for _, c := range t.Columns {
		header = append(header, titled(c.Title, c.Name))
	}
	var rows [][]string
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r {
			switch {
			case c.Suppressed:
				cells = append(cells, "×")
			case c.Null:
				cells = append(cells, "–")
			default:
				cells = append(cells, c.Text)
			}
		}
		rows = append(rows, cells)
	}
	a.indented(indent, header, rows)
	for _, c := range t.Charts {
		a.say("%sdrawn at the release as %s: %s of %s by %s", "%s签发时绘制 %s：%s，%s 按 %s", indent, titled(c.Title, c.Name)+" ("+c.File()+")", c.Draw, c.Y, strings.TrimSuffix(c.X+", "+c.Group, ", "))
	}
}

func titled(title, name string) string {
	if title == "" {
		return name
	}
	return title
}

// showChoices says what the reviewer can do now.
func (a *app) showChoices(r *job.Review) {
	id := r.Job.ID
	if !r.Job.State.CanBecome(job.Approved) && !r.Job.State.CanBecome(job.Rejected) && r.Job.State != job.Approved {
		return
	}
	a.heading("You can", "可选操作")
	a.say("  yingbi review page %s --output report.html", "  yingbi review page %s --output report.html", id)
	more := r.Job.State == job.Approved && len(r.Approvals) < r.Needed // the level of its data was raised since
	if more || r.Job.State.CanBecome(job.Approved) && len(r.Tables)+len(r.Report.Questions) > 0 {
		a.say("  yingbi review approve %s", "  yingbi review approve %s", id)
	}
	if r.Job.State.CanBecome(job.Rejected) {
		reasons := job.Reasons()
		if r.Failure == nil || r.Failure.Code == "" {
			reasons = slices.DeleteFunc(reasons, func(s string) bool { return s == job.ModuleError })
		}
		a.say("  yingbi review reject %s --reason %s", "  yingbi review reject %s --reason %s", id, strings.Join(reasons, "|"))
	}
	if r.Job.State.CanBecome(job.Returned) {
		a.say("  yingbi review return %s --reason %s", "  yingbi review return %s --reason %s", id, strings.Join(returnReasons(), "|"))
	}
	if r.GuestLog != "" && r.Excerpt == nil {
		a.say("  yingbi review excerpt %s --lines 1-3", "  yingbi review excerpt %s --lines 1-3", id)
	}
	if r.Job.State == job.Approved && !more {
		a.say("  yingbi release create %s", "  yingbi release create %s", id)
	}
}
