package crypto

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	oracle2 "github.com/tjfoc/gmsm/sm2"
	oracle3 "github.com/tjfoc/gmsm/sm3"
	oracle4 "github.com/tjfoc/gmsm/sm4"
)

// GB/T 32905-2016, annex A.
func TestSM3Vectors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
		{strings.Repeat("abcd", 16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
	} {
		if got := Sum([]byte(c.in)).String(); got != c.want {
			t.Errorf("Sum(%q) = %s, want %s", c.in, got, c.want)
		}
	}
	if Sum([]byte("a"), nil, []byte("bc")) != Sum([]byte("abc")) {
		t.Error("Sum of parts is not the sum of their concatenation")
	}
}

// GB/T 32907-2016, annex A: one block, and the same block a million times.
func TestSM4Vectors(t *testing.T) {
	key := unhex("0123456789abcdeffedcba9876543210")
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.Clone(key)
	block.Encrypt(b, b)
	if got := hex.EncodeToString(b); got != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("one round: %s", got)
	}
	for range 999_999 {
		block.Encrypt(b, b)
	}
	if got := hex.EncodeToString(b); got != "595298c7c6fd271f0402f804c33d3f66" {
		t.Errorf("a million rounds: %s", got)
	}
	for range 1_000_000 {
		block.Decrypt(b, b)
	}
	if !bytes.Equal(b, key) {
		t.Errorf("a million rounds back: %x", b)
	}
}

// RFC 8998, appendix A.1.
func TestSM4GCMVector(t *testing.T) {
	key := Key(unhex("0123456789abcdeffedcba9876543210"))
	nonce := unhex("00001234567800000000abcd")
	aad := unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
	plain := unhex(strings.Repeat("aa", 8) + strings.Repeat("bb", 8) + strings.Repeat("cc", 8) + strings.Repeat("dd", 8) +
		strings.Repeat("ee", 8) + strings.Repeat("ff", 8) + strings.Repeat("ee", 8) + strings.Repeat("aa", 8))
	want := "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735" +
		"d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d" + "83de3541e4c2b58177e065a9bf7b62ec"
	aead, err := key.gcm()
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(aead.Seal(nil, nonce, plain, aad)); got != want {
		t.Errorf("sealed %s", got)
	}
	if back, err := aead.Open(nil, nonce, unhex(want), aad); err != nil || !bytes.Equal(back, plain) {
		t.Errorf("opened %x, %v", back, err)
	}
}

