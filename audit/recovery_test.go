package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"yingbi/internal/fault"
)

// crashed gives a folder whose log has 2 records under the checkpoint, then the
// writes, as a process that was killed leaves them.
func crashed(t *testing.T, s *signer, writes ...int) (dir string, content []byte, covered int64) {
	t.Helper()
	dir = t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 2)
	if _, err := l.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	covered = l.offsets[2]
	for _, n := range writes {
		batch := make([]*entry, n)
		for i := range batch {
			e, err := l.prepare(event(i))
			if err != nil {
				t.Fatal(err)
			}
			batch[i] = e
		}
		l.commit(batch)
	}
	content, err := os.ReadFile(filepath.Join(dir, logName))
	if err != nil {
		t.Fatal(err)
	}
	l.file.Close()
	return dir, content, covered
}

func put(t *testing.T, dir string, content []byte) {
	t.Helper()
	write(t, filepath.Join(dir, logName), content)
}

func TestCutAnywhereInTheLastWrite(t *testing.T) {
	s := newSigner(t)
	dir, content, _ := crashed(t, s, 1, 3)
	starts := lineStarts(content) // header, 2 covered, 1, then 3
	signed := s.size
	for size := starts[2]; size <= len(content); size++ {
		s.size = signed // the keeper of a machine that crashed here
		put(t, dir, content[:size])
		whole := 0
		for whole < len(starts) && lineEnd(starts, whole, content) <= size {
			whole++
		}
		torn := size - lineEnd(starts, whole-1, content)
		report, err := Verify(dir, s.public, nil)
		if (torn > 0) != (err != nil) || report.Torn != int64(torn) || report.Uncovered != uint64(whole-2) {
			t.Fatalf("cut to %d bytes: %+v %v", size, report, err)
		}
		if size%29 != 0 && torn > 0 && size != starts[3]+1 { // Open signs: some will do
			continue
		}
		checkRecovered(t, dir, s, whole, torn)
		write(t, filepath.Join(dir, checkpointName), resign(t, s, content[:starts[2]]))
	}
}

// checkRecovered opens, appends, and opens again.
func checkRecovered(t *testing.T, dir string, s *signer, whole, torn int) {
	t.Helper()
	l, found, err := Open(dir, s.config())
	if err != nil {
		t.Fatal(err)
	}
	if found.Records != uint64(whole) || found.TornBytes != int64(torn) || found.Uncovered != uint64(whole-2) {
		t.Fatalf("%+v, want %d records and %d bytes cut", found, whole, torn)
	}
	appendN(t, l, 1)
	closeLog(t, l)
	if _, err := Verify(dir, s.public, nil); err != nil {
		t.Fatal(err)
	}
}

