//go:build linux && cgo

package main

import (
	"context"

	"github.com/spf13/cobra"

	"yingbi/domain"
	"yingbi/egress/page"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

func (a *app) jobPage() *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use: "page ID --output FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("write as one HTML file what became of a decided job, and what to change", "将已决定作业的结果与修改建议写成单个 HTML 文件"),
		Long: a.tr(`Of a released job: its tables with charts, and how they could keep more cells. Of a
rejected one: what to do about the reason. The page says no more than the release or
the reason does. To read a release is recorded, as with release fetch.`,
			`已出域的作业：统计表、图表，以及如何保留更多单元格；被驳回的作业：针对该原因的修改建议。
页面内容不超出出域成果或驳回原因。读取出域成果会被记录，与 release fetch 相同。`),
		Example: "  yingbi job page 0192… --output result.html --as wang --key wang.key",
		RunE: func(c *cobra.Command, args []string) error {
			in, err := f.check(a)
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *domain.Session) error {
				o, err := in.outcome(c.Context(), s, args[0])
				if err != nil {
					return err
				}
				html, err := o.HTML()
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

// outcome is what a person of the submitter's organisation may learn of a job, by the
// same calls as job show and release fetch.
func (a *app) outcome(ctx context.Context, s *domain.Session, id string) (o page.Outcome, err error) {
	j, err := s.Jobs().Show(ctx, s.Actor, id)
	if err != nil {
		return o, err
	}
	o = page.Outcome{Chinese: a.chinese, Domain: s.Info.Name, Job: j.ID, State: a.state(string(j.State))}
	switch j.State {
	case job.Rejected, job.Returned:
		told, err := s.Jobs().Told(ctx, s.Actor, id)
		o.Reason, o.ReasonWords, o.Code, o.Message = j.Reason, a.tr(reasonTitles[j.Reason][0], reasonTitles[j.Reason][1]), told.Code, told.Message
		return o, err
	case job.Released:
		told, err := s.Jobs().Told(ctx, s.Actor, id)
		if err != nil {
			return o, err
		}
		o.Refused, o.RefusedNumbers = told.Refused, told.RefusedNumbers
		files, err := s.Jobs().Files(ctx, s.Actor, id)
		if err != nil {
			return o, err
		}
		return o, a.released(&o, files)
	}
	return o, a.fault(fault.Conflict, "job %s is %s; it has a page once it is released, rejected or returned", "作业 %s 为%s；出域、驳回或退回之后才有页面", j.ID, a.state(string(j.State)))
}

// released fills in what the files of a release say.
func (a *app) released(o *page.Outcome, files map[string][]byte) error {
	cert, err := release.ParseCertificate(files[release.CertificateFile])
	if err != nil {
		return err
	}
	tables, err := release.ParseTables(files[release.TablesFile])
	if err != nil {
		return err
	}
	o.Name, o.Question, o.Scenario, o.Preset = cert.Name, cert.Question, cert.ScenarioTitle, cert.Checks.Preset
	o.Checked, o.Issued, o.Record = cert.Checks.Rules, cert.Issued, cert.Proof.Index
	for _, line := range cert.Checks.NotChecked {
		o.NotChecked = append(o.NotChecked, a.unchecked(line))
	}
	for _, t := range tables {
		o.Tables = append(o.Tables, published(t))
	}
	questions, err := release.ParseQuestions(files[release.TablesFile])
	for _, q := range questions {
		o.Questions = append(o.Questions, page.Asked{Name: q.Name, Lines: q.Lines()})
	}
	return err
}
