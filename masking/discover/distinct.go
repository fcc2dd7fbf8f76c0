package discover

import (
	"math"
	"math/bits"
)

// distinct counts different values by their hashes: exactly up to its limit, then by a
// HyperLogLog sketch (Flajolet, Fusy, Gandouet, Meunier 2007, figure 3, with 64-bit
// hashes, which need no correction at the upper end).
type distinct struct {
	limit  int
	hashes []uint64 // open addressing, 0 is free; nil once there is a sketch
	n      int      // of the hashes
	sketch []uint8  // by the first bits of a hash, the most zeros that followed, and one
}

// sketchBits gives 4,096 registers: a standard error of 1.04/√4096.
const (
	sketchBits  = 12
	sketchError = 0.01625
)

// add takes a hash.
func (d *distinct) add(hash uint64) {
	if d.sketch != nil {
		d.note(hash)
		return
	}
	hash = max(hash, 1)
	if 2*(d.n+1) > len(d.hashes) {
		d.grow()
	}
	if !d.insert(hash) {
		return
	}
	if d.n++; d.n > d.limit {
		d.draw()
	}
}

func (d *distinct) insert(hash uint64) (fresh bool) {
	mask := uint64(len(d.hashes) - 1)
	at := hash & mask
	for d.hashes[at] != 0 {
		if d.hashes[at] == hash {
			return false
		}
		at = (at + 1) & mask
	}
	d.hashes[at] = hash
	return true
}

func (d *distinct) grow() {
	old := d.hashes
	d.hashes = make([]uint64, max(64, 2*len(old)))
	for _, h := range old {
		if h != 0 {
			d.insert(h)
		}
	}
}

// draw makes the sketch of the hashes.
func (d *distinct) draw() {
	d.sketch = make([]uint8, 1<<sketchBits)
	for _, h := range d.hashes {
		if h != 0 {
			d.note(h)
		}
	}
	d.hashes = nil
}

func (d *distinct) note(hash uint64) {
	zeros := uint8(bits.LeadingZeros64(hash<<sketchBits|1<<(sketchBits-1))) + 1
	if r := &d.sketch[hash>>(64-sketchBits)]; zeros > *r {
		*r = zeros
	}
}

func (d *distinct) merge(other *distinct) {
	for _, h := range other.hashes {
		if h != 0 {
			d.add(h)
		}
	}
	if other.sketch == nil {
		return
	}
	if d.sketch == nil {
		d.draw()
	}
	for i, r := range other.sketch {
		d.sketch[i] = max(d.sketch[i], r)
	}
}

// count gives the number of different values, and whether it is exact.
func (d *distinct) count() (n float64, exact bool) {
	if d.sketch == nil {
		return float64(d.n), true
	}
	const m = 1 << sketchBits
	sum, free := 0.0, 0
	for _, r := range d.sketch {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			free++
		}
	}
	n = 0.7213 / (1 + 1.079/m) * m * m / sum
	if n <= 2.5*m && free > 0 {
		n = m * math.Log(m/float64(free))
	}
	return math.Round(n), false
}
