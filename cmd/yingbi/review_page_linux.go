//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"yingbi/access"
	"yingbi/domain"
	"yingbi/egress"
	"yingbi/egress/chart"
	"yingbi/egress/page"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/manifest"
)

// pageFlags say where a page goes, and in which language it is.
type pageFlags struct{ output, language string }

func (f *pageFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.output, "output", "", a.tr("`FILE` new file for the page", "`FILE` 页面写入此新文件"))
	c.Flags().StringVar(&f.language, "language", "", a.tr("`en|zh` language of the page (default: that of the command)", "`en|zh` 页面语言（默认与命令相同）"))
	complete(c, "language", "en", "zh")
}

// check refuses flags before anything is opened, and gives the way to speak in the
// page's language.
func (f *pageFlags) check(a *app) (*app, error) {
	if f.output == "" {
		return nil, a.fault(fault.Invalid, "name the file of the page with --output", "请用 --output 指定页面文件")
	}
	if f.language != "" && f.language != "en" && f.language != "zh" {
		return nil, a.fault(fault.Invalid, "--language is %q; use en or zh", "--language 为 %q；请用 en 或 zh", f.language)
	}
	if f.language == "" {
		return a, nil
	}
	return a.speaking(f.language == "zh"), nil
}

// speaking is the app in one of the two languages.
func (a *app) speaking(chinese bool) *app {
	words := *a.ui
	words.chinese = chinese
	return &app{ui: &words, format: a.format, lang: a.lang, domain: a.domain}
}

// writePage keeps a page from other users of the machine: it may hold evidence.
func (a *app) writePage(path string, html []byte) error {
	if err := a.writeNew(path, 0o600, html); err != nil {
		return err
	}
	return a.give(map[string]any{"file": path, "bytes": len(html)}, func() {
		a.say("written to %s; it needs no network and prints on A4", "已写入 %s；离线可读，可打印为 A4", path)
	})
}

func (a *app) reviewPage() *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use: "page JOB --output FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("write the report of a job as one HTML file, to read, print and sign", "将作业的审查报告写成单个 HTML 文件，供阅读、打印与签字"),
		Long: a.tr(`Writes what review show shows, with charts, the articles that each check serves, and
room for two signatures. The file holds evidence: it is for reviewers alone. Looking is
recorded. A file that exists is left alone.`,
			`写出 review show 所示内容，并附图表、各项检查所依据的条款与两人签字栏。
文件含有证据，仅供审查员使用；查看会被记录。不覆盖已有文件。`),
		Example: "  yingbi review page 0192… --output report.html --as zhao --key zhao.key\n  yingbi review page 0192… --output report.html --language zh",
		RunE: func(c *cobra.Command, args []string) error {
			in, err := f.check(a)
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				r, err := s.Jobs().Open(c.Context(), s.Actor, args[0])
				if err != nil {
					return err
				}
				html, err := in.report(s.Info.Name, r, time.Now()).HTML()
				if err != nil {
					return err
				}
				return a.writePage(f.output, html)
			})
		},
	}
	f.add(a, c)
	return c
}

// report lays a job out for the page of its reviewer.
func (a *app) report(domain string, r *job.Review, now time.Time) page.Review {
	sc, ag := r.Scenario, r.Agreement
	out := page.Review{
		Chinese: a.chinese, Domain: domain, Made: now, Job: r.Job.ID, Submitter: r.Job.Submitter, Org: r.Job.Org, Created: r.Job.Created,
		Class: a.class(r.Job.Class), Manifest: r.Manifest, State: a.state(string(r.Job.State)), Decision: a.decision(r), Report: r.Report,
		Scenario:  page.Scenario{ID: sc.ID, Title: sc.Title, Purpose: sc.Purpose, Filing: sc.Filing, Department: sc.Department, Version: r.Job.ScenarioVersion, Term: a.term(sc.Term)},
		Agreement: page.Agreement{ID: ag.ID, Title: ag.Title, Authority: ag.Authority, Operator: ag.Operator, Term: a.term(ag.Term)},
	}
	if r.Failure != nil {
		out.Failure = r.Failure.Text
	}
	if m, err := manifest.Parse("job.yaml", []byte(r.Manifest)); err == nil { // it was parsed when it was submitted
		out.Name, out.Question, out.Audience, out.Notes = m.Name, m.Question, m.Audience, m.Notes
		out.Grants = grantsOf(m, r)
	}
	for _, t := range r.Tables {
		out.Leaving = append(out.Leaving, t.Name)
		for _, c := range t.Charts {
			out.Charts = append(out.Charts, page.Chart{Of: t.Name, Spec: chart.Spec{Kind: chart.Kind(c.Draw), X: c.X, Y: c.Y, Group: c.Group, Title: c.Title}})
		}
	}
	if r.Report != nil {
		out.Checked, out.Rules = a.rulesInWords(r.Report.Preset), map[egress.Rule]page.RuleWords{}
		for _, line := range r.Report.NotChecked {
			out.NotChecked = append(out.NotChecked, a.unchecked(line))
		}
		var rules []egress.Rule
		for _, t := range r.Report.Tables {
			rules = append(rules, t.Rules...)
		}
		for _, m := range r.Report.Models {
			rules = append(rules, m.Rules...)
		}
		for _, n := range r.Report.Assertions {
			rules = append(rules, n.Rules...)
		}
		for _, rule := range rules {
			out.Rules[rule] = page.RuleWords{Title: a.rule(rule), Meaning: a.explain(rule, r.Report.Preset)}
		}
		out.Digests = a.digests(r)
	}
	a.opinions(&out, r)
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, page.Step{What: a.state(string(s.From)) + " → " + a.state(string(s.To)), By: s.Actor, Record: s.Audit, At: s.At})
	}
	return out
}

