package crypto

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"yingbi/internal/fault"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm2/sm2ec"
)

// userID is what GB/T 35276 and GM/T 0009 hash into every signature where
// nothing else was agreed.
const userID = "1234567812345678"

// SigningKey is an SM2 private key. It is safe for concurrent use and prints
// redacted. The zero value must not be used.
type SigningKey struct {
	key    *sm2.PrivateKey
	public PublicKey
}

// NewSigningKey makes a random key pair.
func NewSigningKey() (*SigningKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return wrapSigningKey(key)
}

func wrapSigningKey(key *sm2.PrivateKey) (*SigningKey, error) {
	exchange, err := key.ECDH()
	if err != nil {
		return nil, err
	}
	point := exchange.PublicKey().Bytes() // 04 ‖ x ‖ y
	return &SigningKey{key, PublicKey{[64]byte(point[1:])}}, nil
}

// scalar is the private number, 32 bytes.
func (k *SigningKey) scalar() ([]byte, error) {
	exchange, err := k.key.ECDH()
	if err != nil {
		return nil, err
	}
	return exchange.Bytes(), nil
}

// Public is the key that verifies what k signs.
func (k *SigningKey) Public() PublicKey { return k.public }

// Sign makes an SM2 signature (GB/T 32918.2, default user id) over msg, in DER.
// The nonce is hedged: it depends on the key and message besides randomness.
func (k *SigningKey) Sign(msg []byte) ([]byte, error) {
	digest, err := sm2.CalculateSM2Hash(&k.key.PublicKey, msg, []byte(userID))
	if err != nil {
		return nil, err
	}
	return sm2.SignASN1(rand.Reader, k.key, digest, nil)
}

// Format hides the key from every verb.
func (k *SigningKey) Format(s fmt.State, _ rune) { io.WriteString(s, "crypto.SigningKey(redacted)") }

// MarshalText hides the key from JSON and YAML.
func (k *SigningKey) MarshalText() ([]byte, error) { return []byte("crypto.SigningKey(redacted)"), nil }

// PublicKey is a point on the SM2 curve. It compares with ==. The zero value
// verifies nothing.
type PublicKey struct {
	point [64]byte // x ‖ y, big-endian; on the curve unless all zero
}

// PublicKeySize is the length of the compressed point: 02 or 03, then x.
const PublicKeySize = 33

const publicPrefix = "sm2:"

// Verify checks an SM2 signature in DER over msg. The encoding must be strict
// and complete and r, s in [1, n−1]; every failure is [ErrIntegrity].
func (p PublicKey) Verify(msg, sig []byte) error {
	key, err := p.ecdsa()
	if err != nil || !sm2.VerifyASN1WithSM2(key, []byte(userID), msg, sig) {
		return ErrIntegrity
	}
	return nil
}

// Bytes is the compressed point. For the zero value it is zeros, which no reader takes.
func (p PublicKey) Bytes() []byte {
	if p.IsZero() {
		return make([]byte, PublicKeySize)
	}
	return append([]byte{2 | p.point[63]&1}, p.point[:32]...)
}

// Equal reports whether two keys are the same.
func (p PublicKey) Equal(q PublicKey) bool { return p == q }

// IsZero reports whether p was never set.
func (p PublicKey) IsZero() bool { return p == PublicKey{} }

// String gives "sm2:" and 44 characters of unpadded base64url.
func (p PublicKey) String() string {
	return publicPrefix + base64.RawURLEncoding.EncodeToString(p.Bytes())
}

// Fingerprint names a key to people: "sm3:" and the SM3 of the compressed point.
func (p PublicKey) Fingerprint() string { return "sm3:" + Sum(p.Bytes()).String() }

// MarshalText writes what String gives.
func (p PublicKey) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePublicKey reads.
func (p *PublicKey) UnmarshalText(b []byte) error {
	parsed, err := ParsePublicKey(string(b))
	if err == nil {
		*p = parsed
	}
	return err
}

// ParsePublicKey reads what String wrote.
func ParsePublicKey(s string) (PublicKey, error) {
	text, ok := strings.CutPrefix(s, publicPrefix)
	b, err := base64.RawURLEncoding.DecodeString(text)
	if ok && err == nil && len(text) == base64.RawURLEncoding.EncodedLen(PublicKeySize) {
		if p, err := publicKeyFromBytes(b); err == nil && p.String() == s {
			return p, nil
		}
	}
	return PublicKey{}, fault.New(fault.Invalid, "not an SM2 public key: expected sm2: and 44 characters, as `yingbi` prints it")
}

// publicKeyFromBytes reads a compressed point.
func publicKeyFromBytes(b []byte) (PublicKey, error) {
	if len(b) == PublicKeySize {
		if x, y := elliptic.UnmarshalCompressed(sm2ec.P256(), b); x != nil {
			var p PublicKey
			x.FillBytes(p.point[:32])
			y.FillBytes(p.point[32:])
			return p, nil
		}
	}
	return PublicKey{}, ErrIntegrity
}

// ecdsa checks that the point is on the curve, which the zero value is not.
func (p PublicKey) ecdsa() (*ecdsa.PublicKey, error) {
	return sm2.NewPublicKey(append([]byte{4}, p.point[:]...))
}
