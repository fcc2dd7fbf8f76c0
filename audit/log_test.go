package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"yingbi/internal/fault"
)

func TestAppendAndReadBack(t *testing.T) {
	s, dir := newSigner(t), filepath.Join(t.TempDir(), "audit")
	l := open(t, dir, s)
	appendN(t, l, 3)
	i, err := l.Append(t.Context(), Record{Actor: "a", Action: "job.run", Phase: Intent, Target: "job/1"})
	if err != nil || i != 3 {
		t.Fatal(i, err)
	}
	if _, err := l.Append(t.Context(), Record{Actor: "a", Action: "job.run", Phase: Outcome, Target: "job/1", Ref: &i, Result: OK}); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for i, r := range l.Read(1, 99) {
		seen = append(seen, fmt.Sprint(i, r.Action, r.Phase, r.Time.Equal(noon)))
	}
	if got := strings.Join(seen, " "); got != "1test.eventeventtrue 2test.eventeventtrue 3job.runintenttrue 4job.runoutcometrue" {
		t.Fatal(got)
	}
	closeLog(t, l)
	if err := l.Close(t.Context()); err != nil {
		t.Fatalf("second Close: %v", err)
	}
	_, err = l.Append(t.Context(), event(1))
	wantKind(t, err, fault.Internal)
}

func TestReopenReplays(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 2)
	if _, err := l.Append(t.Context(), Record{Actor: "a", Action: "job.run", Phase: Intent, Target: "job/1"}); err != nil {
		t.Fatal(err)
	}
	closeLog(t, l)
	var seen []uint64
	cfg := s.config()
	cfg.Replay = func(i uint64, _ Record) error { seen = append(seen, i); return nil }
	l, found, err := Open(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, l)
	if fmt.Sprint(seen) != "[0 1 2]" || found.Records != 3 || found.Uncovered != 0 || fmt.Sprint(found.Pending) != "[2]" {
		t.Fatal(seen, found)
	}
	cfg.Replay = func(uint64, Record) error { return io.ErrUnexpectedEOF }
	if _, _, err := Open(dir, cfg); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("Replay's error was lost: %v", err)
	}
}

func TestOutcomeAnswersOneIntentOnce(t *testing.T) {
	l := open(t, t.TempDir(), newSigner(t))
	defer closeLog(t, l)
	appendN(t, l, 1)
	intent := Record{Actor: "a", Action: "job.run", Phase: Intent, Target: "job/1"}
	at, err := l.Append(t.Context(), intent)
	if err != nil {
		t.Fatal(err)
	}
	outcome := Record{Actor: "a", Action: "job.run", Phase: Outcome, Target: "job/1", Result: "denied"}
	for _, ref := range []uint64{0, at + 1, 99} {
		outcome.Ref = &ref
		_, err := l.Append(t.Context(), outcome)
		wantKind(t, err, fault.Conflict)
	}
	outcome.Ref = &at
	if _, err := l.Append(t.Context(), outcome); err != nil {
		t.Fatal(err)
	}
	_, err = l.Append(t.Context(), outcome)
	wantKind(t, err, fault.Conflict)
	if l.Size() != 3 {
		t.Fatalf("%d records", l.Size())
	}
}

func TestManyWritersShareSyncs(t *testing.T) {
	const writers, each = 64, 8
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	counted := &faulty{file: l.file}
	l.file = counted
	var seen sync.Map
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for range each {
				i, err := l.Append(t.Context(), event(w))
				if _, twice := seen.LoadOrStore(i, w); err != nil || twice {
					t.Errorf("index %d twice, or %v", i, err)
				}
			}
		})
	}
	group.Wait()
	for i, r := range l.Read(0, writers*each) {
		if w, _ := seen.Load(i); r.Target != fmt.Sprintf("thing/%d", w) {
			t.Fatalf("record %d is %s, its writer was %d", i, r.Target, w)
		}
	}
	if n := counted.syncs.Load(); n >= writers*each/2 {
		t.Errorf("%d syncs for %d records", n, writers*each)
	}
	closeLog(t, l)
	if report, err := Verify(dir, s.public, nil); err != nil || report.Covered != writers*each {
		t.Fatal(report, err)
	}
}

// faulty fails from its nth write or sync on, counted from 1; 0 never fails.
type faulty struct {
	file
	failWrite, failSync int64
	torn                bool // a failing write leaves half of its bytes
	writes, syncs       atomic.Int64
}

var errDisk = errors.New("no space left on device")

func (f *faulty) WriteAt(b []byte, at int64) (int, error) {
	if n := f.writes.Add(1); f.failWrite > 0 && n >= f.failWrite {
		if f.torn {
			f.file.WriteAt(b[:len(b)/2], at)
		}
		return 0, errDisk
	}
	return f.file.WriteAt(b, at)
}

func (f *faulty) Sync() error {
	if n := f.syncs.Add(1); f.failSync > 0 && n >= f.failSync {
		return errDisk
	}
	return f.file.Sync()
}

