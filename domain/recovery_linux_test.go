//go:build linux && cgo

package domain

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/ingest"
	"yingbi/internal/fault"
	"yingbi/job"
)

// TestUnregisteredVersion is a crash between the vault's commit of an import and
// its registration: nobody was told of the version, so it is given up, and the
// next import takes its number.
func TestUnregisteredVersion(t *testing.T) {
	t.Parallel()
	f := open(t)
	lost := f.importUnregistered("enterprises", 2)
	f.close()
	f.reopen()
	if versions, err := f.store.Versions(t.Context(), "enterprises"); err != nil || len(versions) != 1 {
		t.Fatalf("%d versions, %v", len(versions), err)
	}
	v, err := importFile(t.Context(), f.as("li"), "enterprises", dataFile("enterprises"))
	if err != nil || v.Number != 2 || v.Digest == lost.Digest {
		t.Fatalf("%+v, %v", v, err)
	}
	c, err := f.as("li").compartment(t.Context(), catalog.Compartment("enterprises"), "test")
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := ingest.Stored(t.Context(), c, "enterprises", 2); err != nil || !reflect.DeepEqual(stored, v) {
		t.Errorf("the vault holds %+v, %v", stored, err)
	}
	if r := f.review(f.held("dominance", nil)); r.Used.Inputs[0].Version != 2 {
		t.Errorf("a job used version %d", r.Used.Inputs[0].Version)
	}
}

