package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/job"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 123000, time.UTC)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(dir, "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func person(t *testing.T, id string) access.Person {
	t.Helper()
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return access.Person{ID: id, Org: "玉溪市医保局", Roles: []access.Role{access.Provider, access.Reviewer}, Key: key.Public()}
}

func TestPeople(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	zhang := person(t, "zhang")
	if err := s.AddPerson(ctx, zhang, "root", noon); err != nil {
		t.Fatal(err)
	}
	got, err := s.Person(ctx, "zhang")
	if err != nil || got.Org != zhang.Org || !got.Key.Equal(zhang.Key) || len(got.Roles) != 2 || got.Frozen {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.AddPerson(ctx, person(t, "zhang"), "root", noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same id twice: %v", err)
	}
	twin := zhang
	twin.ID = "twin"
	if err := s.AddPerson(ctx, twin, "root", noon); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same key twice: %v", err)
	}
	if _, err := s.Person(ctx, "nobody"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown person: %v", err)
	}
	if err := s.AddPerson(ctx, access.Person{ID: "x", Org: "o", Roles: []access.Role{access.Operator, access.Reviewer}}, "root", noon); fault.KindOf(err) != fault.Denied {
		t.Errorf("contradicting roles: %v", err)
	}
	if got.Confirmed {
		t.Error("a new person is confirmed")
	}
	for i, want := range []bool{true, false} { // once, and not again
		if err := s.ConfirmPerson(ctx, "zhang"); (err == nil) != want {
			t.Errorf("confirmation %d: %v", i+1, err)
		}
	}
	if got, err = s.Person(ctx, "zhang"); err != nil || !got.Confirmed {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.ConfirmPerson(ctx, "nobody"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an unknown person was confirmed: %v", err)
	}
	if all, err := s.People(ctx); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestDocumentsKeepTheirVersions(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	for i, body := range []string{"one", "two"} {
		v, err := s.PutDocument(ctx, Document{Kind: "policy", ID: "p", Body: []byte(body), Created: noon, By: "li"})
		if err != nil || v != i+1 {
			t.Fatalf("version %d, %v", v, err)
		}
	}
	if _, err := s.PutDocument(ctx, Document{Kind: "scenario", ID: "p", Body: []byte("other"), Created: noon, By: "li"}); err != nil {
		t.Fatal(err)
	}
	d, err := s.Document(ctx, "policy", "p")
	if err != nil || string(d.Body) != "two" || d.Version != 2 || !d.Created.Equal(noon) {
		t.Errorf("%+v, %v", d, err)
	}
	if all, err := s.Documents(ctx, "policy"); err != nil || len(all) != 1 || all[0].Version != 2 {
		t.Errorf("%v, %v", all, err)
	}
	if d, err := s.DocumentVersion(ctx, "policy", "p", 1); err != nil || string(d.Body) != "one" {
		t.Errorf("version 1: %+v, %v", d, err)
	}
	if _, err := s.DocumentVersion(ctx, "policy", "p", 3); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a version that does not exist: %v", err)
	}
	if _, err := s.Document(ctx, "policy", "q"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown document: %v", err)
	}
}

func addJob(t *testing.T, s *Store, id string, state job.State) job.Job {
	t.Helper()
	j := job.Job{ID: id, Scenario: "chronic", ScenarioVersion: 2, Submitter: "wang", Org: "云健数据", State: state, Module: true, Created: noon, Updated: noon}
	if err := s.AddJob(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestMoveJobFollowsTheTable(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	j := addJob(t, s, "j1", job.Queued)
	j.Class = "verified"
	step := job.Transition{From: job.Queued, To: job.Running, Actor: "wang", Audit: 7, At: noon.Add(time.Minute)}
	if err := s.MoveJob(ctx, j, step); err != nil {
		t.Fatal(err)
	}
	if err := s.MoveJob(ctx, j, step); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same step twice: %v", err)
	}
	leap := job.Transition{From: job.Running, To: job.Released, Actor: "wang", At: noon}
	if err := s.MoveJob(ctx, j, leap); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a step that the table does not know: %v", err)
	}
	got, err := s.Job(ctx, "j1")
	if err != nil || got.State != job.Running || got.Class != "verified" || got.ScenarioVersion != 2 || !got.Module || !got.Updated.Equal(step.At) || !got.Created.Equal(noon) {
		t.Errorf("%+v, %v", got, err)
	}
	steps, err := s.Transitions(ctx, "j1")
	if err != nil || len(steps) != 1 || steps[0].Audit != 7 || !steps[0].At.Equal(step.At) {
		t.Errorf("%+v, %v", steps, err)
	}
	if _, err := s.Job(ctx, "j2"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown job: %v", err)
	}
}

// TestOneOfTwoWritersWins releases the same job from many goroutines at once.
func TestOneOfTwoWritersWins(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	j := addJob(t, s, "j1", job.Approved)
	results := make([]error, 8)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			results[i] = s.MoveJob(ctx, j, job.Transition{From: job.Approved, To: job.Released, Actor: "li", At: noon})
		})
	}
	wait.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d writers released the job", won)
	}
}

