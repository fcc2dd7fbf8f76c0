//go:build linux && cgo

package domain

import (
	"sync/atomic"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// hand is a clock that the test sets.
type hand struct{ ahead atomic.Int64 }

func (h *hand) now() time.Time { return clock.System().Add(time.Duration(h.ahead.Load())) }

func (h *hand) set(ahead time.Duration) { h.ahead.Store(int64(ahead)) }

const years = 366 * 24 * time.Hour

func TestSteady(t *testing.T) {
	noon := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	host := noon
	s := newSteady(func() time.Time { return host })
	want := func(what string, now time.Time, behind time.Duration) {
		t.Helper()
		if got := s.now(); !got.Equal(now) {
			t.Errorf("%s: it is %v, want %v", what, got, now)
		}
		if got, _ := s.behind(); got != behind {
			t.Errorf("%s: behind by %v, want %v", what, got, behind)
		}
	}
	want("at first", noon, 0)
	host = noon.Add(time.Hour)
	want("an hour later", host, 0)
	host = noon.Add(time.Hour - tolerance)
	want("adjusted", noon.Add(time.Hour), 0)
	host = noon.Add(time.Hour - tolerance - time.Second)
	want("beyond that", noon.Add(time.Hour), tolerance+time.Second)
	s.seen(audit.Record{Time: noon.Add(3 * time.Hour)})
	s.seen(audit.Record{Time: noon.Add(2 * time.Hour)})
	host = noon.Add(time.Hour)
	want("behind the log", noon.Add(3*time.Hour), 2*time.Hour)
	accepted := audit.Record{Action: string(access.AcceptClock), Phase: audit.Outcome, Result: "conflict", Time: noon}
	s.seen(accepted)
	want("refused", noon.Add(3*time.Hour), 2*time.Hour)
	accepted.Result = audit.OK
	s.seen(accepted)
	want("accepted", host, 0)
}

// TestClockGoesBack has a grant end by the clock, and then sets the clock back: the
// grant stays dead, now and at the next opening, the log says that the clock is
// wrong, and only a security officer brings the grant back, with a record.
func TestClockGoesBack(t *testing.T) {
	t.Parallel()
	f, h := openWith(t)
	submit := func() error {
		_, err := f.as("wang").Jobs().Submit(t.Context(), f.as("wang").Actor, job.Package{File: "job.yaml", Manifest: document("jobs/by_district.yaml")})
		return err
	}
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	h.set(3 * years)
	wantKind(t, submit(), fault.Denied, "agreement_term")
	h.set(0)
	wantKind(t, submit(), fault.Denied, "agreement_term")
	f.reopenWith(h)
	wantKind(t, submit(), fault.Denied, "agreement_term")
	if n := f.events("clock.behind"); n != 2 { // once for each process
		t.Errorf("%d records of a clock that is behind", n)
	}

	_, err := f.as("gao").AcceptClock(t.Context())
	wantKind(t, err, fault.Denied)
	if _, err := f.as("shen").AcceptClock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	_, err = f.as("shen").AcceptClock(t.Context())
	wantKind(t, err, fault.Conflict)
	f.reopenWith(h)
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	if n := f.events("clock.behind"); n != 2 {
		t.Errorf("%d records of a clock that is behind", n)
	}
}

// TestReleaseWhileTheClockJumps decides and releases under a clock that goes back
// in between, and far ahead, and back: the release verifies, and is made once.
func TestReleaseWhileTheClockJumps(t *testing.T) {
	t.Parallel()
	f, h := openWith(t)
	id := f.held("by_district", nil)
	h.set(2 * time.Hour)
	f.approved(id)
	h.set(-5 * years)
	zhao := f.as("zhao")
	if _, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id); err != nil {
		t.Fatal(err)
	}
	for _, ahead := range []time.Duration{-5 * years, 0, 3 * years, time.Hour} {
		h.set(ahead)
		_, err := zhao.Jobs().Release(t.Context(), zhao.Actor, id)
		if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.Denied {
			t.Errorf("a second release at %v: %v", ahead, err)
		}
	}
	f.reopenWith(h)
	wang := f.as("wang")
	files, err := wang.Jobs().Files(t.Context(), wang.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	if cert.Issued.Before(clock.System().Add(time.Hour)) {
		t.Errorf("issued at %v, which is before the decision", cert.Issued)
	}
	if n := f.events("job.move"); n != 7 { // admitted, queued, running, checking, held, approved, released
		t.Errorf("the job moved %d times", n)
	}
}

// openWith opens a domain of its own under a clock that the test sets.
func openWith(t *testing.T) (*fixture, *hand) {
	t.Helper()
	f, h := &fixture{t: t, dir: copyCommon(t), truth: common.truth}, new(hand)
	f.reopenWith(h)
	t.Cleanup(func() { f.close() })
	return f, h
}

func (f *fixture) reopenWith(h *hand) {
	f.t.Helper()
	f.close()
	cfg := config(f.t, f.dir)
	cfg.Clock = h.now
	d, _, err := Open(f.t.Context(), cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Domain = d
}

func (f *fixture) events(action string) int {
	n := 0
	for _, r := range f.records(0) {
		if r.Action == action {
			n++
		}
	}
	return n
}
