//go:build linux && cgo

package domain

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// staff is a job over columns of level 2 alone.
const staff = `name: 从业人数
scenario: chronic
question: 各区县从业人数
inputs:
  enterprises: {dataset: enterprises, columns: [district, employees]}
tables:
  by_district: {from: enterprises, group_by: [district], measures: {firms: subjects(), staff: sum(employees)}}
`

// TestFourEyesByLevel: over data of level 3 two different people sign, and one of them
// changes nothing but the count; over data of level 2 one is enough, unless the scenario
// asks for two.
func TestFourEyesByLevel(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao, wang := t.Context(), f.as("zhao"), f.as("wang")
	id := f.held("dominance", nil)
	from := f.log.Size()
	j, err := zhao.Approve(ctx, id)
	if err != nil || j.State != job.Held || j.Approvals != 1 {
		t.Fatalf("%+v, %v", j, err)
	}
	if signed := recordOf(f.records(from), "review.sign"); signed == nil || signed.Details["signature"] != "1 of 2" {
		t.Errorf("the log has %+v", signed)
	}
	if j, err := wang.Jobs().Show(ctx, wang.Actor, id); err != nil || j.State != job.InReview || j.Approvals != 0 {
		t.Errorf("the operator sees %+v, %v", j, err)
	}
	_, err = zhao.Approve(ctx, id)
	wantKind(t, err, fault.Conflict, "zhao has signed", "another reviewer")
	_, err = zhao.Jobs().Release(ctx, zhao.Actor, id)
	wantKind(t, err, fault.Conflict, "held")
	for _, other := range []string{"qian", "tan", "bing", "wang"} {
		_, err := f.as(other).Approve(ctx, id)
		wantKind(t, err, fault.Denied)
	}
	f.close() // what one has signed is there after a restart
	f.reopen()
	zhao = f.as("zhao")
	xu := f.as("xu")
	if r := f.review(id); len(r.Approvals) != 1 || r.Approvals[0].Reviewer != "zhao" || r.Needed != 2 || r.Used.Level != 3 {
		t.Errorf("the reviewer sees %+v of %d", r.Approvals, r.Needed)
	}
	if j, err = xu.Approve(ctx, id); err != nil || j.State != job.Approved {
		t.Fatalf("%+v, %v", j, err)
	}
	if _, err := xu.Jobs().Release(ctx, xu.Actor, id); err != nil {
		t.Error(err)
	}

	low := f.runText([]byte(staff), nil)
	if j, err := zhao.Approve(ctx, low); err != nil || j.State != job.Approved {
		t.Fatalf("level 2: %+v, %v", j, err)
	}
	if _, err := zhao.Jobs().Release(ctx, zhao.Actor, low); err != nil {
		t.Error(err)
	}
	strict := bytes.Replace(document("scenario.yaml"), []byte("preset: default"), []byte("preset: default\nreviewers: 2"), 1)
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", strict); err != nil {
		t.Fatal(err)
	}
	low = f.runText([]byte(strings.Replace(staff, "staff: sum(employees)", "rows: count()", 1)), nil)
	if j, err := zhao.Approve(ctx, low); err != nil || j.State != job.Held {
		t.Errorf("the scenario asks for two: %+v, %v", j, err)
	}
	if _, err := xu.Reject(ctx, low, "poor_quality"); err != nil {
		t.Errorf("one signed, and the other rejects: %v", err)
	}
}

func recordOf(records []audit.Record, action string) *audit.Record {
	at := slices.IndexFunc(records, func(r audit.Record) bool { return r.Action == action })
	if at < 0 {
		return nil
	}
	return &records[at]
}

// TestOneSignatureIsNoApproval alters the database so that a job with one signature
// reads approved: nothing is released.
func TestOneSignatureIsNoApproval(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("by_district", nil)
	if _, err := f.as("zhao").Approve(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.edit("UPDATE jobs SET state = 'approved', approvals = 2 WHERE id = ?", id)
	zhao := f.as("zhao")
	_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
	wantKind(t, err, fault.Integrity, "1 of 2 decisions")
}

// TestCutOffAfterTheLastSignature: where a crash came between the last signature and the
// approval, either of the two signs again.
func TestCutOffAfterTheLastSignature(t *testing.T) {
	t.Parallel()
	f := open(t)
	for i, again := range []string{"zhao", "xu"} {
		id := f.held("by_district", nil)
		f.approved(id)
		f.edit("UPDATE jobs SET state = 'held' WHERE id = ?", id)
		if j, err := f.as(again).Approve(t.Context(), id); err != nil || j.State != job.Approved {
			t.Errorf("%d: %+v, %v", i, j, err)
		}
		zhao := f.as("zhao")
		if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id); err != nil {
			t.Error(err)
		}
	}
}