// TestCrashCloneIsConsistent copies the files of an open database, as a power
// cut would leave them, and opens the copy.
func TestCrashCloneIsConsistent(t *testing.T) {
	ctx, dir, clone := context.Background(), t.TempDir(), t.TempDir()
	s := open(t, dir)
	j := addJob(t, s, "j1", job.Held)
	if err := s.MoveJob(ctx, j, job.Transition{From: job.Held, To: job.Approved, Actor: "li", At: noon}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"meta.db", "meta.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(clone, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := open(t, clone).Job(ctx, "j1")
	if err != nil || got.State != job.Approved {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	addJob(t, open(t, dir), "j1", job.Held)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 2 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestOpenIsRepeatableAndRefusesANewerSchema(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	for range 2 {
		s, err := Open(ctx, filepath.Join(dir, "meta.db"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	if _, err := s.db.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(ctx, filepath.Join(dir, "meta.db"))
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Conflict {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestVersions(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	for n := 1; n <= 2; n++ {
		v := catalog.Version{Dataset: "claims", Number: n, Rows: int64(100 * n), Quarantined: 3, Digest: "d", Created: noon}
		if err := s.AddVersion(ctx, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddVersion(ctx, catalog.Version{Dataset: "claims", Number: 2}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same number twice: %v", err)
	}
	v, err := s.LatestVersion(ctx, "claims")
	if err != nil || v.Number != 2 || v.Rows != 200 || !v.Created.Equal(noon) {
		t.Errorf("%+v, %v", v, err)
	}
	if all, err := s.Versions(ctx, "claims"); err != nil || len(all) != 2 || all[0].Number != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := s.LatestVersion(ctx, "none"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a data set without versions: %v", err)
	}
}

func TestViewUses(t *testing.T) {
	ctx, s := context.Background(), open(t, t.TempDir())
	for i, v := range []string{"a", "b", "a"} {
		if err := s.UseView(ctx, "claims", v, noon.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.UseView(ctx, "people", "a", noon); err != nil {
		t.Fatal(err)
	}
	uses, err := s.ViewUses(ctx, "claims")
	if err != nil || len(uses) != 2 || !uses["a"].Equal(noon.Add(2*time.Hour)) || !uses["b"].Equal(noon.Add(time.Hour)) {
		t.Errorf("%v, %v", uses, err)
	}
	if err := s.ForgetViews(ctx, "claims", []string{"a", "never"}); err != nil {
		t.Fatal(err)
	}
	if uses, err := s.ViewUses(ctx, "claims"); err != nil || len(uses) != 1 {
		t.Errorf("%v, %v", uses, err)
	}
	if uses, err := s.ViewUses(ctx, "people"); err != nil || len(uses) != 1 {
		t.Errorf("another data set's: %v, %v", uses, err)
	}
}
