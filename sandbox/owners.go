package sandbox

import (
	"context"
	"sync"
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

// turn waits until the owner may have another cell, and then for a place among all.
// done gives both back.
func (s *Sandbox) turn(ctx context.Context, owner string) (done func(), err error) {
	waits := []chan struct{}{s.slots}
	if owner != "" {
		waits = []chan struct{}{s.owned.of(owner), s.slots}
	}
	got := 0
	done = func() {
		for _, slot := range waits[:got] {
			<-slot
		}
	}
	for _, slot := range waits {
		select {
		case slot <- struct{}{}:
			got++
		case <-ctx.Done():
			done()
			return nil, &Failure{Reason: Cancelled, cause: ctx.Err()}
		}
	}
	return done, nil
}
