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

// nonce is prefix (7) ‖ counter (4, big-endian) ‖ 1 for the last segment, else 0.
func (c *streamCipher) nonce(index int64, last bool) []byte {
	n := make([]byte, 12)
	copy(n, c.prefix[:])
	binary.BigEndian.PutUint32(n[7:], uint32(index))
	if last {
		n[11] = 1
	}
	return n
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
	buf    []byte // plain bytes of the segment being filled
	out    []byte
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
	s := &Sealer{w: w, cipher: c, tags: c.rootHash(), buf: make([]byte, 0, segmentSize), out: make([]byte, 0, sealedSeg)}
	if s.write(c.header[:]); s.err != nil {
		return nil, s.err
	}
	return s, nil
}

// Write takes plain bytes. An error stays: the object is then lost.
func (s *Sealer) Write(p []byte) (int, error) {
	if s.closed {
		return 0, errSealerClosed
	}
	written := 0
	for s.err == nil && written < len(p) {
		if len(s.buf) == segmentSize { // more follows, so this is not the last one
			s.segment(false)
			continue
		}
		n := copy(s.buf[len(s.buf):segmentSize], p[written:])
		s.buf = s.buf[:len(s.buf)+n]
		written += n
	}
	return written, s.err
}

// Close writes the last segment, once. Size, Length and Root hold after it.
func (s *Sealer) Close() error {
	if s.closed || s.err != nil {
		return s.err
	}
	if s.segment(true); s.err != nil {
		return s.err
	}
	s.closed = true
	s.root = endRoot(s.tags, s.size)
	clear(s.buf[:cap(s.buf)])
	return nil
}

// Size is the number of plain bytes.
func (s *Sealer) Size() int64 { return s.size }

// Length is the number of sealed bytes.
func (s *Sealer) Length() int64 { return s.length }

// Root pins this very object, to be kept in a signed place: see [Opener.VerifyRoot].
// It is zero before Close.
func (s *Sealer) Root() Digest { return s.root }

func (s *Sealer) segment(last bool) {
	if s.index == maxSegments {
		s.err = errors.New("crypto: an object holds at most 256 TiB")
		return
	}
	s.out = s.cipher.aead.Seal(s.out[:0], s.cipher.nonce(s.index, last), s.buf, nil)
	s.tags.Write(s.out[len(s.buf):])
	s.size += int64(len(s.buf))
	s.index++
	s.buf = s.buf[:0]
	s.write(s.out)
}

func (s *Sealer) write(b []byte) {
	n, err := s.w.Write(b)
	s.length += int64(n)
	if err == nil && n != len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		s.err = err
	}
}