// importUnregistered imports as the domain does and stops before the database is
// told.
func (f *fixture) importUnregistered(id string, number int) catalog.Version {
	f.t.Helper()
	li := f.as("li")
	d, err := li.dataset(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	c, err := li.compartment(f.t.Context(), catalog.Compartment(id), "import")
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	registries, closeAll, err := li.registries(f.t.Context(), d)
	defer closeAll()
	if err != nil {
		f.t.Fatal(err)
	}
	file, err := os.Open(dataFile(id))
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	v, err := ingest.Import(f.t.Context(), ingest.Importer{Sandbox: f.sandbox, Clock: f.cfg.Clock},
		ingest.Request{Dataset: d, Number: number, Files: []*os.File{file}, Compartment: c, Registries: registries})
	if err != nil {
		f.t.Fatal(err)
	}
	return v
}

// intent records that something is about to be done, as a process does that will
// not live to record how it ended.
func (f *fixture) intent(actor string, action access.Action, target string) uint64 {
	f.t.Helper()
	index, err := f.log.Append(f.t.Context(), audit.Record{Actor: actor, Action: string(action), Phase: audit.Intent, Target: target})
	if err != nil {
		f.t.Fatal(err)
	}
	return index
}

// move takes a job one step without a record.
func (f *fixture) move(id string, to job.State) {
	f.t.Helper()
	j, err := f.store.Job(f.t.Context(), id)
	if err == nil {
		err = f.store.MoveJob(f.t.Context(), j, job.Transition{From: j.State, To: to, Actor: "test", At: f.cfg.Clock()})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// TestOutcomesAfterACrash leaves intents without an outcome: of acts that never
// happened, and of acts that happened and whose outcome was lost. The log must
// tell them apart.
func TestOutcomesAfterACrash(t *testing.T) {
	t.Parallel()
	f := open(t)
	want := map[uint64]string{}
	lost := func(result string, actor string, action access.Action, target string) {
		want[f.intent(actor, action, target)] = result
	}
	never, done := f.held("by_district", nil), f.held("by_district", nil)
	running, queued := f.submit("wang", "by_district", nil).ID, f.submit("wang", "by_district", nil).ID

	lost("abandoned", "zhao", access.DecideJob, "job/"+never)
	lost("ok", "zhao", access.DecideJob, "job/"+done)
	f.move(done, job.Approved)
	lost("ok", "zhao", access.CreateRelease, "job/"+done)
	f.move(done, job.Released)
	lost("abandoned", "wang", access.RunJob, "job/"+running)
	f.move(running, job.Running)
	lost("abandoned", "wang", access.RunJob, "job/"+queued)
	lost("abandoned", "wang", access.SubmitJob, "job/0192aaaa-0000-7000-8000-000000000000")
	lost("abandoned", "li", access.ImportDataset, "dataset/claims")
	lost("ok", "li", access.ImportDataset, "dataset/enterprises")
	if err := f.store.AddVersion(t.Context(), f.importUnregistered("enterprises", 2)); err != nil {
		t.Fatal(err)
	}
	lost("abandoned", "shen", access.SetPolicy, "policy/claims-statistics")
	lost("abandoned", "gao", access.ManagePeople, "person/nobody")
	lost("ok", "gao", access.ManagePeople, "person/new")
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	p := access.Person{ID: "new", Org: "玉溪市数据局", Roles: []access.Role{access.Provider}, Key: key.Public()}
	if err := f.store.AddPerson(t.Context(), p, "gao", f.cfg.Clock()); err != nil {
		t.Fatal(err)
	}
	lost("abandoned", "zhao", access.ReviewJob, "job/"+never)
	f.close()

	r := f.reopen()
	got := map[uint64]string{}
	for _, rec := range f.records(0) {
		if rec.Phase == audit.Outcome && want[*rec.Ref] != "" {
			got[*rec.Ref] = rec.Result
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
	if len(r.Finished) != 4 || len(r.Abandoned) != 8 || !slices.Equal(r.Jobs, []string{running}) {
		t.Errorf("%+v", r)
	}
	if f.state(running) != job.Failed || f.state(queued) != job.Queued || f.state(never) != job.Held {
		t.Errorf("jobs are %s, %s, %s", f.state(running), f.state(queued), f.state(never))
	}
	f.close()
	if r := f.reopen(); !r.Empty() {
		t.Errorf("the second time: %+v", r)
	}
	f.released(never)
}

// TestInterruptedJob is a job that a crash cut off: its reviewer is told so, and
// can close it.
func TestInterruptedJob(t *testing.T) {
	t.Parallel()
	for _, at := range []job.State{job.Running, job.Checking} {
		f := open(t)
		id := f.submit("wang", "by_district", nil).ID
		f.move(id, job.Running)
		if at == job.Checking {
			f.move(id, job.Checking)
		}
		f.close()
		if r := f.reopen(); !slices.Equal(r.Jobs, []string{id}) {
			t.Fatalf("%+v", r)
		}
		f.seen(id, job.InReview)
		if r := f.review(id); r.Failure == nil || r.Failure.Kind != fault.Interrupted.String() || len(r.Tables) != 0 {
			t.Fatalf("the reviewer is told %+v", r.Failure)
		}
		zhao := f.as("zhao")
		_, err := zhao.Approve(t.Context(), id)
		wantKind(t, err, fault.Conflict)
		if _, err := zhao.Reject(t.Context(), id, "failed_run"); err != nil {
			t.Fatal(err)
		}
		if r := f.review(id); r.Failure == nil {
			t.Error("after the rejection the reviewer no longer sees why it failed")
		}
		f.held("by_district", nil)
	}
}

// TestHalfSubmitted is a crash in the middle of a submission.
func TestHalfSubmitted(t *testing.T) {
	f := open(t)
	j := job.Job{ID: "0192aaaa-0000-7000-8000-000000000001", Scenario: "chronic", Submitter: "wang", Org: "云健数据",
		State: job.Submitted, Created: f.cfg.Clock(), Updated: f.cfg.Clock()}
	if err := f.store.AddJob(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	f.close()
	if r := f.reopen(); !slices.Equal(r.Jobs, []string{j.ID}) || f.state(j.ID) != job.Refused {
		t.Errorf("%+v, and the job is %s", r, f.state(j.ID))
	}
}

// TestTornTail cuts the log in the middle of a record behind its last
// checkpoint, as a crash in a write does.
func TestTornTail(t *testing.T) {
	f := open(t)
	f.close()
	path := filepath.Join(f.dir, "audit", "log")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(slices.Clone(whole), whole[len(whole)-40:len(whole)-9]...)
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := f.reopen(); r.TornBytes != 31 || len(r.Abandoned) != 0 {
		t.Errorf("%+v", r)
	}
	f.held("by_district", nil)
}

// TestOrphans leaves a file in the vault that no manifest names.
func TestOrphans(t *testing.T) {
	f := open(t)
	f.close()
	path := filepath.Join(f.dir, "vault", "dataset.claims", strings.Repeat("ab", 16)+".obj")
	if err := os.WriteFile(path, []byte("half an import"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := f.reopen(); len(r.Orphans) != 1 {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it is still there")
	}
}
