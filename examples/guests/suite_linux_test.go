//go:build linux && cgo

package guests

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/guest"
	yingbi "yingbi/guest/go"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

const (
	frameRows = 65_536 // of a view in one frame
	long      = 2*frameRows + 5
)

// conformance is one attempt: what the host gives, and what it expects, whatever
// language the guest is written in.
type conformance struct {
	name     string
	attempt  *yingbi.Table // the input that says what is to be done; nil has the name alone
	views    map[string]*yingbi.Table
	finished map[string]*yingbi.Table
	sql      bool
	pages    uint32 // of memory; 0 is guestPages

	items []*yingbi.Table
	log   string // the whole of it, or where code is set a part
	code  abi.Code
	// other languages end in another way, since their runtimes do
	codeOf map[string]abi.Code
	logOf  map[string]string
}

// attempt is the input of that name: in its first row what is to be done, and a number.
func attempt(n int64, what ...string) *yingbi.Table {
	var t yingbi.Table
	texts, numbers := t.Text("what"), t.Integer("n")
	for _, w := range what {
		texts.Append(w)
		numbers.Append(n)
	}
	return &t
}

// suite lists the attempts.
func suite() []conformance {
	return []conformance{
		{
			name:  "echo",
			views: map[string]*yingbi.Table{"a kinds": everything(9), "b 空": everything(0), "c long": part(0, long)},
			finished: map[string]*yingbi.Table{
				"d one": everything(1), "e 八": everything(8), "f": everything(1000),
			},
			items: []*yingbi.Table{
				everything(9), everything(0), part(0, frameRows), part(frameRows, 2*frameRows), part(2*frameRows, long),
				everything(1), everything(8), everything(1000),
			},
			log: "a kinds 0: 1 frames, 9 rows, again 1\nb 空 0: 1 frames, 0 rows, again 1\nc long 0: 3 frames, 131077 rows, again 3\n" +
				"d one 1: 1 frames, 1 rows, again 1\ne 八 1: 1 frames, 8 rows, again 1\nf 1: 1 frames, 1000 rows, again 1\n",
		},
		{
			name: "query", sql: true, views: map[string]*yingbi.Table{"rows": named(600)},
			attempt: attempt(0, "query",
				`SELECT name, count(*) AS c FROM rows WHERE n < 10 GROUP BY name ORDER BY name`,
				`SELECT name FROM rows WHERE n < 0`,
				`SELECT * FROM read_csv('/etc/passwd')`,
				`SELECT CAST(name AS INTEGER) AS a FROM rows`,
				`SELECT a.n FROM rows AS a, rows AS b`),
			items: []*yingbi.Table{counted(), noNames()},
			log:   " 2: 1 frames, 3 rows, again 1\n 2: 1 frames, 0 rows, again 1\ncode -6\ncode -7\ncode -8\n",
		},
		{name: "made", items: []*yingbi.Table{made()}},
		{name: "big", attempt: attempt(600_000, "big"), items: []*yingbi.Table{bigTable(600_000)}},
		{name: "group", views: map[string]*yingbi.Table{"rows": named(200_000)}, items: []*yingbi.Table{groups(200_000)}},
		{name: "decimals", finished: map[string]*yingbi.Table{"decimals": factors()}, items: []*yingbi.Table{quotients()}},
		{name: "codes", finished: map[string]*yingbi.Table{"a table": everything(9)}, items: []*yingbi.Table{codes()}},
		{name: "fail", log: "a deliberate failure\n", code: abi.FailGuestExit},
		{
			name: "panic", log: "a deliberate panic", code: abi.FailGuestTrap,
			logOf: map[string]string{"c": "[host] the guest trapped: unreachable\n"},
		},
		{
			// An allocation that does not fit ends the guest, and at once: the runtimes of
			// Go, Rust and AssemblyScript by a trap.
			name: "hungry", pages: 512, code: abi.FailGuestTrap,
			codeOf: map[string]abi.Code{"c": abi.FailGuestExit},
			logOf:  map[string]string{"go": "out of memory", "c": "no memory is left\n"},
		},
	}
}

// TestConformance runs the suite in cells.
func TestConformance(t *testing.T) {
	forEachLanguage(t, func(t *testing.T, s *sandbox.Sandbox, language string, c compiled) {
		for _, given := range suite() {
			t.Run(given.name, func(t *testing.T) {
				got, err := attemptIn(t, s, given, c)
				if code, ok := given.codeOf[language]; ok {
					given.code = code
				}
				if log, ok := given.logOf[language]; ok {
					given.log = log
				}
				if failed := codeOf(err); failed != given.code || err != nil && failed == "" {
					t.Fatalf("%v, want %q; log\n%s", err, given.code, got.Log)
				}
				if log := string(got.Log); given.code == "" && log != given.log || !strings.Contains(log, given.log) {
					t.Errorf("log\n%s\nwant\n%s", log, given.log)
				}
				compareItems(t, got.Items, given.items)
			})
		}
	})
}

// attemptIn runs a guest on an attempt.
func attemptIn(t testing.TB, s *sandbox.Sandbox, given conformance, c compiled) (sandbox.GuestResult, error) {
	t.Helper()
	var in inputs
	req := abi.GuestRequest{
		ModuleFD: in.addBytes(t, c.module), CodeFD: in.addBytes(t, c.code), SQL: given.sql, Outputs: []string{"out"},
		MaxPages: guestPages, MaxItems: 10, MaxLog: 1 << 16, MaxItemBytes: 64 << 20, Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
	if given.pages > 0 {
		req.MaxPages = given.pages
	}
	for _, name := range sorted(given.views) {
		req.Views = append(req.Views, in.addView(t, name, given.views[name]))
	}
	for _, name := range sorted(given.finished) {
		req.Tables = append(req.Tables, abi.GuestTable{Name: name, FD: in.addBytes(t, encoded(t, given.finished[name]))})
	}
	if given.attempt == nil {
		given.attempt = attempt(0, given.name)
	}
	req.Tables = append(req.Tables, abi.GuestTable{Name: "attempt", FD: in.addBytes(t, encoded(t, given.attempt))})
	return s.Guest(t.Context(), req, in.files, ample)
}

// compareItems compares byte for byte: a frame has one encoding.
func compareItems(t *testing.T, got []sandbox.Item, want []*yingbi.Table) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d", len(got), len(want))
	}
	for i, item := range got {
		b, err := abi.Encode(nil, item.Frame)
		if err != nil || item.Name != "out" || !bytes.Equal(b, encoded(t, want[i])) {
			t.Errorf("item %d, %q of %d rows, is not the one expected (%v)", i, item.Name, item.Frame.Rows, err)
		}
	}
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func codeOf(err error) abi.Code {
	if f, ok := err.(*sandbox.Failure); ok && f.Reason == sandbox.Refused {
		return f.Code
	}
	return ""
}

// BenchmarkStart measures a run that does next to nothing, from the start of its cell to its end.
func BenchmarkStart(b *testing.B) {
	s := cells(b)
	for _, l := range guest.Languages() {
		b.Run(l.Name, func(b *testing.B) {
			c := conformanceModule(b, s, l.Name)
			for b.Loop() {
				if _, err := attemptIn(b, s, conformance{name: "decimals", finished: map[string]*yingbi.Table{"decimals": factors()}}, c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(c.module)), "bytes")
		})
	}
}
