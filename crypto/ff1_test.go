package crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm4"
)

const numeralLetters = "0123456789abcdefghijklmnopqrstuvwxyz"

func numeralsOf(s string) []byte {
	out := []byte(s)
	for i, c := range out {
		out[i] = byte(strings.IndexByte(numeralLetters, c))
	}
	return out
}

func spellNumerals(numerals []byte) string {
	out := slices.Clone(numerals)
	for i, v := range out {
		out[i] = numeralLetters[v]
	}
	return string(out)
}

// The samples 1 to 9 that NIST publishes with SP 800-38G, which are for AES.
func TestFF1Samples(t *testing.T) {
	const key = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94"
	const letters, digits = "0123456789abcdefghi", "0123456789"
	for i, c := range []struct {
		keySize, radix  int
		tweak, from, to string
	}{
		{16, 10, "", digits, "2433477484"},
		{16, 10, "39383736353433323130", digits, "6124200773"},
		{16, 36, "3737373770717273373737", letters, "a9tv40mll9kdu509eum"},
		{24, 10, "", digits, "2830668132"},
		{24, 10, "39383736353433323130", digits, "2496655549"},
		{24, 36, "3737373770717273373737", letters, "xbj3kv35jrawxv32ysr"},
		{32, 10, "", digits, "6657667009"},
		{32, 10, "39383736353433323130", digits, "1001623463"},
		{32, 36, "3737373770717273373737", letters, "xs8a0azh2avyalyzuwd"},
	} {
		block, err := aes.NewCipher(unhex(key)[:c.keySize])
		if err != nil {
			t.Fatal(err)
		}
		f, err := newFF1(block, c.radix)
		if err != nil {
			t.Fatal(err)
		}
		s := numeralsOf(c.from)
		if err := f.Encrypt(s, len(s), unhex(c.tweak)); err != nil || spellNumerals(s) != c.to {
			t.Errorf("sample %d gives %s, %v; want %s", i+1, spellNumerals(s), err, c.to)
		}
		if err := f.Decrypt(s, len(s), unhex(c.tweak)); err != nil || spellNumerals(s) != c.from {
			t.Errorf("sample %d comes back as %s, %v", i+1, spellNumerals(s), err)
		}
		if got := spellNumerals(textbookFF1(block, c.radix, numeralsOf(c.from), unhex(c.tweak))); got != c.to {
			t.Errorf("the textbook form of sample %d gives %s, want %s", i+1, got, c.to)
		}
	}
}

// textbookFF1 is algorithm 7 line by line.
func textbookFF1(block cipher.Block, radix int, x, tweak []byte) []byte {
	n, t := len(x), len(tweak)
	u := n / 2
	v := n - u
	a, b := slices.Clone(x[:u]), slices.Clone(x[u:])
	base := big.NewInt(int64(radix))
	bytesOfB := (new(big.Int).Sub(new(big.Int).Exp(base, big.NewInt(int64(v)), nil), big.NewInt(1)).BitLen() + 7) / 8
	d := 4*((bytesOfB+3)/4) + 4
	p := []byte{1, 2, 1, 0, byte(radix >> 8), byte(radix), 10, byte(u)}
	p = binary.BigEndian.AppendUint32(p, uint32(n))
	p = binary.BigEndian.AppendUint32(p, uint32(t))
	for i := range 10 {
		q := append(slices.Clone(tweak), make([]byte, ((-t-bytesOfB-1)%16+16)%16)...)
		q = append(q, byte(i))
		q = append(q, textbookNum(b, base).FillBytes(make([]byte, bytesOfB))...)
		r := make([]byte, 16)
		for blocks := append(slices.Clone(p), q...); len(blocks) > 0; blocks = blocks[16:] {
			for j := range r {
				r[j] ^= blocks[j]
			}
			block.Encrypt(r, r)
		}
		y := new(big.Int).SetBytes(r[:d]) // d ≤ 16 for all lengths that are taken here
		m := u
		if i%2 == 1 {
			m = v
		}
		c := new(big.Int).Add(textbookNum(a, base), y)
		c.Mod(c, new(big.Int).Exp(base, big.NewInt(int64(m)), nil))
		a, b = b, textbookStr(c, base, m)
	}
	return append(a, b...)
}

func textbookNum(x []byte, base *big.Int) *big.Int {
	out := new(big.Int)
	for _, v := range x {
		out.Add(out.Mul(out, base), big.NewInt(int64(v)))
	}
	return out
}

func textbookStr(x, base *big.Int, m int) []byte {
	out, rest := make([]byte, m), new(big.Int)
	for i := m - 1; i >= 0; i-- {
		x.DivMod(x, base, rest)
		out[i] = byte(rest.Int64())
	}
	return out
}

func ff1Under(t testing.TB, radix int) (*FF1, cipher.Block) {
	t.Helper()
	f, err := NewFF1(testKey, radix)
	if err != nil {
		t.Fatal(err)
	}
	block, err := sm4.NewCipher(testKey[:])
	if err != nil {
		t.Fatal(err)
	}
	return f, block
}

