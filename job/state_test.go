package job

import (
	"slices"
	"testing"

	"yingbi/internal/fault"
)

// TestTransitionTable states the whole table a second time: changing the life of
// a job takes two changes and a thought.
func TestTransitionTable(t *testing.T) {
	want := map[[2]State]bool{
		{Submitted, Admitted}: true, {Submitted, Refused}: true, {Submitted, Frozen}: true,
		{Admitted, Queued}: true, {Admitted, Refused}: true, {Admitted, Frozen}: true,
		{Queued, Running}: true, {Queued, Refused}: true, {Queued, Frozen}: true, {Queued, Expired}: true,
		{Running, Checking}: true, {Running, Failed}: true, {Running, Frozen}: true,
		{Checking, Held}: true, {Checking, Failed}: true, {Checking, Frozen}: true,
		{Held, Approved}: true, {Held, Rejected}: true, {Held, Frozen}: true, {Held, Expired}: true,
		{Approved, Released}: true, {Approved, Rejected}: true, {Approved, Frozen}: true, {Approved, Expired}: true,
		{Failed, Rejected}: true, {Failed, Returned}: true, {Failed, Expired}: true, {Held, Returned}: true, {Released, Withdrawn}: true,
	}
	states := States()
	if len(states) != 15 {
		t.Fatalf("%d states, the test knows 15", len(states))
	}
	for _, from := range states {
		for _, to := range states {
			if got := from.CanBecome(to); got != want[[2]State{from, to}] {
				t.Errorf("%s → %s: %v", from, to, got)
			}
		}
	}
}

func TestEveryStateIsReachedAndEnds(t *testing.T) {
	reached := map[State]bool{}
	var walk func(State)
	walk = func(s State) {
		if reached[s] {
			return
		}
		reached[s] = true
		for _, next := range transitions[s] {
			walk(next)
		}
	}
	walk(Submitted)
	for _, s := range States() {
		if !reached[s] {
			t.Errorf("no way leads to %s", s)
		}
	}
	for _, s := range []State{Withdrawn, Refused, Rejected, Returned, Frozen, Expired} {
		if !s.Ended() {
			t.Errorf("%s goes on", s)
		}
	}
}

// TestOperatorSeesNothingOfARun holds that every state that a run over rows can
// lead to looks the same from outside until a person decides.
func TestOperatorSeesNothingOfARun(t *testing.T) {
	hidden := []State{Running, Checking, Held, Failed}
	for _, s := range States() {
		if got := s.Outside() == InReview; got != slices.Contains(hidden, s) {
			t.Errorf("%s is shown as %q", s, s.Outside())
		}
	}
}

// TestExpiredTellsNothingOfARun: a job that ran well and one that failed look alike
// when their scenario has ended.
func TestExpiredTellsNothingOfARun(t *testing.T) {
	held := Job{State: Held, Class: "verified", Approvals: 1}
	failed := Job{State: Failed, Reason: "limit"}
	for _, j := range []*Job{&held, &failed} {
		j.State, j.Reason = Expired, ScenarioEnded
	}
	if held.Outside() != failed.Outside() {
		t.Errorf("%+v and %+v", held.Outside(), failed.Outside())
	}
}

func TestReasonsAreClosed(t *testing.T) {
	for _, r := range Reasons() {
		if err := CheckReason(r); err != nil {
			t.Error(err)
		}
	}
	if err := CheckReason("the chief's bill is 31,415 yuan"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("free text passes as a reason: %v", err)
	}
}
