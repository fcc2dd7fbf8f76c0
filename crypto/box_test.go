package crypto

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func TestBox(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 100_000} {
		plain := randomBytes(seeded(40), n)
		box, err := SealBytes(testKey, "dataset/claims", plain)
		if err != nil || len(box) != n+boxOverhead {
			t.Fatalf("%d bytes sealed to %d, %v", n, len(box), err)
		}
		got, err := OpenBytes(testKey, "dataset/claims", box)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes came back as %d, %v", n, len(got), err)
		}
	}
}

// A wrapped data key opens under its own key-encryption key and compartment alone.
func TestBoxRefuses(t *testing.T) {
	dataKey, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	box, err := SealBytes(testKey, "dataset/claims", dataKey[:])
	if err != nil {
		t.Fatal(err)
	}
	again, err := SealBytes(testKey, "dataset/claims", dataKey[:])
	if err != nil || bytes.Equal(again[1:1+boxSalt], box[1:1+boxSalt]) {
		t.Error("two boxes have one salt")
	}
	other := testKey
	other[0] ^= 1
	for _, c := range []struct {
		key     Key
		context string
	}{{other, "dataset/claims"}, {testKey, "dataset/claim"}, {testKey, ""}} {
		if _, err := OpenBytes(c.key, c.context, box); err != ErrIntegrity {
			t.Errorf("context %q: %v", c.context, err)
		}
	}
	for i := range len(box) * 8 {
		b := bytes.Clone(box)
		b[i/8] ^= 1 << (i % 8)
		if _, err := OpenBytes(testKey, "dataset/claims", b); err != ErrIntegrity {
			t.Fatalf("bit %d flipped: %v", i, err)
		}
	}
	for n := range box {
		if _, err := OpenBytes(testKey, "dataset/claims", box[:n]); err != ErrIntegrity {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := OpenBytes(testKey, "dataset/claims", append(box, 0)); err != ErrIntegrity {
		t.Errorf("one more byte: %v", err)
	}
	if _, err := SealBytes(Key{}, "x", nil); err == nil {
		t.Error("sealed under the zero key")
	}
	if _, err := OpenBytes(Key{}, "x", box); err == nil {
		t.Error("opened with the zero key")
	}
}

func TestKeyFromBytes(t *testing.T) {
	for n := range 34 {
		b := bytes.Repeat([]byte{7}, n)
		k, err := KeyFromBytes(b)
		if (err == nil) != (n == 16) || (n == 16 && !bytes.Equal(k[:], b)) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := KeyFromBytes(make([]byte, 16)); err == nil {
		t.Error("the zero key passed")
	}
}

func TestCommit(t *testing.T) {
	content := []byte("区县,人数\n530402,17\n")
	c, nonce, err := Commit(content)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckCommit(c, nonce, content); err != nil {
		t.Error(err)
	}
	again, other, err := Commit(content)
	if err != nil || again == c || other == nonce {
		t.Error("two commitments to one content are equal")
	}
	for name, err := range map[string]error{
		"another digest":   CheckCommit(again, nonce, content),
		"another nonce":    CheckCommit(c, other, content),
		"another content":  CheckCommit(c, nonce, content[1:]),
		"the zero digest":  CheckCommit(Digest{}, nonce, content),
		"shifted into one": CheckCommit(c, nonce, append([]byte{0}, content...)),
	} {
		if err != ErrIntegrity {
			t.Errorf("%s: %v", name, err)
		}
	}
	if fault.KindOf(ErrIntegrity) != fault.Integrity {
		t.Error("ErrIntegrity is not an integrity fault")
	}
}

func TestDigestText(t *testing.T) {
	d := Sum([]byte("abc"))
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Digest
	if err := json.Unmarshal(b, &back); err != nil || back != d {
		t.Errorf("%s came back as %s, %v", b, back, err)
	}
	for _, bad := range []string{"", d.String()[:63], d.String()[:62], d.String() + "00", strings.ToUpper(d.String()), "g" + d.String()[1:]} {
		if _, err := ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q) passed", bad)
		}
		if err := back.UnmarshalText([]byte(bad)); err == nil || back != d {
			t.Errorf("UnmarshalText(%q) passed or changed its receiver", bad)
		}
	}
}

func FuzzOpenBytes(f *testing.F) {
	box, err := SealBytes(testKey, "c", []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(box)
	f.Add(box[:boxOverhead])
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := OpenBytes(testKey, "c", b)
		if err != nil && err != ErrIntegrity {
			t.Errorf("refused with %v", err)
		}
		if err == nil && len(plain) != len(b)-boxOverhead {
			t.Error("the length is wrong")
		}
	})
}
