package crypto

import (
	"crypto/cipher"
	"crypto/rand"
)

// A box: 0x01 ‖ salt (24) ‖ SM4-GCM ciphertext ‖ tag (16). Key and nonce are
// derived from the salt, so any number of boxes may be sealed under one key.
const (
	boxVersion  = 0x01
	boxSalt     = 24
	boxOverhead = 1 + boxSalt + 16
	boxLabel    = "yingbi/box/v1"
)

// SealBytes encrypts a small value under k for the place that context names. It
// is also how a data key is wrapped: SealBytes(kek, compartment, dataKey[:]).
// The result is 41 bytes longer than plain.
func SealBytes(k Key, context string, plain []byte) ([]byte, error) {
	var salt [boxSalt]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, err
	}
	return sealBox(k, context, salt[:], plain)
}

func sealBox(k Key, context string, salt, plain []byte) ([]byte, error) {
	aead, nonce, err := boxCipher(k, context, salt)
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(plain)+boxOverhead), boxVersion)
	return aead.Seal(append(out, salt...), nonce, plain, nil), nil
}

// OpenBytes decrypts what SealBytes made with the same key and context; anything
// else is [ErrIntegrity].
func OpenBytes(k Key, context string, sealed []byte) ([]byte, error) {
	if len(sealed) < boxOverhead || sealed[0] != boxVersion {
		return nil, ErrIntegrity
	}
	salt, body := sealed[1:1+boxSalt], sealed[1+boxSalt:]
	aead, nonce, err := boxCipher(k, context, salt)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nonce, body, nil)
	if err != nil {
		return nil, ErrIntegrity
	}
	return plain, nil
}

func boxCipher(k Key, context string, salt []byte) (cipher.AEAD, []byte, error) {
	if k == (Key{}) {
		return nil, nil, errZeroKey
	}
	ctx := Sum([]byte(context))
	secret := Derive(k[:], salt, boxLabel+"\x00"+string(ctx[:]), 16+12)
	aead, err := Key(secret[:16]).gcm()
	return aead, secret[16:], err
}
