package crypto

import (
	"errors"
	"testing"
)

func TestLabelsSeparatePurposes(t *testing.T) {
	key, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("approve job 7")
	sig, err := key.SignLabelled("decision", message)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Public().VerifyLabelled("decision", message, sig); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another label":   key.Public().VerifyLabelled("certificate", message, sig),
		"another message": key.Public().VerifyLabelled("decision", []byte("approve job 8"), sig),
		"no label at all": key.Public().Verify(message, sig),
		"a bad label":     key.Public().VerifyLabelled("Decision", message, sig),
	} {
		if !errors.Is(err, ErrIntegrity) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, label := range []string{"", "Certificate", "a\x00b", "a_b", "-a", "abcdefghijklmnopqrstuvwxyz0123456"} {
		if _, err := key.SignLabelled(label, message); err == nil {
			t.Errorf("label %q is taken", label)
		}
	}
}
