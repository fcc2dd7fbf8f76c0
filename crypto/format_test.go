package crypto

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	oracle3 "github.com/tjfoc/gmsm/sm3"
	oracle4 "github.com/tjfoc/gmsm/sm4"
)

// The reader of this file knows docs/formats/crypto.md and shares no code with the
// package: the oracle's block and hash, HMAC and HKDF written out, and Go's own GCM.

func plainHKDF(secret, salt, info []byte, n int) []byte {
	prk := plainHMAC(salt, secret)
	var out, block []byte
	for i := 1; len(out) < n; i++ {
		block = plainHMAC(prk, block, info, []byte{byte(i)})
		out = append(out, block...)
	}
	return out[:n]
}

func plainGCM(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := oracle4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(struct{ cipher.Block }{block})
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

func strangerOpen(t *testing.T, key []byte, context string, b []byte) (plain []byte, root []byte) {
	t.Helper()
	salt, mac, body := b[8:40], b[40:72], b[72:]
	info := append([]byte("yingbi/seal/v1\x00"), oracle3.Sm3Sum(b[:40])...)
	info = append(info, oracle3.Sm3Sum([]byte(context))...)
	secret := plainHKDF(key, salt, info, 55)
	if !bytes.Equal(plainHMAC(secret[23:], b[:40]), mac) {
		t.Fatal("the header's MAC differs")
	}
	aead := plainGCM(t, secret[:16])
	pinned := append([]byte("yingbi/seal-root/v1\x00"), b[:72]...)
	for i := 0; len(body) > 0; i++ {
		n := min(65552, len(body))
		nonce := binary.BigEndian.AppendUint32(bytes.Clone(secret[16:23]), uint32(i))
		if n == len(body) {
			nonce = append(nonce, 1)
		} else {
			nonce = append(nonce, 0)
		}
		var err error
		if plain, err = aead.Open(plain, nonce, body[:n], nil); err != nil {
			t.Fatalf("segment %d: %v", i, err)
		}
		pinned = append(pinned, body[n-16:n]...)
		body = body[n:]
	}
	return plain, oracle3.Sm3Sum(binary.BigEndian.AppendUint64(pinned, uint64(len(plain))))
}

func TestStrangerReadsObjects(t *testing.T) {
	for _, n := range []int{0, 1, segmentSize, 2*segmentSize + 9} {
		plain := randomBytes(seeded(50), n)
		obj := seal(t, testKey, testContext, 9, plain)
		got, root := strangerOpen(t, testKey[:], testContext, obj.bytes)
		if !bytes.Equal(got, plain) || !bytes.Equal(root, obj.root[:]) {
			t.Errorf("%d bytes are read differently", n)
		}
	}
}

func TestStrangerReadsBoxes(t *testing.T) {
	box, err := SealBytes(testKey, "kek/1|dataset/claims", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	info := append([]byte("yingbi/box/v1\x00"), oracle3.Sm3Sum([]byte("kek/1|dataset/claims"))...)
	secret := plainHKDF(testKey[:], box[1:25], info, 28)
	got, err := plainGCM(t, secret[:16]).Open(nil, secret[16:], box[25:], nil)
	if err != nil || string(got) != "0123456789abcdef" {
		t.Errorf("read %q, %v", got, err)
	}
}

// Every hex line and key text of the document is what the package makes.
func TestDocumentVectors(t *testing.T) {
	text, err := os.ReadFile("../docs/formats/crypto.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.Join(strings.Fields(string(text)), "")
	key := Key(unhex("000102030405060708090a0b0c0d0e0f"))
	salt := unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")

	var b bytes.Buffer
	s, err := newSealer(&b, key, testContext, salt)
	if err != nil {
		t.Fatal(err)
	}
	s.Write([]byte("影壁\n"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	box, err := sealBox(key, "dataset/claims", salt[:boxSalt], key[:])
	if err != nil {
		t.Fatal(err)
	}
	signing, err := ParseSigningKeyPEM(vectorPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	pass := PassphraseKey([]byte("影壁"), salt[:16], 1000)
	var nonce [32]byte
	copy(nonce[:], salt)
	for name, want := range map[string]string{
		"object":      hex.EncodeToString(b.Bytes()),
		"root":        s.Root().String(),
		"box":         hex.EncodeToString(box),
		"derived":     hex.EncodeToString(Derive(key[:], salt, "yingbi/test", 48)),
		"passphrase":  hex.EncodeToString(pass[:]),
		"commitment":  commitment(nonce, []byte("影壁\n")).String(),
		"public key":  signing.Public().String(),
		"fingerprint": signing.Public().Fingerprint(),
		"note key":    VerifierKey("yingbi.example/log", signing.Public()),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the document lacks the %s vector:\n%s", name, want)
		}
	}
}
