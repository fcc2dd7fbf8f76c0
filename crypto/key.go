package crypto

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"yingbi/internal/fault"

	"github.com/emmansun/gmsm/sm4"
)

// ErrIntegrity is the one answer to everything that fails a cryptographic check:
// altered bytes, a wrong key and a wrong context look the same.
var ErrIntegrity error = fault.New(fault.Integrity, "the cryptographic check failed: the bytes were altered, or belong to another key or another place")

var errZeroKey = errors.New("crypto: the key was never set (all zero)")

// Key is an SM4 key. It prints as "crypto.Key(redacted)" in every format; k[:]
// gives its bytes. The zero Key is refused everywhere.
type Key [16]byte

// NewKey returns a random key.
func NewKey() (Key, error) {
	var k Key
	_, err := rand.Read(k[:])
	return k, err
}

// KeyFromBytes copies a key of exactly 16 bytes, not all zero.
func KeyFromBytes(b []byte) (Key, error) {
	if len(b) != len(Key{}) {
		return Key{}, fmt.Errorf("crypto: an SM4 key has 16 bytes, not %d", len(b))
	}
	if k := Key(b); k != (Key{}) {
		return k, nil
	}
	return Key{}, errZeroKey
}

// String hides the key.
func (Key) String() string { return "crypto.Key(redacted)" }

// Format hides the key from every verb, %x and %#v included.
func (k Key) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// MarshalText hides the key from JSON and YAML.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// gcm gives SM4-GCM (RFC 8998) with a 12-byte nonce and a 16-byte tag.
func (k Key) gcm() (cipher.AEAD, error) {
	if k == (Key{}) {
		return nil, errZeroKey
	}
	block, err := sm4.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
