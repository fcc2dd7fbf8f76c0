package crypto

import (
	"bytes"
	"crypto/cipher"
	"slices"
	"testing"

	oracle "github.com/tjfoc/gmsm/sm4"
)

var sivKey = [SIVKeySize]byte(randomBytes(seeded(70), SIVKeySize))

func newSIV(t testing.TB, key [SIVKeySize]byte) *SIV {
	t.Helper()
	s, err := NewSIV(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Sealed messages against HMAC-SM3 and the standard library's counter mode over another
// implementation of the block, and back.
func TestSIV(t *testing.T) {
	block, err := oracle.NewCipher(sivKey[32:])
	if err != nil {
		t.Fatal(err)
	}
	s := newSIV(t, sivKey)
	for _, n := range []int{0, 1, 15, 16, 17, 511, 512, 513, 2000} {
		message := randomBytes(seeded(byte(n)), n)
		mac := HMAC(sivKey[:32], message)
		want := append(mac[:16:16], message...)
		cipher.NewCTR(block, mac[:16]).XORKeyStream(want[16:], want[16:])
		sealed := s.Seal([]byte("before"), message)
		if !bytes.Equal(sealed, append([]byte("before"), want...)) {
			t.Errorf("%d bytes are sealed in another way", n)
		}
		got, err := s.Open([]byte("before"), want)
		if err != nil || !bytes.Equal(got, append([]byte("before"), message...)) {
			t.Errorf("%d bytes do not come back: %v", n, err)
		}
	}
}

func TestSIVRefuses(t *testing.T) {
	s := newSIV(t, sivKey)
	sealed := s.Seal(nil, []byte("530402199001011234"))
	otherMAC, otherCipher := sivKey, sivKey
	otherMAC[0] ^= 1
	otherCipher[32] ^= 1
	for i := range sealed {
		altered := slices.Clone(sealed)
		altered[i] ^= 0x40
		if got, err := s.Open(nil, altered); err != ErrIntegrity || len(got) != 0 {
			t.Errorf("byte %d altered: %q, %v", i, got, err)
		}
		if _, err := s.Open(nil, sealed[:i]); err != ErrIntegrity {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
	for name, key := range map[string][SIVKeySize]byte{"of the tag": otherMAC, "of the cipher": otherCipher} {
		if _, err := newSIV(t, key).Open(nil, sealed); err != ErrIntegrity {
			t.Errorf("another key %s: %v", name, err)
		}
	}
	if _, err := NewSIV([SIVKeySize]byte{1}); err == nil {
		t.Error("a cipher key of zeros is taken")
	}
}

// A counter that runs over keeps its carry, as in the standard library.
func TestSIVCounterCarries(t *testing.T) {
	block, err := oracle.NewCipher(sivKey[32:])
	if err != nil {
		t.Fatal(err)
	}
	for _, low := range []byte{0xff, 0xfe} {
		counter := [16]byte(bytes.Repeat([]byte{0xff}, 16))
		counter[0], counter[15] = 0x12, low
		got, want := make([]byte, 100), make([]byte, 100)
		newSIV(t, sivKey).xor(got, counter)
		cipher.NewCTR(block, counter[:]).XORKeyStream(want, want)
		if !bytes.Equal(got, want) {
			t.Errorf("the keystream from %x differs", counter)
		}
	}
}
