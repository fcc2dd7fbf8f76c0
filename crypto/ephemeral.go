package crypto

import (
	"crypto/cipher"
	"encoding/binary"
)

// EphemeralOverhead is by how much a sealed piece is longer than its plain bytes.
const EphemeralOverhead = tagSize

// Ephemeral seals pieces of a scratch file by SM4-GCM, under a random key that is
// kept nowhere else: when the process ends, nobody can open them. It is safe for
// concurrent use.
type Ephemeral struct{ aead cipher.AEAD }

// NewEphemeral draws a key.
func NewEphemeral() (*Ephemeral, error) {
	k, err := NewKey()
	if err != nil {
		return nil, err
	}
	aead, err := k.gcm()
	return &Ephemeral{aead}, err
}

// Seal seals in place: p is the plain bytes and has room for EphemeralOverhead
// more. The place is where the piece will lie, and no two pieces may ever have the
// same one: it is the nonce.
func (e *Ephemeral) Seal(p []byte, place uint64) []byte {
	return e.aead.Seal(p[:0], nonceOf(place), p, nil)
}

// Open opens in place what Seal made for the place; anything else is
// [ErrIntegrity].
func (e *Ephemeral) Open(sealed []byte, place uint64) ([]byte, error) {
	plain, err := e.aead.Open(sealed[:0], nonceOf(place), sealed, nil)
	if err != nil {
		return nil, ErrIntegrity
	}
	return plain, nil
}

func nonceOf(place uint64) []byte {
	var n [12]byte
	binary.BigEndian.PutUint64(n[4:], place)
	return n[:]
}
