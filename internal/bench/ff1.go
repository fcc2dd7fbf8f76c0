//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"math/big"

	"github.com/emmansun/gmsm/sm4"

	"yingbi/crypto"
)

// idDigits is the length of the numbers that benchFF1 enciphers.
const idDigits = 18

// benchFF1 compares format-preserving encryption in bulk with the algorithm as the
// standard writes it, over big integers, one number at a time, on one core.
func benchFF1(ctx context.Context, b *bench) ([]Row, error) {
	key := crypto.Key(bytes.Repeat([]byte{7}, 16))
	ours, err := crypto.NewFF1(key, 10)
	if err != nil {
		return nil, err
	}
	block, err := sm4.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	numbers := make([]byte, idDigits*int(b.Ciphered))
	for i := range numbers {
		numbers[i] = byte(i*i>>7) % 10
	}
	bulk, textbook := bytes.Clone(numbers), bytes.Clone(numbers)
	costs, err := b.contest(ctx, "ff1", timed("bulk", func(context.Context) error {
		return ours.Encrypt(bulk, idDigits, nil)
	}), timed("textbook", func(context.Context) error {
		t := newTextbook(block, 10, idDigits)
		for at := 0; at < len(textbook); at += idDigits {
			t.encrypt(textbook[at : at+idDigits])
		}
		return nil
	}))
	if err != nil {
		return nil, err
	}
	if b.profiles == "" && !bytes.Equal(bulk, textbook) { // a profile does ours once more
		return nil, errors.New("bench: FF1 in bulk and by the textbook give different numbers")
	}
	row := Row{
		Name: "ff1", Ours: "encipher numbers of 18 digits by FF1 over SM4, 64 in lockstep", Reach: atLeast(40),
		Baseline: "the standard's algorithm step by step, big integers, one by one", Size: counted(b.Ciphered, "numbers"),
	}
	row.compare(costs[0], costs[1], true)
	return []Row{row}, nil
}

// textbook is algorithm 7 of NIST SP 800-38G, step by step, for strings without a tweak
// that have an even length and halves of at most four bytes. Only the power of the
// radix is not computed for each string.
type textbook struct {
	block cipher.Block
	radix *big.Int
	power *big.Int // of the radix, to the length of a half
	b     int      // bytes of a half's number
}

func newTextbook(block cipher.Block, radix, n int) *textbook {
	t := &textbook{block: block, radix: big.NewInt(int64(radix))}
	t.power = new(big.Int).Exp(t.radix, big.NewInt(int64(n/2)), nil)
	t.b = (new(big.Int).Sub(t.power, big.NewInt(1)).BitLen() + 7) / 8
	return t
}

func (t *textbook) encrypt(x []byte) {
	u := len(x) / 2
	a, b := bytes.Clone(x[:u]), bytes.Clone(x[u:])
	p := append([]byte{1, 2, 1, 0, 0, byte(t.radix.Int64()), 10, byte(u)}, make([]byte, 8)...)
	binary.BigEndian.PutUint32(p[8:], uint32(len(x)))
	for i := range 10 {
		q := append(make([]byte, 15-t.b), byte(i))
		q = append(q, t.number(b).FillBytes(make([]byte, t.b))...)
		r := make([]byte, 16)
		t.block.Encrypt(r, p)
		for j := range r {
			r[j] ^= q[j]
		}
		t.block.Encrypt(r, r)
		y := new(big.Int).SetBytes(r[:8])
		c := y.Add(t.number(a), y)
		a, b = b, t.numerals(c.Mod(c, t.power), u)
	}
	copy(x, append(a, b...))
}

// number is NUM, and numerals STR, of the standard.
func (t *textbook) number(x []byte) *big.Int {
	out := new(big.Int)
	for _, v := range x {
		out.Add(out.Mul(out, t.radix), big.NewInt(int64(v)))
	}
	return out
}

func (t *textbook) numerals(x *big.Int, m int) []byte {
	out, rest := make([]byte, m), new(big.Int)
	for i := m - 1; i >= 0; i-- {
		x.DivMod(x, t.radix, rest)
		out[i] = byte(rest.Int64())
	}
	return out
}
