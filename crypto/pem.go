package crypto

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"

	"yingbi/internal/fault"

	"github.com/emmansun/gmsm/sm2"
)

// The DER of an SM2 key is constant but for the numbers in it, so it is written
// and read by template. Both forms are what `openssl pkey` reads and writes.
//
//	public:  SubjectPublicKeyInfo (RFC 5480), curve 1.2.156.10197.1.301
//	private: PKCS#8 around ECPrivateKey (RFC 5915) with the public point
const (
	publicDER   = "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
	privateDER1 = "308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
	privateDER2 = "a14403420004"
)

const (
	publicPEM  = "PUBLIC KEY"
	privatePEM = "PRIVATE KEY"
)

// MarshalPEM writes the key as PKCS#8.
func (k *SigningKey) MarshalPEM() ([]byte, error) {
	scalar, err := k.scalar()
	if err != nil {
		return nil, err
	}
	der := append(append(unhex(privateDER1), scalar...), unhex(privateDER2)...)
	return pem.EncodeToMemory(&pem.Block{Type: privatePEM, Bytes: append(der, k.public.point[:]...)}), nil
}

// ParseSigningKeyPEM reads what MarshalPEM wrote, and nothing else.
func ParseSigningKeyPEM(b []byte) (*SigningKey, error) {
	refused := fault.New(fault.Invalid, "not an SM2 private key: expected one PKCS#8 block named PRIVATE KEY")
	head, middle := unhex(privateDER1), unhex(privateDER2)
	der := onePEM(b, privatePEM)
	if len(der) != len(head)+32+len(middle)+64 || !bytes.HasPrefix(der, head) || !bytes.HasPrefix(der[len(head)+32:], middle) {
		return nil, refused
	}
	key, err := sm2.NewPrivateKey(der[len(head) : len(head)+32])
	if err != nil {
		return nil, refused
	}
	k, err := wrapSigningKey(key)
	if err != nil || !bytes.HasSuffix(der, k.public.point[:]) {
		return nil, refused
	}
	return k, nil
}

// MarshalPEM writes the key as SubjectPublicKeyInfo.
func (p PublicKey) MarshalPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: publicPEM, Bytes: append(unhex(publicDER), p.point[:]...)})
}

// ParsePublicKeyPEM reads what MarshalPEM wrote, and nothing else.
func ParsePublicKeyPEM(b []byte) (PublicKey, error) {
	head := unhex(publicDER)
	der := onePEM(b, publicPEM)
	if len(der) == len(head)+64 && bytes.HasPrefix(der, head) {
		p := PublicKey{[64]byte(der[len(head):])}
		if _, err := p.ecdsa(); err == nil {
			return p, nil
		}
	}
	return PublicKey{}, fault.New(fault.Invalid, "not an SM2 public key: expected one block named PUBLIC KEY")
}

// onePEM gives the content of b if it is exactly one block of the kind, without
// headers and in the form that encoding/pem writes.
func onePEM(b []byte, kind string) []byte {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != kind || len(block.Headers) != 0 || !bytes.Equal(pem.EncodeToMemory(block), b) {
		return nil
	}
	return block.Bytes
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("crypto: a template is not hex")
	}
	return b
}
