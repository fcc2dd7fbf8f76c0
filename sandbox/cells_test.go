//go:build linux && cgo

package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"yingbi/examples/guests"
	"yingbi/internal/coltype"
	"yingbi/internal/testkit"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// These tests run the real tasks in real cells of the real binary.

func realSandbox(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{Exe: testkit.Binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var ample = sandbox.Limits{Memory: 512 << 20, Wall: time.Minute, Output: 64 << 20}

// view is a masked view of n rows: n (0, 1, …), and a text of three values.
func view(t testing.TB, n int) *os.File {
	t.Helper()
	f := &abi.Frame{Rows: n, Columns: []abi.Column{
		{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: make([]int64, n)},
		{Name: "区县", Type: coltype.Type{Kind: coltype.Text}, Offsets: make([]uint32, 1, n+1)},
	}}
	for i := range n {
		f.Columns[0].Ints[i] = int64(i)
		f.Columns[1].Bytes = append(f.Columns[1].Bytes, []string{"江北", "江南", "山里"}[i%3]...)
		f.Columns[1].Offsets = append(f.Columns[1].Offsets, uint32(len(f.Columns[1].Bytes)))
	}
	rec, err := table.FromFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	file, err := sandbox.SealedFile("view", func(w io.Writer) error {
		out, err := table.NewWriter(w, rec.Schema())
		if err != nil {
			return err
		}
		return errors.Join(out.Write(rec), out.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// count counts and sums a view by its text.
func count() abi.QueryRequest {
	return abi.QueryRequest{
		Views:   []abi.View{{Name: "人", FD: abi.InputFD, Columns: []string{"n", "区县"}}},
		Threads: 1, Memory: 256 << 20,
		Statements: []abi.Statement{{
			Name: "by", SQL: `SELECT "区县", count(*) AS c, CAST(sum(n) AS BIGINT) AS s FROM "人" WHERE n >= ? GROUP BY 1 ORDER BY 1`,
			Args: []abi.Value{{Type: coltype.Type{Kind: coltype.Integer}, Int: 1}},
			Result: []abi.ResultColumn{
				{Name: "区县", Type: coltype.Type{Kind: coltype.Text}},
				{Name: "c", Type: coltype.Type{Kind: coltype.Integer}},
				{Name: "s", Type: coltype.Type{Kind: coltype.Integer}},
			},
		}},
	}
}

func TestQueryCell(t *testing.T) {
	got, err := realSandbox(t).Query(t.Context(), count(), []*os.File{view(t, 10)}, ample)
	if err != nil {
		t.Fatal(err)
	}
	f := got["by"]
	var lines []string
	for i := range f.Rows {
		lines = append(lines, fmt.Sprint(string(f.Columns[0].TextAt(i)), f.Columns[1].Ints[i], f.Columns[2].Ints[i]))
	}
	if want := "山里3 15,江北3 18,江南3 12"; strings.Join(lines, ",") != want {
		t.Errorf("got %v, want %s", lines, want)
	}
}

// TestQueryCellIsBounded runs statements that the engine's own limits do not
// hold: see the figures of DuckDB in docs/THREATS.md.
func TestQueryCellIsBounded(t *testing.T) {
	s := realSandbox(t)
	for sql, want := range map[string][]sandbox.Reason{
		"SELECT count(*)::BIGINT AS n FROM (SELECT DISTINCT range FROM range(1000000000))": {sandbox.Memory, sandbox.Refused, sandbox.Time},
		"SELECT length(lpad('a', 2000000000, 'b')) AS n":                                   {sandbox.Memory, sandbox.Refused, sandbox.Time},
		"SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(10000) c":       {sandbox.Time},
		"SELECT count(*) AS n FROM read_csv('/etc/passwd')":                                {sandbox.Refused},
		"COPY (SELECT 1) TO '/tmp/x.csv'":                                                  {sandbox.Refused},
	} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			req := script(sql)
			req.Memory = 64 << 20
			_, err := s.Query(t.Context(), req, nil, limits(func(l *sandbox.Limits) { l.Wall = 1500 * time.Millisecond }))
			var f *sandbox.Failure
			if !errors.As(err, &f) {
				t.Fatalf("got %v", err)
			}
			for _, r := range want {
				if f.Reason == r {
					return
				}
			}
			t.Errorf("got %v, want one of %v", err, want)
		})
	}
}

func TestIngestCell(t *testing.T) {
	file := mustSeal(t, "\ufeffn,名\r\n1,\"张\r\n三\"\r\nx,李四\r\n3,王五\r\n")
	var kept, bad int
	sum, err := realSandbox(t).Ingest(t.Context(), abi.IngestRequest{Format: "csv", Columns: []abi.IngestColumn{
		{Name: "n", Type: coltype.Type{Kind: coltype.Integer}}, {Name: "名", Type: coltype.Type{Kind: coltype.Text}},
	}}, file, ample, sandbox.IngestSink{
		Rows:       func(f *abi.Frame) error { kept += f.Rows; return nil },
		Quarantine: func(f *abi.Frame) error { bad += f.Rows; return nil },
	})
	if err != nil || kept != 2 || bad != 1 || sum != (sandbox.IngestSummary{Read: 3, Kept: 2, Quarantined: 1}) {
		t.Errorf("%d kept, %d quarantined, %+v, %v", kept, bad, sum, err)
	}
}

// emptyModule has no function at all; compiled, it is not a guest.
var emptyModule = []byte("\x00asm\x01\x00\x00\x00")

func TestCompileCellRefuses(t *testing.T) {
	s := realSandbox(t)
	for name, module := range map[string][]byte{
		"nothing": {1}, "a header": emptyModule[:6], "no exports": emptyModule,
		"2³²−1 locals": append(bytes.Clone(emptyModule), 10, 9, 1, 7, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f),
		"2³²−1 types":  append(bytes.Clone(emptyModule), 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f),
	} {
		_, err := s.Compile(t.Context(), abi.CompileRequest{MaxPages: 16}, module, ample)
		var f *sandbox.Failure
		if !errors.As(err, &f) || f.Reason != sandbox.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCellsOfAnOrdinaryUser runs the tests above as an ordinary user, when they
// are run by root.
func TestCellsOfAnOrdinaryUser(t *testing.T) {
	testkit.AsOrdinaryUser(t, "^(TestQueryCell|TestExploreCell|TestPrepareCell|TestIngestCell|TestCompileCellRefuses)$", map[string]string{"YINGBI_BIN": testkit.Binary(t)})
}

// guestOf compiles an example in a cell and makes a request for it: the module
// is the first input, its code the second.
func guestOf(t testing.TB, s *sandbox.Sandbox, name string) (abi.GuestRequest, []*os.File) {
	t.Helper()
	module, err := guests.Build("../examples/guests", name)
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.Compile(t.Context(), abi.CompileRequest{MaxPages: 4096}, module, ample)
	if err != nil {
		t.Fatal(err)
	}
	inputs := []*os.File{}
	for _, b := range [][]byte{module, code} {
		f, err := sandbox.SealedFile("guest", func(w io.Writer) error { _, err := w.Write(b); return err })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		inputs = append(inputs, f)
	}
	return abi.GuestRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, Outputs: []string{"check", "standardised"},
		MaxPages: 4096, MaxItems: 10, MaxLog: 1 << 16, MaxItemBytes: 1 << 20,
		Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}, inputs
}

func TestGuestCells(t *testing.T) {
	s := realSandbox(t)
	t.Run("C", func(t *testing.T) {
		req, inputs := guestOf(t, s, "compare")
		req.Views = []abi.View{{Name: "claims", FD: abi.InputFD + 2, Columns: []string{"district", "cost"}}}
		got, err := s.Guest(t.Context(), req, append(inputs, claims(t)), ample)
		if err != nil || len(got.Items) != 1 || got.Items[0].Name != "check" {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("Go", func(t *testing.T) {
		req, inputs := guestOf(t, s, "standardise")
		req.Tables = []abi.GuestTable{{Name: "by_district", FD: abi.InputFD + 2}}
		got, err := s.Guest(t.Context(), req, append(inputs, finished(t)), ample)
		if err != nil || len(got.Items) != 1 || got.Items[0].Name != "standardised" {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("one that spins", func(t *testing.T) {
		req, inputs := guestOf(t, s, "hostile-spin")
		lim := ample
		lim.Wall = 500 * time.Millisecond
		_, err := s.Guest(t.Context(), req, inputs, lim)
		var f *sandbox.Failure
		if !errors.As(err, &f) || f.Reason != sandbox.Time {
			t.Errorf("got %v", err)
		}
	})
}

// claims is a masked view: district and cost.
func claims(t testing.TB) *os.File { return claimsOf(t, 150) }

func claimsOf(t testing.TB, cost int64) *os.File {
	f := &abi.Frame{Rows: 2, Columns: []abi.Column{
		{Name: "district", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 6, 12}, Bytes: []byte("江北江南")},
		{Name: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, Ints: []int64{cost, 250}},
	}}
	return parquet(t, f)
}

// parquet writes a frame as a masked view.
func parquet(t testing.TB, f *abi.Frame) *os.File {
	t.Helper()
	rec, err := table.FromFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := table.NewWriter(&b, rec.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	return mustSeal(t, b.String())
}

// finished is a finished table.
func finished(t testing.TB) *os.File {
	b, err := abi.Encode(nil, &abi.Frame{Rows: 1, Columns: []abi.Column{
		{Name: "district", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 6}, Bytes: []byte("江北")},
		{Name: "people", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{10}},
		{Name: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}, Ints: []int64{100_00}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return mustSeal(t, string(b))
}
