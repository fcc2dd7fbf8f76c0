package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

func closedLog(t *testing.T, s *signer, n int) string {
	t.Helper()
	dir := t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, n)
	closeLog(t, l)
	return dir
}

func TestEveryFlippedByteIsCaught(t *testing.T) {
	s := newSigner(t)
	dir := closedLog(t, s, 3)
	if report, err := Verify(dir, s.public, nil); err != nil || report.Covered != 3 || report.Uncovered != 0 {
		t.Fatal(report, err)
	}
	for name, bits := range map[string][]byte{logName: {0x05, 0x20}, checkpointName: {1, 2, 4, 8, 16, 32, 64, 128}} {
		path := filepath.Join(dir, name)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			for _, bit := range bits {
				bad := bytes.Clone(good)
				bad[i] ^= bit
				write(t, path, bad)
				if _, err := Verify(dir, s.public, nil); fault.KindOf(err) != fault.Integrity {
					t.Fatalf("%s, byte %d ^ %#x: %v", name, i, bit, err)
				}
			}
			write(t, path, append(bytes.Clone(good[:i]), good[i+1:]...))
			if _, err := Verify(dir, s.public, nil); err == nil {
				t.Fatalf("%s without byte %d verifies", name, i)
			}
		}
		write(t, path, append(bytes.Clone(good), '\n'))
		if _, err := Verify(dir, s.public, nil); err == nil {
			t.Fatalf("%s with a byte more verifies", name)
		}
		write(t, path, good)
	}
}

// write replaces a file's content in place: some file systems flush a file that
// was cut to nothing first, and there are thousands here.
func write(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(b, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(int64(len(b))); err != nil {
		t.Fatal(err)
	}
}

func TestSinceCatchesARewrittenLog(t *testing.T) {
	s := newSigner(t)
	dir := t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 5)
	kept, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	appendN(t, l, 2)
	closeLog(t, l)
	if report, err := Verify(dir, s.public, kept); err != nil || report.Records != 7 {
		t.Fatal(report, err)
	}
	// Whoever holds the key rewrites everything, or signs a shorter log.
	for _, n := range []int{0, 3, 5, 9} {
		forger := &signer{key: s.key, public: s.public, root: emptyRoot()}
		forged := closedLog(t, forger, n)
		if _, err := Verify(forged, s.public, nil); err != nil {
			t.Fatal(err)
		}
		_, err := Verify(forged, s.public, kept)
		wantKind(t, err, fault.Integrity)
	}
	_, err = Verify(dir, s.public, []byte("nothing"))
	wantKind(t, err, fault.Integrity)
	_, err = Verify(dir, newSigner(t).public, nil)
	wantKind(t, err, fault.Integrity)
}

func TestRecordsBehindTheCheckpointAreCounted(t *testing.T) {
	s := newSigner(t)
	dir, content, covered := crashed(t, s, 1, 2)
	report, err := Verify(dir, s.public, nil)
	if err != nil || report.Records != 5 || report.Covered != 2 || report.Uncovered != 3 {
		t.Fatal(report, err)
	}
	put(t, dir, content[:len(content)-3])
	report, err = Verify(dir, s.public, nil)
	wantKind(t, err, fault.Integrity)
	if report.Torn == 0 || !strings.Contains(err.Error(), "cut short") {
		t.Fatal(report, err)
	}
	content[covered+prefix+20] ^= 1 // not the tail: damage
	put(t, dir, content)
	report, err = Verify(dir, s.public, nil)
	wantKind(t, err, fault.Integrity)
	if report.Torn != 0 || strings.Contains(err.Error(), "cut short") {
		t.Fatal(report, err)
	}
}