// GB/T 32918.5-2017, annex A.2: the signature of "message digest" on the
// recommended curve, with the user id that Verify uses.
func TestSM2Vector(t *testing.T) {
	key, err := sm2.NewPrivateKey(unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := wrapSigningKey(key)
	if err != nil {
		t.Fatal(err)
	}
	const point = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" +
		"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
	if got := hex.EncodeToString(k.public.point[:]); got != point {
		t.Errorf("public point %s", got)
	}
	r, _ := new(big.Int).SetString("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3", 16)
	s, _ := new(big.Int).SetString("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa", 16)
	if err := k.Public().Verify([]byte("message digest"), der(t, r, s)); err != nil {
		t.Error("the published signature was refused")
	}
}

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seeded gives the same bytes in every run.
func seeded(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func randomBytes(r *rand.ChaCha8, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func TestHashAgainstOracle(t *testing.T) {
	r := seeded(1)
	for n := range 700 {
		msg := randomBytes(r, n)
		if got, want := Sum(msg), oracle3.Sm3Sum(msg); !bytes.Equal(got[:], want) {
			t.Fatalf("%d bytes: %s, oracle %x", n, got, want)
		}
		h := NewHash()
		h.Write(msg[:n/3])
		h.Write(msg[n/3:])
		if got := Sum(msg); !bytes.Equal(h.Sum(nil), got[:]) {
			t.Fatalf("%d bytes in two writes differ", n)
		}
	}
}

func TestBlockAgainstOracle(t *testing.T) {
	r := seeded(2)
	for range 2000 {
		key, in := randomBytes(r, 16), randomBytes(r, 16)
		ours, err := sm4.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := oracle4.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		var a, b [16]byte
		ours.Encrypt(a[:], in)
		theirs.Encrypt(b[:], in)
		if a != b {
			t.Fatalf("key %x block %x: %x, oracle %x", key, in, a, b)
		}
		ours.Decrypt(a[:], in)
		theirs.Decrypt(b[:], in)
		if a != b {
			t.Fatalf("key %x block %x back: %x, oracle %x", key, in, a, b)
		}
	}
}

// Each side signs and the other verifies; a changed message is refused by both.
func TestSignaturesAgainstOracle(t *testing.T) {
	r := seeded(3)
	for i := range 40 {
		k, err := NewSigningKey()
		if err != nil {
			t.Fatal(err)
		}
		theirs := &oracle2.PrivateKey{D: k.key.D}
		theirs.Curve, theirs.X, theirs.Y = oracle2.P256Sm2(), k.key.X, k.key.Y
		msg := randomBytes(r, 1+i*7)

		sig, err := k.Sign(msg)
		if err != nil {
			t.Fatal(err)
		}
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(sig, &rs); err != nil {
			t.Fatal(err)
		}
		if !oracle2.Sm2Verify(&theirs.PublicKey, msg, []byte(userID), rs.R, rs.S) {
			t.Fatal("the oracle refused our signature")
		}
		a, b, err := oracle2.Sm2Sign(theirs, msg, []byte(userID), r)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Public().Verify(msg, der(t, a, b)); err != nil {
			t.Fatal("we refused the oracle's signature")
		}
		msg[0] ^= 1
		if k.Public().Verify(msg, sig) == nil || oracle2.Sm2Verify(&theirs.PublicKey, msg, []byte(userID), rs.R, rs.S) {
			t.Fatal("a signature held for another message")
		}
	}
}

// plainHMAC is RFC 2104 written out over the oracle's SM3.
func plainHMAC(key []byte, parts ...[]byte) []byte {
	if len(key) > 64 {
		key = oracle3.Sm3Sum(key)
	}
	pad := func(x byte) []byte {
		p := bytes.Repeat([]byte{x}, 64)
		for i, k := range key {
			p[i] ^= k
		}
		return p
	}
	inner := oracle3.Sm3Sum(append(pad(0x36), bytes.Join(parts, nil)...))
	return oracle3.Sm3Sum(append(pad(0x5c), inner...))
}

func TestHMACAgainstPlain(t *testing.T) {
	r := seeded(4)
	for _, keyLen := range []int{0, 1, 16, 32, 63, 64, 65, 200} {
		key := randomBytes(r, keyLen)
		mac := NewMAC(key)
		for _, n := range []int{0, 1, 18, 55, 56, 63, 64, 65, 1000} {
			msg := randomBytes(r, n)
			want := plainHMAC(key, msg)
			got := HMAC(key, msg[:n/2], msg[n/2:])
			if !bytes.Equal(got[:], want) {
				t.Errorf("key %d message %d: HMAC %s, want %x", keyLen, n, got, want)
			}
			if again := mac.Sum([]byte("dst"), msg); string(again) != "dst"+string(want) {
				t.Errorf("key %d message %d: MAC.Sum %x", keyLen, n, again)
			}
			if !mac.Verify(msg, want) || mac.Verify(msg, want[:31]) || mac.Verify(append(msg, 0), want) {
				t.Errorf("key %d message %d: MAC.Verify is wrong", keyLen, n)
			}
		}
	}
}

// RFC 5869 written out over plainHMAC.
func TestDeriveAgainstPlain(t *testing.T) {
	r := seeded(5)
	for _, n := range []int{1, 16, 31, 32, 33, 64, 65, 255 * 32} {
		secret, salt, label := randomBytes(r, 16), randomBytes(r, n%40), "yingbi/test\x00"+string(randomBytes(r, 9))
		hashSalt := salt
		if len(salt) == 0 {
			hashSalt = make([]byte, 32)
		}
		prk := plainHMAC(hashSalt, secret)
		var want, block []byte
		for i := 1; len(want) < n; i++ {
			block = plainHMAC(prk, block, []byte(label), []byte{byte(i)})
			want = append(want, block...)
		}
		if got := Derive(secret, salt, label, n); !bytes.Equal(got, want[:n]) {
			t.Errorf("%d bytes differ", n)
		}
	}
}

// RFC 8018 §5.2 written out over plainHMAC.
func TestPassphraseKeyAgainstPlain(t *testing.T) {
	pass, salt := []byte("影壁 passphrase"), []byte("0123456789abcdef")
	for _, rounds := range []int{1, 2, 77} {
		u := plainHMAC(pass, salt, []byte{0, 0, 0, 1})
		want := bytes.Clone(u)
		for range rounds - 1 {
			u = plainHMAC(pass, u)
			for i := range want {
				want[i] ^= u[i]
			}
		}
		if got := PassphraseKey(pass, salt, rounds); !bytes.Equal(got[:], want) {
			t.Errorf("%d rounds: %x, want %x", rounds, got, want)
		}
	}
}

func BenchmarkMAC(b *testing.B) {
	m, msg, dst := NewMAC(make([]byte, 32)), make([]byte, 18), make([]byte, 0, 32)
	b.ReportAllocs()
	for b.Loop() {
		m.Sum(dst, msg)
	}
}

func BenchmarkHMAC(b *testing.B) {
	key, msg := make([]byte, 32), make([]byte, 18)
	b.ReportAllocs()
	for b.Loop() {
		HMAC(key, msg)
	}
}

func BenchmarkPassphraseKey(b *testing.B) {
	for b.Loop() {
		PassphraseKey([]byte("passphrase"), []byte("salt"), 0)
	}
}

// TestSumOfParts holds that parts are joined, however short or long they are.
func TestSumOfParts(t *testing.T) {
	whole := make([]byte, 700)
	for i := range whole {
		whole[i] = byte(i * 7)
	}
	for n := range whole {
		h := NewHash()
		h.Write(whole[:n])
		want := Digest(h.Sum(nil))
		if got := Sum(whole[:n/3], whole[n/3:n/2], nil, whole[n/2:n]); got != want {
			t.Fatalf("%d bytes: %s, want %s", n, got, want)
		}
	}
}
