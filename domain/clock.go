package domain

import (
	"context"
	"sync"
	"time"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
)

// steady is the domain's time: the host's, but never before the newest time that
// the log has seen. A host whose clock jumps back cannot bring a grant back to life
// whose end the log has passed.
type steady struct {
	host clock.Clock

	mu     sync.Mutex // guards the rest
	newest time.Time  // given out, or read in the log
	told   bool       // the log knows that the host is behind
}

func newSteady(host clock.Clock) *steady { return &steady{host: host} }

// now is a clock.Clock.
func (s *steady) now() time.Time {
	t := s.host()
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.After(s.newest) {
		s.newest = t
	}
	return s.newest
}

// seen takes the time of a record of the log. The outcome of an accepted clock was
// the first to be stamped by it.
func (s *steady) seen(r audit.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	accepted := r.Action == string(access.AcceptClock) && r.Phase == audit.Outcome && r.Result == audit.OK
	if accepted || r.Time.After(s.newest) {
		s.newest = r.Time
	}
}

// tolerance is how far a host may be behind without a word: clocks are adjusted.
const tolerance = time.Minute

// behind is how far the host's clock lies behind the log, 0 within the tolerance.
func (s *steady) behind() (by time.Duration, host time.Time) {
	host = s.host()
	s.mu.Lock()
	defer s.mu.Unlock()
	if by = s.newest.Sub(host); by <= tolerance {
		by = 0
	}
	return by, host
}

func (s *steady) accept(host time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest, s.told = host, false
}

// noteClock records, once for each time it happens, that the host's clock is
// behind. Meanwhile the domain's time stands still.
func (d *Domain) noteClock(ctx context.Context) error {
	by, host := d.clock.behind()
	d.clock.mu.Lock()
	told := d.clock.told
	d.clock.told = by > 0
	d.clock.mu.Unlock()
	if by == 0 || told {
		return nil
	}
	return d.event(ctx, "domain", "clock.behind", "clock", map[string]string{
		"host": host.Format(time.RFC3339), "behind": by.Round(time.Second).String(),
	})
}

// AcceptClock lets the host's clock count again after it was wrong and far ahead:
// the domain's time goes back to it, and with it grants that had ended by the wrong
// clock alone.
func (s *Session) AcceptClock(ctx context.Context) (time.Time, error) {
	by, host := s.clock.behind()
	details := map[string]string{"host": host.Format(time.RFC3339), "behind": by.Round(time.Second).String()}
	err := s.act(ctx, access.AcceptClock, "clock", details, func() error {
		if by == 0 {
			return fault.New(fault.Conflict, "the host's clock is not behind the log; there is nothing to accept")
		}
		s.clock.accept(host)
		return nil
	})
	return host, err
}