// TestReleasedByPolicy: where the scenario lets it, a table over data of level 2 that
// fails no check goes without a person, under the domain's own signature; whatever is
// not so waits for one.
func TestReleasedByPolicy(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, wang, zhao := t.Context(), f.as("wang"), f.as("zhao")
	waits := f.runText([]byte(staff), nil)
	if s := f.state(waits); s != job.Held {
		t.Fatalf("without a policy the job is %s", s)
	}
	policy := bytes.Replace(document("scenario.yaml"), []byte("preset: default"), []byte("preset: default\nautomatic: true"), 1)
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", policy); err != nil {
		t.Fatal(err)
	}
	from := f.log.Size()
	whole := strings.Replace(strings.Replace(staff, "group_by: [district], ", "", 1), ", staff: sum(employees)", "", 1)
	id := f.runText([]byte(whole), nil)
	if s := f.state(id); s != job.Released {
		t.Fatalf("the job is %s: %+v", s, f.review(id).Report)
	}
	files, err := wang.Jobs().Files(ctx, wang.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil || len(cert.Decisions) != 1 || cert.Decisions[0].Key != f.Info.Public {
		t.Fatalf("%+v, %v", cert, err)
	}
	if d, err := cert.Decisions[0].Verify(); err != nil || d.Reviewer != "policy:chronic@2" || d.Org != "玉溪市医保局" {
		t.Errorf("%+v, %v", d, err)
	}
	if r := recordOf(f.records(from), "review.decide"); r == nil || r.Actor != "domain" || r.Details["policy"] != "chronic@2" {
		t.Errorf("the log has %+v", r)
	}
	for name, manifest := range map[string][]byte{
		"level 3":        census("chronic", ""),
		"withheld cells": []byte(strings.NewReplacer("[district, employees]", "[district, industry, employees]", "[district]", "[district, industry]").Replace(staff)),
	} {
		id := f.runText(manifest, nil)
		r := f.review(id)
		if r.Job.State != job.Held || name == "withheld cells" && r.Report.Tables[0].Withheld == 0 {
			t.Errorf("%s: the job is %s, %d cells withheld", name, r.Job.State, r.Report.Tables[0].Withheld)
		}
	}
	if _, err := zhao.Jobs().Withdraw(ctx, zhao.Actor, id, "wrong_data"); err != nil {
		t.Error(err)
	}
	f.close()
	f.reopen() // log and database agree
}