// opinions fills in who has said what about the job.
func (a *app) opinions(out *page.Review, r *job.Review) {
	out.Needed = r.Needed
	for _, d := range r.Approvals {
		line := fmt.Sprintf(a.tr("%s, %s, %s", "%s，%s，%s"), d.Reviewer, d.Org, when(d.Time))
		for _, c := range d.Conditions {
			line += a.tr("; on condition: ", "；条件：") + a.condition(c)
		}
		if d.ValidUntil != "" {
			line += a.tr("; valid until ", "；有效期至 ") + d.ValidUntil
		}
		out.Signed = append(out.Signed, line)
	}
	for _, c := range r.Comments {
		out.Remarks = append(out.Remarks, page.Remark{By: c.By + a.tr(", ", "，") + c.Org, Text: c.Text, At: c.Time})
	}
	if p := r.Replaces; p != nil {
		out.Replaces = &page.Replaced{Job: p.Job, Reason: a.reason(p.Reason), Message: p.Message, Changes: p.Changes}
	}
}

// term writes a term in the reader's language.
func (a *app) term(t access.Term) string {
	return t.From.Format(time.DateOnly) + a.tr(" to ", " 至 ") + t.Until.Format(time.DateOnly)
}

// decision says who decided what, or nothing while nobody has.
func (a *app) decision(r *job.Review) string {
	for _, s := range slices.Backward(r.Steps) {
		if s.To != job.Approved && s.To != job.Rejected && s.To != job.Returned {
			continue
		}
		out := fmt.Sprintf(a.tr("%s by %s, %s", "%s，%s，%s"), a.state(string(s.To)), s.Actor, when(s.At))
		if s.To != job.Approved {
			out += a.tr("; reason: ", "；原因：") + a.reason(r.Job.Reason)
		}
		return out
	}
	return ""
}

// grantsOf sets the columns that a job asks for beside those that its scenario grants.
func grantsOf(m *manifest.Manifest, r *job.Review) (out []page.Grant) {
	for _, in := range m.Inputs {
		g, err := r.Scenario.Grant(in.Dataset)
		if err != nil {
			out = append(out, page.Grant{Dataset: in.Dataset, NotByName: in.Columns})
			continue
		}
		one := page.Grant{Dataset: in.Dataset, Policy: fmt.Sprintf("%s v%d", g.Policy, g.PolicyVersion)}
		asked := slices.Clone(in.Columns)
		for _, c := range g.Columns {
			column := page.Column{Name: c.Name}
			for _, u := range c.Uses {
				column.Uses = append(column.Uses, string(u))
			}
			if i := slices.Index(asked, c.Name); i >= 0 {
				asked, one.Asked = slices.Delete(asked, i, i+1), append(one.Asked, column)
			} else {
				one.NotAsked = append(one.NotAsked, column)
			}
		}
		one.NotByName = asked
		if r.Used != nil {
			for _, u := range r.Used.Inputs {
				if u.Dataset == in.Dataset {
					one.Version = u.Version
				}
			}
		}
		out = append(out, one)
	}
	return out
}

// digests lists what a decision is bound to.
func (a *app) digests(r *job.Review) []page.Digest {
	out := []page.Digest{
		{Of: a.tr("tables, SM3", "统计表 SM3"), Value: r.TableDigest.String()},
		{Of: a.tr("report, commitment", "报告承诺值"), Value: r.ReportSeal.String()},
	}
	if r.Used == nil {
		return out
	}
	if r.Used.Module != nil {
		out = append(out, page.Digest{Of: a.tr("module, commitment", "模块承诺值"), Value: r.Used.Module.String()})
	}
	for _, in := range r.Used.Inputs {
		out = append(out,
			page.Digest{Of: in.Dataset + a.tr(", rows, commitment", " 数据承诺值"), Value: in.VersionDigest.String()},
			page.Digest{Of: in.Policy + a.tr(", policy, SM3", " 策略 SM3"), Value: in.PolicyDigest.String()},
			page.Digest{Of: in.Dataset + a.tr(", masked view", " 脱敏视图"), Value: in.View.String()})
	}
	return out
}
