package crypto

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"
)

// longSizes cross the borders of segments, pieces and what is gathered for two.
var longSizes = []int{0, 1, segmentSize, segmentSize + 1, pieceSegments * segmentSize, pieceSegments*segmentSize + 1, 35*segmentSize - 7, 40 * segmentSize}

func sealOn(t testing.TB, cores, cut int, plain []byte) sealed {
	t.Helper()
	var b bytes.Buffer
	s, err := newSealer(&b, testKey, testContext, bytes.Repeat([]byte{1}, sealSalt))
	if err != nil {
		t.Fatal(err)
	}
	s.SetCores(cores)
	for rest := plain; len(rest) > 0; rest = rest[min(cut, len(rest)):] {
		if n, err := s.Write(rest[:min(cut, len(rest))]); n != min(cut, len(rest)) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := s.Close(); err != nil || s.Size() != int64(len(plain)) || s.Length() != int64(b.Len()) {
		t.Fatal(s.Size(), s.Length(), err)
	}
	return sealed{b.Bytes(), s.Root()}
}

// However many cores seal, and however the writes are cut, the object is the same.
func TestSealingOnCores(t *testing.T) {
	for _, n := range longSizes {
		plain := randomBytes(seeded(60), n)
		want := seal(t, testKey, testContext, 1, plain)
		for _, cores := range []int{0, 1, 2, 3} {
			for _, cut := range []int{10_000, segmentSize, 1<<20 + 1, 1 << 30} {
				if got := sealOn(t, cores, cut, plain); !bytes.Equal(got.bytes, want.bytes) || got.root != want.root {
					t.Errorf("%d bytes in writes of %d on %d cores make another object", n, cut, cores)
				}
			}
		}
	}
}

func TestOpeningOnCores(t *testing.T) {
	for _, n := range longSizes {
		plain := randomBytes(seeded(61), n)
		obj := sealOn(t, 2, 1<<30, plain)
		for _, cores := range []int{0, 1, 2, 3} {
			o, err := open(testKey, testContext, obj.bytes)
			if err != nil {
				t.Fatal(err)
			}
			o.SetCores(cores)
			for _, off := range []int{0, 1, segmentSize, 3*segmentSize + 5} {
				wantFrom(t, o, plain, min(off, n))
			}
		}
	}
}

// wantFrom reads from the offset to the end in the two ways that take long runs.
func wantFrom(t *testing.T, o *Opener, plain []byte, off int) {
	t.Helper()
	buf := make([]byte, len(plain)-off)
	if n, err := o.ReadAt(buf, int64(off)); n != len(buf) || err != nil || !bytes.Equal(buf, plain[off:]) {
		t.Errorf("ReadAt %d of %d bytes gave %d, %v", off, len(plain), n, err)
	}
	r, out := o.Reader(), new(bytes.Buffer)
	if _, err := io.ReadFull(r, make([]byte, off)); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(out, r); n != int64(len(buf)) || err != nil || !bytes.Equal(out.Bytes(), plain[off:]) {
		t.Errorf("copying %d bytes from %d gave %d, %v", len(plain), off, n, err)
	}
	if n, err := io.Copy(out, r); n != 0 || err != nil {
		t.Errorf("a second copy gave %d, %v", n, err)
	}
}

// What was written before a failure is the beginning of the object, and the
// goroutines are gone.
func TestSealingOnCoresFails(t *testing.T) {
	plain := randomBytes(seeded(62), 40*segmentSize)
	whole := seal(t, testKey, testContext, 1, plain)
	before := runtime.NumGoroutine()
	for _, room := range []int{sealHeader, sealHeader + sealedSeg, sealHeader + 17*sealedSeg, len(whole.bytes) - 1} {
		var b bytes.Buffer
		s, err := newSealer(io.MultiWriter(&failAfter{room}, &b), testKey, testContext, bytes.Repeat([]byte{1}, sealSalt))
		if err != nil {
			t.Fatal(err)
		}
		s.SetCores(2)
		_, failed := s.Write(plain)
		if _, err := s.Write(plain); err != failed && failed != nil {
			t.Errorf("room for %d bytes: the next Write gave %v after %v", room, err, failed)
		}
		if s.Close() == nil || s.Root() != (Digest{}) || !bytes.HasPrefix(whole.bytes, b.Bytes()) {
			t.Errorf("room for %d bytes: closed, or wrote other bytes", room)
		}
	}
	wantGoroutines(t, before)
}

func wantGoroutines(t *testing.T, want int) {
	t.Helper()
	for range 1000 {
		if runtime.NumGoroutine() <= want {
			return
		}
		time.Sleep(time.Millisecond) // one that has done its work is still leaving
	}
	t.Errorf("%d goroutines, before %d", runtime.NumGoroutine(), want)
}

// Nothing of a damaged segment or after it comes out.
func TestDamageOnCores(t *testing.T) {
	plain := randomBytes(seeded(63), 30*segmentSize+9)
	obj := seal(t, testKey, testContext, 1, plain)
	before := runtime.NumGoroutine()
	for _, damaged := range []int{0, 1, 7, 12, 29} {
		b := bytes.Clone(obj.bytes)
		part(b, damaged)[100] ^= 1
		o, err := open(testKey, testContext, b)
		if err != nil {
			t.Fatal(err)
		}
		o.SetCores(2)
		var out bytes.Buffer
		if n, err := io.Copy(&out, o.Reader()); err != ErrIntegrity || n != int64(out.Len()) || n > int64(damaged)*segmentSize || !bytes.HasPrefix(plain, out.Bytes()) {
			t.Errorf("segment %d damaged: copied %d, %v", damaged, n, err)
		}
		buf := make([]byte, len(plain))
		if n, err := o.ReadAt(buf, 0); err != ErrIntegrity || n > damaged*segmentSize || !bytes.Equal(buf[:n], plain[:n]) {
			t.Errorf("segment %d damaged: read %d, %v", damaged, n, err)
		}
	}
	wantGoroutines(t, before)
}

type brokenPipe struct{ calls int }

var errPipe = errors.New("broken pipe")

func (w *brokenPipe) Write(p []byte) (int, error) {
	if w.calls++; w.calls > 5 {
		return 1, errPipe
	}
	return len(p), nil
}

func TestCopyingOnCoresFails(t *testing.T) {
	obj := seal(t, testKey, testContext, 1, make([]byte, 30*segmentSize))
	o, err := open(testKey, testContext, obj.bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, cores := range []int{1, 2} {
		o.SetCores(cores)
		if n, err := io.Copy(&brokenPipe{}, o.Reader()); err != errPipe || n != 5*segmentSize+1 {
			t.Errorf("on %d cores copied %d, %v", cores, n, err)
		}
	}
}

// The library keeps nothing between the calls of one AEAD, so that goroutines may
// share it. Under the race detector this says more.
func TestLibraryIsConcurrent(t *testing.T) {
	aead, err := testKey.gcm()
	if err != nil {
		t.Fatal(err)
	}
	plain := randomBytes(seeded(64), segmentSize+13)
	nonce := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 12) }
	var want [16][]byte
	for i := range want {
		want[i] = aead.Seal(nil, nonce(i), plain[i:], nil)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range want {
				sealed := aead.Seal(nil, nonce(i), plain[i:], nil)
				got, err := aead.Open(nil, nonce(i), sealed, nil)
				if !bytes.Equal(sealed, want[i]) || !bytes.Equal(got, plain[i:]) || err != nil {
					t.Errorf("call %d differs, %v", i, err)
				}
			}
		})
	}
	group.Wait()
}

// A segment costs no garbage.
func TestAllocations(t *testing.T) {
	plain := make([]byte, 8*segmentSize)
	s, err := NewSealer(io.Discard, testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() { s.Write(plain) }); n > 0 {
		t.Errorf("a Write of 8 segments allocates %v times", n)
	}
	obj := seal(t, testKey, testContext, 1, plain)
	o, err := open(testKey, testContext, obj.bytes)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() { o.ReadAt(plain[:segmentSize*7], 0) }); n > 4 {
		t.Errorf("a read of 7 segments allocates %v times", n)
	}
}
