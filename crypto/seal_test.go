package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
)

var testKey = Key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

const testContext = "dataset/claims|v1.parquet"

// sealed is a finished object and what its sealer said of it.
type sealed struct {
	bytes []byte
	root  Digest
}

func seal(t testing.TB, k Key, context string, salt byte, plain []byte) sealed {
	t.Helper()
	var b bytes.Buffer
	s, err := newSealer(&b, k, context, bytes.Repeat([]byte{salt}, sealSalt))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.Size() != int64(len(plain)) || s.Length() != int64(b.Len()) {
		t.Fatalf("Size %d Length %d, want %d and %d", s.Size(), s.Length(), len(plain), b.Len())
	}
	return sealed{b.Bytes(), s.Root()}
}

func open(k Key, context string, b []byte) (*Opener, error) {
	return NewOpener(bytes.NewReader(b), int64(len(b)), k, context)
}

// readAll opens and reads everything, and checks the root if one is given.
func readAll(b []byte, root *Digest) ([]byte, error) {
	o, err := open(testKey, testContext, b)
	if err != nil {
		return nil, err
	}
	if root != nil {
		if err := o.VerifyRoot(*root); err != nil {
			return nil, err
		}
	}
	return io.ReadAll(o.Reader())
}

var boundaries = []int{0, 1, 15, 16, 17, segmentSize - 1, segmentSize, segmentSize + 1, 2*segmentSize - 1, 3 * segmentSize, 3*segmentSize + 1}

func TestSealedStreamSizes(t *testing.T) {
	r := seeded(10)
	for _, n := range boundaries {
		plain := randomBytes(r, n)
		obj := seal(t, testKey, testContext, 1, plain)
		segments := max(1, (n+segmentSize-1)/segmentSize)
		if want := sealHeader + n + 16*segments; len(obj.bytes) != want {
			t.Errorf("%d bytes sealed to %d, want %d", n, len(obj.bytes), want)
		}
		got, err := readAll(obj.bytes, &obj.root)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes came back as %d, %v", n, len(got), err)
		}
		o, err := open(testKey, testContext, obj.bytes)
		if err != nil || o.Size() != int64(n) {
			t.Fatalf("%d bytes: %v", n, err)
		}
		for _, off := range boundaries {
			buf := make([]byte, 40_000)
			got, err := o.ReadAt(buf, int64(off))
			want := max(0, min(len(buf), n-off))
			if got != want || (err == io.EOF) != (want < len(buf)) || (want > 0 && !bytes.Equal(buf[:got], plain[off:off+got])) {
				t.Errorf("size %d, ReadAt %d gave %d, %v; want %d", n, off, got, err, want)
			}
		}
		if _, err := o.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
			t.Errorf("a negative offset gave %v", err)
		}
	}
}

// However the writes are cut, the object is the same.
func TestSealerCuts(t *testing.T) {
	plain := randomBytes(seeded(11), 2*segmentSize+5)
	whole := seal(t, testKey, testContext, 1, plain)
	for _, cut := range []int{1000, segmentSize - 1, segmentSize, segmentSize + 1} {
		var b bytes.Buffer
		s, err := newSealer(&b, testKey, testContext, bytes.Repeat([]byte{1}, sealSalt))
		if err != nil {
			t.Fatal(err)
		}
		if s.Root() != (Digest{}) {
			t.Error("a root before Close")
		}
		for rest := plain; len(rest) > 0; {
			n := min(cut, len(rest))
			if m, err := s.Write(rest[:n]); m != n || err != nil {
				t.Fatalf("Write gave %d, %v", m, err)
			}
			rest = rest[n:]
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), whole.bytes) || s.Root() != whole.root {
			t.Errorf("writes of %d bytes make another object", cut)
		}
		if _, err := s.Write([]byte{1}); err == nil {
			t.Error("a write after Close passed")
		}
		if err := s.Close(); err != nil || s.Root() != whole.root {
			t.Errorf("a second Close gave %v", err)
		}
	}
}

