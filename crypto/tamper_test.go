package crypto

import (
	"bytes"
	"io"
	"math"
	"testing"
)

func TestEveryBit(t *testing.T) {
	for _, n := range []int{0, 1, 33} {
		obj := seal(t, testKey, testContext, 1, make([]byte, n))
		for i := range len(obj.bytes) * 8 {
			b := bytes.Clone(obj.bytes)
			b[i/8] ^= 1 << (i % 8)
			if _, err := readAll(b, nil); err != ErrIntegrity {
				t.Fatalf("%d bytes, bit %d: %v", n, i, err)
			}
		}
	}
}

// In a long object damage outside the last segment is found on reading, by the
// range that holds it and by no other.
func TestDamageIsFoundWhereItIs(t *testing.T) {
	plain := randomBytes(seeded(12), 3*segmentSize+100)
	obj := seal(t, testKey, testContext, 1, plain)
	for segment := range int64(3) {
		for _, at := range []int64{0, 1000, segmentSize - 1, segmentSize, sealedSeg - 1} {
			b := bytes.Clone(obj.bytes)
			b[int64(sealHeader)+segment*sealedSeg+at] ^= 0x80
			o, err := open(testKey, testContext, b)
			if err != nil {
				t.Fatal(err)
			}
			for s := range int64(4) {
				buf := make([]byte, 10)
				_, err := o.ReadAt(buf, s*segmentSize+7)
				if s == segment && (err != ErrIntegrity || !bytes.Equal(buf, make([]byte, 10))) {
					t.Errorf("segment %d damaged at %d: %v, %x", segment, at, err, buf)
				}
				if s != segment && (err != nil || !bytes.Equal(buf, plain[s*segmentSize+7:][:10])) {
					t.Errorf("segment %d damaged at %d: segment %d gave %v", segment, at, s, err)
				}
			}
			if tag := at >= segmentSize; tag == (o.VerifyRoot(obj.root) == nil) {
				t.Errorf("segment %d damaged at %d: VerifyRoot is wrong", segment, at)
			}
		}
	}
}

