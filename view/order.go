package view

import (
	"cmp"
	"encoding/binary"
	"slices"

	"yingbi/crypto"
)

// place is one row on its way into the keyed order.
type place struct {
	subject uint64 // pseudo-random, of the ordinal
	within  uint64 // pseudo-random, of the row number
	ordinal uint32
	row     uint32
}

// order gives the rows in keyed order: clustered by ordinal where ordinals are
// given, one for each row. The identity makes the order the view's own.
func order(secret []byte, identity crypto.Digest, rows int, ordinals []uint32) []uint32 {
	places := make([]place, rows)
	within := newPRF(crypto.Derive(secret, identity[:], "view row order", 32))
	for i := range places {
		places[i].row = uint32(i)
		places[i].within = within.at(uint64(i))
		if ordinals != nil {
			places[i].ordinal = ordinals[i]
		}
	}
	if ordinals != nil {
		slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.ordinal, b.ordinal) })
		subject := newPRF(crypto.Derive(secret, identity[:], "view subject order", 32))
		for i := range places { // ordinals rise, so that a block serves its four neighbours
			places[i].subject = subject.at(uint64(places[i].ordinal))
		}
	}
	slices.SortFunc(places, compare)
	out := make([]uint32, rows)
	for i, p := range places {
		out[i] = p.row
	}
	return out
}

// compare is total: should two pseudo-random values ever meet, ordinal and row
// keep clusters whole and the order the same every time.
func compare(a, b place) int {
	switch {
	case a.subject != b.subject:
		return cmp.Compare(a.subject, b.subject)
	case a.ordinal != b.ordinal:
		return cmp.Compare(a.ordinal, b.ordinal)
	case a.within != b.within:
		return cmp.Compare(a.within, b.within)
	}
	return cmp.Compare(a.row, b.row)
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
