//go:build linux && cgo

package cell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// The tests below start cells with every lock on.

func lockedSandbox(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Program(t, "./sandbox/cell/testdata/cell")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var lockedLimits = sandbox.Limits{Memory: 512 << 20, Wall: 20 * time.Second, Output: 64 << 20}

// handed are the inputs of a request. add gives the descriptor of one more.
type handed struct{ files []*os.File }

func (h *handed) add(t testing.TB, content []byte) int {
	t.Helper()
	f, err := sandbox.SealedFile("input", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	h.files = append(h.files, f)
	return abi.InputFD + len(h.files) - 1
}

// lockedCodes keeps what the compile cell made of each module.
var lockedCodes = map[string][]byte{}

// locked compiles a module in one cell, the first time, and runs it in another.
func locked(t testing.TB, s *sandbox.Sandbox, name string, lim sandbox.Limits, more func(*handed, *abi.GuestRequest)) (sandbox.GuestResult, error) {
	t.Helper()
	module, _ := guestModule(t, name)
	code := lockedCodes[name]
	if code == nil {
		var err error
		if code, err = s.Compile(context.Background(), abi.CompileRequest{MaxPages: testPages}, module, lockedLimits); err != nil {
			t.Fatal(err)
		}
		lockedCodes[name] = code
	}
	var h handed
	req := guestRequest()
	req.ModuleFD, req.CodeFD = h.add(t, module), h.add(t, code)
	more(&h, &req)
	return s.Guest(context.Background(), req, h.files, lim)
}

func TestGuestBehindItsLocks(t *testing.T) {
	s := lockedSandbox(t)
	t.Run("C over rows", func(t *testing.T) {
		got, err := locked(t, s, "compare", lockedLimits, func(h *handed, r *abi.GuestRequest) {
			r.Outputs = []string{"check"}
			r.Views = []abi.View{{Name: "claims", FD: h.add(t, viewFile(t, claims(7))), Columns: []string{"district", "cost"}}}
		})
		if err != nil || len(got.Items) != 1 || got.Items[0].Name != "check" {
			t.Fatalf("%v, %d items, log %s", err, len(got.Items), got.Log)
		}
		want := [][]string{{"山里", "2", "800"}, {"江北", "3", "1050"}, {"江南", "2", "600"}}
		if rows := show(got.Items[0].Frame); !slices.EqualFunc(rows, want, slices.Equal) {
			t.Fatalf("%v", rows)
		}
	})
	t.Run("Go over finished tables", func(t *testing.T) {
		got, err := locked(t, s, "standardise", lockedLimits, func(h *handed, r *abi.GuestRequest) {
			r.Outputs = []string{"standardised"}
			r.Tables = []abi.GuestTable{{Name: "by_district", FD: h.add(t, finished(t))}}
		})
		if err != nil || len(got.Items) != 1 || got.Items[0].Frame.Rows != 2 || string(got.Log) != "standardised 2 districts\n" {
			t.Fatalf("%v, %d items, log %q", err, len(got.Items), got.Log)
		}
	})
	t.Run("C with SQL", func(t *testing.T) {
		got, err := locked(t, s, "probe", lockedLimits, func(h *handed, r *abi.GuestRequest) {
			r.SQL = true
			r.Views = []abi.View{
				{Name: "sql", FD: h.add(t, viewFile(t, mixed(1))), Columns: []string{"n"}},
				{Name: "rows", FD: h.add(t, viewFile(t, mixed(10))), Columns: []string{"n", "s"}},
			}
		})
		if err != nil || len(got.Items) != 1 || got.Items[0].Frame.Rows != 5 {
			t.Fatalf("%v, %d items, log %s", err, len(got.Items), got.Log)
		}
	})
	t.Run("spinning", func(t *testing.T) {
		lim := lockedLimits
		lim.Wall = 500 * time.Millisecond
		_, err := locked(t, s, "hostile-spin", lim, func(*handed, *abi.GuestRequest) {})
		if reason(err) != sandbox.Time {
			t.Fatal(err)
		}
	})
	t.Run("more memory than the cell has", func(t *testing.T) {
		lim := lockedLimits
		lim.Memory = 32 << 20
		_, err := locked(t, s, "probe", lim, func(h *handed, r *abi.GuestRequest) {
			r.Tables = []abi.GuestTable{{Name: "touch", FD: h.add(t, numbers(t, 1))}}
		})
		if reason(err) != sandbox.Memory {
			t.Fatal(err)
		}
	})
	for attempt, code := range map[string]abi.Code{
		"trap": abi.FailGuestTrap, "deep": abi.FailGuestTrap, "forged deadline": abi.FailGuestExit,
		"malformed": abi.FailGuestOutput, "two items": abi.FailGuestLimit, "wasi": "", "memory": "", "times": "", "bounds": "",
	} {
		t.Run(attempt, func(t *testing.T) {
			_, err := locked(t, s, "probe", lockedLimits, func(h *handed, r *abi.GuestRequest) {
				r.MaxItems = 1
				r.Tables = []abi.GuestTable{{Name: attempt, FD: h.add(t, numbers(t, 3))}}
			})
			var f *sandbox.Failure
			if errors.As(err, &f) && (f.Reason != sandbox.Refused || f.Code != code) || (err == nil) != (code == "") {
				t.Fatalf("%v, want %q", err, code)
			}
		})
	}
}

func reason(err error) sandbox.Reason {
	var f *sandbox.Failure
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}

// TestCompilerIsBounded gives the compile cell what the admission refuses, and
// what would take it too long.
func TestCompilerIsBounded(t *testing.T) {
	s := lockedSandbox(t)
	_, err := s.Compile(context.Background(), abi.CompileRequest{MaxPages: testPages}, []byte("(module)"), lockedLimits)
	if f := (*sandbox.Failure)(nil); !errors.As(err, &f) || f.Code != abi.FailModule {
		t.Fatal(err)
	}
	module, _ := guestModule(t, "standardise")
	lim := lockedLimits
	lim.Wall = 200 * time.Millisecond
	if _, err := s.Compile(context.Background(), abi.CompileRequest{MaxPages: testPages}, module, lim); reason(err) != sandbox.Time {
		t.Fatal(err)
	}
}

// TestCompilerIsDeterministic compiles in two cells: one entry serves every cell.
func TestCompilerIsDeterministic(t *testing.T) {
	s := lockedSandbox(t)
	module, _ := guestModule(t, "compare")
	var codes [2][]byte
	for i := range codes {
		var err error
		if codes[i], err = s.Compile(context.Background(), abi.CompileRequest{MaxPages: testPages}, module, lockedLimits); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(codes[0], codes[1]) {
		t.Fatal("the same module gave two codes")
	}
}
