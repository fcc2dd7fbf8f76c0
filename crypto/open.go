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
	buffers  sync.Pool // of *segment

	mu     sync.Mutex
	recent *segment // the segment decrypted last, for small reads in a row
}

// segment is a decrypted segment and room for its sealed form.
type segment struct {
	index  int64
	plain  []byte
	sealed []byte
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
	last, err := o.open(segments - 1)
	if err != nil {
		return nil, err
	}
	o.recent = last
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

// ReadAt implements io.ReaderAt over the plain bytes.
func (o *Opener) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("crypto: read at a negative offset")
	}
	n := 0
	for n < len(p) && off < o.size {
		got, err := o.readSegment(p[n:], off)
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

// readSegment copies from the one segment that holds off.
func (o *Opener) readSegment(p []byte, off int64) (int, error) {
	index, start := off/segmentSize, off%segmentSize
	o.mu.Lock()
	if o.recent.index == index {
		n := copy(p, o.recent.plain[start:])
		o.mu.Unlock()
		return n, nil
	}
	o.mu.Unlock()

	s, err := o.open(index)
	if err != nil {
		return 0, err
	}
	n := copy(p, s.plain[start:])
	o.mu.Lock()
	o.recent, s = s, o.recent
	o.mu.Unlock()
	o.buffers.Put(s)
	return n, nil
}

// open reads and decrypts one segment.
func (o *Opener) open(index int64) (*segment, error) {
	s, _ := o.buffers.Get().(*segment)
	if s == nil {
		s = &segment{plain: make([]byte, 0, segmentSize), sealed: make([]byte, sealedSeg)}
	}
	last := index == o.segments-1
	sealed := s.sealed[:o.sealedLength(index)]
	if err := readFull(o.r, sealed, int64(sealHeader)+index*sealedSeg); err != nil {
		return nil, err
	}
	plain, err := o.cipher.aead.Open(s.plain[:0], o.cipher.nonce(index, last), sealed, nil)
	if err != nil {
		return nil, ErrIntegrity
	}
	s.index, s.plain = index, plain
	return s, nil
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

// Reader reads the object from its beginning.
func (o *Opener) Reader() io.Reader { return io.NewSectionReader(o, 0, o.size) }

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
