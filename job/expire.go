package job

import (
	"context"
	"time"
)

// Why a job has expired. Its operator reads it; it tells of days alone.
const (
	ApprovalLapsed = "approval_lapsed" // not released within its days
	ScenarioEnded  = "scenario_ended"
	AgreementEnded = "agreement_ended"
)

// expiry says why nothing can come of a job any more; "" is that something can. It is
// the same for a run that ended well and for one that failed, so that nobody learns
// from it which it was.
func expiry(j Job, c circumstances, now time.Time) string {
	switch j.State {
	case Queued, Held, Failed, Approved:
	default:
		return ""
	}
	switch {
	case c.agreement.Term.Over(now):
		return AgreementEnded
	case c.scenario.Term.Over(now):
		return ScenarioEnded
	case j.State == Approved && !now.Before(j.Updated.AddDate(0, 0, c.scenario.ApprovalDays)):
		return ApprovalLapsed
	}
	return ""
}

// lapse ends a job that nobody has ended in time.
func (s *Service) lapse(ctx context.Context, j *Job, c circumstances) error {
	reason := expiry(*j, c, s.Clock())
	if reason == "" {
		return nil
	}
	return s.expire(ctx, j, reason)
}

func (s *Service) expire(ctx context.Context, j *Job, reason string) error {
	j.Reason = reason
	return s.move(ctx, j, Expired, domainActor)
}
