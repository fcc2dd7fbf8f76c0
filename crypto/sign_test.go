package crypto

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

func newTestSigner(t testing.TB) *SigningKey {
	t.Helper()
	k, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignAndVerify(t *testing.T) {
	k, other := newTestSigner(t), newTestSigner(t)
	for _, msg := range [][]byte{nil, {0}, []byte("message"), make([]byte, 100_000)} {
		sig, err := k.Sign(msg)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Public().Verify(msg, sig); err != nil {
			t.Errorf("%d bytes: %v", len(msg), err)
		}
		if other.Public().Verify(msg, sig) != ErrIntegrity || (PublicKey{}).Verify(msg, sig) != ErrIntegrity {
			t.Errorf("%d bytes verified under another key", len(msg))
		}
		if k.Public().Verify(append(msg, 0), sig) != ErrIntegrity {
			t.Errorf("%d bytes: one more passed", len(msg))
		}
	}
}

func TestEveryBitOfASignature(t *testing.T) {
	k, msg := newTestSigner(t), []byte("message")
	sig, err := k.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sig) * 8 {
		b := bytes.Clone(sig)
		b[i/8] ^= 1 << (i % 8)
		if k.Public().Verify(msg, b) != ErrIntegrity {
			t.Fatalf("bit %d of the signature may be flipped", i)
		}
	}
	for i := range len(sig) {
		if k.Public().Verify(msg, sig[:i]) != ErrIntegrity {
			t.Fatalf("a signature cut to %d bytes passed", i)
		}
	}
}

// Forms of a valid (r, s) that another reader might take for the same signature.
func TestVerifyIsStrict(t *testing.T) {
	key, err := ParseSigningKeyPEM(vectorPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte("message digest")
	r := unhex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3")
	s := unhex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
	order, _ := new(big.Int).SetString("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", 16)
	num := func(content ...byte) []byte { return append([]byte{2, byte(len(content))}, content...) }
	seq := func(parts ...[]byte) []byte {
		b := bytes.Join(parts, nil)
		return append([]byte{0x30, byte(len(b))}, b...)
	}
	pos := func(b []byte) []byte { return num(append([]byte{0}, b...)...) }
	good := seq(pos(r), pos(s))
	if err := key.Public().Verify(msg, good); err != nil {
		t.Fatal("the strict form was refused")
	}
	plus := func(b []byte) []byte { return new(big.Int).Add(new(big.Int).SetBytes(b), order).Bytes() }
	for name, sig := range map[string][]byte{
		"empty":                  nil,
		"raw r‖s":                append(bytes.Clone(r), s...),
		"a trailing byte":        append(bytes.Clone(good), 0),
		"a third number":         seq(pos(r), pos(s), num(1)),
		"bytes inside":           seq(pos(r), pos(s), []byte{0}),
		"a padded r":             seq(num(append([]byte{0, 0}, r...)...), pos(s)),
		"a long-form length":     append([]byte{0x30, 0x81}, good[1:]...),
		"an indefinite length":   append(append([]byte{0x30, 0x80}, good[2:]...), 0, 0),
		"a negative r":           seq(num(r...), pos(s)),
		"r of zero":              seq(num(0), pos(s)),
		"s of zero":              seq(pos(r), num(0)),
		"r of n":                 seq(pos(order.Bytes()), pos(s)),
		"s of n":                 seq(pos(r), pos(order.Bytes())),
		"r + n":                  seq(num(plus(r)...), pos(s)),
		"s + n":                  seq(pos(r), num(plus(s)...)),
		"n − s":                  seq(pos(r), pos(new(big.Int).Sub(order, new(big.Int).SetBytes(s)).Bytes())),
		"r and s exchanged":      seq(pos(s), pos(r)),
		"another tag":            append([]byte{0x31}, good[1:]...),
		"an empty number":        seq(num(), pos(s)),
		"r + s ≡ 0":              seq(pos(r), pos(new(big.Int).Sub(order, new(big.Int).SetBytes(r)).Bytes())),
		"a number of 200 bytes":  seq(num(append([]byte{1}, make([]byte, 99)...)...), num(1)),
		"nothing in a sequence":  {0x30, 0},
		"a length past the end":  {0x30, 0x44, 2, 1, 1},
		"lengths past the inner": {0x30, 6, 2, 5, 1, 2, 1, 1},
	} {
		if key.Public().Verify(msg, sig) != ErrIntegrity {
			t.Errorf("%s passed", name)
		}
	}
}

// vectorPEM is the key of GB/T 32918.5, annex A.2.
func vectorPEM(t testing.TB) []byte {
	t.Helper()
	der := privateDER1 + "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8" + privateDER2 +
		"09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" +
		"ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
	return pem.EncodeToMemory(&pem.Block{Type: privatePEM, Bytes: unhex(der)})
}

func TestPublicKeyText(t *testing.T) {
	for range 20 {
		p := newTestSigner(t).Public()
		if back, err := ParsePublicKey(p.String()); err != nil || !back.Equal(p) {
			t.Errorf("%s came back as %s, %v", p, back, err)
		}
		if back, err := ParsePublicKeyPEM(p.MarshalPEM()); err != nil || back != p {
			t.Errorf("the PEM of %s came back as %s, %v", p, back, err)
		}
		b, err := json.Marshal(map[string]PublicKey{"key": p})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]PublicKey
		if err := json.Unmarshal(b, &back); err != nil || back["key"] != p {
			t.Errorf("JSON %s came back as %v, %v", b, back, err)
		}
	}
	p := newTestSigner(t).Public()
	if len(p.String()) != 48 || len(p.Fingerprint()) != 68 || p.IsZero() || !(PublicKey{}).IsZero() {
		t.Errorf("String %q, Fingerprint %q", p, p.Fingerprint())
	}
	for _, bad := range []string{
		"", "sm2:", p.String()[4:], p.String() + "A", p.String()[:47], " " + p.String(), p.String() + "\n", "SM2:" + p.String()[4:],
		(PublicKey{}).String(), "sm2:" + strings.Repeat("_", 44), "sm2:A" + strings.Repeat("_", 43), p.String()[:10] + "\n" + p.String()[10:],
	} {
		if _, err := ParsePublicKey(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParsePublicKey(%q) gave %v", bad, err)
		}
	}
}