// Two objects with the same content, key and context have nothing in common.
func TestSealerIsRandomised(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		s, err := NewSealer(w, testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(a.Bytes()[len(sealMagic):], b.Bytes()[len(sealMagic):]) {
		t.Error("two sealings gave the same bytes")
	}
}

// failAfter is a full disk: it takes n bytes and then fails.
type failAfter struct{ n int }

func (w *failAfter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, errors.New("no space")
	}
	w.n -= len(p)
	return len(p), nil
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestSealerKeepsAFailure(t *testing.T) {
	if _, err := NewSealer(&failAfter{10}, testKey, testContext); err == nil {
		t.Error("the header's failure was lost")
	}
	if _, err := NewSealer(shortWriter{}, testKey, testContext); err != io.ErrShortWrite {
		t.Errorf("a short write gave %v", err)
	}
	for _, room := range []int{sealHeader, sealHeader + sealedSeg} {
		s, err := NewSealer(&failAfter{room}, testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := s.Write(make([]byte, room+segmentSize))
		err2 := s.Close()
		if err2 == nil || s.Close() == nil || s.Root() != (Digest{}) {
			t.Errorf("room for %d bytes: Write %v, Close %v, Root %v", room, err1, err2, s.Root())
		}
	}
}

func TestZeroKeyAndWrongKeyAreRefused(t *testing.T) {
	if _, err := NewSealer(io.Discard, Key{}, testContext); err == nil {
		t.Error("sealed under the zero key")
	}
	obj := seal(t, testKey, testContext, 1, []byte("x"))
	if _, err := open(Key{}, testContext, obj.bytes); err == nil {
		t.Error("opened with the zero key")
	}
	other := testKey
	other[15] ^= 1
	if _, err := open(other, testContext, obj.bytes); err != ErrIntegrity {
		t.Errorf("another key gave %v", err)
	}
	for _, context := range []string{"", testContext + "x", "dataset/claims|v2.parquet"} {
		if _, err := open(testKey, context, obj.bytes); err != ErrIntegrity {
			t.Errorf("context %q gave %v", context, err)
		}
	}
}

type brokenDisk struct{}

func (brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, errors.New("input/output error") }

// A failing disk is not called tampering.
func TestReadErrorsPassThrough(t *testing.T) {
	if _, err := NewOpener(brokenDisk{}, 1000, testKey, testContext); err == nil || errors.Is(err, ErrIntegrity) {
		t.Errorf("got %v", err)
	}
}

func TestOpenerIsConcurrent(t *testing.T) {
	plain := randomBytes(seeded(15), 5*segmentSize+77)
	obj := seal(t, testKey, testContext, 1, plain)
	o, err := open(testKey, testContext, obj.bytes)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			r, buf := seeded(byte(20+g)), make([]byte, 3000)
			for range 100 {
				off := int64(r.Uint64() % uint64(len(plain)))
				n, err := o.ReadAt(buf, off)
				if (err != nil && err != io.EOF) || !bytes.Equal(buf[:n], plain[off:off+int64(n)]) {
					t.Errorf("ReadAt %d gave %d, %v", off, n, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func FuzzOpener(f *testing.F) {
	for _, n := range []int{0, 1, 100, segmentSize, segmentSize + 1} {
		f.Add(seal(f, testKey, testContext, 1, make([]byte, n)).bytes)
	}
	f.Add([]byte(sealMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := readAll(b, nil)
		if err != nil {
			if err != ErrIntegrity {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		var again bytes.Buffer
		s, err := newSealer(&again, testKey, testContext, b[len(sealMagic):][:sealSalt])
		if err != nil {
			t.Fatal(err)
		}
		s.Write(plain)
		if err := s.Close(); err != nil || !bytes.Equal(again.Bytes(), b) {
			t.Fatal("what was accepted seals to other bytes")
		}
	})
}

const benchSize = 16 << 20

func BenchmarkReadAt(b *testing.B) {
	obj := seal(b, testKey, testContext, 1, make([]byte, benchSize))
	o, err := open(testKey, testContext, obj.bytes)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", n>>10), func(b *testing.B) {
			r, buf := seeded(30), make([]byte, n)
			b.SetBytes(int64(n))
			for b.Loop() {
				if _, err := o.ReadAt(buf, int64(r.Uint64()%(benchSize-uint64(n)))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
