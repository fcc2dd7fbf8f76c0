//go:build linux && cgo

package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

// TestExcerpt releases lines of a log, and holds that they are all that leaves of it.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao, wang := t.Context(), f.as("zhao"), f.as("wang")
	const log = "rows 12\n\x1b[31msecret\nbad date in column 3\nend"
	id := f.runText(document("jobs/compare.yaml"), ends(1, log))
	told := func() []byte {
		t.Helper()
		told, err := wang.Jobs().Told(ctx, wang.Actor, id)
		if err != nil {
			t.Fatal(err)
		}
		return told.Excerpt
	}
	if r := f.review(id); r.GuestLog != log+"\n" {
		t.Fatalf("the log is %q", r.GuestLog)
	}
	lines := []job.Lines{{First: 1, Last: 1}, {First: 3, Last: 3}}
	const text = "rows 12\nbad date in column 3\n"
	for name, try := range map[string]func() error{
		"without a reason": func() error { _, err := zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, lines, " "); return err },
		"no such line": func() error {
			_, err := zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, []job.Lines{{First: 1, Last: 9}}, "ok")
			return err
		},
	} {
		if err := try(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	before, from := f.bits("wang").Used, f.log.Size()
	if got := told(); got != nil {
		t.Errorf("before a release the operator reads %q", got)
	}
	e, err := zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, lines, "技术信息，不含个人数据")
	if err != nil || string(e.Text) != text {
		t.Fatalf("%q, %v", e.Text, err)
	}
	if got := told(); string(got) != text {
		t.Errorf("the operator reads %q", got)
	}
	if got := f.bits("wang").Used - before; got != int64(len(text))*8000 {
		t.Errorf("it cost %d", got)
	}
	if r := f.review(id); r.Excerpt == nil || r.Excerpt.Reason != e.Reason || !slices.Equal(r.Excerpt.Lines, lines) {
		t.Errorf("the reviewer sees %+v", r.Excerpt)
	}
	_, err = zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, lines[:1], "more")
	wantKind(t, err, fault.Conflict, "already")
	f.checkExcerptRecords(from, id, text)

	held := f.held("by_district", nil)
	_, err = zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, held, lines, "no log")
	wantKind(t, err, fault.Conflict, "no log")
	f.close()
	f.reopen()
	if got := f.bits("wang").Used - before; got != int64(len(text))*8000+4000 {
		t.Errorf("after a start it is %d", got)
	}
}

// checkExcerptRecords holds that the release of an excerpt is one act, and that its
// intent has a commitment to it and not a word of it.
func (f *fixture) checkExcerptRecords(from uint64, id, text string) {
	f.t.Helper()
	acts := 0
	for _, r := range f.records(from) {
		if strings.Contains(fmt.Sprint(r), "bad date") || strings.Contains(fmt.Sprint(r), "技术信息") {
			f.t.Errorf("a record quotes the log: %+v", r)
		}
		if r.Action != string(access.ReleaseExcerpt) || r.Phase != audit.Intent {
			continue
		}
		acts++
		if _, err := crypto.ParseDigest(r.Details[job.CommitmentDetail]); err != nil || r.Target != "job/"+id || r.Details["bytes"] != fmt.Sprint(len(text)) {
			f.t.Errorf("recorded as %+v", r)
		}
	}
	if acts != 1 {
		f.t.Errorf("%d excerpts are recorded", acts)
	}
}

// TestExcerptWithinTheBudget holds that a long excerpt is refused where few bits are left.
func TestExcerptWithinTheBudget(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, zhao := t.Context(), f.as("zhao")
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", withBits("40")); err != nil {
		t.Fatal(err)
	}
	id := f.runText(document("jobs/compare.yaml"), ends(1, "four\nand more\n"))
	_, err := zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, []job.Lines{{First: 1, Last: 1}}, "ok") // 40 bits
	wantKind(t, err, fault.Limit, "this takes 40;")
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", withBits("4000")); err != nil {
		t.Fatal(err)
	}
	_, err = zhao.Jobs().ReleaseExcerpt(ctx, zhao.Actor, id, []job.Lines{{First: 1, Last: 1}}, "ok")
	wantKind(t, err, fault.Conflict, "submit the job again")
}
