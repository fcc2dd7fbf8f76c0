package crypto

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash"
	"io"
)

// The container, byte by byte, is specified in docs/formats/crypto.md.
const (
	sealMagic   = "YBSEAL\x00\x01"
	sealSalt    = 32
	sealHeader  = len(sealMagic) + sealSalt + 32 // magic ‖ salt ‖ HMAC-SM3
	sealLabel   = "yingbi/seal/v1"
	rootLabel   = "yingbi/seal-root/v1\x00"
	segmentSize = 64 << 10
	tagSize     = 16
	sealedSeg   = segmentSize + tagSize
	maxSegments = 1 << 32 // the counter in the nonce has 32 bits: 256 TiB
)

var errSealerClosed = errors.New("crypto: write to a sealed stream that is closed")

// streamCipher opens and seals the segments of one object.
type streamCipher struct {
	header [sealHeader]byte
	aead   cipher.AEAD
	prefix [7]byte // of every nonce
}

// newStreamCipher derives an object's own keys from magic ‖ salt and the
// context, and computes the header's MAC.
func newStreamCipher(k Key, context string, salt []byte) (*streamCipher, error) {
	if k == (Key{}) {
		return nil, errZeroKey
	}
	c := new(streamCipher)
	open := append(append(c.header[:0], sealMagic...), salt...)
	head, ctx := Sum(open), Sum([]byte(context))
	secret := Derive(k[:], salt, sealLabel+"\x00"+string(head[:])+string(ctx[:]), 16+7+32)
	mac := HMAC(secret[23:], open)
	copy(c.header[len(open):], mac[:])
	copy(c.prefix[:], secret[16:])
	var err error
	c.aead, err = Key(secret[:16]).gcm()
	return c, err
}

// seal appends the sealed segment to dst.
func (c *streamCipher) seal(l *lane, dst, plain []byte, index int64, last bool) []byte {
	c.nonce(&l.nonce, index, last)
	return c.aead.Seal(dst, l.nonce[:], plain, nil)
}

// open appends the plain segment to dst, which may be sealed[:0].
func (c *streamCipher) open(l *lane, dst, sealed []byte, index int64, last bool) ([]byte, error) {
	c.nonce(&l.nonce, index, last)
	plain, err := c.aead.Open(dst, l.nonce[:], sealed, nil)
	if err != nil {
		return nil, ErrIntegrity
	}
	return plain, nil
}

// nonce is prefix (7) ‖ counter (4, big-endian) ‖ 1 for the last segment, else 0.
func (c *streamCipher) nonce(n *[12]byte, index int64, last bool) {
	copy(n[:], c.prefix[:])
	binary.BigEndian.PutUint32(n[7:], uint32(index))
	n[11] = 0
	if last {
		n[11] = 1
	}
}

// rootHash is fed with every segment's tag in order and ended with the length.
func (c *streamCipher) rootHash() hash.Hash {
	h := NewHash()
	h.Write([]byte(rootLabel))
	h.Write(c.header[:])
	return h
}

func endRoot(h hash.Hash, size int64) (root Digest) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	h.Sum(root[:0])
	return root
}

// Sealer encrypts a stream. Nothing may be read back before Close has succeeded,
// which writes the last segment; it does not close the underlying writer.
type Sealer struct {
	w      io.Writer
	cipher *streamCipher
	lanes  []*lane
	run    sealRun
	buf    []byte // plain bytes that were not sealed yet; its capacity is whole segments
	tags   hash.Hash
	index  int64
	size   int64
	length int64
	root   Digest
	err    error // of the first failed write
	closed bool
}

// NewSealer starts an object under the data key k. The context says which object
// this is, such as "dataset/claims|v1.parquet"; only the same context opens it.
func NewSealer(w io.Writer, k Key, context string) (*Sealer, error) {
	var salt [sealSalt]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, err
	}
	return newSealer(w, k, context, salt[:])
}

func newSealer(w io.Writer, k Key, context string, salt []byte) (*Sealer, error) {
	c, err := newStreamCipher(k, context, salt)
	if err != nil {
		return nil, err
	}
	s := &Sealer{w: w, cipher: c, tags: c.rootHash(), lanes: []*lane{{}}, buf: make([]byte, 0, segmentSize)}
	if err := s.write(c.header[:]); err != nil {
		return nil, err
	}
	return s, nil
}

