package domain

import (
	"context"
	"time"

	"yingbi/access"
	"yingbi/job"
	"yingbi/store"
	"yingbi/vault"
)

// deadlines are the checks of a look at the database that tell of days. Nothing is wrong
// with the folder: somebody should decide, release or renew in time.
var deadlines = []string{"held", "approvals", "terms"}

// How long after its beginning, or before its end, a look tells of something.
const (
	longHeld  = 30 * 24 * time.Hour
	soonLapse = 7 * 24 * time.Hour
	soonOver  = 30 * 24 * time.Hour
)

// notice notes what a person should see to, or that there is nothing.
func (l *look) notice(check string, items []string, err error) {
	state := Sound
	if len(items) > 0 {
		state = Notice
	}
	l.note(Finding{Check: check, State: state, Items: items})
	if err != nil {
		l.failed(check, err)
	}
}

// expiredReveals names the requests to open tokens that have run out of time while their
// tokens are still sealed: the next opening destroys those.
func (l *look) expiredReveals(v *vault.Vault) {
	var out []string
	for _, r := range l.ledger.reveals.all {
		if r.asOf(l.clock.now()).State == RevealExpired && v.Exists(r.target()) {
			out = append(out, at(r.target(), r.Until))
		}
	}
	l.notice("reveals", out, nil)
}

func (l *look) deadlines(s *store.Store) {
	now := l.clock.now()
	jobs, err := s.Jobs(l.ctx)
	if err != nil {
		for _, check := range deadlines {
			l.failed(check, err)
		}
		return
	}
	l.notice("held", waiting(jobs, now), nil)
	due, err := lapsing(l.ctx, s, jobs, now)
	l.notice("approvals", due, err)
	ends, err := ending(l.ctx, s, now)
	l.notice("terms", ends, err)
}

// waiting names the jobs on which nobody has decided for long. That a run failed it does
// not tell.
func waiting(jobs []job.Job, now time.Time) (out []string) {
	for _, j := range jobs {
		if (j.State == job.Held || j.State == job.Failed) && now.Sub(j.Updated) >= longHeld {
			out = append(out, at("job/"+j.ID, j.Updated))
		}
	}
	return out
}

// lapsing names the approved jobs whose approval soon lapses.
func lapsing(ctx context.Context, s *store.Store, jobs []job.Job, now time.Time) (out []string, err error) {
	for _, j := range jobs {
		if j.State != job.Approved {
			continue
		}
		doc, err := s.DocumentVersion(ctx, job.DocScenario, j.Scenario, j.ScenarioVersion)
		if err != nil {
			return out, err
		}
		sc, err := access.ParseScenario(j.Scenario, doc.Body)
		if err != nil {
			return out, err
		}
		if end := j.Updated.AddDate(0, 0, sc.ApprovalDays); end.Sub(now) <= soonLapse {
			out = append(out, at("job/"+j.ID, end))
		}
	}
	return out, nil
}

// ending names the agreements and scenarios in force that soon end.
func ending(ctx context.Context, s *store.Store, now time.Time) (out []string, err error) {
	for _, kind := range []string{job.DocAgreement, job.DocScenario} {
		docs, err := s.Documents(ctx, kind)
		if err != nil {
			return out, err
		}
		for _, d := range docs {
			term, err := termOf(d)
			if err != nil {
				return out, err
			}
			if !term.Over(now) && term.Over(now.Add(soonOver)) {
				out = append(out, kind+"/"+d.ID+" "+term.Until.Format(time.DateOnly))
			}
		}
	}
	return out, nil
}

func termOf(d store.Document) (access.Term, error) {
	if d.Kind == job.DocAgreement {
		a, err := access.ParseAgreement(d.ID, d.Body)
		if err != nil {
			return access.Term{}, err
		}
		return a.Term, nil
	}
	sc, err := access.ParseScenario(d.ID, d.Body)
	if err != nil {
		return access.Term{}, err
	}
	return sc.Term, nil
}

// at names something with an instant.
func at(what string, t time.Time) string { return what + " " + t.UTC().Format(time.RFC3339) }
