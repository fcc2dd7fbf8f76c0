package view

import (
	"context"
	"sync"
	"sync/atomic"
)

// inParallel does the tasks 0 to n-1 on some workers, each of which is begun once
// and takes the next task that nobody has. The first error ends all.
func inParallel(ctx context.Context, workers, n int, begin func(context.Context) (do func(int) error, err error)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(workers, n) {
		all.Go(func() {
			do, err := begin(ctx)
			for err == nil && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err = do(i)
			}
			stop(err) // the first one stays
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// turns lets the tasks 0 to n-1 do something one after the other. A channel is closed
// when it is its task's turn.
type turns []chan struct{}

func newTurns(n int64) turns {
	t := make(turns, n+1)
	for i := range t {
		t[i] = make(chan struct{})
	}
	close(t[0])
	return t
}

// take waits for a task's turn, and gives the next its own if do went well.
func (t turns) take(ctx context.Context, task int, do func() error) error {
	select {
	case <-t[task]:
	case <-ctx.Done():
		return ctx.Err()
	}
	err := do()
	if err == nil {
		close(t[task+1])
	}
	return err
}