// TestConditions: both sign the same ones, and they stand in the release.
func TestConditions(t *testing.T) {
	t.Parallel()
	f, h := openWith(t)
	ctx, zhao, xu, wang := t.Context(), f.as("zhao"), f.as("xu"), f.as("wang")
	until := time.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	terms := release.Terms{Conditions: []string{"not_published", "仅用于 2026 年度报告"}, ValidUntil: until}
	id, second := f.held("by_district", nil), f.held("by_district", nil)
	for _, bad := range []release.Terms{
		{Conditions: []string{"ask 13812345678"}}, {Conditions: []string{"two\nlines"}}, {Conditions: []string{"=1+1"}}, {Conditions: []string{""}},
		{ValidUntil: "soon"}, {ValidUntil: "2020-01-01"}, {Conditions: []string{strings.Repeat("长", 121)}},
	} {
		_, err := zhao.ApproveUnder(ctx, id, bad)
		wantKind(t, err, fault.Invalid)
	}
	for _, id := range []string{id, second} {
		if _, err := zhao.ApproveUnder(ctx, id, terms); err != nil {
			t.Fatal(err)
		}
		_, err := xu.ApproveUnder(ctx, id, release.Terms{Conditions: terms.Conditions})
		wantKind(t, err, fault.Conflict, "other conditions")
		if _, err := xu.Approve(ctx, id); err != nil { // under the first's
			t.Fatal(err)
		}
	}
	if _, err := xu.Jobs().Release(ctx, xu.Actor, id); err != nil {
		t.Fatal(err)
	}
	files, err := wang.Jobs().Files(ctx, wang.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil || !cert.Terms().Equal(terms) || !strings.Contains(string(files[release.ConditionsFile]), "2. 仅用于 2026 年度报告") {
		t.Errorf("%+v, %v\n%s", cert, err, files[release.ConditionsFile])
	}
	h.set(12 * 24 * time.Hour) // before the approval expires, after it is of use
	_, err = xu.Jobs().Release(ctx, xu.Actor, second)
	wantKind(t, err, fault.Conflict, "expired")
	if s := f.state(second); s != job.Expired {
		t.Errorf("the job is %s", s)
	}
}

// TestApprovalExpires: an approval is used within its days, or not at all; a first
// signature ends alike, without the job.
func TestApprovalExpires(t *testing.T) {
	t.Parallel()
	f, h := openWith(t)
	ctx := t.Context()
	short := bytes.Replace(document("scenario.yaml"), []byte("preset: default"), []byte("preset: default\napproval_days: 7"), 1)
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", short); err != nil {
		t.Fatal(err)
	}
	late, seen, half := f.held("by_district", nil), f.held("by_district", nil), f.held("by_district", nil)
	f.approved(late)
	f.approved(seen)
	if _, err := f.as("zhao").Approve(ctx, half); err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	h.set(7*day - time.Hour)
	zhao, wang := f.as("zhao"), f.as("wang")
	if j, err := wang.Jobs().Show(ctx, wang.Actor, seen); err != nil || j.State != job.Approved {
		t.Errorf("an hour before, the operator sees %+v, %v", j, err)
	}
	h.set(7*day + time.Hour)
	if j, err := wang.Jobs().Show(ctx, wang.Actor, seen); err != nil || j.State != job.Expired {
		t.Errorf("the operator sees %+v, %v", j, err)
	}
	_, err := zhao.Jobs().Release(ctx, zhao.Actor, late)
	wantKind(t, err, fault.Conflict, "expired")
	f.edit("UPDATE jobs SET state = 'approved', updated = '2999-01-01T00:00:00.000000Z' WHERE id = ?", late)
	_, err = zhao.Jobs().Release(ctx, zhao.Actor, late)
	wantKind(t, err, fault.Conflict, "expired") // it is the signed decision that counts
	if r := f.review(half); len(r.Approvals) != 0 || r.Job.State != job.Held {
		t.Errorf("%+v", r.Approvals)
	}
	f.approved(half)
	if s := f.state(half); s != job.Approved {
		t.Errorf("the job is %s", s)
	}
}

// TestReturnedAndReplaced: a job comes back with a reason and words that a reviewer let
// out; the next one names it, and reviewers see what has changed.
func TestReturnedAndReplaced(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao, wang := t.Context(), f.as("zhao"), f.as("wang")
	id := f.held("by_district", nil)
	for _, bad := range []string{"call 13812345678", "<b>x</b>", "he\u200bre", strings.Repeat("x", 1001), "问姓名：张伟"} {
		_, err := zhao.Return(ctx, id, "insufficient_context", bad)
		wantKind(t, err, fault.Invalid)
		if strings.Contains(err.Error(), bad) {
			t.Errorf("the refusal quotes: %v", err)
		}
	}
	_, err := zhao.Return(ctx, id, "because", "")
	wantKind(t, err, fault.Invalid)
	_, err = zhao.Return(ctx, id, job.ModuleError, "")
	wantKind(t, err, fault.Invalid)
	if _, err := zhao.Jobs().Comment(ctx, zhao.Actor, id, "district 530402 is thin"); err != nil {
		t.Fatal(err)
	}
	_, err = wang.Jobs().Answer(ctx, wang.Actor, id, "why?")
	wantKind(t, err, fault.Conflict, job.InReview)
	_, err = wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml"), Replaces: id})
	wantKind(t, err, fault.Conflict, "was returned")

	const message = "请说明受众\n- 并按季度汇总"
	from := f.log.Size()
	if _, err := zhao.Return(ctx, id, "insufficient_context", message); err != nil {
		t.Fatal(err)
	}
	if _, err := wang.Jobs().Answer(ctx, wang.Actor, id, "受众为市医保局"); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.records(from) {
		for _, v := range r.Details {
			if strings.Contains(v, "受众") {
				t.Errorf("the log tells %q", v)
			}
		}
	}
	told, err := wang.Jobs().Told(ctx, wang.Actor, id)
	if err != nil || told.Message != message || len(told.Answers) != 1 || told.Answers[0].By != "wang" {
		t.Errorf("the operator is told %+v, %v", told, err)
	}
	if j, err := wang.Jobs().Show(ctx, wang.Actor, id); err != nil || j.State != job.Returned || j.Reason != "insufficient_context" {
		t.Errorf("%+v, %v", j, err)
	}
	if r := f.review(id); len(r.Comments) != 2 || r.Comments[0].By != "zhao" || r.Comments[1].By != "wang" {
		t.Errorf("the reviewer reads %+v", r.Comments)
	}
	for _, sign := range []func() error{
		func() error { _, err := zhao.Approve(ctx, id); return err },
		func() error { _, err := zhao.Reject(ctx, id, "poor_quality"); return err },
	} {
		wantKind(t, sign(), fault.Conflict)
	}

	changed := bytes.Replace(document("jobs/by_district.yaml"), []byte("audience: 市医保局"), []byte("audience: 市医保局与审计局"), 1)
	j, err := wang.Jobs().Submit(ctx, wang.Actor, job.Package{File: "job.yaml", Manifest: changed, Replaces: id})
	if err != nil {
		t.Fatal(err)
	}
	r := f.review(j.ID)
	if p := r.Replaces; p == nil || p.Job != id || p.Message != message || !strings.Contains(p.Changes, "\n-audience: 市医保局\n+audience: 市医保局与审计局\n") {
		t.Errorf("%+v", r.Replaces)
	}
	f.others()
	feng := f.as("feng")
	_, err = feng.Jobs().Submit(ctx, feng.Actor, job.Package{File: "job.yaml", Manifest: census("other", ""), Replaces: id})
	wantKind(t, err, fault.Denied)
}

