package crypto

import (
	"crypto/subtle"
	"errors"
	"io"
	"sync"
)

// Opener reads a sealed object at any place. It is safe for concurrent use.
type Opener struct {
	r        io.ReaderAt
	cipher   *streamCipher
	size     int64 // plain bytes
	segments int64
	cores    int
	idle     sync.Pool // of *lane

	mu     sync.Mutex // guards recent
	recent segment    // the one decrypted last, for small reads in a row
}

// segment is a decrypted segment in the buffer of its lane.
type segment struct {
	index int64
	plain []byte
	lane  *lane
}

// NewOpener checks the header, the length and the last segment before any byte
// can be read, so that a shortened object is refused at once. Damage elsewhere is
// found when it is read. Failures are [ErrIntegrity], or an error of r.
func NewOpener(r io.ReaderAt, sealedSize int64, k Key, context string) (*Opener, error) {
	size, segments, ok := plainSize(sealedSize)
	if !ok {
		return nil, ErrIntegrity
	}
	header := make([]byte, sealHeader)
	if err := readFull(r, header, 0); err != nil {
		return nil, err
	}
	c, err := newStreamCipher(k, context, header[len(sealMagic):len(sealMagic)+sealSalt])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(c.header[:], header) != 1 {
		return nil, ErrIntegrity
	}
	o := &Opener{r: r, cipher: c, size: size, segments: segments}
	o.recent, err = o.open(segments - 1)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// plainSize tells an object's plain length and segments from its sealed length.
// Only an empty object has an empty last segment.
func plainSize(sealed int64) (size, segments int64, ok bool) {
	body := sealed - int64(sealHeader)
	if body < tagSize {
		return 0, 0, false
	}
	segments = (body-1)/sealedSeg + 1
	size = body - segments*tagSize
	return size, segments, size == 0 || segments <= maxSegments && size > (segments-1)*segmentSize
}

// Size is the number of plain bytes.
func (o *Opener) Size() int64 { return o.size }

// SetCores lets n goroutines open what a long ReadAt asks for, or what a Reader
// writes; zero and one mean the caller's alone. It must not be called while others
// use the Opener. The goroutines live within a call, and take 256 KiB each.
func (o *Opener) SetCores(n int) { o.cores = n }

// ReadAt implements io.ReaderAt over the plain bytes.
func (o *Opener) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("crypto: read at a negative offset")
	}
	n := 0
	for n < len(p) && off < o.size {
		got, err := o.readSome(p[n:], off)
		n, off = n+got, off+int64(got)
		if err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// readSome reads whole segments straight into p, or a part of one.
func (o *Opener) readSome(p []byte, off int64) (int, error) {
	index, start := off/segmentSize, off%segmentSize
	if n := o.reread(p, index, start); n > 0 {
		return n, nil
	}
	if start == 0 {
		whole := int64(len(p)) / segmentSize
		if int64(len(p)) >= o.size-off {
			whole = o.segments - index
		}
		if whole > 0 {
			return o.readWhole(p, index, whole)
		}
	}
	return o.readPart(p, index, start)
}

// reread copies from the recent segment, if that is the one.
func (o *Opener) reread(p []byte, index, start int64) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.recent.index != index {
		return 0
	}
	return copy(p, o.recent.plain[start:])
}

// readPart copies from one segment and keeps it.
func (o *Opener) readPart(p []byte, index, start int64) (int, error) {
	s, err := o.open(index)
	if err != nil {
		return 0, err
	}
	n := copy(p, s.plain[start:])
	o.mu.Lock()
	o.recent, s = s, o.recent
	o.mu.Unlock()
	o.idle.Put(s.lane)
	return n, nil
}

// open reads and decrypts one segment.
func (o *Opener) open(index int64) (segment, error) {
	l := o.lane()
	sealed := l.room(o.sealedLength(index))
	plain, err := o.read(l, sealed[:0], sealed, index)
	return segment{index, plain, l}, err
}

// read fills sealed with a sealed segment and appends its plain form to dst, which
// may be sealed[:0].
func (o *Opener) read(l *lane, dst, sealed []byte, index int64) ([]byte, error) {
	if err := readFull(o.r, sealed, int64(sealHeader)+index*sealedSeg); err != nil {
		return nil, err
	}
	return o.cipher.open(l, dst, sealed, index, index == o.segments-1)
}

func (o *Opener) lane() *lane {
	if l, ok := o.idle.Get().(*lane); ok {
		return l
	}
	return new(lane)
}

func (o *Opener) sealedLength(index int64) int64 {
	return min(segmentSize, o.size-index*segmentSize) + tagSize
}

// VerifyRoot checks that this is the very object whose sealer gave the root, and
// not an older one sealed for the same place. It reads 16 bytes a segment. After
// it, no later exchange of the file passes unseen: the file key was drawn for this
// one sealing, so a segment that opens under it is the segment that was sealed.
func (o *Opener) VerifyRoot(root Digest) error {
	tags := o.cipher.rootHash()
	var tag [tagSize]byte
	for i := range o.segments {
		end := int64(sealHeader) + i*sealedSeg + o.sealedLength(i)
		if err := readFull(o.r, tag[:], end-tagSize); err != nil {
			return err
		}
		tags.Write(tag[:])
	}
	got := endRoot(tags, o.size)
	if subtle.ConstantTimeCompare(got[:], root[:]) != 1 {
		return ErrIntegrity
	}
	return nil
}

// readFull fills p; a file that ends before it is damaged.
func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		return ErrIntegrity
	}
	return err
}
