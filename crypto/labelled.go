package crypto

import (
	"regexp"

	"yingbi/internal/fault"
)

// labelledPrefix begins with a zero byte, which a signed note cannot hold: no
// labelled signature can pass for one on a checkpoint, nor the reverse.
const labelledPrefix = "\x00yingbi/signature/v1\x00"

var labelForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxLabel = 32

// CheckLabel refuses a label that is not 1 to 32 lower-case letters, digits and
// dashes between them.
func CheckLabel(label string) error {
	if len(label) > maxLabel || !labelForm.MatchString(label) {
		return fault.Errorf(fault.Invalid, "the label of a signature must be 1 to %d lower-case letters, digits and dashes", maxLabel)
	}
	return nil
}

// labelled is what a key signs of a message for the purpose that label names:
// one key can then serve several purposes, and a signature for one is none for
// another.
func labelled(label string, message Digest) []byte {
	return append([]byte(labelledPrefix+label+"\x00"), message[:]...)
}

// SignDigest signs the SM3 of a message for a purpose.
func (k *SigningKey) SignDigest(label string, message Digest) ([]byte, error) {
	if err := CheckLabel(label); err != nil {
		return nil, err
	}
	return k.Sign(labelled(label, message))
}

// SignLabelled signs a message for a purpose.
func (k *SigningKey) SignLabelled(label string, message []byte) ([]byte, error) {
	return k.SignDigest(label, Sum(message))
}

// VerifyLabelled checks what SignLabelled made; every failure is [ErrIntegrity].
func (p PublicKey) VerifyLabelled(label string, message, sig []byte) error {
	if CheckLabel(label) != nil {
		return ErrIntegrity
	}
	return p.Verify(labelled(label, Sum(message)), sig)
}
