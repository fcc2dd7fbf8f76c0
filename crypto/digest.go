package crypto

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Digest is an SM3 digest (GB/T 32905). It compares with ==; use [MAC] or
// [CheckCommit] where the comparison must take constant time.
type Digest [32]byte

// String gives 64 lower-case hex digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes what String gives, so that a Digest is a string in JSON.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else.
func (d *Digest) UnmarshalText(b []byte) error {
	parsed, err := ParseDigest(string(b))
	if err == nil {
		*d = parsed
	}
	return err
}

// ParseDigest reads exactly 64 lower-case hex digits.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(d) || hex.EncodeToString(b) != s {
		return Digest{}, fmt.Errorf("not an SM3 digest: expected 64 lower-case hex digits, got %d characters", len(s))
	}
	copy(d[:], b)
	return d, nil
}

// Sum is SM3 of the concatenation of parts. The borders between parts are not
// hashed: whoever joins fields of varying length must encode the lengths.
func Sum(parts ...[]byte) Digest {
	var room [256]byte // short ones are put together here, which spares a running hash its memory
	b := room[:0]
	for _, p := range parts {
		if len(b)+len(p) > len(room) {
			return sumWith(sm3.New(), parts)
		}
		b = append(b, p...)
	}
	return sm3.Sum(b)
}

// NewHash returns a running SM3.
func NewHash() hash.Hash { return sm3.New() }

// HMAC is HMAC-SM3 (RFC 2104 over SM3) of the concatenation of parts.
func HMAC(key []byte, parts ...[]byte) Digest { return sumWith(hmac.New(sm3.New, key), parts) }

func sumWith(h hash.Hash, parts [][]byte) (d Digest) {
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

// MAC is HMAC-SM3 under one key, kept ready for many messages: about three times
// as fast as [HMAC]. It must not be used by two goroutines at once.
type MAC struct{ h hash.Hash }

// NewMAC prepares a MAC under the key, which it does not keep.
func NewMAC(key []byte) *MAC { return &MAC{hmac.New(sm3.New, key)} }

// Sum appends the 32 bytes of HMAC-SM3(key, msg) to dst.
func (m *MAC) Sum(dst, msg []byte) []byte {
	m.h.Reset()
	m.h.Write(msg)
	return m.h.Sum(dst)
}

// Verify reports, in constant time, whether tag is HMAC-SM3(key, msg).
func (m *MAC) Verify(msg, tag []byte) bool {
	var d Digest
	return hmac.Equal(m.Sum(d[:0], msg), tag)
}

// Derive is HKDF-SM3 (RFC 5869): n bytes from the secret, with an optional salt,
// for the purpose that label names. At most 8160 bytes can be asked for.
func Derive(secret, salt []byte, label string, n int) []byte {
	out, err := hkdf.Key(sm3.New, secret, salt, label, n)
	if err != nil { // n is chosen by the programmer, never by input
		panic("crypto: Derive: " + err.Error())
	}
	return out
}

// DefaultRounds is what [PassphraseKey] uses when it is given no other count:
// about a third of a second on one core.
const DefaultRounds = 600_000

// PassphraseKey is PBKDF2-HMAC-SM3 (GM/T 0091) with 32 bytes of output. Rounds
// of zero or less mean [DefaultRounds]. The salt should be 16 random bytes.
func PassphraseKey(passphrase, salt []byte, rounds int) [32]byte {
	if rounds <= 0 {
		rounds = DefaultRounds
	}
	out, err := pbkdf2.Key(sm3.New, string(passphrase), salt, rounds, 32)
	if err != nil { // only for a length or a mode that is never asked for
		panic("crypto: PassphraseKey: " + err.Error())
	}
	return [32]byte(out)
}
