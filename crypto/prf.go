package crypto

import (
	"crypto/cipher"
	"encoding/binary"

	gmcipher "github.com/emmansun/gmsm/cipher"
	"github.com/emmansun/gmsm/sm4"
)

// PRF gives a pseudo-random value of 64 bits for every number: the keystream of
// SM4 in counter mode (GB/T 17964) from counter 0 on, of which value n is the bytes
// 8n to 8n+7, little endian. It is safe for concurrent use.
type PRF struct{ ecb cipher.BlockMode }

// NewPRF makes the function that the key selects.
func NewPRF(k Key) (*PRF, error) {
	if k == (Key{}) {
		return nil, errZeroKey
	}
	block, err := sm4.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return &PRF{gmcipher.NewECBEncrypter(block)}, nil
}

// Fill writes the values of first, first+1 and so on. In bulk a value costs some ten
// nanoseconds.
func (p *PRF) Fill(values []uint64, first uint64) {
	const perBlock = sm4.BlockSize / 8
	var blocks [4 << 10]byte // one call of the library; it stays in the core's cache
	for len(values) > 0 {
		skip := first % perBlock
		n := min(len(values), len(blocks)/8-int(skip))
		used := (int(skip) + n + perBlock - 1) / perBlock * sm4.BlockSize
		for at := 0; at < used; at += sm4.BlockSize {
			binary.BigEndian.PutUint64(blocks[at:], 0)
			binary.BigEndian.PutUint64(blocks[at+8:], first/perBlock+uint64(at/sm4.BlockSize))
		}
		p.ecb.CryptBlocks(blocks[:used], blocks[:used])
		for i := range values[:n] {
			values[i] = binary.LittleEndian.Uint64(blocks[8*(int(skip)+i):])
		}
		values, first = values[n:], first+uint64(n)
	}
}

// Pairs gives a value for every pair of numbers: out[i] is the first eight bytes, little
// endian, of the block of a[i] and b[i] in big endian, enciphered. A pair (0, n) has
// that of number 2n: a key serves either Fill or Pairs.
func (p *PRF) Pairs(out, a, b []uint64) {
	var blocks [4 << 10]byte
	for len(out) > 0 {
		n := min(len(out), len(blocks)/sm4.BlockSize)
		for i := range n {
			binary.BigEndian.PutUint64(blocks[sm4.BlockSize*i:], a[i])
			binary.BigEndian.PutUint64(blocks[sm4.BlockSize*i+8:], b[i])
		}
		p.ecb.CryptBlocks(blocks[:sm4.BlockSize*n], blocks[:sm4.BlockSize*n])
		for i := range n {
			out[i] = binary.LittleEndian.Uint64(blocks[sm4.BlockSize*i:])
		}
		out, a, b = out[n:], a[n:], b[n:]
	}
}
