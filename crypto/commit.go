package crypto

import (
	"crypto/rand"
	"crypto/subtle"
)

const commitLabel = "yingbi/commit/v1\x00"

// Commit binds to content without telling anything about it: SM3(label ‖ nonce ‖
// content) with a random nonce. A bare digest of a small table could be guessed.
func Commit(content []byte) (c Digest, nonce [32]byte, err error) {
	if _, err = rand.Read(nonce[:]); err != nil {
		return Digest{}, [32]byte{}, err
	}
	return commitment(nonce, content), nonce, nil
}

// CheckCommit compares in constant time; a difference is [ErrIntegrity].
func CheckCommit(c Digest, nonce [32]byte, content []byte) error {
	want := commitment(nonce, content)
	if subtle.ConstantTimeCompare(c[:], want[:]) != 1 {
		return ErrIntegrity
	}
	return nil
}

func commitment(nonce [32]byte, content []byte) Digest {
	return Sum([]byte(commitLabel), nonce[:], content)
}
