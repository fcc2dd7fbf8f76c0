//go:build linux && cgo

package domain

import (
	"reflect"
	"strings"
	"testing"

	"yingbi/catalog"
	"yingbi/job"
	"yingbi/view"
)

// cached opens the domain again with a cache of views of its own bounds.
func (f *fixture) cached(c job.Cache) {
	f.t.Helper()
	f.close()
	cfg := config(f.t, f.dir)
	cfg.Cache = c
	d, _, err := Open(f.t.Context(), cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Domain = d
}

// viewsOf lists what the cache holds of a data set.
func (f *fixture) viewsOf(dataset string) []view.Cached {
	f.t.Helper()
	c, err := f.as("li").compartment(f.t.Context(), catalog.Compartment(dataset), "test")
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	all, err := view.CachedIn(c)
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// TestEngineFiles holds that a view which is used again gets an engine file, and
// that the figures from it are those from Parquet.
func TestEngineFiles(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.cached(job.Cache{EngineRows: 1})
	first := f.review(f.held("by_district", nil))
	if v := f.viewsOf("claims"); len(v) != 1 || v[0].Engines != 0 || v[0].Bytes == 0 {
		t.Fatalf("after one run: %+v", v)
	}
	f.held("by_district", nil)
	v := f.viewsOf("claims")
	if len(v) != 1 || v[0].Engines == 0 || v[0].Engines >= v[0].Bytes {
		t.Fatalf("after two runs: %+v", v)
	}
	third := f.review(f.held("by_district", nil))
	if !reflect.DeepEqual(first.Tables, third.Tables) || !reflect.DeepEqual(first.Report.Tables, third.Report.Tables) {
		t.Error("the figures from the engine file are not those from Parquet")
	}
	if again := f.viewsOf("claims"); !reflect.DeepEqual(again, v) {
		t.Errorf("after three runs: %+v, want %+v", again, v)
	}
}

// TestViewsAreEvicted holds that the cache stays within its budget, that the view in
// use stays whatever it takes, and that an evicted view comes back by itself.
func TestViewsAreEvicted(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.cached(job.Cache{Budget: 1})
	f.held("by_district", nil)
	old := f.viewsOf("claims")
	if len(old) != 1 {
		t.Fatalf("%d views, want the one in use", len(old))
	}
	other := strings.Replace(string(document("scenario.yaml")), "id: chronic", "id: other", 1)
	if _, err := f.as("chen").ApproveScenario(t.Context(), "scenario.yaml", []byte(other)); err != nil {
		t.Fatal(err)
	}
	f.runText([]byte(strings.Replace(string(document("jobs/by_district.yaml")), "scenario: chronic", "scenario: other", 1)), nil)
	if now := f.viewsOf("claims"); len(now) != 1 || now[0].View == old[0].View {
		t.Errorf("%+v after %+v", now, old)
	}
	if uses, err := f.store.ViewUses(t.Context(), "claims"); err != nil || len(uses) != 1 {
		t.Errorf("uses of evicted views are kept: %v, %v", uses, err)
	}
	f.held("by_district", nil)
	if now := f.viewsOf("claims"); len(now) != 1 || now[0].View != old[0].View {
		t.Errorf("the evicted view did not come back: %+v", now)
	}
}
