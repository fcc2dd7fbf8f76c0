package job

import (
	"testing"
	"time"

	"yingbi/access"
)

// TestExpiry holds of every state when a job in it expires, and why: in review for the
// days of its scenario and agreement alone, whatever its run came to.
func TestExpiry(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	c := circumstances{
		scenario:  &access.Scenario{Term: access.Term{From: day(1), Until: day(20)}, ApprovalDays: 7},
		agreement: &access.Agreement{Term: access.Term{From: day(1), Until: day(25)}},
	}
	for _, s := range States() {
		review, approved := s == Queued || s == Held || s == Failed, s == Approved
		for _, at := range []struct {
			now             time.Time
			inReview, after string // why
		}{
			{day(2), "", ""}, {day(9).Add(-1), "", ""}, {day(9), "", ApprovalLapsed}, {day(21).Add(-1), "", ApprovalLapsed},
			{day(21), ScenarioEnded, ScenarioEnded}, {day(26), AgreementEnded, AgreementEnded},
		} {
			want := ""
			if review {
				want = at.inReview
			} else if approved {
				want = at.after
			}
			got := expiry(Job{State: s, Updated: day(2)}, c, at.now)
			if got != want {
				t.Errorf("%s on %s: %q, want %q", s, at.now, got, want)
			}
			if got != "" && !s.CanBecome(Expired) {
				t.Errorf("%s cannot expire", s)
			}
		}
	}
}
