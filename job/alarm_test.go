package job

import (
	"context"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// signer signs whatever tree it is shown.
type signer struct{ note.Signer }

func (s signer) SignCheckpoint(_ context.Context, r audit.CheckpointRequest) ([]byte, error) {
	return note.Sign(&note.Note{Text: r.Text("job.test")}, s.Signer)
}

func newLog(t *testing.T) *audit.Log {
	t.Helper()
	key, err := crypto.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	s, err := crypto.NoteSigner("job.test", key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := crypto.NoteVerifier("job.test", key.Public())
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := audit.Open(t.TempDir(), audit.Config{Signer: signer{s}, Verifier: v})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return log
}

// TestDisagreementIsAnAlarm refuses records that are others in another order of
// subjects, and leaves an alarm in the log; equal records leave none.
func TestDisagreementIsAnAlarm(t *testing.T) {
	log := newLog(t)
	r := run{service: &Service{Log: log}, ctx: t.Context(), job: &Job{ID: "j", Org: "云健数据"}, manifest: &manifest.Manifest{}}
	runOf := func(f *abi.Frame, seed *mapped) *mapped {
		m := &mapped{plan: course, ordinals: []uint32{1, 2}}
		if seed != nil {
			m.seed = seed.seed
		}
		if err := m.take(f); err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := runOf(answered([]int64{0, 1}, []int64{10, 20}, 0, 0), nil)
	if err := r.agree(first, runOf(answered([]int64{0, 1}, []int64{10, 20}, 0, 0), first)); err != nil || log.Size() != 0 {
		t.Fatalf("%v, %d records", err, log.Size())
	}
	err := r.agree(first, runOf(answered([]int64{0, 1}, []int64{10, 21}, 0, 0), first))
	if fault.KindOf(err) != fault.Denied || log.Size() != 1 {
		t.Fatalf("%v, %d records", err, log.Size())
	}
	for _, record := range log.Read(0, 1) {
		if record.Action != "job.alarm" || record.Target != "job/j" || record.Details["mapping"] != course.Name {
			t.Errorf("%+v", record)
		}
	}
	if err := log.Err(); err != nil {
		t.Fatal(err)
	}
	if limits := r.limits(); limits.Owner != "云健数据" || r.mapLimits(first).Owner != limits.Owner {
		t.Errorf("a job's cells are owned by %q", limits.Owner)
	}
}
