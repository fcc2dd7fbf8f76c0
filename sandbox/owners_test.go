package sandbox

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestOwnersWaitForTheirOwn holds that an owner waits at its own bound while another
// finds a place, and that whoever gives up while waiting takes none.
func TestOwnersWaitForTheirOwn(t *testing.T) {
	s := &Sandbox{slots: make(chan struct{}, 3), owned: owners{most: 2}, pool: newPool(0, 0)}
	turn := func(owner string) (func(), error) {
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()
		_, done, err := s.turn(ctx, owner, nil)
		return done, err
	}
	var dones []func()
	for range 2 {
		done, err := turn("云健数据")
		if err != nil {
			t.Fatal(err)
		}
		dones = append(dones, done)
	}
	var f *Failure
	if _, err := turn("云健数据"); !errors.As(err, &f) || f.Reason != Cancelled {
		t.Errorf("a third cell of one owner: %v", err)
	}
	other, err := turn("另一家公司")
	if err != nil {
		t.Fatalf("another owner waits as well: %v", err)
	}
	if _, err := turn(""); err == nil {
		t.Error("more cells than there are places")
	}
	if _, err := turn("第三家公司"); err == nil {
		t.Error("more cells than there are places")
	}
	other()
	dones[0]()
	for _, owner := range []string{"云健数据", ""} {
		done, err := turn(owner)
		if err != nil {
			t.Errorf("%q waits for a place that was given back: %v", owner, err)
			continue
		}
		dones = append(dones, done)
	}
	for _, done := range dones[1:] {
		done()
	}
	if len(s.slots) != 0 || len(s.owned.of("云健数据")) != 0 || len(s.owned.of("第三家公司")) != 0 {
		t.Error("places were not given back")
	}
}
