//go:build linux && cgo

package domain

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// TestARaisedLevelTakesAnotherSignature raises the level of a column after jobs have run:
// one that is held waits for two people, and one that is approved by one is not released
// before another has signed.
func TestARaisedLevelTakesAnotherSignature(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao, xu := t.Context(), f.as("zhao"), f.as("xu")
	held, approved, released := f.runText([]byte(staff), nil), f.runText([]byte(staff), nil), f.runText([]byte(staff), nil)
	for _, id := range []string{approved, released} {
		if j, err := zhao.Approve(ctx, id); err != nil || j.State != job.Approved {
			t.Fatalf("%+v, %v", j, err)
		}
	}
	if _, err := zhao.Jobs().Release(ctx, zhao.Actor, released); err != nil {
		t.Fatal(err)
	}
	_, err := xu.Approve(ctx, approved)
	wantKind(t, err, fault.Conflict, "needs no other signature")
	if _, err := f.register(replaced(t, "datasets/enterprises.yaml", "title: 从业人数, type: integer,", "title: 从业人数, type: integer, level: 3,")); err != nil {
		t.Fatal(err)
	}

	if r := f.review(held); r.Needed != 2 || r.Used.Level != 2 {
		t.Errorf("held: %d signatures, the run noted level %d", r.Needed, r.Used.Level)
	}
	if j, err := zhao.Approve(ctx, held); err != nil || j.State != job.Held || j.Approvals != 1 {
		t.Errorf("held: %+v, %v", j, err)
	}
	if j, err := xu.Approve(ctx, held); err != nil || j.State != job.Approved {
		t.Errorf("held: %+v, %v", j, err)
	}

	if r := f.review(approved); r.Needed != 2 || len(r.Approvals) != 1 {
		t.Errorf("approved: %d of %d", len(r.Approvals), r.Needed)
	}
	_, err = zhao.Jobs().Release(ctx, zhao.Actor, approved)
	wantKind(t, err, fault.Conflict, "raised", "another reviewer")
	_, err = zhao.Approve(ctx, approved)
	wantKind(t, err, fault.Conflict, "zhao has signed")
	if s := f.state(approved); s != job.Approved {
		t.Errorf("it is %s", s)
	}
	from := f.log.Size()
	if j, err := xu.Approve(ctx, approved); err != nil || j.State != job.Approved || j.Approvals != 2 {
		t.Fatalf("%+v, %v", j, err)
	}
	if signed := recordOf(f.records(from), "review.sign"); signed == nil || signed.Details["signature"] != "2 of 2" {
		t.Errorf("the log has %+v", signed)
	}
	f.close() // the log and the database agree on it
	if r := f.reopen(); !r.Empty() {
		t.Errorf("put right: %+v", r)
	}
	zhao = f.as("zhao")
	if _, err := zhao.Jobs().Release(ctx, zhao.Actor, approved); err != nil {
		t.Fatal(err)
	}
	wang := f.as("wang")
	files, err := wang.Jobs().Files(ctx, wang.Actor, approved)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil || cert.Reviewers != 2 || len(cert.Decisions) != 2 {
		t.Errorf("%d reviewers, %d decisions, %v", cert.Reviewers, len(cert.Decisions), err)
	}
}

// TestARaisedLevelForgesNothing: a row of the database that calls a job approved is no
// signature, whatever the level was when it ran.
func TestARaisedLevelForgesNothing(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.runText([]byte(staff), nil)
	if _, err := f.register(replaced(t, "datasets/enterprises.yaml", "title: 从业人数, type: integer,", "title: 从业人数, type: integer, level: 3,")); err != nil {
		t.Fatal(err)
	}
	f.edit("UPDATE jobs SET state = 'approved' WHERE id = ?", id)
	zhao := f.as("zhao")
	_, err := zhao.Approve(t.Context(), id)
	wantKind(t, err, fault.Integrity, "altered")
	_, err = zhao.Jobs().Release(t.Context(), zhao.Actor, id)
	wantKind(t, err, fault.Integrity, "altered")
}

// endsIn gives a document of the city that ends some days from now.
func endsIn(path string, days int) []byte {
	b := document(path)
	at := bytes.Index(b, []byte("until: ")) + len("until: ")
	copy(b[at:], time.Now().AddDate(0, 0, days).Format(time.DateOnly))
	return b
}

