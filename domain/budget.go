package domain

import (
	"context"
	"sync"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
)

// account sums what runs and excerpts have charged to outcome budgets. The log is its
// only source: there is no row of the metadata database to put back, and an intent
// counts however its act ended. It implements job.Account; its zero value is empty.
type account struct {
	mu   sync.Mutex // guards used
	used map[entry]int64
}

// entry is one budget: of an organisation, over a data set, in a year.
type entry struct {
	org, dataset string
	year         int
}

// replay sees every intent of the log at Open.
func (a *account) replay(index uint64, r audit.Record) error {
	c, err := job.ParseCharge(r.Details)
	if err != nil {
		return fault.Errorf(fault.Integrity, "record %d of the log: %v", index, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.add(c)
	return nil
}

// add adds a charge; mu is held.
func (a *account) add(c job.Charge) {
	if a.used == nil {
		a.used = map[entry]int64{}
	}
	for _, dataset := range c.Datasets {
		a.used[entry{c.Org, dataset, c.Year}] += c.Millibits
	}
}

// Used implements job.Account.
func (a *account) Used(org, dataset string, year int) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used[entry{org, dataset, year}]
}

// Take implements job.Account.
func (a *account) Take(c job.Charge, limit int64) (short string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, dataset := range c.Datasets {
		if a.used[entry{c.Org, dataset, c.Year}]+c.Millibits > limit {
			return dataset
		}
	}
	a.add(c)
	return ""
}

// Budgets tells how the person's organisation stands with each data set that a
// scenario grants it.
func (s *Session) Budgets(ctx context.Context) (out []job.Budget, err error) {
	if err := s.authorise(ctx, access.ReadBudget, "budget"); err != nil {
		return nil, err
	}
	scenarios, err := s.store.Documents(ctx, job.DocScenario)
	if err != nil {
		return nil, err
	}
	for _, doc := range scenarios {
		budgets, err := s.Jobs().Budgets(ctx, s.Actor.Org, doc.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, budgets...)
	}
	return out, nil
}
