package view

import "yingbi/crypto"

// permutation is a pseudo-random permutation of the numbers of 32 bits, which
// ordinals are: by its order no two subjects are ever mixed, and none shows the
// registry's.
//
// It is a balanced Feistel network (Luby and Rackoff, "How to construct pseudorandom
// permutations from pseudorandom functions", 1988) of ten rounds, as many as NIST SP
// 800-38G demands of FF1 where numbers are few. The function of a round is a table:
// entry n of all tables in a row is bits 16·(n mod 4) to 16·(n mod 4)+15 of value n/4
// of the PRF.
type permutation [10][1 << 16]uint16

func newPermutation(salt []byte) (*permutation, error) {
	key, err := crypto.KeyFromBytes(crypto.Derive(salt, nil, "view subject order", 16))
	if err != nil {
		return nil, err
	}
	random, err := crypto.NewPRF(key)
	if err != nil {
		return nil, err
	}
	p := new(permutation)
	values := make([]uint64, len(p[0])/4)
	for r := range p {
		random.Fill(values, uint64(r*len(values)))
		for i := range p[r] {
			p[r][i] = uint16(values[i/4] >> (16 * (i % 4)))
		}
	}
	return p, nil
}

// keys gives the keys of the rows of these subjects: the images of the ordinals, in
// the upper half. Round by round, so that a table stays in the core's cache.
func (p *permutation) keys(keys []uint64, ordinals []int64) {
	for i, ordinal := range ordinals {
		keys[i] = uint64(uint32(ordinal))
	}
	for r := range p {
		table := &p[r]
		for i, k := range keys {
			left, right := uint16(k>>16), uint16(k)
			keys[i] = uint64(right)<<16 | uint64(left^table[right])
		}
	}
	for i := range keys {
		keys[i] <<= 32
	}
}

// invert gives the number of which n is the image.
func (p *permutation) invert(n uint32) uint32 {
	left, right := uint16(n>>16), uint16(n)
	for r := len(p) - 1; r >= 0; r-- {
		left, right = right^p[r][left], left
	}
	return uint32(left)<<16 | uint32(right)
}

// subject gives the ordinal that has the place: with keys of 32 bits, bucket and rest
// are their product with the number of buckets, and nothing of it is lost.
func (p *permutation) subject(at place, buckets int64) uint32 {
	product := uint64(at.bucket)<<32 | uint64(at.rest)
	return p.invert(uint32(product / uint64(buckets)))
}
