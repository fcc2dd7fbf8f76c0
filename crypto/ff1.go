package crypto

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	gmcipher "github.com/emmansun/gmsm/cipher"
	"github.com/emmansun/gmsm/sm4"
)

// FF1 is format-preserving encryption: a permutation of the strings of n numerals
// that the key and a tweak select (NIST SP 800-38G, algorithms 7 and 8), with SM4 as
// the block cipher. It is deterministic, and it does not tell altered strings from
// others. It is safe for concurrent use.
type FF1 struct {
	ecb   cipher.BlockMode
	radix modulus
}

const (
	ff1Rounds    = 10
	ff1Lanes     = 64        // strings in lockstep: one call of the cipher for a round of all
	ff1MinDomain = 1_000_000 // strings (SP 800-38G, revision 1, draft of 2019)
	ff1MaxRadix  = 36
)

// NewFF1 makes the permutations that the key selects, of numerals 0 to radix−1.
func NewFF1(k Key, radix int) (*FF1, error) {
	if k == (Key{}) {
		return nil, errZeroKey
	}
	block, err := sm4.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return newFF1(block, radix)
}

// newFF1 takes any block cipher: the published vectors are for AES.
func newFF1(block cipher.Block, radix int) (*FF1, error) {
	if radix < 2 || radix > ff1MaxRadix {
		return nil, fmt.Errorf("crypto: FF1 takes a radix of 2 to %d, not %d", ff1MaxRadix, radix)
	}
	return &FF1{gmcipher.NewECBEncrypter(block), newModulus(uint64(radix))}, nil
}

// Encrypt enciphers strings of n numerals each, one behind the other, in place. A
// numeral is a byte from 0 to radix−1. The tweaks, all of one length, stand in the
// same order; nil is no tweak. It refuses lengths that leave fewer than a million
// strings, and halves of more than 63 bits.
func (f *FF1) Encrypt(numerals []byte, n int, tweaks []byte) error {
	return f.crypt(numerals, n, tweaks, (*ff1Run).encrypt)
}

// Decrypt undoes Encrypt under the same tweaks.
func (f *FF1) Decrypt(numerals []byte, n int, tweaks []byte) error {
	return f.crypt(numerals, n, tweaks, (*ff1Run).decrypt)
}

func (f *FF1) crypt(numerals []byte, n int, tweaks []byte, rounds func(*ff1Run)) error {
	r, err := f.newRun(n)
	if err != nil {
		return err
	}
	count := len(numerals) / n
	if count == 0 && len(numerals)+len(tweaks) == 0 {
		return nil
	}
	if count == 0 || count*n != len(numerals) || len(tweaks)%count != 0 {
		return errors.New("crypto: FF1 takes whole strings, and a tweak for each or none")
	}
	for _, v := range numerals {
		if uint64(v) >= f.radix.m {
			return errors.New("crypto: FF1 was given a numeral beyond its radix")
		}
	}
	t := len(tweaks) / count
	for first := 0; first < count; first += ff1Lanes {
		lanes := min(ff1Lanes, count-first)
		part := numerals[first*n:][:lanes*n]
		r.start(part, tweaks[first*t:][:lanes*t], t)
		rounds(r)
		r.finish(part)
	}
	return nil
}

// ff1Run works on the strings of up to ff1Lanes lanes, of which left holds the numbers
// A of u numerals and right the numbers B of the others.
type ff1Run struct {
	f           *FF1
	n, u        int
	half        [2]modulus // radix^u, radix^v
	b           int        // bytes of a half's number in Q
	p           [16]byte
	lanes       int
	left, right *[ff1Lanes]uint64
	numbers     [2][ff1Lanes]uint64
	y           [ff1Lanes]uint64
	base        [ff1Lanes][2]uint64 // what the last block of Q is added to, in CBC
	blocks      [ff1Lanes * 16]byte
}

// newRun computes what depends on the length alone (algorithm 7, steps 1 to 5).
func (f *FF1) newRun(n int) (*ff1Run, error) {
	if n < 2 {
		return nil, fmt.Errorf("crypto: FF1 does not take strings of %d numerals", n)
	}
	r := &ff1Run{f: f, n: n, u: n / 2}
	for i, size := range []int{r.u, n - r.u} {
		var ok bool
		if r.half[i], ok = f.radix.power(size); !ok {
			return nil, fmt.Errorf("crypto: FF1 does not take %d numerals of radix %d: a half has more than 63 bits", n, f.radix.m)
		}
	}
	if high, low := bits.Mul64(r.half[0].m, r.half[1].m); high == 0 && low < ff1MinDomain {
		return nil, fmt.Errorf("crypto: FF1 needs a domain of %d strings; %d numerals of radix %d have fewer", ff1MinDomain, n, f.radix.m)
	}
	r.b = (bits.Len64(r.half[1].m-1) + 7) / 8
	r.p = [16]byte{1, 2, 1, 0, 0, byte(f.radix.m), ff1Rounds, byte(r.u)}
	binary.BigEndian.PutUint32(r.p[8:], uint32(n))
	return r, nil
}

