//go:build linux && cgo

package sandbox_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

func TestExploreCell(t *testing.T) {
	s := realSandbox(t)
	files := []*os.File{view(t, 10)}
	explore := func(sql string, maxRows int) (*abi.Frame, error) {
		return s.Explore(t.Context(), abi.ExploreRequest{
			Views: []abi.View{{Name: "人", FD: abi.InputFD, Columns: []string{"n", "区县"}}}, SQL: sql, MaxRows: maxRows, Memory: 64 << 20,
		}, files, ample)
	}
	f, err := explore(`SELECT "区县", sum(n) AS s FROM "人" GROUP BY ALL ORDER BY s DESC`, 3)
	if err != nil || f.Rows != 3 || string(f.Columns[0].TextAt(0)) != "江北" || f.Columns[1].Ints[0] != 18 {
		t.Errorf("%v, %v", f, err)
	}
	for sql, want := range map[string]abi.Refusal{
		`FROM "/etc/passwd"`: abi.RefusalTable, `SELECT getenv('HOME')`: abi.RefusalFunction,
		"SELECT '" + strings.Repeat("x", abi.MaxSQL) + "'": abi.RefusalLength,
	} {
		_, err := explore(sql, 3)
		var f *sandbox.Failure
		if !errors.As(err, &f) || f.Refusal() != want || !strings.HasSuffix(err.Error(), "refused: "+string(want)) {
			t.Errorf("%.40s: %v", sql, err)
		}
	}
	_, err = explore(`FROM "人"`, 9)
	if f := (*sandbox.Failure)(nil); !errors.As(err, &f) || f.Code != abi.FailGuestLimit || f.Refusal() != "" {
		t.Errorf("ten rows of nine: %v", err)
	}
}
