package sandbox

import (
	"context"
	"sync"
	"time"
)

// owners bounds how many cells one owner has at once, so that nobody's cells keep
// others waiting.
type owners struct {
	most int

	mu    sync.Mutex // guards slots
	slots map[string]chan struct{}
}

func (o *owners) of(owner string) chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.slots == nil {
		o.slots = map[string]chan struct{}{}
	}
	if o.slots[owner] == nil {
		o.slots[owner] = make(chan struct{}, o.most)
	}
	return o.slots[owner]
}

// turn waits until the owner may have another cell, and then for a place among all,
// which the cell has already that waits for the task, if there is one. done gives
// both back.
func (s *Sandbox) turn(ctx context.Context, owner string, e *early) (w *waiting, done func(), err error) {
	done = func() {}
	if owner != "" {
		own := s.owned.of(owner)
		select {
		case own <- struct{}{}:
			done = func() { <-own }
		case <-ctx.Done():
			return nil, nil, &Failure{Reason: Cancelled, cause: ctx.Err()}
		}
	}
	if w = s.pool.take(e); w == nil {
		err = s.place(ctx)
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	free := done
	return w, func() { <-s.slots; free() }, nil
}

// place waits for one. Cells that wait for a task leave theirs, one by one.
func (s *Sandbox) place(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	s.pool.want(1)
	defer s.pool.want(-1)
	again := time.NewTicker(tick)
	defer again.Stop()
	for {
		s.pool.yield()
		select {
		case s.slots <- struct{}{}:
			return nil
		case <-ctx.Done():
			return &Failure{Reason: Cancelled, cause: ctx.Err()}
		case <-again.C:
		}
	}
}