// start splits the strings and enciphers P and Q but for the number in the last block
// of Q, which alone differs from round to round.
func (r *ff1Run) start(numerals, tweaks []byte, t int) {
	r.lanes = len(numerals) / r.n
	r.left, r.right = &r.numbers[0], &r.numbers[1]
	binary.BigEndian.PutUint32(r.p[12:], uint32(t))
	state := r.blocks[:16*r.lanes]
	for l := range r.lanes {
		s := numerals[l*r.n:][:r.n]
		r.left[l], r.right[l] = r.f.radix.number(s[:r.u]), r.f.radix.number(s[r.u:])
		copy(state[16*l:], r.p[:])
	}
	for at := 0; at < t+1+r.b; at += 16 { // Q is the tweak, zeros, a byte and b bytes
		r.f.ecb.CryptBlocks(state, state)
		for l := range r.lanes {
			for i, c := range tweaks[l*t:][:t][min(at, t):min(at+16, t)] {
				state[16*l+i] ^= c
			}
		}
	}
	for l := range r.lanes {
		r.base[l] = [2]uint64{binary.BigEndian.Uint64(state[16*l:]), binary.BigEndian.Uint64(state[16*l+8:])}
	}
}

func (r *ff1Run) encrypt() {
	for i := range ff1Rounds {
		m := r.half[i%2].m
		r.compute(i, r.right)
		for l := range r.lanes {
			c := r.left[l] + r.y[l]
			if c >= m {
				c -= m
			}
			r.left[l] = c
		}
		r.left, r.right = r.right, r.left
	}
}

func (r *ff1Run) decrypt() {
	for i := ff1Rounds - 1; i >= 0; i-- {
		m := r.half[i%2].m
		r.compute(i, r.left)
		for l := range r.lanes {
			c := r.right[l] + m - r.y[l]
			if c >= m {
				c -= m
			}
			r.right[l] = c
		}
		r.left, r.right = r.right, r.left
	}
}

// compute fills y of round i modulo its half, for the numbers of the other half
// (steps 6.i to 6.vi).
func (r *ff1Run) compute(i int, numbers *[ff1Lanes]uint64) {
	m, high, low := &r.half[i%2], uint64(0), uint64(0)
	if r.b == 8 {
		high = uint64(i)
	} else {
		low = uint64(i) << (8 * r.b)
	}
	state := r.blocks[:16*r.lanes]
	for l := range r.lanes {
		binary.BigEndian.PutUint64(state[16*l:], r.base[l][0]^high)
		binary.BigEndian.PutUint64(state[16*l+8:], r.base[l][1]^low^numbers[l])
	}
	r.f.ecb.CryptBlocks(state, state)
	if r.b <= 4 { // d = 4⌈b/4⌉ + 4 is 8 bytes
		for l := range r.lanes {
			_, r.y[l] = m.divide(binary.BigEndian.Uint64(state[16*l:]))
		}
		return
	}
	for l := range r.lanes { // 12 bytes
		first, next := binary.BigEndian.Uint64(state[16*l:]), binary.BigEndian.Uint32(state[16*l+8:])
		r.y[l] = bits.Rem64(first>>32, first<<32|uint64(next), m.m)
	}
}

func (r *ff1Run) finish(numerals []byte) {
	for l := range r.lanes {
		s := numerals[l*r.n:][:r.n]
		r.f.radix.spell(s[:r.u], r.left[l])
		r.f.radix.spell(s[r.u:], r.right[l])
	}
}

// modulus divides by a number from 2 to 2^63 without the processor's division.
type modulus struct{ m, inverse uint64 } // inverse is ⌊2^64/m⌋

func newModulus(m uint64) modulus {
	inverse, _ := bits.Div64(1, 0, m)
	return modulus{m, inverse}
}

// divide gives the quotient and the rest. The estimate is at most one too small.
func (m *modulus) divide(x uint64) (q, rest uint64) {
	q, _ = bits.Mul64(x, m.inverse)
	if rest = x - q*m.m; rest >= m.m {
		return q + 1, rest - m.m
	}
	return q, rest
}

// power gives m^n, if that is below 2^63.
func (m *modulus) power(n int) (modulus, bool) {
	out := uint64(1)
	for range n {
		high, low := bits.Mul64(out, m.m)
		if high != 0 || low >= 1<<63 {
			return modulus{}, false
		}
		out = low
	}
	return newModulus(out), true
}

// number reads numerals, of which the first weighs most.
func (m *modulus) number(numerals []byte) (x uint64) {
	for _, v := range numerals {
		x = x*m.m + uint64(v)
	}
	return x
}

// spell writes a number as numerals.
func (m *modulus) spell(numerals []byte, x uint64) {
	for i := len(numerals) - 1; i >= 0; i-- {
		var rest uint64
		x, rest = m.divide(x)
		numerals[i] = byte(rest)
	}
}
