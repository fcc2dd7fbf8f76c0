package view

import (
	"cmp"
	"encoding/binary"
	"slices"

	"yingbi/crypto"
)

// place is one row on its way into the keyed order.
type place struct {
	key uint64 // pseudo-random, of the row number
	row uint32
}

// order gives the rows in an order that only the secret explains. The identity
// makes it the view's own. Rows of one subject do not stand together: a module
// that may not see who a row is about could tell by its neighbours.
func order(secret []byte, identity crypto.Digest, rows int) []uint32 {
	places := make([]place, rows)
	random := newPRF(crypto.Derive(secret, identity[:], "view row order", 32))
	for i := range places {
		places[i] = place{random.at(uint64(i)), uint32(i)}
	}
	slices.SortFunc(places, func(a, b place) int { // should two keys ever meet, the order is still the same every time
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row))
	})
	out := make([]uint32, rows)
	for i, p := range places {
		out[i] = p.row
	}
	return out
}

// prf is a pseudo-random function of a number: HMAC-SM3 in counter mode, each of
// whose blocks gives four values. Asked in rising order it computes each block
// once.
type prf struct {
	mac   *crypto.MAC
	known bool
	block uint64
	bytes []byte
}

func newPRF(key []byte) *prf { return &prf{mac: crypto.NewMAC(key)} }

func (p *prf) at(n uint64) uint64 {
	if block := n / 4; !p.known || block != p.block {
		var counter [8]byte
		binary.LittleEndian.PutUint64(counter[:], block)
		p.bytes = p.mac.Sum(p.bytes[:0], counter[:])
		p.block, p.known = block, true
	}
	return binary.LittleEndian.Uint64(p.bytes[n%4*8:])
}