func TestEveryTruncation(t *testing.T) {
	small := seal(t, testKey, testContext, 1, make([]byte, 300))
	for n := range small.bytes {
		if _, err := open(testKey, testContext, small.bytes[:n]); err != ErrIntegrity {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	long := seal(t, testKey, testContext, 1, make([]byte, 2*segmentSize+1))
	for n := range long.bytes {
		near := (n-sealHeader+20)%sealedSeg < 40
		if near || n%4093 == 0 {
			if _, err := open(testKey, testContext, long.bytes[:n]); err != ErrIntegrity {
				t.Fatalf("cut to %d bytes: %v", n, err)
			}
		}
	}
}

// The file may also be shorter than it was said to be.
func TestFileEndsEarly(t *testing.T) {
	obj := seal(t, testKey, testContext, 1, make([]byte, segmentSize+100))
	for n := range obj.bytes {
		if n > sealHeader+20 && n%997 != 0 {
			continue
		}
		if _, err := NewOpener(bytes.NewReader(obj.bytes[:n]), int64(len(obj.bytes)), testKey, testContext); err != ErrIntegrity {
			t.Fatalf("a file of %d bytes gave %v", n, err)
		}
	}
	for _, size := range []int64{math.MinInt64, -1, 0, int64(sealHeader), math.MaxInt64} {
		if _, err := NewOpener(bytes.NewReader(obj.bytes), size, testKey, testContext); err != ErrIntegrity {
			t.Errorf("a claimed size of %d gave %v", size, err)
		}
	}
}

func TestAppend(t *testing.T) {
	for _, n := range []int{0, 100, segmentSize, 2 * segmentSize} {
		obj := seal(t, testKey, testContext, 1, make([]byte, n))
		for _, more := range []int{1, 15, 16, 17, sealedSeg - 1, sealedSeg, sealedSeg + 16} {
			if _, err := readAll(append(bytes.Clone(obj.bytes), make([]byte, more)...), nil); err != ErrIntegrity {
				t.Errorf("%d bytes and %d more: %v", n, more, err)
			}
		}
		again := append(bytes.Clone(obj.bytes), obj.bytes[sealHeader:]...)
		if _, err := readAll(again, nil); err != ErrIntegrity {
			t.Errorf("%d bytes with all segments twice: %v", n, err)
		}
	}
}

// part gives the sealed segment i.
func part(b []byte, i int) []byte {
	start := sealHeader + i*sealedSeg
	return b[start:min(start+sealedSeg, len(b))]
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestReorderAndDrop(t *testing.T) {
	plain := randomBytes(seeded(13), 3*segmentSize)
	b := seal(t, testKey, testContext, 1, plain).bytes
	head, s0, s1, s2 := b[:sealHeader], part(b, 0), part(b, 1), part(b, 2)
	for name, forged := range map[string][]byte{
		"first two exchanged": join(head, s1, s0, s2),
		"last two exchanged":  join(head, s0, s2, s1),
		"first twice":         join(head, s0, s0, s2),
		"last twice":          join(head, s0, s2, s2),
		"first dropped":       join(head, s1, s2),
		"middle dropped":      join(head, s0, s2),
		"last dropped":        join(head, s0, s1),
		"one inserted":        join(head, s0, s1, s1, s2),
		"only the last":       join(head, s2),
		"nothing":             join(head),
	} {
		if _, err := readAll(forged, nil); err != ErrIntegrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Segments, headers and whole bodies of other objects under the same data key.
func TestSplice(t *testing.T) {
	r := seeded(14)
	ours := seal(t, testKey, testContext, 1, randomBytes(r, 3*segmentSize)).bytes
	for name, other := range map[string][]byte{
		"another salt":    seal(t, testKey, testContext, 2, randomBytes(r, 3*segmentSize)).bytes,
		"another context": seal(t, testKey, testContext+"x", 1, randomBytes(r, 3*segmentSize)).bytes,
	} {
		for i := range 3 {
			forged := bytes.Clone(ours)
			copy(part(forged, i), part(other, i))
			if _, err := readAll(forged, nil); err != ErrIntegrity {
				t.Errorf("%s, segment %d: %v", name, i, err)
			}
		}
		if _, err := readAll(join(other[:sealHeader], ours[sealHeader:]), nil); err != ErrIntegrity {
			t.Errorf("%s: its header over our body: %v", name, err)
		}
		if _, err := readAll(join(ours[:sealHeader], other[sealHeader:]), nil); err != ErrIntegrity {
			t.Errorf("%s: its body under our header: %v", name, err)
		}
	}
}

// An older object of the same place opens by itself; the root tells it apart.
func TestRollback(t *testing.T) {
	older := seal(t, testKey, testContext, 1, []byte("version 1"))
	newer := seal(t, testKey, testContext, 2, []byte("version 2"))
	same := seal(t, testKey, testContext, 3, []byte("version 2"))
	if _, err := readAll(older.bytes, nil); err != nil {
		t.Fatal(err)
	}
	for _, other := range []sealed{older, same} {
		if _, err := readAll(other.bytes, &newer.root); err != ErrIntegrity {
			t.Errorf("another object passed for the newer: %v", err)
		}
	}
	if _, err := readAll(newer.bytes, &newer.root); err != nil {
		t.Error(err)
	}
}

// exchanged is a file that becomes another one after the opener looked at it.
type exchanged struct{ io.ReaderAt }

func TestExchangeAfterVerifyRoot(t *testing.T) {
	ours := seal(t, testKey, testContext, 1, make([]byte, 2*segmentSize))
	other := seal(t, testKey, testContext, 2, make([]byte, 2*segmentSize))
	f := &exchanged{bytes.NewReader(ours.bytes)}
	o, err := NewOpener(f, int64(len(ours.bytes)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.VerifyRoot(ours.root); err != nil {
		t.Fatal(err)
	}
	f.ReaderAt = bytes.NewReader(other.bytes)
	if _, err := o.ReadAt(make([]byte, 1), 0); err != ErrIntegrity {
		t.Errorf("the exchanged file gave %v", err)
	}
}

// One content has one form: whoever has the key cannot end it by an empty segment.
func TestEmptyLastSegment(t *testing.T) {
	var b bytes.Buffer
	s, err := NewSealer(&b, testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	s.Write(make([]byte, segmentSize))
	s.segments(s.buf, nil)
	s.buf = s.buf[:0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(b.Bytes(), nil); err != ErrIntegrity {
		t.Errorf("it was read with %v", err)
	}
}
