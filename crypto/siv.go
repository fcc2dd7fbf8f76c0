package crypto

import (
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"
	"math/bits"

	gmcipher "github.com/emmansun/gmsm/cipher"
	"github.com/emmansun/gmsm/sm4"
)

// SIV is deterministic authenticated encryption by a synthetic initialisation vector
// (Rogaway and Shrimpton 2006; RFC 5297 is the same with other primitives): the first
// 16 bytes of an HMAC-SM3 of the message are its tag and the counter from which
// SM4-CTR enciphers it. Equal messages give equal bytes; that is all that shows of
// them besides their length. It must not be used by two goroutines at once.
type SIV struct {
	mac    *MAC
	ecb    cipher.BlockMode
	full   []byte
	stream [512]byte
}

// SIVOverhead is the bytes by which a sealed message is longer; SIVKeySize those of a
// key: 32 for the tag, then 16 for the cipher.
const (
	SIVOverhead = 16
	SIVKeySize  = 48
)

// NewSIV prepares a key of SIVKeySize bytes, such as Derive gives.
func NewSIV(key [SIVKeySize]byte) (*SIV, error) {
	if Key(key[32:]) == (Key{}) {
		return nil, errZeroKey
	}
	block, err := sm4.NewCipher(key[32:])
	if err != nil {
		return nil, err
	}
	return &SIV{mac: NewMAC(key[:32]), ecb: gmcipher.NewECBEncrypter(block)}, nil
}

// Seal appends the tag and the enciphered message to dst. They must not overlap.
func (s *SIV) Seal(dst, message []byte) []byte {
	tag := s.tag(message)
	start := len(dst) + SIVOverhead
	dst = append(append(dst, tag[:]...), message...)
	s.xor(dst[start:], tag)
	return dst
}

// Open appends the message to dst. Every failure is [ErrIntegrity], and then dst comes
// back as it was.
func (s *SIV) Open(dst, sealed []byte) ([]byte, error) {
	if len(sealed) < SIVOverhead {
		return dst, ErrIntegrity
	}
	tag, start := [16]byte(sealed), len(dst)
	out := append(dst, sealed[SIVOverhead:]...)
	s.xor(out[start:], tag)
	if want := s.tag(out[start:]); !hmac.Equal(want[:], tag[:]) {
		clear(out[start:])
		return dst, ErrIntegrity
	}
	return out, nil
}

func (s *SIV) tag(message []byte) [16]byte {
	s.full = s.mac.Sum(s.full[:0], message)
	return [16]byte(s.full)
}

// xor adds the keystream that begins at a counter of 128 bits. The library's CTR would
// take memory for each message.
func (s *SIV) xor(text []byte, counter [16]byte) {
	high, low := binary.BigEndian.Uint64(counter[:]), binary.BigEndian.Uint64(counter[8:])
	for len(text) > 0 {
		n := min(len(text), len(s.stream))
		stream := s.stream[:(n+15)/16*16]
		for at := 0; at < len(stream); at += 16 {
			binary.BigEndian.PutUint64(stream[at:], high)
			binary.BigEndian.PutUint64(stream[at+8:], low)
			var carry uint64
			low, carry = bits.Add64(low, 1, 0)
			high += carry
		}
		s.ecb.CryptBlocks(stream, stream)
		for i := range text[:n] {
			text[i] ^= stream[i]
		}
		text = text[n:]
	}
}
