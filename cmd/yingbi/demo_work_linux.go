//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

func (t *tale) work(ctx context.Context) error {
	t.chapter("Honest work: a table by a job without a module, one in Go, one in C", "合规作业：无模块、Go 模块与 C 模块各一")
	wang, err := t.as(ctx, "wang")
	if err != nil {
		return err
	}
	for _, w := range []struct{ manifest, module string }{
		{"by_district", ""}, {"standardised", "standardise"}, {"compare", "compare"}, {"dominance", ""},
	} {
		j, err := t.run(ctx, wang, w.manifest, w.module)
		if err != nil {
			return err
		}
		if err := t.release(ctx, wang, j, w.manifest, w.module); err != nil {
			return err
		}
	}
	return nil
}

func (t *tale) release(ctx context.Context, wang *domain.Session, j job.Job, name, module string) error {
	zhao, r, err := t.review(ctx, j.ID)
	if err != nil {
		return err
	}
	if r.Failure != nil {
		return fmt.Errorf("the honest job %s failed: %s", name, r.Failure.Text)
	}
	with := t.tr("no module", "无模块")
	if module != "" {
		with = module
	}
	t.note("— %s (%s): %s", "— %s（%s）：%s", name, with, r.Job.Class)
	for _, table := range r.Report.Tables {
		line := fmt.Sprintf(t.tr("%s: %s, %d of %d cells withheld", "%s：%s，抑制 %d / %d 个单元格"), table.Name, t.verdict(table.Verdict), table.Withheld, len(table.Cells))
		if len(table.Rules) > 0 {
			line += t.tr(" by ", "，规则：") + t.ruleTitles(table.Rules)
		}
		t.note("  %s", "  %s", line)
	}
	for _, c := range r.Report.Comparisons {
		t.note("  the module's figures beside the domain's: %s", "  模块数据与域内数据比对：%s", c)
	}
	if name == "by_district" {
		if !t.json {
			t.showTable("     ", r.Tables[0])
		}
		_, err := wang.Approve(ctx, j.ID)
		t.note("— the submitter approves their own job:", "— 提交人批准自己的作业：")
		if err := t.refused(err, fault.Denied); err != nil {
			return err
		}
	}
	if err := t.keepPage(name+".review.html", t.report(zhao.Info.Name, r, time.Now())); err != nil {
		return err
	}
	if err := t.approve(ctx, zhao, j.ID); err != nil {
		return err
	}
	if _, err := zhao.Jobs().Release(ctx, zhao.Actor, j.ID); err != nil {
		return err
	}
	files, err := wang.Jobs().Files(ctx, wang.Actor, j.ID)
	if err != nil {
		return err
	}
	if err := release.WriteFolder(t.path("releases", name), files); err != nil {
		return err
	}
	o, err := t.outcome(ctx, wang, j.ID)
	if err != nil {
		return err
	}
	if err := t.keepPage(name+".operator.html", o); err != nil {
		return err
	}
	t.releases = append(t.releases, name)
	t.note("  approved and signed by zhao and by xu, for data of level 3; released with %d files", "  3 级数据，由 zhao 与 xu 先后签名批准，出域 %d 个文件", len(files))
	t.note("  pages to read and print: releases/%[1]s.review.html for zhao, releases/%[1]s.operator.html for wang", "  可阅读与打印的页面：releases/%[1]s.review.html（zhao），releases/%[1]s.operator.html（wang）", name)
	return nil
}

// approve has both reviewers sign: the data are of level 3, and one alone leaves the job
// held.
func (t *tale) approve(ctx context.Context, zhao *domain.Session, id string) error {
	j, err := zhao.Approve(ctx, id)
	if err != nil {
		return err
	}
	if j.State != job.Held {
		return fmt.Errorf("one reviewer alone made the job %s", j.State)
	}
	xu, err := t.as(ctx, "xu")
	if err != nil {
		return err
	}
	_, err = xu.Approve(ctx, id)
	return err
}

// keepPage writes a page beside the folders of the releases, which hold nothing else
// than what their certificates list.
func (t *tale) keepPage(name string, page interface{ HTML() ([]byte, error) }) error {
	html, err := page.HTML()
	if err != nil {
		return err
	}
	return t.writeNew(t.path("releases", name), 0o600, html)
}

func (t *tale) verify(ctx context.Context) error {
	t.chapter("Anybody verifies it with the public key alone", "任何人仅凭公钥即可校验")
	public := t.domain.Info.Public
	folder := t.path("releases", "by_district")
	cert, err := release.Verify(os.DirFS(folder), t.domain.Info.Name, public)
	if err != nil {
		return err
	}
	t.note("release of job %s: genuine, record %d of the log", "作业 %s 的出域成果：真实，日志第 %d 条", cert.Job, cert.Proof.Index)
	if err := t.flip(filepath.Join(folder, "by_district.csv"), func() error {
		_, err := release.Verify(os.DirFS(folder), t.domain.Info.Name, public)
		return err
	}); err != nil {
		return err
	}
	shen, err := t.as(ctx, "shen")
	if err != nil {
		return err
	}
	if err := t.trail(ctx, shen, cert.Job); err != nil {
		return err
	}
	if _, err := shen.ExportAudit(ctx, t.path("trail")); err != nil {
		return err
	}
	verifier, err := crypto.NoteVerifier(t.domain.Info.Name, public)
	if err != nil {
		return err
	}
	report, err := audit.Verify(t.path("trail"), verifier, nil)
	if err != nil {
		return err
	}
	t.note("the log: %d records, all under a signed checkpoint", "日志：%d 条记录，全部在签名检查点之内", report.Covered)
	return t.flip(t.path("trail", "log"), func() error {
		_, err := audit.Verify(t.path("trail"), verifier, nil)
		return err
	})
}

// flip changes one byte in the middle of a file, expects the check to fail as an
// integrity fault, and puts the byte back.
func (t *tale) flip(path string, check func() error) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	t.note("— one flipped bit in %s:", "— 将 %s 翻转一位：", filepath.Base(path))
	if err := t.refused(check(), fault.Integrity); err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	return check()
}

// trail shows how a job came about: what people did, leaving out the keys and
// manifests that each act moves.
func (t *tale) trail(ctx context.Context, shen *domain.Session, id string) error {
	records, err := shen.Records(ctx, 0)
	if err != nil {
		return err
	}
	t.note("the trail of that job, as the security officer reads it:", "该作业的审计轨迹（安全管理员视角）：")
	var rows [][]string
	for index, r := range records {
		if r.Target != "job/"+id || r.Actor == "vault" {
			continue
		}
		what := r.Action
		if to := r.Details["to"]; to != "" {
			what = r.Details["from"] + " → " + to
		}
		rows = append(rows, []string{strconv.FormatUint(index, 10), when(r.Time), r.Actor, r.Phase, what, result(r)})
	}
	if len(rows) < 8 {
		return fmt.Errorf("the trail of the job has %d records only", len(rows))
	}
	t.indented("     ", []string{"#", t.tr("time", "时间"), t.tr("who", "操作人"), t.tr("phase", "阶段"), t.tr("what", "事项"), t.tr("result", "结果")}, rows)
	return nil
}
