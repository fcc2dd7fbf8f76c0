//go:build linux && cgo

package sandbox_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// TestWaitingCellsAnswerAlike runs guests and statements over other inputs each time:
// a cell that waited gives what a new one gives.
func TestWaitingCellsAnswerAlike(t *testing.T) {
	cold := realSandbox(t)
	warm, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t), MaxCells: 2, Waiting: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer warm.Close()
	tables := view(t, 1000)
	ask := func(s *sandbox.Sandbox, sql string) (*abi.Frame, error) {
		return s.Explore(t.Context(), abi.ExploreRequest{SQL: sql, MaxRows: 10, Memory: 256 << 20, Views: []abi.View{
			{Name: "v", FD: abi.InputFD, Columns: []string{"n"}},
		}}, []*os.File{tables}, ample)
	}
	for _, sql := range []string{"SELECT 1 AS one", "SELECT sum(n)::BIGINT AS s FROM v", "SELECT n FROM v WHERE n < 3", "SELECT 1; SELECT 2", "SELECT * FROM nobody"} {
		want, wrong := ask(cold, sql)
		got, err := ask(warm, sql)
		if !same(want, got) || (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
			t.Errorf("%s: %v, %v; want %v, %v", sql, got, err, want, wrong)
		}
		waits(t)
	}
	req, inputs := guestOf(t, cold, "compare")
	req.Views = []abi.View{{Name: "claims", FD: abi.InputFD + 2, Columns: []string{"district", "cost"}}}
	for cost := range int64(4) {
		in := append(slices.Clone(inputs), claimsOf(t, cost))
		want, wrong := cold.Guest(t.Context(), req, in, ample)
		got, err := warm.Guest(t.Context(), req, in, ample)
		if errors.Join(err, wrong) != nil || len(got.Items) != 1 || !same(want.Items[0].Frame, got.Items[0].Frame) {
			t.Errorf("cost %d: %+v, %v; want %+v, %v", cost, got, err, want, wrong)
		}
		waits(t)
	}
}

func same(a, b *abi.Frame) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, err := abi.Encode(nil, a)
	y, err2 := abi.Encode(nil, b)
	return err == nil && err2 == nil && string(x) == string(y)
}