// TestReviewEndsWithTheScenario: what waits for a decision expires with its scenario or
// its agreement, and the operator does not see which of the runs ended well.
func TestReviewEndsWithTheScenario(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"scenario.yaml": job.ScenarioEnded, "agreement.yaml": job.AgreementEnded} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			f, h := openWith(t)
			ctx, chen := t.Context(), f.as("chen")
			var err error
			if body := endsIn(path, 10); path == "scenario.yaml" {
				_, err = chen.ApproveScenario(ctx, path, body)
			} else {
				_, err = chen.SignAgreement(ctx, path, body)
			}
			if err != nil {
				t.Fatal(err)
			}
			ids := map[job.State]string{job.Held: f.held("by_district", nil), job.Failed: f.runText([]byte(twice), nil), job.Approved: f.held("by_district", nil)}
			f.approved(ids[job.Approved])
			j, err := f.as("wu").Jobs().Submit(ctx, f.as("wu").Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")})
			if err != nil {
				t.Fatal(err)
			}
			ids[job.Queued] = j.ID
			for s, id := range ids {
				if got := f.state(id); got != s {
					t.Fatalf("a job is %s, not %s", got, s)
				}
			}
			h.set(9 * 24 * time.Hour)
			wang, zhao := f.as("wang"), f.as("zhao")
			if j, err := wang.Jobs().Show(ctx, wang.Actor, ids[job.Held]); err != nil || j.State != job.InReview {
				t.Errorf("a day before, the operator sees %+v, %v", j, err)
			}
			h.set(12 * 24 * time.Hour)
			seen := map[job.State]job.Job{}
			for s, id := range ids {
				if seen[s], err = wang.Jobs().Show(ctx, wang.Actor, id); err != nil || seen[s].State != job.Expired || seen[s].Reason != want {
					t.Errorf("the operator sees %+v, %v", seen[s], err)
				}
			}
			alike := seen[job.Held]
			alike.ID, alike.Created, alike.Updated = seen[job.Failed].ID, seen[job.Failed].Created, seen[job.Failed].Updated
			if alike != seen[job.Failed] {
				t.Errorf("the operator sees %+v and %+v", seen[job.Held], seen[job.Failed])
			}
			if told, err := wang.Jobs().Told(ctx, wang.Actor, ids[job.Failed]); err != nil || fmt.Sprint(told) != fmt.Sprint(job.Told{}) {
				t.Errorf("the operator is told %+v, %v", told, err)
			}
			if r := f.review(ids[job.Failed]); r.Job.State != job.Expired || r.Job.Reason != want || r.Failure == nil {
				t.Errorf("the reviewer sees %+v, %+v", r.Job, r.Failure)
			}
			_, err = zhao.Approve(ctx, ids[job.Held])
			wantKind(t, err, fault.Conflict, "expired")
			_, err = zhao.Reject(ctx, ids[job.Failed], "failed_run")
			wantKind(t, err, fault.Conflict, "expired")
			f.reopenWith(h)
			if all, err := f.as("zhao").Jobs().List(ctx, f.as("zhao").Actor); err != nil || slices.ContainsFunc(all, func(j job.Job) bool { return j.State != job.Expired }) {
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
}

// TestDeadlines: a look tells, as notices, of what has waited for long and of what will
// soon be over.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	f, h := openWith(t)
	ctx := t.Context()
	held, failed, approved := f.held("by_district", nil), f.runText([]byte(twice), nil), f.held("by_district", nil)
	f.approved(approved)
	f.grantTokens()
	asked := f.asked(f.tokensOf(f.people(1)...)...)
	look := func(ahead time.Duration) map[string]Finding {
		t.Helper()
		f.close()
		h.set(ahead)
		cfg := config(t, f.dir)
		cfg.Clock = h.now
		found, err := Look(ctx, cfg, false)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]Finding{}
		for _, x := range found {
			out[x.Check] = x
		}
		return out
	}
	want := func(all map[string]Finding, check string, items ...string) {
		t.Helper()
		found, state := all[check], Notice
		if len(items) == 0 {
			state = Sound
		}
		ok := found.State == state && len(found.Items) == len(items)
		for i := range items {
			ok = ok && strings.HasPrefix(found.Items[i], items[i]+" 20")
		}
		if !ok {
			t.Errorf("%s is %+v, want %q", check, found, items)
		}
	}
	const day = 24 * time.Hour
	all := look(2 * day)
	for _, check := range []string{"reveals", "held", "approvals", "terms"} {
		want(all, check)
	}
	all = look(24 * day)
	want(all, "reveals", asked.target())
	want(all, "held")
	want(all, "approvals", "job/"+approved)
	all = look(31 * day)
	want(all, "held", "job/"+held, "job/"+failed)
	f.reopenWith(h)
	if _, err := f.as("chen").SignAgreement(ctx, "agreement.yaml", endsIn("agreement.yaml", 31+20)); err != nil {
		t.Fatal(err)
	}
	want(look(31*day), "terms", "agreement/agr-1")
	want(look(31*day), "reveals") // the opening destroyed the tokens
	want(look(31*day+22*day), "terms")
}
