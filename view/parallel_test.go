package view

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
)

// Tasks do it one after the other, and those that wait for one that failed give up.
func TestTurns(t *testing.T) {
	const n = 200
	var order []int
	turns := newTurns(n)
	err := inParallel(t.Context(), 4, n, func(ctx context.Context) (func(int) error, error) {
		return func(i int) error {
			return turns.take(ctx, i, func() error { order = append(order, i); return nil })
		}, nil
	})
	if err != nil || len(order) != n || !slices.IsSortedFunc(order, cmp.Compare[int]) {
		t.Errorf("%v, %v", order, err)
	}
	turns = newTurns(n)
	broken := errors.New("broken")
	err = inParallel(t.Context(), 4, n, func(ctx context.Context) (func(int) error, error) {
		return func(i int) error {
			if i == 50 {
				return broken
			}
			return turns.take(ctx, i, func() error { return nil })
		}, nil
	})
	if err != broken {
		t.Error(err)
	}
}
