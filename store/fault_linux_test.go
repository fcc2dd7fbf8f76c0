package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"yingbi/audit"
	"yingbi/internal/fault"
	"yingbi/internal/testkit"
	"yingbi/job"
)

// TestDiskFailsAtEachCall strikes every call of three changes, and then looks at
// the database as a process that died leaves it: what was acknowledged is there,
// what was refused is not, and where the store says that it does not know it makes
// no change any more.
func TestDiskFailsAtEachCall(t *testing.T) {
	ctx := context.Background()
	testkit.Sweep(t, func(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		s := open(t, folder)
		zhang, li := person(t, "zhang"), person(t, "li")
		j := addJob(t, s, "j1", job.Approved)
		var told [3]error
		do(func() {
			told[0] = s.AddPerson(ctx, zhang, "root", noon)
			told[1] = s.MoveJob(ctx, j, job.Transition{From: job.Approved, To: job.Released, Actor: "li", At: noon})
			told[2] = s.AddPerson(ctx, li, "root", noon)
		})
		dead := filepath.Join(t.TempDir(), "dead")
		if err := os.CopyFS(dead, os.DirFS(b.Left)); err != nil {
			t.Fatal(err)
		}
		after := open(t, dead)
		if err := after.Check(ctx); err != nil {
			t.Error(err)
		}
		unsure := false
		for i, there := range []bool{hasPerson(t, after, "zhang"), isReleased(t, after), hasPerson(t, after, "li")} {
			err := told[i]
			var open *audit.UndecidedError
			switch {
			case err == nil && unsure:
				t.Errorf("change %d was made after one of unknown outcome", i)
			case err == nil && !there:
				t.Errorf("change %d was acknowledged and is lost", i)
			case errors.As(err, &open):
				unsure = true
			case err != nil && there:
				t.Errorf("change %d is there, and told was %v", i, err)
			}
			if err != nil && b.Kind == "full" && fault.KindOf(err) != fault.Limit {
				t.Errorf("a full disk is told as %v", err)
			}
		}
	})
}

func hasPerson(t *testing.T, s *Store, id string) bool {
	t.Helper()
	_, err := s.Person(t.Context(), id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	return err == nil
}

func isReleased(t *testing.T, s *Store) bool {
	t.Helper()
	j, err := s.Job(t.Context(), "j1")
	if err != nil {
		t.Error(err)
	}
	return j.State == job.Released
}

// TestSnapshot looks at a database that has an unclean end, and at damaged ones.
func TestSnapshot(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path := filepath.Join(dir, "meta.db")
	s := open(t, dir)
	addJob(t, s, "j1", job.Held) // in the write-ahead log alone
	dead := filepath.Join(t.TempDir(), "dead")
	if err := os.CopyFS(dead, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	copied, remove, err := Snapshot(ctx, filepath.Join(dead, "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	if j, err := copied.Job(ctx, "j1"); err != nil || j.State != job.Held {
		t.Errorf("%+v, %v", j, err)
	}
	if err := errors.Join(copied.Check(ctx), remove()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"meta.db", "meta.db-wal"} {
		before, err := os.ReadFile(filepath.Join(dir, name))
		after, err2 := os.ReadFile(filepath.Join(dead, name))
		if err != nil || err2 != nil || string(before) != string(after) {
			t.Errorf("looking has changed %s, %v, %v", name, err, err2)
		}
	}
	if _, _, err := Snapshot(ctx, filepath.Join(dir, "absent.db")); fault.KindOf(err) != fault.Integrity {
		t.Errorf("a database that is gone: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := 0; at < len(whole); at += 4096 {
		damaged := append([]byte(nil), whole...)
		clear(damaged[at:min(at+4096, len(damaged))])
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		copied, remove, err := Snapshot(ctx, path)
		if err == nil {
			err = copied.Check(ctx)
			remove()
		}
		if fault.KindOf(err) == fault.Integrity {
			found++
		} else if err != nil {
			t.Errorf("a page of zeros at %d is told as %v", at, err)
		}
	}
	if found < len(whole)/4096/2 {
		t.Errorf("of %d pages of zeros %d were found", len(whole)/4096, found)
	}
}
