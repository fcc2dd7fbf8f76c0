package audit

import (
	"context"
	"os"
	"testing"

	"yingbi/internal/fault"
	"yingbi/internal/testkit"
)

// appendHere appends as the sequencer does, on the caller's thread.
func (l *Log) appendHere(r Record) (uint64, error) {
	e, err := l.prepare(r)
	if err != nil {
		return 0, err
	}
	l.commit([]*entry{e})
	return e.index, e.err
}

// worker keeps a log on a disk that fails, and remembers what was acknowledged.
type worker struct {
	t     *testing.T
	s     *signer
	dir   string
	kept  []Record // by index
	notes [][]byte // checkpoints
	seen  []error
}

// work opens the log twice and appends in between, on and on after an error.
func (w *worker) work() {
	for range 2 {
		l, _, err := Open(w.dir, w.s.config())
		if err != nil {
			w.seen = append(w.seen, err)
			return
		}
		for i := range 3 {
			w.append(l, i)
		}
		if note, err := l.Checkpoint(context.Background()); err == nil {
			w.notes = append(w.notes, note)
		} else {
			w.seen = append(w.seen, err)
		}
		w.append(l, 3)
		if err := l.Close(context.Background()); err != nil {
			w.seen = append(w.seen, err)
		}
	}
}

func (w *worker) append(l *Log, i int) {
	broken := l.Err()
	r := event(i)
	index, err := l.appendHere(r)
	switch {
	case err != nil:
		w.seen = append(w.seen, err)
	case broken != nil:
		w.t.Errorf("acknowledged a record after %v", broken)
	case index < uint64(len(w.kept)):
		w.t.Errorf("acknowledged record %d twice", index)
	default:
		for uint64(len(w.kept)) < index { // one that was written and not acknowledged
			w.kept = append(w.kept, Record{})
		}
		w.kept = append(w.kept, r)
	}
}

// TestDiskFailsAtEachCall strikes every call by which a log is made, written,
// signed and opened again: nothing is acknowledged after a failure, and whatever
// was acknowledged before is there when the disk is well again.
func TestDiskFailsAtEachCall(t *testing.T) {
	testkit.Sweep(t, func(t *testing.T, folder string, b *testkit.Blow, do func(func())) {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		w := &worker{t: t, s: newSigner(t), dir: folder + "/audit"}
		do(w.work)
		for _, err := range w.seen {
			if b.Kind == "full" && fault.KindOf(err) != fault.Limit {
				t.Errorf("a full disk is told as %v", err)
			}
		}
		w.check(t, b.Left+"/audit")
	})
}

func (w *worker) check(t *testing.T, dir string) {
	t.Helper()
	l, _, err := Open(dir, w.s.config())
	if err != nil {
		t.Fatal(err)
	}
	if l.Size() < uint64(len(w.kept)) {
		t.Fatalf("%d records; %d were acknowledged", l.Size(), len(w.kept))
	}
	for i, r := range l.Read(0, uint64(len(w.kept))) {
		if want := w.kept[i].Target; want != "" && r.Target != want {
			t.Errorf("record %d is %s, acknowledged as %s", i, r.Target, want)
		}
	}
	appendN(t, l, 1)
	closeLog(t, l)
	for _, note := range append(w.notes, nil) {
		if _, err := Verify(dir, w.s.public, note); err != nil {
			t.Errorf("a checkpoint that was given out: %v", err)
		}
	}
}
