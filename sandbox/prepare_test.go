//go:build linux && cgo

package sandbox_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"testing"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// prepared makes the engine file of a view in a cell.
func prepared(t testing.TB, s *sandbox.Sandbox, view *os.File, cluster string) (*os.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	req := abi.PrepareRequest{Columns: []string{"n", "区县"}, Cluster: cluster, Threads: 2, Memory: 256 << 20}
	if err := s.Prepare(t.Context(), req, view, ample, &b); err != nil {
		t.Fatal(err)
	}
	file := mustSeal(t, b.String())
	return file, b.Bytes()
}

// A query over the engine file answers what it answers over the Parquet.
func TestPrepareCell(t *testing.T) {
	s := realSandbox(t)
	parquet := view(t, 5000)
	req := count()
	req.Threads = 2
	want, err := s.Query(t.Context(), req, []*os.File{parquet}, ample)
	if err != nil {
		t.Fatal(err)
	}
	req.Views[0].Engine = true
	for _, cluster := range []string{"", "n"} {
		file, _ := prepared(t, s, parquet, cluster)
		got, err := s.Query(t.Context(), req, []*os.File{file}, ample)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("sorted by %q: %+v, %v; want %+v", cluster, got, err, want)
		}
	}
}

func TestPrepareCellRefuses(t *testing.T) {
	s := realSandbox(t)
	parquet := view(t, 20_000)
	file, b := prepared(t, s, parquet, "")
	query := func(f *os.File, engine bool, threads int) error {
		req := count()
		req.Threads, req.Views[0].Engine = threads, engine
		_, err := s.Query(t.Context(), req, []*os.File{f}, ample)
		return err
	}
	prepare := func(f *os.File, output int64, w io.Writer, columns ...string) error {
		lim := ample
		lim.Output = output
		return s.Prepare(t.Context(), abi.PrepareRequest{Columns: columns, Threads: 2, Memory: 256 << 20}, f, lim, w)
	}
	for name, err := range map[string]error{
		"an engine file as Parquet":     query(file, false, 2),
		"Parquet as an engine file":     query(parquet, true, 2),
		"half an engine file":           query(mustSeal(t, string(b[:len(b)/2])), true, 2),
		"an engine file for one thread": query(file, true, 1),
		"a file of no Parquet":          prepare(file, 1<<20, io.Discard, "n"),
		"a column that is not there":    prepare(parquet, 1<<20, io.Discard, "m"),
		"no column":                     prepare(parquet, 1<<20, io.Discard),
		"a file that is too large":      prepare(parquet, 128<<10, io.Discard, "n"),
		"a writer that takes nothing":   prepare(parquet, 8<<20, full{}, "n"),
	} {
		if err == nil {
			t.Errorf("%s: done", name)
		}
		if name == "a writer that takes nothing" && !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
		var f *sandbox.Failure
		if name == "a file that is too large" && (!errors.As(err, &f) || f.Code != abi.FailMemory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHostilePrepareCell plays a cell that sends something else than a file.
func TestHostilePrepareCell(t *testing.T) {
	s := newSandbox(t, 1)
	for steps, want := range map[string]sandbox.Reason{
		"part part done": "", "done": sandbox.Protocol, "frame:q": sandbox.Protocol, "part frame:q": sandbox.Protocol,
		"log:1": sandbox.Protocol, "part": sandbox.Crash, "part fail:memory": sandbox.Refused, "parts": sandbox.Output,
	} {
		var b bytes.Buffer
		err := s.Prepare(t.Context(), abi.PrepareRequest{Columns: []string{steps}, Threads: 2, Memory: 1 << 20}, view(t, 1), roomy, &b)
		var f *sandbox.Failure
		switch {
		case want == "" && (err != nil || b.String() != "partpart"):
			t.Errorf("%s: %q, %v", steps, b.String(), err)
		case want != "" && (!errors.As(err, &f) || f.Reason != want):
			t.Errorf("%s: %v, want %s", steps, err, want)
		case int64(b.Len()) > roomy.Output:
			t.Errorf("%s: %d bytes", steps, b.Len())
		}
	}
}

// full takes no byte.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
