package audit

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yingbi/internal/fault"
)

// TestTornTails puts behind the last whole record what a file system may leave
// there: it is told, removed at the next opening, and nothing before it is lost.
func TestTornTails(t *testing.T) {
	noise := make([]byte, 5000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	line := func(content []byte, i int) []byte {
		starts := lineStarts(content)
		return content[starts[i]:lineEnd(starts, i, content)]
	}
	more := func(content []byte) []byte { // the record again, as one that follows in its write
		l, _ := parseLine(line(content, 3))
		return appendLine(nil, markMore, l.leaf, l.record)
	}
	for name, tail := range map[string]func(content []byte) []byte{
		"one zero":                  func([]byte) []byte { return make([]byte, 1) },
		"a page of zeros":           func([]byte) []byte { return make([]byte, 4096) },
		"many pages of zeros":       func([]byte) []byte { return make([]byte, 200_000) },
		"a record of zeros":         func(c []byte) []byte { return make([]byte, len(line(c, 3))) },
		"zeros and a line's end":    func([]byte) []byte { return append(make([]byte, 300), '\n') },
		"noise":                     func([]byte) []byte { return noise },
		"a line's end":              func([]byte) []byte { return []byte("\n\n\n") },
		"half a record":             func(c []byte) []byte { l := line(c, 3); return l[:len(l)/2] },
		"a record without its end":  func(c []byte) []byte { l := line(c, 3); return l[:len(l)-1] },
		"a record in upper case":    func(c []byte) []byte { return bytes.ToUpper(line(c, 3)) },
		"zeros, then a whole line":  func(c []byte) []byte { return append(append(make([]byte, 500), '\n'), more(c)...) },
		"a longest line, and again": func([]byte) []byte { return bytes.Repeat([]byte("a"), 3*maxLine) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSigner(t)
			dir, content, _ := crashed(t, s, 1, 1)
			added := tail(content)
			put(t, dir, append(bytes.Clone(content), added...))
			report, err := Verify(dir, s.public, nil)
			if fault.KindOf(err) != fault.Integrity || report.Torn != int64(len(added)) || report.Records != 4 {
				t.Errorf("%+v, %v", report, err)
			}
			checkRecovered(t, dir, s, 4, len(added))
		})
	}
}

// TestPagesOfZeros loses a page in the middle of what was acknowledged: that is no
// torn tail, and nobody cuts it.
func TestPagesOfZeros(t *testing.T) {
	const page = 4096
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	appendN(t, l, 40) // some 7 KiB under the checkpoint
	if _, err := l.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	appendN(t, l, 80) // and some behind it
	l.file.Close()
	path := filepath.Join(dir, logName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole) < 4*page {
		t.Fatalf("the log has %d bytes; the test looks at nothing", len(whole))
	}
	for at := 0; at+page < len(whole)-page; at += page { // the last pages may be torn
		damaged := bytes.Clone(whole)
		clear(damaged[at : at+page])
		put(t, dir, damaged)
		_, err := Verify(dir, s.public, nil)
		wantKind(t, err, fault.Integrity)
		if _, _, err := Open(dir, s.config()); fault.KindOf(err) != fault.Integrity {
			t.Errorf("a page of zeros at %d: %v", at, err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, damaged) {
			t.Errorf("a page of zeros at %d: the evidence was changed, %v", at, err)
		}
	}
	put(t, dir, whole)
	closeLog(t, open(t, dir, s))
}

// TestClocksThatGoBack are reported, with the order of the log untouched.
func TestClocksThatGoBack(t *testing.T) {
	s, dir := newSigner(t), t.TempDir()
	l := open(t, dir, s)
	for _, at := range []time.Duration{0, time.Hour, time.Hour - 10*time.Second, 30 * time.Minute, 50 * time.Minute, 2 * time.Hour} {
		r := event(0)
		r.Time = noon.Add(at)
		if _, err := l.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	closeLog(t, l)
	var order []time.Duration
	report, err := Scan(dir, s.public, nil, func(i uint64, r Record) error {
		if i != uint64(len(order)) {
			t.Errorf("record %d comes as %d", i, len(order))
		}
		order = append(order, r.Time.Sub(noon))
		return nil
	})
	if err != nil || report.Backward != 2 || len(order) != 6 || order[3] != 30*time.Minute || !report.Last.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("%+v, %v, %v", report, order, err)
	}
	_, err = Scan(dir, s.public, nil, func(uint64, Record) error { return fault.New(fault.Denied, "enough") })
	wantKind(t, err, fault.Denied)
}
