package crypto

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	oracle "github.com/tjfoc/gmsm/sm4"
)

func prf(t testing.TB, key string) *PRF {
	t.Helper()
	p, err := NewPRF(Key(unhex(key)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The values against single blocks of another implementation, and two that are
// written down.
func TestPRF(t *testing.T) {
	const key = "0123456789abcdeffedcba9876543210" // of GB/T 32907
	block, err := oracle.NewCipher(unhex(key))
	if err != nil {
		t.Fatal(err)
	}
	want := make([]uint64, 5000)
	for n := range want {
		var b [16]byte
		binary.BigEndian.PutUint64(b[8:], uint64(n/2))
		block.Encrypt(b[:], b[:])
		want[n] = binary.LittleEndian.Uint64(b[n%2*8:])
	}
	p := prf(t, key)
	for first := range 5 {
		for _, n := range []int{0, 1, 2, 3, 511, 512, 513, 1024, 4900} {
			got := make([]uint64, n)
			if p.Fill(got, uint64(first)); !slices.Equal(got, want[first:first+n]) {
				t.Errorf("%d values from %d on differ", n, first)
			}
		}
	}
	got := make([]uint64, 2)
	p.Fill(got, 1<<33-1) // on both sides of a border between blocks
	if s, want := fmt.Sprintf("%016x", got), "[efe99b636ac99801 e0c282658161bf5f]"; s != want {
		t.Errorf("values %s, want %s", s, want)
	}
	if _, err := NewPRF(Key{}); err == nil {
		t.Error("a key of zeros selects a function")
	}
}

// Pairs against single blocks of another implementation, and against Fill.
func TestPRFPairs(t *testing.T) {
	const key = "0123456789abcdeffedcba9876543210"
	block, err := oracle.NewCipher(unhex(key))
	if err != nil {
		t.Fatal(err)
	}
	p := prf(t, key)
	for _, n := range []int{0, 1, 255, 256, 257, 1000} {
		got, a, b := make([]uint64, n), make([]uint64, n), make([]uint64, n)
		for i := range n {
			a[i], b[i] = uint64(i)*0x9e3779b97f4a7c15, ^uint64(i)
		}
		p.Pairs(got, a, b)
		for i := range n {
			var want [16]byte
			binary.BigEndian.PutUint64(want[:], a[i])
			binary.BigEndian.PutUint64(want[8:], b[i])
			if block.Encrypt(want[:], want[:]); got[i] != binary.LittleEndian.Uint64(want[:]) {
				t.Fatalf("pair %d of %d differs", i, n)
			}
		}
	}
	pair, number := make([]uint64, 1), make([]uint64, 1)
	p.Pairs(pair, []uint64{0}, []uint64{7})
	if p.Fill(number, 14); pair[0] != number[0] {
		t.Error("the pair (0, 7) has not the value of number 14")
	}
}

func TestEphemeral(t *testing.T) {
	e, err := NewEphemeral()
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewEphemeral()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 15, 16, 17, 70_000} {
		plain := slices.Repeat([]byte("rows "), n)[:n]
		sealed := e.Seal(append(make([]byte, 0, n+EphemeralOverhead), plain...), 7)
		if len(sealed) != n+EphemeralOverhead {
			t.Fatalf("%d bytes become %d", n, len(sealed))
		}
		flipped := slices.Clone(sealed)
		flipped[n/2] ^= 1
		for name, c := range map[string]struct {
			by    *Ephemeral
			bytes []byte
			place uint64
		}{
			"another place": {e, sealed, 8}, "another key": {other, sealed, 7}, "a changed byte": {e, flipped, 7},
			"cut": {e, sealed[:len(sealed)-1], 7}, "nothing": {e, nil, 7},
		} {
			if _, err := c.by.Open(slices.Clone(c.bytes), c.place); err != ErrIntegrity {
				t.Errorf("%d bytes, %s: %v", n, name, err)
			}
		}
		if got, err := e.Open(sealed, 7); err != nil || !slices.Equal(got, plain) {
			t.Errorf("%d bytes do not come back: %v", n, err)
		}
	}
}

func BenchmarkPRF(b *testing.B) {
	p, values := prf(b, "0123456789abcdeffedcba9876543210"), make([]uint64, 64<<10)
	b.SetBytes(int64(8 * len(values)))
	for b.Loop() {
		p.Fill(values, 1)
	}
}