func TestCheckpointBearsNoUnknownSignature(t *testing.T) {
	s, witness := newSigner(t), newSigner(t)
	dir := closedLog(t, s, 2)
	path := filepath.Join(dir, checkpointName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(good, note.VerifierList(s.public))
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := note.Sign(n, witness.key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, cosigned)
	_, err = Verify(dir, s.public, nil)
	wantKind(t, err, fault.Integrity)
	if _, err := Verify(dir, s.public, nil, witness.public); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(dir, witness.public, nil, s.public) // the witness's is not the log's
	if err != nil {
		t.Fatal("same origin in this test: the witness may act as the log", err)
	}
	alone, err := note.Sign(&note.Note{Text: n.Text}, witness.key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, alone)
	_, err = Verify(dir, s.public, nil, witness.public)
	wantKind(t, err, fault.Integrity)
	last := good[bytes.LastIndex(good, []byte("— ")):]
	write(t, path, append(bytes.Clone(good), last...)) // the same line twice
	_, err = Verify(dir, s.public, nil)
	wantKind(t, err, fault.Integrity)
}

func TestCheckpointBodyIsExact(t *testing.T) {
	s := newSigner(t)
	root := emptyRoot()
	exact := CheckpointRequest{Root: root}.Text(origin)
	for _, text := range []string{
		exact + "extension\n",
		strings.Replace(exact, "\n0\n", "\n00\n", 1),
		strings.Replace(exact, origin, "another", 1),
		strings.Replace(exact, "=\n", "\n", 1),
		origin + "\n0\nAAAA\n",
		origin + "\n9007199254740992\n" + strings.SplitN(exact, "\n", 3)[2],
	} {
		signed, err := note.Sign(&note.Note{Text: text}, s.key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = openCheckpoint(signed, s.public)
		wantKind(t, err, fault.Integrity)
	}
}

func TestProof(t *testing.T) {
	s := newSigner(t)
	l := open(t, t.TempDir(), s)
	defer closeLog(t, l)
	appendN(t, l, 9)
	calls := s.calls
	for i := range uint64(9) {
		p, err := l.Prove(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Verify(s.public)
		if err != nil || r.Target != event(int(i)).Target {
			t.Fatal(r, err)
		}
		checkProofIsExact(t, s, p)
	}
	if s.calls != calls+1 {
		t.Fatalf("%d signatures for 9 proofs", s.calls-calls)
	}
	_, err := l.Prove(t.Context(), 9)
	wantKind(t, err, fault.NotFound)
}

func checkProofIsExact(t *testing.T, s *signer, p Proof) {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseProof(b); err != nil || back.Index != p.Index {
		t.Fatal(err)
	}
	if _, err := ParseProof(append(b, ' ')); err == nil {
		t.Fatal("a space more was accepted")
	}
	wrong := p
	wrong.Index++
	if _, err := wrong.Verify(s.public); err == nil {
		t.Fatal("proves another index")
	}
	wrong = p
	wrong.Record = bytes.Replace(p.Record, []byte("thing"), []byte("being"), 1)
	if _, err := wrong.Verify(s.public); err == nil {
		t.Fatal("proves another record")
	}
	wrong = p
	wrong.Path = append(slices.Clone(p.Path), crypto.Digest{})
	if _, err := wrong.Verify(s.public); err == nil {
		t.Fatal("a longer path was accepted")
	}
	if _, err := p.Verify(newSigner(t).public); err == nil {
		t.Fatal("verifies under another key")
	}
}

func FuzzParseProof(f *testing.F) {
	seed, err := json.Marshal(Proof{3, []byte("{}"), []crypto.Digest{emptyRoot()}, []byte("note")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"index":0,"record":"","path":[],"checkpoint":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseProof(b)
		if err != nil {
			return
		}
		if again, err := json.Marshal(p); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted %q, wrote %q", b, again)
		}
	})
}

func TestExport(t *testing.T) {
	s := newSigner(t)
	dir, _, covered := crashed(t, s, 2)
	out := filepath.Join(t.TempDir(), "for the auditor")
	n, err := Export(dir, out)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	names, err := os.ReadDir(out)
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	info, err := os.Stat(filepath.Join(out, logName))
	if err != nil || info.Size() != covered || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if report, err := Verify(out, s.public, nil); err != nil || report.Records != 2 || report.Uncovered != 0 {
		t.Fatal(report, err)
	}
	_, err = Export(dir, out)
	wantKind(t, err, fault.Conflict)
	alter(t, filepath.Join(dir, logName), covered-5)
	_, err = Export(dir, t.TempDir())
	wantKind(t, err, fault.Integrity)
	_, err = Export(t.TempDir(), t.TempDir())
	wantKind(t, err, fault.NotFound)
	_, err = Verify(t.TempDir(), s.public, nil)
	wantKind(t, err, fault.NotFound)
	for _, name := range []string{logName, checkpointName} {
		if err := os.Remove(filepath.Join(out, name)); err != nil {
			t.Fatal(err)
		}
		_, err = Verify(out, s.public, nil)
		wantKind(t, err, map[string]fault.Kind{logName: fault.Integrity, checkpointName: fault.NotFound}[name])
	}
	lone := closedLog(t, newSigner(t), 1)
	if err := os.Remove(filepath.Join(lone, checkpointName)); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(lone, s.public, nil)
	wantKind(t, err, fault.Integrity)
}

func TestVerifyCountsPendingIntents(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	for _, answered := range []bool{true, false} {
		i, err := l.Append(t.Context(), Record{Actor: "a", Action: "x", Phase: Intent, Target: "y"})
		if err != nil {
			t.Fatal(err)
		}
		if answered {
			if _, err := l.Append(context.Background(), Record{Actor: "a", Action: "x", Phase: Outcome, Target: "y", Ref: &i, Result: OK}); err != nil {
				t.Fatal(err)
			}
		}
	}
	closeLog(t, l)
	report, err := Verify(dir, s.public, nil)
	if err != nil || report.Pending != 1 || !report.First.Equal(noon) || !report.Last.Equal(noon) {
		t.Fatal(report, err)
	}
}