func TestFailsClosed(t *testing.T) {
	for _, test := range []struct {
		name string
		disk *faulty
		kept uint64 // records found by the next Open
	}{
		{"write", &faulty{failWrite: 3}, 2},
		{"torn write", &faulty{failWrite: 3, torn: true}, 2},
		{"sync", &faulty{failSync: 3}, 3}, // written and found, though nobody was told that it is durable
	} {
		t.Run(test.name, func(t *testing.T) {
			s, dir := newSigner(t), t.TempDir()
			l := open(t, dir, s)
			test.disk.file = l.file
			l.file = test.disk
			appendN(t, l, 2)
			_, err := l.Append(t.Context(), event(2))
			wantKind(t, err, fault.Internal)
			test.disk.failWrite, test.disk.failSync = 0, 0 // the disk is well again; the log is not
			if _, err := l.Append(t.Context(), event(3)); err == nil || l.Err() == nil {
				t.Fatal("appended after a failure")
			}
			if _, err := l.Checkpoint(t.Context()); err == nil {
				t.Fatal("signed after a failure")
			}
			if l.Size() != 2 {
				t.Fatalf("%d records count as durable", l.Size())
			}
			if err := l.Close(t.Context()); err == nil {
				t.Fatal("Close hid the failure")
			}
			l = open(t, dir, s)
			defer closeLog(t, l)
			if l.Size() != test.kept {
				t.Fatalf("%d records after recovery, want %d", l.Size(), test.kept)
			}
			appendN(t, l, 1)
		})
	}
}

func TestAllWaitingCallersHearOfAFailure(t *testing.T) {
	l := open(t, t.TempDir(), newSigner(t))
	l.file = &faulty{file: l.file, failSync: 1}
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			if _, err := l.Append(context.Background(), event(i)); err == nil {
				t.Error("told that it is durable")
			}
		})
	}
	group.Wait()
	l.Close(t.Context())
}

func TestCheckpointThatCannotBeStoredStopsTheLog(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, newSigner(t))
	appendN(t, l, 1)
	l.dir = filepath.Join(dir, "gone")
	_, err := l.Checkpoint(t.Context())
	wantKind(t, err, fault.Internal)
	_, err = l.Append(t.Context(), event(1))
	wantKind(t, err, fault.Internal)
	l.Close(t.Context())
}

func TestCancelledBeforeQueueing(t *testing.T) {
	l := open(t, t.TempDir(), newSigner(t))
	defer closeLog(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, event(0)); !errors.Is(err, context.Canceled) || l.Size() != 0 {
		t.Fatal(err)
	}
}

func TestRandomnessIsRequired(t *testing.T) {
	cfg := newSigner(t).config()
	cfg.Random = strings.NewReader("only twenty bytes...")
	l, _, err := Open(t.TempDir(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, l)
	appendN(t, l, 1)
	_, err = l.Append(t.Context(), event(1))
	wantKind(t, err, fault.Internal)
}

func TestReadStopsAtAnAlteredRecord(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 3)
	alter(t, filepath.Join(dir, logName), l.offsets[1]+40)
	n := 0
	for range l.Read(0, 3) {
		n++
	}
	if n != 1 || l.Err() == nil {
		t.Fatalf("%d records, %v", n, l.Err())
	}
	l.Close(t.Context())
}

func alter(t *testing.T, path string, at int64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkAppend128(b *testing.B) {
	const writers = 128
	l := open(b, b.TempDir(), newSigner(b))
	r := event(0)
	r.Details = map[string]string{"purpose": strings.Repeat("x", 200)} // 400 bytes in all
	var next atomic.Int64
	b.ResetTimer()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if _, err := l.Append(context.Background(), r); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.StopTimer()
	closeLog(b, l)
}

func TestAct(t *testing.T) {
	l := open(t, t.TempDir(), newSigner(t))
	defer closeLog(t, l)
	r := Record{Actor: "a", Action: "job.run", Target: "job/1", Details: map[string]string{"why": "test"}}
	ctx, cancel := context.WithCancel(t.Context())
	err := l.Act(ctx, r, func(intent uint64) error {
		cancel() // the outcome is recorded nevertheless
		if intent != 0 || l.Size() != 1 {
			t.Error("done before its intent was durable")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = l.Act(t.Context(), r, func(uint64) error { return fault.New(fault.NotFound, "no such job") })
	wantKind(t, err, fault.NotFound)
	var seen []string
	for _, r := range l.Read(0, 4) {
		seen = append(seen, r.Phase+" "+r.Result)
	}
	if fmt.Sprintf("%q", seen) != `["intent " "outcome ok" "intent " "outcome not found"]` {
		t.Fatalf("%q", seen)
	}
	if err := l.Act(ctx, r, func(uint64) error { t.Error("done without an intent"); return nil }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func BenchmarkOpen(b *testing.B) {
	const records = 20_000
	s, dir := newSigner(b), b.TempDir()
	l := open(b, dir, s)
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() { appendN(b, l, records/100) })
	}
	group.Wait()
	closeLog(b, l)
	for b.Loop() {
		closeLog(b, open(b, dir, s))
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