// The bulk form against the textbook, at every length that it takes, with tweaks that
// end on all sides of a block's border, and in numbers on both sides of the lanes.
func TestFF1IsTheTextbook(t *testing.T) {
	r := rand.New(rand.NewPCG(38, 7))
	for _, radix := range []int{2, 3, 10, 16, 31, 36} {
		f, block := ff1Under(t, radix)
		taken := 0
		for n := range 130 {
			if f.Encrypt(nil, max(n, 1), nil) != nil {
				continue
			}
			taken++
			tweakSize := []int{0, 6, 17, 40}[n%4]
			count := []int{1, 63, 64, 65}[n/4%4]
			if n%16 != 5 { // all lanes at some lengths, a few at the others
				count = min(count, 3)
			}
			plain, tweaks := make([]byte, n*count), randomBytes(seeded(byte(n)), tweakSize*count)
			for i := range plain {
				plain[i] = byte(r.IntN(radix))
			}
			got := slices.Clone(plain)
			if err := f.Encrypt(got, n, tweaks); err != nil {
				t.Fatal(err)
			}
			for i := range count {
				want := textbookFF1(block, radix, plain[i*n:][:n], tweaks[i*tweakSize:][:tweakSize])
				if !bytes.Equal(got[i*n:][:n], want) {
					t.Fatalf("radix %d: %d numerals under %d bytes of tweak, string %d: %v, want %v", radix, n, tweakSize, i, got[i*n:][:n], want)
				}
			}
			if err := f.Decrypt(got, n, tweaks); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("radix %d: %d numerals do not come back: %v", radix, n, err)
			}
		}
		if taken < 16 {
			t.Errorf("radix %d: %d lengths are taken", radix, taken)
		}
	}
}

// On a whole domain FF1 is a permutation, another under another key or tweak.
func TestFF1Permutes(t *testing.T) {
	const n, all = 6, 1_000_000
	f, _ := ff1Under(t, 10)
	plain := make([]byte, 0, n*all)
	for i := range all {
		for p := 100_000; p > 0; p /= 10 {
			plain = append(plain, byte(i/p%10))
		}
	}
	got := slices.Clone(plain)
	if err := f.Encrypt(got, n, nil); err != nil {
		t.Fatal(err)
	}
	seen, fixed := make([]bool, all), 0
	for i := range all {
		number := 0
		for _, v := range got[i*n:][:n] {
			number = 10*number + int(v)
		}
		if seen[number] {
			t.Fatal("two strings become one")
		}
		seen[number] = true
		if number == i {
			fixed++
		}
	}
	if fixed > 10 { // one on average
		t.Errorf("%d strings stay themselves", fixed)
	}
	other, err := NewFF1(Key(unhex("0123456789abcdeffedcba9876543210")), 10)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte) error{
		"key":   func(s []byte) error { return other.Encrypt(s, n, nil) },
		"tweak": func(s []byte) error { return f.Encrypt(s, n, bytes.Repeat([]byte{1}, all)) },
	} {
		s := slices.Clone(plain)
		if err := change(s); err != nil {
			t.Fatal(err)
		}
		same := 0
		for i := range all {
			if bytes.Equal(s[i*n:][:n], got[i*n:][:n]) {
				same++
			}
		}
		if same > 10 {
			t.Errorf("another %s: %d of a million strings alike", name, same)
		}
	}
}

func TestFF1Refuses(t *testing.T) {
	if _, err := NewFF1(Key{}, 10); err == nil {
		t.Error("a key of zeros is taken")
	}
	for _, radix := range []int{-1, 0, 1, 37, 1 << 16} {
		if _, err := NewFF1(testKey, radix); err == nil {
			t.Errorf("radix %d is taken", radix)
		}
	}
	for _, c := range []struct {
		name     string
		radix, n int
		numerals []byte
		tweaks   []byte
	}{
		{"a domain of 10^5", 10, 5, make([]byte, 5), nil},
		{"a domain of 2^19", 2, 19, make([]byte, 19), nil},
		{"halves beyond 63 bits", 10, 37, make([]byte, 37), nil},
		{"no length", 10, 0, nil, nil},
		{"a negative length", 10, -6, make([]byte, 6), nil},
		{"half a string", 10, 6, make([]byte, 9), nil},
		{"less than one", 10, 6, make([]byte, 3), nil},
		{"tweaks of two lengths", 10, 6, make([]byte, 12), make([]byte, 3)},
		{"a tweak for nothing", 10, 6, nil, make([]byte, 3)},
		{"a numeral beyond the radix", 10, 6, []byte{0, 0, 0, 0, 0, 10}, nil},
	} {
		f, _ := ff1Under(t, c.radix)
		before := slices.Clone(c.numerals)
		if f.Encrypt(c.numerals, c.n, c.tweaks) == nil || f.Decrypt(c.numerals, c.n, c.tweaks) == nil {
			t.Errorf("%s is taken", c.name)
		}
		if !bytes.Equal(before, c.numerals) {
			t.Errorf("%s was changed", c.name)
		}
	}
}

// BenchmarkFF1 takes identifiers of 18 digits, by the lane and by the textbook.
func BenchmarkFF1(b *testing.B) {
	f, block := ff1Under(b, 10)
	b.Run("bulk", func(b *testing.B) {
		numerals := make([]byte, 18<<16)
		for b.Loop() {
			if err := f.Encrypt(numerals, 18, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*(1<<16)/b.Elapsed().Seconds(), "values/s")
	})
	b.Run("textbook", func(b *testing.B) {
		numerals := make([]byte, 18)
		for b.Loop() {
			numerals = textbookFF1(block, 10, numerals, nil)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "values/s")
	})
}