// TestFailedRunIsReturned: a run that failed can be returned, too.
func TestFailedRunIsReturned(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.runText(document("jobs/compare.yaml"), ends(1, ""))
	if _, err := f.as("zhao").Return(t.Context(), id, "failed_run", "the module ends with 1"); err != nil || f.state(id) != job.Returned {
		t.Errorf("%s, %v", f.state(id), err)
	}
}

// TestWithdrawal: a release that was withdrawn is given out no longer, a notice says so
// to everybody, and it still counts in the audit of later ones.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx := t.Context()
	month, _ := youngest(t)
	all := f.runText(census("chronic", ""), nil)
	files := f.released(all)
	_, err := f.as("wen").Jobs().Withdraw(ctx, f.as("wen").Actor, all, "wrong_data")
	wantKind(t, err, fault.Denied, "grantor")
	chen := f.as("chen")
	_, err = chen.Jobs().Withdraw(ctx, chen.Actor, all, "because")
	wantKind(t, err, fault.Invalid, "wrong_data")
	if _, err := chen.Jobs().Withdraw(ctx, chen.Actor, all, "wrong_data"); err != nil {
		t.Fatal(err)
	}
	_, err = chen.Jobs().Withdraw(ctx, chen.Actor, all, "wrong_data")
	wantKind(t, err, fault.Conflict)
	f.close()
	f.reopen()
	wang := f.as("wang")
	for _, s := range []*Session{wang, f.as("zhao")} {
		_, err := s.Jobs().Files(ctx, s.Actor, all)
		wantKind(t, err, fault.Conflict, "withdrawn on "+time.Now().UTC().Format("2006-"), "wrong_data")
	}
	notices, err := wang.Jobs().Withdrawn(ctx, wang.Actor)
	if err != nil || len(notices) != 1 {
		t.Fatalf("%+v, %v", notices, err)
	}
	w, err := release.VerifyNotice(notices[0].File, domainName, f.Info.Public)
	if err != nil || w.Job != all || w.By != "chen" || !w.Withdraws(files) {
		t.Errorf("%+v, %v", w, err)
	}
	f.replays(all)
	r := f.review(f.runText(census("chronic", "birth < '"+month+"-01'"), nil)).Report
	if len(r.History.Pairs) == 0 || r.Tables[0].Failing[egress.RuleDifferencing] != 1 {
		t.Errorf("the audit has forgotten it: %+v", r.History)
	}
	f.close()
	f.edit("UPDATE jobs SET state = 'released' WHERE id = ?", all)
	if _, _, err := Open(ctx, config(t, f.dir)); fault.KindOf(err) != fault.Integrity {
		t.Errorf("a withdrawal taken back in the database: %v", err)
	}
}
