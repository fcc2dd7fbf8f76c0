package crypto

import (
	"regexp"

	"yingbi/internal/fault"
)

// labelledPrefix begins with a zero byte, which a signed note cannot hold: no
// labelled signature can pass for one on a checkpoint, nor the reverse.
const labelledPrefix = "\x00yingbi/signature/v1\x00"

var labelForm = regexp.MustCompile(`^[a-z][a-z0-9]{0,31}(-[a-z0-9]{1,31})*$`)

const maxLabel = 32

// LabelledMessage is what a key signs of a message for the purpose that label
// names: one key can then serve several purposes, and a signature for one is
// none for another. A label is 1 to 32 lower-case letters, digits and dashes.
func LabelledMessage(label string, message Digest) ([]byte, error) {
	if len(label) > maxLabel || !labelForm.MatchString(label) {
		return nil, fault.Errorf(fault.Invalid, "the label of a signature must be 1 to %d lower-case letters, digits and dashes", maxLabel)
	}
	return append([]byte(labelledPrefix+label+"\x00"), message[:]...), nil
}

// SignLabelled signs the SM3 of a message for a purpose.
func (k *SigningKey) SignLabelled(label string, message []byte) ([]byte, error) {
	b, err := LabelledMessage(label, Sum(message))
	if err != nil {
		return nil, err
	}
	return k.Sign(b)
}

// VerifyLabelled checks what SignLabelled made; every failure is [ErrIntegrity].
func (p PublicKey) VerifyLabelled(label string, message, sig []byte) error {
	b, err := LabelledMessage(label, Sum(message))
	if err != nil {
		return ErrIntegrity
	}
	return p.Verify(b, sig)
}
