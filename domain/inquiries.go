package domain

import (
	"sync"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

// inquiries counts the questions about single subjects: by subject what all callers
// together have learnt in a year, by organisation and scenario the calls of a day. The
// log is its only source, as it is of account: what was charged once stays charged. It
// implements job.Inquiries; its zero value is empty.
type inquiries struct {
	mu    sync.Mutex // guards the rest
	bits  map[subjectYear]int64
	calls map[callsDay]int64
}

type subjectYear struct {
	subject crypto.Digest
	year    string
}

type callsDay struct{ org, scenario, day string }

// replay sees every intent of the log at Open.
func (i *inquiries) replay(index uint64, r audit.Record) error {
	q, ok, err := job.ParseInquiry(r.Action, r.Details)
	if err != nil {
		return fault.Errorf(fault.Integrity, "record %d of the log: %v", index, err)
	}
	if ok {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.add(q)
	}
	return nil
}

// add adds an inquiry; mu is held.
func (i *inquiries) add(q job.Inquiry) {
	if i.bits == nil {
		i.bits, i.calls = map[subjectYear]int64{}, map[callsDay]int64{}
	}
	i.calls[callsDay{q.Org, q.Scenario, q.Day}]++
	if q.Millibits > 0 {
		i.bits[subjectYear{q.Subject, q.Year()}] += q.Millibits
	}
}

// Calls implements job.Inquiries.
func (i *inquiries) Calls(org, scenario, day string) int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.calls[callsDay{org, scenario, day}]
}

// Take implements job.Inquiries.
func (i *inquiries) Take(q job.Inquiry, calls, limit int64) (job.Inquiry, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.calls[callsDay{q.Org, q.Scenario, q.Day}] >= calls {
		return q, false
	}
	if i.bits[subjectYear{q.Subject, q.Year()}]+q.Millibits > limit {
		q.Millibits = 0
	}
	i.add(q)
	return q, true
}
