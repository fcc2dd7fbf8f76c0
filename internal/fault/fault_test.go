package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindOfLooksThroughWrapping(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Kind
		exit int
	}{
		{New(Denied, "no"), Denied, 3},
		{fmt.Errorf("while opening: %w", New(Integrity, "torn")), Integrity, 7},
		{Errorf(Limit, "too long: %w", io.EOF), Limit, 6},
		{At(Place{File: "a.yaml", Line: 3, Column: 5, Field: "x.y"}, "want %d", 1), Invalid, 2},
		{fmt.Errorf("reading: %w", context.Canceled), Interrupted, 130},
		{io.EOF, Internal, 1},
	} {
		if got := KindOf(c.err); got != c.want || got.ExitCode() != c.exit {
			t.Errorf("KindOf(%v) = %v (exit %d), want %v (%d)", c.err, got, got.ExitCode(), c.want, c.exit)
		}
	}
}

func TestErrorfKeepsTheCause(t *testing.T) {
	if !errors.Is(Errorf(Limit, "too long: %w", io.EOF), io.EOF) {
		t.Error("the wrapped error is lost")
	}
}

func TestAtPointsIntoTheFile(t *testing.T) {
	err := At(Place{File: "job.yaml", Line: 3, Column: 5, Field: "tables.cost"}, "want a list")
	if got, want := err.Error(), "job.yaml:3:5: tables.cost: want a list"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
