package view

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func TestGroupRefuses(t *testing.T) {
	v := viewOfVisits(t, visits(1, 1, 9, 0), 20)
	for name, c := range map[string]struct {
		kind    string
		columns []string
		salt    []byte
		want    fault.Kind
	}{
		"a kind that the view lacks": {"vehicle", []string{"cost"}, secretA, fault.Invalid},
		"no kind":                    {"", []string{"cost"}, secretA, fault.Invalid},
		"no column":                  {"person", nil, secretA, fault.Invalid},
		"a column twice":             {"person", []string{"cost", "born", "cost"}, secretA, fault.Invalid},
		"an unknown column":          {"person", []string{"cost", "nothing"}, secretA, fault.Denied},
		"a column that is dropped":   {"person", []string{"phone"}, secretA, fault.Denied},
		"the ordinals":               {"person", []string{"cost", "__subject_person"}, secretA, fault.Denied},
		"other ordinals":             {"person", []string{"__subject_enterprise"}, secretA, fault.Denied},
		"a short salt":               {"person", []string{"cost"}, secretA[:15], fault.Internal},
	} {
		var out bytes.Buffer
		ordinals, err := Group(t.Context(), c.kind, []BySubject{{v, c.columns, &out}}, c.salt, &out)
		if err == nil || fault.KindOf(err) != c.want || ordinals != nil || out.Len() > 0 {
			t.Errorf("%s: %v, %d subjects, %d bytes", name, err, len(ordinals), out.Len())
		}
	}
	if _, err := Group(t.Context(), "person", nil, secretA, io.Discard); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no input: %v", err)
	}
}

// A writer that fails or a context that ends stops a grouping with that error.
func TestGroupStops(t *testing.T) {
	a, b := viewOfVisits(t, visits(1, 1, 500, 0), 3000), viewOfVisits(t, visits(2, 1, 500, 0), 3000)
	full := errors.New("full")
	l := limits{workers: 2, memory: 0, bucket: 100, most: 1 << 30}
	ctx, cancel := context.WithCancel(t.Context())
	fails := writer(func([]byte) (int, error) { return 0, full })
	stops := writer(func(b []byte) (int, error) { cancel(); return len(b), nil })
	for name, c := range map[string]struct {
		first, second, counts io.Writer
		want                  error
	}{
		"the first file":  {fails, io.Discard, io.Discard, full},
		"the second file": {io.Discard, fails, io.Discard, full},
		"the counts":      {io.Discard, io.Discard, fails, full},
		"cancelled":       {io.Discard, io.Discard, stops, context.Canceled},
	} {
		within := t.Context()
		if name == "cancelled" {
			within = ctx
		}
		inputs := []BySubject{{a, []string{"cost"}, c.first}, {b, []string{"cost"}, c.second}}
		ordinals, err := groupWith(within, "person", inputs, secretA, c.counts, l)
		if !errors.Is(err, c.want) || ordinals != nil {
			t.Errorf("%s: %v, %d subjects", name, err, len(ordinals))
		}
	}
	if _, err := Group(ctx, "person", []BySubject{{a, []string{"cost"}, io.Discard}}, secretA, io.Discard); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("with a cancelled context: %v", err)
	}
}

// What is stored in place of a view's part is not what the view was made of.
func TestGroupOfOtherRows(t *testing.T) {
	h := newHome(t, 1)
	h.store(t, visits(1, 1, 50, 0), 400)
	v := build(t, h.request(t), limits{workers: 1, memory: 1 << 20, bucket: 1000})
	for name, c := range map[string]struct {
		row  func(int) []string
		rows int
		want string
	}{
		"a row less": {visits(1, 1, 50, 0), 399, "has 399 rows and was made of 400"},
		"nobody's":   {func(i int) []string { r := rawRow(i); r[9] = "0"; return r }, 400, "without its subject"},
	} {
		batch := h.compartment.Begin()
		w, err := batch.Replace(t.Context(), v.object(0))
		if err == nil {
			err = writeRaw(w, 0, c.rows, c.row)
		}
		if err == nil {
			err = batch.Commit(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = Group(t.Context(), "person", []BySubject{{v, []string{"cost"}, io.Discard}}, secretA, io.Discard)
		if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.remove(t, v)
	if _, err := Group(t.Context(), "person", []BySubject{{v, []string{"cost"}, io.Discard}}, secretA, io.Discard); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a view that was evicted: %v", err)
	}
}
