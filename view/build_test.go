package view

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// build opens a view under the limits.
func build(t testing.TB, req Request, l limits) *View {
	t.Helper()
	v, err := openWith(t.Context(), req, l)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// plainParts gives the bytes of a view's parts, and removes it.
func (h *home) plainParts(t testing.TB, v *View) (parts [][]byte) {
	t.Helper()
	for i := range v.shape.parts() {
		b, err := h.compartment.Read(t.Context(), v.object(i), 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, b)
	}
	h.remove(t, v)
	return parts
}

// The bytes of a view depend on nothing that differs between two hosts.
func TestWorkersAndMemoryChangeNothing(t *testing.T) {
	h := newHome(t, 4000, 1, 2500, 700, 0, 99)
	var want [][]byte
	for _, l := range []limits{
		{workers: 1, memory: 1 << 30, bucket: 400},
		{workers: 3, memory: 1 << 30, bucket: 400},
		{workers: 1, memory: 0, bucket: 400},
		{workers: 4, memory: 0, bucket: 400},
		{workers: 2, memory: 200_000, bucket: 400},
	} {
		v := build(t, h.request(t), l)
		got := h.plainParts(t, v)
		if want == nil {
			want = got
		}
		if len(got) < 3 || !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%+v: %d parts, or other bytes", l, len(got))
		}
	}
}

// Every row is there once: the cost of a row is its number, and the policy leaves
// weight as it is.
func TestEveryRowOnce(t *testing.T) {
	h := newHome(t, 5000, 5000)
	row := func(i int) []string { r := rawRow(i); r[6] = fmt.Sprint(i); return r }
	h.store(t, row, 5000, 3000, 2000)
	v := build(t, h.request(t), limits{workers: 2, memory: 100_000, bucket: 700})
	_, rows := read(t, parquet(t, v))
	seen := make([]bool, 10_000)
	rising := 0
	last := -1
	for _, r := range rows {
		var number int
		if _, err := fmt.Sscan(r[6], &number); err != nil || seen[number] {
			t.Fatalf("row %q: %v, or twice", r[6], err)
		}
		seen[number] = true
		if number > last {
			rising++
		}
		last = number
	}
	if len(rows) != len(seen) {
		t.Errorf("%d rows", len(rows))
	}
	if rising < 4700 || rising > 5300 { // half of them, and five standard deviations
		t.Errorf("%d of %d rows stand behind one with a lower number", rising, len(rows))
	}
}

func TestProgress(t *testing.T) {
	h := newHome(t, 900, 1100)
	req := h.request(t)
	var told []int64
	req.Progress = func(done int64) { told = append(told, done) }
	build(t, req, limits{workers: 1, memory: 0, bucket: 300})
	if !slices.IsSorted(told) || len(told) < 4 || told[len(told)-1] != 4000 {
		t.Errorf("progress %v, want it to end at 4000", told)
	}
	told = nil
	if v := build(t, req, limits{workers: 1, bucket: 300}); !v.Reused() || told != nil {
		t.Errorf("reused %v, progress %v", v.Reused(), told)
	}
}

// leftovers gives what a build that failed has left: objects, or files that no
// manifest names.
func (h *home) leftovers(t testing.TB) (left []string) {
	t.Helper()
	for _, name := range h.compartment.Names() {
		if strings.HasPrefix(name, "view-") {
			left = append(left, name)
		}
	}
	orphans, err := h.vault.Collect(t.Context())
	if err != nil {
		t.Error(err)
	}
	return append(left, orphans...)
}

func TestCancellingLeavesNothing(t *testing.T) {
	h := newHome(t, 1000, 1000)
	for _, memory := range []int64{0, 1 << 30} {
		for _, at := range []int64{1, 2000, 3000} { // while masking, between, while arranging
			ctx, cancel := context.WithCancel(t.Context())
			req := h.request(t)
			req.Progress = func(done int64) {
				if done >= at {
					cancel()
				}
			}
			_, err := openWith(ctx, req, limits{workers: 2, memory: memory, bucket: 200})
			if fault.KindOf(err) != fault.Interrupted {
				t.Errorf("cancelled at %d: %v", at, err)
			}
			if left := h.leftovers(t); left != nil {
				t.Errorf("cancelled at %d: left %v", at, left)
			}
			cancel()
		}
	}
	if v := build(t, h.request(t), limits{workers: 2, bucket: 200}); v.Reused() {
		t.Error("a cancelled view is reused")
	}
}

// A damaged part ends the work on all others, with its own error.
func TestDamageInOnePart(t *testing.T) {
	h := newHome(t, 1)
	h.store(t, func(i int) []string {
		r := rawRow(i)
		if i == 2500 {
			r[9] = "0" // no person
		}
		return r
	}, 1000, 1000, 1000, 1000)
	_, err := openWith(t.Context(), h.request(t), limits{workers: 3, memory: 0, bucket: 300})
	if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "without its subject") {
		t.Error(err)
	}
	if left := h.leftovers(t); left != nil {
		t.Errorf("left %v", left)
	}
}

func TestMostRows(t *testing.T) {
	h := newHome(t, 10)
	req := h.request(t)
	req.Version.Parts = slices.Clone(req.Version.Parts)
	req.Version.Parts[0].Rows = maxRows + 1
	if _, err := Open(t.Context(), req); fault.KindOf(err) != fault.Limit {
		t.Error(err)
	}
}

// Masking gives the first people of this file as words and later ones as packed
// pseudonyms; in the view all are texts.
func TestFewPeopleThenMany(t *testing.T) {
	h := newHome(t, 1)
	id := func(i int) string {
		if i < 400 {
			i %= 7
		}
		return fmt.Sprintf("%s%010d", canary, i)
	}
	h.store(t, func(i int) []string { r := rawRow(i); r[0], r[6] = id(i), fmt.Sprint(i); return r }, 400, 6000)
	v := build(t, h.request(t), limits{workers: 1, memory: 100_000, bucket: 900})
	_, rows := read(t, parquet(t, v))
	pseudonyms, ids := map[string]string{}, map[string]string{}
	for _, r := range rows {
		var number int
		if _, err := fmt.Sscan(r[6], &number); err != nil {
			t.Fatal(err)
		}
		person := id(number)
		if known := pseudonyms[person]; known != "" && known != r[0] || len(r[0]) != 20 {
			t.Fatalf("one person is %q and %q", known, r[0])
		}
		if known := ids[r[0]]; known != "" && known != person {
			t.Fatalf("two people are %q", r[0])
		}
		pseudonyms[person], ids[r[0]] = r[0], person
	}
	if len(pseudonyms) != 6007 {
		t.Errorf("%d people", len(pseudonyms))
	}
}
