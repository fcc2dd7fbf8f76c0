//go:build linux && cgo

package domain

import (
	"bytes"
	"slices"
	"testing"

	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/release"
)

// replaced gives a document of the example city with some words changed, each of
// which must be there.
func replaced(t *testing.T, path string, oldnew ...string) []byte {
	t.Helper()
	b := document(path)
	for pair := range slices.Chunk(oldnew, 2) {
		if !bytes.Contains(b, []byte(pair[0])) {
			t.Fatalf("%s has no %q", path, pair[0])
		}
		b = bytes.ReplaceAll(b, []byte(pair[0]), []byte(pair[1]))
	}
	return b
}

// registerBills brings the city's claims in once more, as data of level 2 in a
// scenario of their own.
func registerBills(t *testing.T, f *fixture) {
	t.Helper()
	ctx, li := t.Context(), f.as("li")
	if _, err := li.RegisterDataset(ctx, "bills.yaml", replaced(t, "datasets/claims.yaml", "id: claims", "id: bills", "level: 3", "level: 2")); err != nil {
		t.Fatal(err)
	}
	if _, err := importFile(ctx, li, "bills", dataFile("claims")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("shen").SetPolicy(ctx, "policy.yaml", replaced(t, "policies/claims.yaml", "id: claims-", "id: bills-", "dataset: claims", "dataset: bills")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.as("chen").ApproveScenario(ctx, "scenario.yaml", replaced(t, "scenario.yaml", "id: chronic", "id: shared",
		"dataset: claims", "dataset: bills", "policy: claims-", "policy: bills-")); err != nil {
		t.Fatal(err)
	}
}

// TestSharedInstances runs mappings whose subjects share instances, over data of level
// 2: an honest one is held, and one that carries something from a subject to the next
// fails with an alarm in the log. Over data of level 3 neither is let in.
func TestSharedInstances(t *testing.T) {
	t.Parallel()
	f := open(t)
	registerBills(t, f)
	manifest := replaced(t, "jobs/risk.yaml", "scenario: chronic", "scenario: shared", "dataset: claims", "dataset: bills",
		"unit: person\n", "unit: person\n    shared: true\n")
	risk := guest(t, "risk")

	id := f.runText(manifest, risk)
	r := f.review(id)
	if r.Failure != nil || r.Job.State != job.Held || r.Job.Class != string(release.Mapped) || len(r.Report.Mappings) != 1 {
		t.Fatalf("the honest mapping is %s of class %s: %+v", r.Job.State, r.Job.Class, r.Failure)
	}
	alone := f.review(f.held("risk", risk))
	if !slices.EqualFunc(r.Tables, alone.Tables, func(a, b release.Table) bool { return slices.EqualFunc(a.Rows, b.Rows, slices.Equal) }) {
		t.Error("a shared instance and fresh ones give other tables")
	}

	from := f.log.Size()
	id = f.runText(manifest, guest(t, "hostile-carry"))
	if r := f.review(id); r.Failure == nil || len(r.Tables) > 0 {
		t.Errorf("a mapping that carries is %s: %+v", r.Job.State, r.Failure)
	}
	alarmed := slices.ContainsFunc(f.records(from), func(r audit.Record) bool {
		return r.Action == "job.alarm" && r.Target == "job/"+id && r.Details["mapping"] == "risk"
	})
	if !alarmed {
		t.Error("the log has no alarm")
	}
	// In instances of their own the same module carries nothing.
	rows, found := int64(0), int64(0)
	for _, c := range f.review(f.held("risk", guest(t, "hostile-carry"))).Report.Tables[0].Cells {
		rows += c.Rows
		found += c.Evidence[0].Parts[1].Nonzero // of the score: how many bills somebody before had
	}
	if rows < cityPeople/2 || found > 0 {
		t.Errorf("in instances of their own %d of %d records tell of somebody else", found, rows)
	}

	wang := f.as("wang")
	_, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Module: risk,
		Manifest: replaced(t, "jobs/risk.yaml", "unit: person\n", "unit: person\n    shared: true\n")})
	wantKind(t, err, fault.Denied, "level 3")
}