// SetCores lets n goroutines seal, before the first Write; zero and one mean the
// caller's alone. They live within a Write or Close. Where there are several, short
// writes are gathered for them, and each takes 0.75 MiB. The object is the same.
func (s *Sealer) SetCores(n int) {
	if n > 1 && s.size == 0 && len(s.buf) == 0 {
		s.lanes = make([]*lane, n)
		for i := range s.lanes {
			s.lanes[i] = new(lane)
		}
		s.buf = make([]byte, 0, n*2*pieceSegments*segmentSize)
	}
}

// Write takes plain bytes. An error stays: the object is then lost.
func (s *Sealer) Write(p []byte) (int, error) {
	if s.closed {
		return 0, errSealerClosed
	}
	if s.err != nil {
		return 0, s.err
	}
	rest := p
	if len(p) > cap(s.buf)-len(s.buf) { // so none of the segments in buf is the last one
		border := -len(s.buf) & (segmentSize - 1) // bytes up to the segment's end
		s.buf, rest = append(s.buf, p[:border]...), p[border:]
		whole := (len(rest) - 1) &^ (segmentSize - 1) // sealed where they lie
		if s.segments(s.buf, rest[:whole]); s.err != nil {
			return 0, s.err
		}
		s.buf, rest = s.buf[:0], rest[whole:]
	}
	s.buf = append(s.buf, rest...)
	return len(p), nil
}

// Close writes the last segment, once. Size, Length and Root hold after it.
func (s *Sealer) Close() error {
	if s.closed || s.err != nil {
		return s.err
	}
	whole := max(0, len(s.buf)-1) &^ (segmentSize - 1)
	if s.segments(s.buf[:whole], nil); s.err == nil {
		s.err = s.last(s.buf[whole:])
	}
	clear(s.buf[:cap(s.buf)])
	if s.err != nil {
		return s.err
	}
	s.closed = true
	s.root = endRoot(s.tags, s.size)
	s.lanes, s.buf = nil, nil
	return nil
}

// Size is the number of plain bytes.
func (s *Sealer) Size() int64 { return s.size }

// Length is the number of sealed bytes.
func (s *Sealer) Length() int64 { return s.length }

// Root pins this very object, to be kept in a signed place: see [Opener.VerifyRoot].
// It is zero before Close.
func (s *Sealer) Root() Digest { return s.root }

// segments seals those of head and then those of body. All are whole, and none is
// the last one.
func (s *Sealer) segments(head, body []byte) {
	n := int64(len(head)+len(body)) / segmentSize
	if s.index+n >= maxSegments {
		s.err = errors.New("crypto: an object holds at most 256 TiB")
		return
	}
	s.run = sealRun{s, head, body, piecesOf(n, len(s.lanes))}
	s.err = inOrder(s.lanes, s.run.count(), &s.run)
	s.run = sealRun{}
	s.index += n
	s.size += n * segmentSize
}

// sealRun seals the segments of head and body.
type sealRun struct {
	s          *Sealer
	head, body []byte
	pieces
}

func (r *sealRun) work(l *lane, piece int64) error {
	first, end := r.of(piece)
	sealed := l.room((end - first) * sealedSeg)[:0]
	for i := first; i < end; i++ {
		sealed = r.s.cipher.seal(l, sealed, r.plain(i*segmentSize), r.s.index+i, false)
	}
	l.buf = sealed
	return nil
}

// plain gives the segment that begins at the offset.
func (r *sealRun) plain(at int64) []byte {
	if head := int64(len(r.head)); at >= head {
		return r.body[at-head:][:segmentSize]
	}
	return r.head[at:][:segmentSize]
}

func (r *sealRun) give(l *lane, _ int64) error {
	for rest := l.buf; len(rest) > 0; rest = rest[sealedSeg:] {
		r.s.tags.Write(rest[segmentSize:sealedSeg])
	}
	return r.s.write(l.buf)
}

// last seals the last segment.
func (s *Sealer) last(plain []byte) error {
	l := s.lanes[0]
	sealed := s.cipher.seal(l, l.buf[:0], plain, s.index, true)
	s.tags.Write(sealed[len(plain):])
	s.index++
	s.size += int64(len(plain))
	return s.write(sealed)
}

func (s *Sealer) write(b []byte) error {
	n, err := s.w.Write(b)
	s.length += int64(n)
	if err == nil && n != len(b) {
		err = io.ErrShortWrite
	}
	return err
}