// resign puts the signer back to the two covered records.
func resign(t *testing.T, s *signer, covered []byte) []byte {
	t.Helper()
	w := follower{tree: newTree(false), pending: pending{}}
	if _, err := w.follow(bytes.NewReader(covered)); err != nil {
		t.Fatal(err)
	}
	s.size, s.root = 0, emptyRoot()
	signed, err := s.SignCheckpoint(t.Context(), CheckpointRequest{Size: w.tree.size(), Root: w.tree.root()})
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func lineStarts(content []byte) []int {
	var starts []int
	for i := len(header); i < len(content); i += bytes.IndexByte(content[i:], '\n') + 1 {
		starts = append(starts, i)
	}
	return starts
}

func lineEnd(starts []int, i int, content []byte) int {
	if i+1 < len(starts) {
		return starts[i+1]
	}
	return len(content)
}

func TestDamageBehindTheCheckpoint(t *testing.T) {
	for _, test := range []struct {
		name   string
		writes []int
		bad    int // index of the record that is damaged
		kept   int // records after recovery; 0: refused
	}{
		{"the last record", []int{1, 1}, 3, 3},
		{"an earlier write", []int{1, 1}, 2, 0},
		{"a page of the last write", []int{1, 4}, 4, 4},
		{"the first page of the last write", []int{1, 4}, 3, 3},
		{"a page of an earlier write", []int{4, 1}, 3, 0},
		{"a covered record, the last of all", nil, 1, 0},
		{"a covered record", []int{2}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner(t)
			dir, content, _ := crashed(t, s, test.writes...)
			at := lineStarts(content)[test.bad]
			copy(content[at+prefix+10:], make([]byte, 30)) // as a page that never came
			put(t, dir, content)
			l, found, err := Open(dir, s.config())
			if test.kept == 0 {
				wantKind(t, err, fault.Integrity)
				return
			}
			if err != nil || found.Records != uint64(test.kept) || found.TornBytes != int64(len(content)-at) {
				t.Fatalf("%+v %v", found, err)
			}
			appendN(t, l, 2)
			closeLog(t, l)
			closeLog(t, open(t, dir, s))
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, s *signer, dir string, content []byte, covered int64){
		"shorter than its checkpoint": func(t *testing.T, _ *signer, dir string, content []byte, covered int64) {
			put(t, dir, content[:covered-1])
		},
		"shorter by a whole record": func(t *testing.T, _ *signer, dir string, content []byte, _ int64) {
			put(t, dir, content[:lineStarts(content)[1]])
		},
		"without a header": func(t *testing.T, _ *signer, dir string, content []byte, _ int64) {
			put(t, dir, content[len(header):])
		},
		"of a newer format": func(t *testing.T, _ *signer, dir string, content []byte, _ int64) {
			put(t, dir, bytes.Replace(content, []byte("v1"), []byte("v2"), 1))
		},
		"empty file": func(t *testing.T, _ *signer, dir string, _ []byte, _ int64) { put(t, dir, nil) },
		"log gone": func(t *testing.T, _ *signer, dir string, _ []byte, _ int64) {
			if err := os.Remove(filepath.Join(dir, logName)); err != nil {
				t.Fatal(err)
			}
		},
		"checkpoint gone": func(t *testing.T, _ *signer, dir string, _ []byte, _ int64) {
			if err := os.Remove(filepath.Join(dir, checkpointName)); err != nil {
				t.Fatal(err)
			}
		},
		"signer remembers more": func(_ *testing.T, s *signer, _ string, _ []byte, _ int64) { s.size = 9 },
		"signer remembers another": func(_ *testing.T, s *signer, _ string, _ []byte, _ int64) {
			s.root[0] ^= 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSigner(t)
			dir, content, covered := crashed(t, s, 1)
			spoil(t, s, dir, content, covered)
			_, _, err := Open(dir, s.config())
			wantKind(t, err, fault.Integrity)
		})
	}
}

func TestBothFilesGoneButSignerRemembers(t *testing.T) {
	s := newSigner(t)
	crashed(t, s, 1)
	_, _, err := Open(t.TempDir(), s.config())
	wantKind(t, err, fault.Integrity)
}

func TestCreationThatWasInterrupted(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	if err := create(dir); err != nil { // killed before the first checkpoint
		t.Fatal(err)
	}
	l := open(t, dir, s)
	appendN(t, l, 1)
	closeLog(t, l)
}

func TestCheckpointNewerThanTheStoredOne(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 2)
	old, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	appendN(t, l, 3)
	closeLog(t, l)
	// The signer answered and the machine died before the answer was stored.
	write(t, filepath.Join(dir, checkpointName), old)
	l, found, err := Open(dir, s.config())
	if err != nil || found.Uncovered != 3 {
		t.Fatal(found, err)
	}
	closeLog(t, l)
}

func TestOpenNeedsMatchingNames(t *testing.T) {
	s := newSigner(t)
	cfg := s.config()
	cfg.Origin = "another"
	_, _, err := Open(t.TempDir(), cfg)
	wantKind(t, err, fault.Invalid)
	_, _, err = Open(t.TempDir(), Config{Verifier: s.public})
	wantKind(t, err, fault.Internal)
}

func FuzzFollow(f *testing.F) {
	content := []byte(header)
	for i, mark := range []byte{markFirst, markFirst, markMore} {
		r := event(i)
		r.Time = noon
		b, err := r.encode()
		if err != nil {
			f.Fatal(err)
		}
		content = appendLine(content, mark, leafHash(b), b)
	}
	f.Add(content)
	f.Add(content[:len(content)-9])
	f.Add(bytes.Replace(content, []byte("thing/1"), make([]byte, 7), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		again := []byte(header)
		w := follower{tree: newTree(false), pending: pending{}, visit: func(l line, _ Record) error {
			again = appendLine(again, l.mark, l.leaf, l.record)
			return nil
		}}
		found, err := w.follow(bytes.NewReader(b))
		if err != nil {
			return
		}
		if !bytes.Equal(again, b[:found.end]) || found.torn != (int(found.end) < len(b)) {
			t.Fatalf("accepted %q up to %d, wrote %q", b, found.end, again)
		}
	})
}