func TestSigningKeyPEM(t *testing.T) {
	k := newTestSigner(t)
	b, err := k.MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseSigningKeyPEM(b)
	if err != nil || back.Public() != k.Public() {
		t.Fatalf("came back with %v", err)
	}
	sig, err := back.Sign([]byte("x"))
	if err != nil || k.Public().Verify([]byte("x"), sig) != nil {
		t.Error("the key read back signs for another")
	}
	block, _ := pem.Decode(b)
	for i := range len(block.Bytes) * 8 {
		der := bytes.Clone(block.Bytes)
		der[i/8] ^= 1 << (i % 8)
		if _, err := ParseSigningKeyPEM(pem.EncodeToMemory(&pem.Block{Type: privatePEM, Bytes: der})); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("bit %d flipped: %v", i, err)
		}
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "not PEM": []byte("key"), "two blocks": append(bytes.Clone(b), b...), "text before": append([]byte("x\n"), b...),
		"a public key": k.Public().MarshalPEM(), "a header": bytes.Replace(b, []byte("KEY-----\n"), []byte("KEY-----\nA: b\n\n"), 1),
		"another line end": bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")),
	} {
		if _, err := ParseSigningKeyPEM(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysPrintRedacted(t *testing.T) {
	k, signing := Key(unhex("00112233445566778899aabbccddeeff")), newTestSigner(t)
	scalar, err := signing.scalar()
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(map[string]any{"a": k, "b": &k, "c": signing})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%q"} {
		got := fmt.Sprintf(verb+verb+verb, k, &k, signing) + string(asJSON)
		for _, secret := range []string{"0011", "0 17 34", "0x11", "0x0", fmt.Sprintf("%x", scalar[:4]), new(big.Int).SetBytes(scalar).String()} {
			if strings.Contains(strings.ToLower(got), secret) {
				t.Errorf("%s shows the key: %s", verb, got)
			}
		}
		if strings.Count(got, "redacted") != 6 {
			t.Errorf("%s gave %s", verb, got)
		}
	}
}

func TestNotes(t *testing.T) {
	k, other := newTestSigner(t), newTestSigner(t)
	signer, err := NoteSigner("yingbi.example/log", k)
	if err != nil {
		t.Fatal(err)
	}
	text := "yingbi.example/log\n42\n影壁\n"
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseVerifierKey(VerifierKey("yingbi.example/log", k.Public()))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil || n.Text != text || len(n.Sigs) != 1 {
		t.Fatalf("opened %+v, %v", n, err)
	}
	if _, err := note.Open(bytes.Replace(signed, []byte("42"), []byte("43"), 1), note.VerifierList(v)); err == nil {
		t.Error("a changed note opened")
	}
	for _, key := range []struct {
		name   string
		public PublicKey
	}{{"yingbi.example/other", k.Public()}, {"yingbi.example/log", other.Public()}} {
		v, err := NoteVerifier(key.name, key.public)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err == nil {
			t.Errorf("the note opened under %s", key.name)
		}
	}
}

func TestNoteKeysRefuse(t *testing.T) {
	k := newTestSigner(t)
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\u3000b", "\xff"} {
		if _, err := NoteSigner(name, k); fault.KindOf(err) != fault.Invalid {
			t.Errorf("name %q: %v", name, err)
		}
		if _, err := NoteVerifier(name, k.Public()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if v, err := NoteVerifier("a", PublicKey{}); err == nil || v != nil {
		t.Errorf("the zero key gave %v, %v", v, err)
	}
	good := VerifierKey("a", k.Public())
	for i := range good {
		for _, c := range []byte{'0', 'A', '+', '=', '\n'} {
			bad := good[:i] + string(c) + good[i+1:]
			if v, err := ParseVerifierKey(bad); bad != good && (err == nil || v != nil) {
				t.Errorf("ParseVerifierKey(%q) passed", bad)
			}
		}
	}
	for _, bad := range []string{"", "a", "a+b", good + "=", good + "\n", good[:len(good)-1], strings.ToUpper(good)} {
		if _, err := ParseVerifierKey(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseVerifierKey(%q) gave %v", bad, err)
		}
	}
}

func FuzzPublicKey(f *testing.F) {
	p := newTestSigner(f).Public()
	f.Add(p.String())
	f.Add(VerifierKey("yingbi.example/log", p))
	f.Add(string(p.MarshalPEM()))
	f.Add(string(vectorPEM(f)))
	f.Add("sm2:" + strings.Repeat("A", 44))
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParsePublicKey(s); err == nil && p.String() != s {
			t.Errorf("%q was read as %q", s, p)
		}
		if p, err := ParsePublicKeyPEM([]byte(s)); err == nil && string(p.MarshalPEM()) != s {
			t.Errorf("%q was read as %q", s, p.MarshalPEM())
		}
		if k, err := ParseSigningKeyPEM([]byte(s)); err == nil {
			if b, err := k.MarshalPEM(); err != nil || string(b) != s {
				t.Error("a private key was read as another text")
			}
		}
		if v, err := ParseVerifierKey(s); err == nil && VerifierKey(v.Name(), v.(*noteKey).public) != s {
			t.Errorf("%q was read as another note key", s)
		}
	})
}

// The key is fixed, so that the corpus keeps its meaning from run to run.
func FuzzNote(f *testing.F) {
	k, err := ParseSigningKeyPEM(vectorPEM(f))
	if err != nil {
		f.Fatal(err)
	}
	signer, err := NoteSigner("n", k)
	if err != nil {
		f.Fatal(err)
	}
	v, err := NoteVerifier("n", k.Public())
	if err != nil {
		f.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "text\n"}, signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte("text\n\n— n AAAAAA==\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := note.Open(b, note.VerifierList(v))
		if err == nil && n.Text != "text\n" {
			t.Errorf("%q was never signed", n.Text)
		}
		v.Verify(b, b)
	})
}

func BenchmarkSign(b *testing.B) {
	k, msg := newTestSigner(b), []byte("message")
	for b.Loop() {
		if _, err := k.Sign(msg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	k, msg := newTestSigner(b), []byte("message")
	sig, err := k.Sign(msg)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := k.Public().Verify(msg, sig); err != nil {
			b.Fatal(err)
		}
	}
}
