//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yingbi/domain"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
)

func (t *tale) attack(ctx context.Context) error {
	t.chapter("An operator goes after the chief's bill", "开发利用主体试图找到局长的账单")
	wang, err := t.as(ctx, "wang")
	if err != nil {
		return err
	}
	t.try("a table with a row per person:", "逐人成行的表：")
	_, err = t.submit(ctx, wang, "attack_rows", "")
	if err := t.refused(err, fault.Denied, "person"); err != nil {
		return err
	}
	t.try("a module that opens files:", "打开文件的模块：")
	_, err = t.submit(ctx, wang, "attack_module", "hostile-files")
	if err := t.refused(err, fault.Denied, "wasi_snapshot_preview1"); err != nil {
		return err
	}
	t.try("a table whose one cell is the chief, by district, illness and age:", "以区县、病种、年龄锁定局长的单元格：")
	if err := t.attackCell(ctx, wang); err != nil {
		return err
	}
	t.try("a module that spins:", "死循环的模块：")
	if err := t.attackSpin(ctx, wang); err != nil {
		return err
	}
	t.try("a module that emits every row it sees:", "外传全部所见行的模块：")
	return t.attackSmuggle(ctx, wang)
}

// run submits and runs a job, and checks that its owner sees nothing of how it
// went.
func (t *tale) run(ctx context.Context, s *domain.Session, name, module string) (job.Job, error) {
	j, err := t.submit(ctx, s, name, module)
	if err != nil {
		return j, err
	}
	if j, err = s.Jobs().Run(ctx, s.Actor, j.ID); err != nil {
		return j, err
	}
	seen, err := s.Jobs().Show(ctx, s.Actor, j.ID)
	if err == nil && outside(seen).State != job.InReview {
		err = fmt.Errorf("the operator sees %q instead of %q", outside(seen).State, job.InReview)
	}
	return j, err
}

// review opens a job as the reviewer, who is of the department that authorised
// the scenario.
func (t *tale) review(ctx context.Context, id string) (*domain.Session, *job.Review, error) {
	zhao, err := t.as(ctx, "zhao")
	if err != nil {
		return nil, nil, err
	}
	r, err := zhao.Jobs().Open(ctx, zhao.Actor, id)
	return zhao, r, err
}

func (t *tale) attackCell(ctx context.Context, wang *domain.Session) error {
	j, err := t.run(ctx, wang, "attack_cell", "")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(ctx, j.ID)
	if err != nil {
		return err
	}
	if len(r.Tables) != 0 || r.Report == nil || r.Report.Tables[0].Verdict != egress.Refuse {
		return errors.New("the chief's cell would be published")
	}
	t.cross("refused by %s; the operator sees “%s”", "被规则 %s 拒绝；提交人只看到“%s”",
		t.ruleTitles(r.Report.Tables[0].Rules), t.state(job.InReview))
	_, err = zhao.Approve(ctx, j.ID)
	t.note("— and a reviewer who approves it all the same:", "— 审查员执意批准：")
	if err := t.refused(err, fault.Conflict); err != nil {
		return err
	}
	_, err = zhao.Reject(ctx, j.ID, "disclosure_risk")
	return err
}

func (t *tale) attackSpin(ctx context.Context, wang *domain.Session) error {
	j, err := t.run(ctx, wang, "attack_module", "hostile-spin")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(ctx, j.ID)
	if err != nil {
		return err
	}
	if r.Failure == nil || !strings.Contains(r.Failure.Limit, "time") {
		return fmt.Errorf("the spinning module was not ended by its time: %+v", r.Failure)
	}
	t.cross("%s", "%s", r.Failure.Text)
	_, err = zhao.Reject(ctx, j.ID, "failed_limit")
	return err
}

func (t *tale) attackSmuggle(ctx context.Context, wang *domain.Session) error {
	j, err := t.run(ctx, wang, "attack_module", "hostile-smuggle")
	if err != nil {
		return err
	}
	zhao, r, err := t.review(ctx, j.ID)
	if err != nil {
		return err
	}
	switch {
	case r.Failure != nil:
		t.cross("%s", "%s", r.Failure.Text)
	case len(r.Report.Comparisons) == 1:
		t.cross("nothing of it would be published: %s", "其输出一概不出域：%s", r.Report.Comparisons[0])
	default:
		return errors.New("the smuggling module was neither refused nor compared")
	}
	for _, table := range r.Tables {
		if table.Name != "by_district" {
			return fmt.Errorf("the module's own table %s would be published", table.Name)
		}
	}
	_, err = zhao.Reject(ctx, j.ID, "disclosure_risk")
	return err
}
