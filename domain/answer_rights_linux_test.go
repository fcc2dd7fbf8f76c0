//go:build linux && cgo

package domain

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// TestWhenNobodyMayAsk asks in every state in which a question cannot be asked.
func TestWhenNobodyMayAsk(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, person := t.Context(), nobody(t, 1)
	id := f.asking("16", "1000")
	ended := f.question("wang", questionJob, &release.Terms{ValidUntil: time.Now().AddDate(0, 0, 20).Format(time.DateOnly)})
	held, plain := f.heldQuestion("wang", questionJob), f.held("by_district", nil)
	f.released(plain)
	from := f.log.Size()
	_, err := f.ask("wang", treated(held, person, "IX"))
	wantKind(t, err, fault.Conflict, "in review")
	_, err = f.ask("wang", treated(plain, person, "IX"))
	wantKind(t, err, fault.Denied, "scenario chronic")
	_, err = f.ask("wang", treated("nothing", person, "IX"))
	wantKind(t, err, fault.NotFound)
	_, err = f.ask("feng", treated(id, person, "IX"))
	wantKind(t, err, fault.Denied, "own_work")
	_, err = f.ask("zhao", treated(id, person, "IX"))
	wantKind(t, err, fault.Denied, "rule role")
	seen := f.as("feng")
	if all, err := seen.Jobs().Questions(ctx, seen.Actor); err != nil || len(all) != 0 {
		t.Errorf("another company sees %+v, %v", all, err)
	}

	f.close()
	f.edit("UPDATE people SET frozen = 1 WHERE id = 'wang'")
	f.reopen()
	_, err = f.ask("wang", treated(id, person, "IX"))
	wantKind(t, err, fault.Denied, "rule frozen")
	f.close()
	f.edit("UPDATE people SET frozen = 0 WHERE id = 'wang'")

	now := time.Now()
	f.at(func() time.Time { return now.AddDate(0, 0, 22) })
	_, err = f.ask("wang", treated(ended, person, "IX"))
	wantKind(t, err, fault.Conflict, "valid until")
	wang := f.as("wang")
	all, err := wang.Jobs().Questions(ctx, wang.Actor)
	if err != nil || len(all) != 2 || all[0].Job != id || all[1].Job != id {
		t.Errorf("wang sees %+v, %v", all, err)
	}
	zhao := f.as("zhao")
	if _, err := zhao.Jobs().Withdraw(ctx, zhao.Actor, id, "consent_withdrawn"); err != nil {
		t.Fatal(err)
	}
	_, err = f.ask("wang", treated(id, person, "IX"))
	wantKind(t, err, fault.Conflict, "was withdrawn")
	f.edit("UPDATE jobs SET state = 'released' WHERE id = ?", id)
	_, err = f.ask("wang", treated(id, person, "IX"))
	wantKind(t, err, fault.Conflict, "was withdrawn") // by the sealed notice
	f.edit("UPDATE jobs SET state = 'withdrawn' WHERE id = ?", id)
	again := f.question("wang", questionJob, nil)
	f.answers("wang", treated(again, person, "IX"), hasNot)
	f.verifying("checks", "agr-1", "16", "1000")
	_, err = f.ask("wang", treated(again, person, "IX"))
	wantKind(t, err, fault.Conflict, "approved again")
	f.at(func() time.Time { return now.AddDate(3, 0, 0) })
	_, err = f.ask("wang", treated(again, person, "IX"))
	wantKind(t, err, fault.Denied, "renewal")
	if charged := f.intents(from); len(charged) != 1 {
		t.Errorf("%d questions were charged: %+v", len(charged), charged)
	}
}

// TestQuestionsNeedTheRight submits questions that are not granted, or not in this way.
func TestQuestionsNeedTheRight(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.verifying("checks", "agr-1", "1", "1000")
	f.verifying("half", "agr-1", "", "")
	wang := f.as("wang")
	for name, c := range map[string]struct {
		text string
		kind fault.Kind
		word string
	}{
		"more than a subject has": {questionJob, fault.Limit, "visits takes 1.585 bits"}, // of three answers
		"no use granted":          {strings.Replace(questionJob, "scenario: checks", "scenario: chronic", 1), fault.Denied, "verify"},
		"no section":              {strings.Replace(questionJob, "scenario: checks", "scenario: half", 1), fault.Denied, "section verification"},
		"another column": {strings.NewReplacer("[person, icd_chapter]", "[person, district, icd_chapter]",
			"any(icd_chapter = chapter)", "any(icd_chapter = chapter and district = '530402')").Replace(questionJob), fault.Denied, "verify"},
	} {
		_, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: []byte(c.text)})
		if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAQuestionIsNotSwapped alters the database under a running domain: what is asked,
// of whom and under which scenario, the sealed release says.
func TestAQuestionIsNotSwapped(t *testing.T) {
	t.Parallel()
	f := open(t)
	id, other := f.asking("16", "1000"), f.secondCompany("16", "1000")
	held := f.heldQuestion("wang", questionJob)
	from := f.log.Size()
	f.edit("UPDATE jobs SET state = 'released' WHERE id = ?", held)
	_, err := f.ask("wang", treated(held, nobody(t, 1), "IX"))
	wantKind(t, err, fault.Integrity)
	f.edit("UPDATE jobs SET org = '另一家公司' WHERE id = ?", id)
	_, err = f.ask("feng", treated(id, nobody(t, 1), "IX"))
	wantKind(t, err, fault.Denied, "rule agreement")
	f.edit("UPDATE jobs SET scenario = 'others' WHERE id = ?", id)
	_, err = f.ask("feng", treated(id, nobody(t, 1), "IX"))
	wantKind(t, err, fault.Integrity, "of another job or manifest")
	if charged := f.intents(from); len(charged) != 0 {
		t.Errorf("charged: %+v", charged)
	}
	f.close()
	f.edit("UPDATE jobs SET org = '云健数据', scenario = 'checks' WHERE id = ?", id)
	f.edit("UPDATE jobs SET state = 'held' WHERE id = ?", held)
	replaceFolder(t, filepath.Join(f.dir, "vault", "job."+id), filepath.Join(f.dir, "vault", "job."+other))
	refused(t, config(t, f.dir), fault.Integrity, "compartment")
}
