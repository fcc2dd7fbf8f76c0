package keeper

import (
	"bytes"
	"strings"
	"testing"

	"yingbi/internal/fault"

	"github.com/cloudflare/circl/secretsharing"
)

func sealedKeyring(t testing.TB) []byte {
	t.Helper()
	file, err := testKeyring(t).seal()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func open(file, material []byte) (*keyring, error) {
	h, sealed, err := parseKeyring(file)
	if err != nil {
		return nil, err
	}
	return openKeyring(h, sealed, material)
}

func TestEveryFlippedByteOfTheKeyring(t *testing.T) {
	file := sealedKeyring(t)
	if _, err := open(file, []byte("material")); err != nil {
		t.Fatal(err)
	}
	_, err := open(file, []byte("Material"))
	wantKind(t, err, fault.Denied)
	for i := range file {
		for _, bit := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
			bad := bytes.Clone(file)
			bad[i] ^= bit
			if _, err := open(bad, []byte("material")); err == nil {
				t.Fatalf("byte %d ^ %#x opens", i, bit)
			}
		}
	}
	for _, bad := range [][]byte{nil, file[:len(file)-1], append(bytes.Clone(file), '\n'), file[1:], bytes.TrimSpace(file)} {
		if _, err := open(bad, []byte("material")); err == nil {
			t.Fatalf("%q opens", bad)
		}
	}
}

func TestKeyringHeaders(t *testing.T) {
	for want, h := range map[bool][]header{
		true: {
			{Format: keyringFormat, Origin: "a", Unlock: byKeyFile},
			{Format: keyringFormat, Origin: "a", Unlock: byPassphrase, Rounds: minRounds},
			{Format: keyringFormat, Origin: "a", Unlock: byShares, Need: 2, All: 2},
		},
		false: {
			{},
			{Format: "yingbi keyring 2", Origin: "a", Unlock: byKeyFile},
			{Format: keyringFormat, Unlock: byKeyFile},
			{Format: keyringFormat, Origin: strings.Repeat("a", maxOrigin+1), Unlock: byKeyFile},
			{Format: keyringFormat, Origin: "a", Unlock: byTerminal},
			{Format: keyringFormat, Origin: "a", Unlock: byPassphrase, Rounds: minRounds - 1},
			{Format: keyringFormat, Origin: "a", Unlock: byPassphrase, Rounds: maxRounds + 1},
			{Format: keyringFormat, Origin: "a", Unlock: byShares, Need: 1, All: 2},
			{Format: keyringFormat, Origin: "a", Unlock: byShares, Need: 3, All: 2},
			{Format: keyringFormat, Origin: "a", Unlock: byShares, Need: 2, All: maxShares + 1},
			{Format: keyringFormat, Origin: "a", Unlock: byKeyFile, Need: 2, All: 2},
		},
	} {
		for _, h := range h {
			if h.sound() != want {
				t.Errorf("%+v: %v", h, !want)
			}
		}
	}
}

func FuzzKeyring(f *testing.F) {
	file := sealedKeyring(f)
	f.Add(file)
	f.Add(bytes.Replace(file, []byte("test.gov.cn"), []byte("\\u0074est"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, sealed, err := parseKeyring(b)
		if err != nil {
			return
		}
		line, err := h.line()
		if err != nil || !bytes.HasPrefix(b, line) {
			t.Fatalf("accepted %q, wrote %q", b, line)
		}
		if h.Unlock != byPassphrase { // those are slow on purpose
			openKeyring(h, sealed, []byte("material"))
		}
	})
}

func TestSharesAnyNeedOfAll(t *testing.T) {
	set := shareSet{1, 2, 3, 4}
	want, shares, err := splitSecret(set, 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	for mask := range 1 << 5 {
		var some []string
		for i, s := range shares {
			if mask>>i&1 == 1 {
				some = append([]string{s}, some...)
			}
		}
		got, ok := joinShares(set, 3, some)
		if ok != (len(some) >= 3) || ok && !bytes.Equal(got, want) {
			t.Fatalf("shares %05b: %v", mask, ok)
		}
	}
	if _, ok := joinShares(set, 3, []string{shares[0], shares[0], shares[1]}); ok {
		t.Fatal("a repeated share counts twice")
	}
	if _, ok := joinShares(shareSet{9}, 3, shares); ok {
		t.Fatal("shares of another set")
	}
	if _, ok := joinShares(set, 2, shares); ok {
		t.Fatal("shares of another threshold")
	}
}

func TestMistypedShare(t *testing.T) {
	_, shares, err := splitSecret(shareSet{}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i := range shares[0] {
		bad := []byte(shares[0])
		bad[i] ^= 1
		if _, _, _, ok := parseShare(string(bad)); ok {
			t.Fatalf("%s", bad)
		}
	}
}

func FuzzShare(f *testing.F) {
	_, shares, err := splitSecret(shareSet{7}, 2, 3)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range shares {
		f.Add(s)
		f.Add(strings.ToUpper(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		set, need, share, ok := parseShare(s)
		if !ok {
			return
		}
		value, err := share.Value.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		index := strings.Split(s, "-")[5]
		if !strings.HasPrefix(s, shareTag) || index == "0" || formatShareOf(set, need, share, value) != s {
			t.Fatalf("accepted %q", s)
		}
	})
}

func formatShareOf(set shareSet, need int, share secretsharing.Share, value []byte) string {
	for i := 1; i <= maxShares; i++ {
		if share.ID.IsEqual(shareGroup.NewScalar().SetUint64(uint64(i))) {
			return formatShare(set, need, i, value)
		}
	}
	return ""
}
