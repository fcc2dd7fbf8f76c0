package history

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"

	"yingbi/crypto"
	"yingbi/egress/differencing"
)

// Marker turns numbers into marks. It is not safe for concurrent use.
type Marker struct {
	mac    *crypto.MAC
	lately map[string]uint32
	text   []byte
	sum    []byte

	// Weights of subjects, by the leading bits of their ordinals, which are dense.
	weights map[uint32]*[chunkWeights]uint64
}

const (
	chunkWeights = 1 << 10
	maxChunks    = 1 << 14 // that are remembered: 128 MiB
)

// NewMarker makes marks under a key of at least 32 bytes.
func NewMarker(key []byte) *Marker {
	return &Marker{mac: crypto.NewMAC(key), lately: map[string]uint32{}, weights: map[uint32]*[chunkWeights]uint64{}}
}

// zeroMark is that of nothing, and of no other number.
const zeroMark = 0

// maxLately bounds the marks that are remembered: numbers repeat.
const maxLately = 1 << 18

// mark is that of the text.
func (m *Marker) mark() uint32 {
	if v, ok := m.lately[string(m.text)]; ok {
		return v
	}
	m.sum = m.mac.Sum(m.sum[:0], m.text)
	v := max(binary.LittleEndian.Uint32(m.sum), zeroMark+1)
	if len(m.lately) == maxLately {
		clear(m.lately)
	}
	m.lately[string(m.text)] = v
	return v
}

// Number is what one subject contributes: a number and, for a mean, of how many values
// it is the sum.
type Number struct {
	Int   int64 // times 10^-Scale
	Scale uint8
	Float float64 // where Real
	Real  bool

	Of int64 // values; 0 where they do not matter
}

// Mark gives the mark of a contribution. Equal numbers have equal marks, however they
// are stored.
func (m *Marker) Mark(n Number) uint32 {
	if n.Of == 0 && n.Int == 0 && n.Float == 0 {
		return zeroMark
	}
	m.write(n)
	if n.Of != 0 {
		m.text = strconv.AppendInt(append(m.text, '/'), n.Of, 10)
	}
	return m.mark()
}

func (m *Marker) write(n Number) {
	m.text = m.text[:0]
	if n.Real {
		m.text = appendReal(m.text, n.Float)
	} else {
		m.text = appendDecimal(m.text, n.Int, n.Scale)
	}
}

// Part gives what adds up of a subject's contribution: the number in millionths times a
// weight of the subject's, in the field of package differencing. 0 adds nothing. Numbers
// that are no millionths, or too large, are drawn: each equals itself alone.
func (m *Marker) Part(subject uint32, n Number) uint64 {
	if n.Of != 0 || n.Int == 0 && n.Float == 0 {
		return 0
	}
	v, ok := millionths(n)
	if !ok {
		m.write(n)
		m.sum = m.mac.Sum(m.sum[:0], append(m.text, 'p'))
		v = inField(binary.LittleEndian.Uint64(m.sum))
	}
	hi, lo := bits.Mul64(v, m.weight(subject))
	return bits.Rem64(hi, lo, differencing.Prime)
}

// weight is a subject's own. One code makes those of four neighbours.
func (m *Marker) weight(subject uint32) uint64 {
	chunk := m.weights[subject/chunkWeights]
	if chunk == nil {
		if len(m.weights) == maxChunks {
			clear(m.weights)
		}
		chunk = new([chunkWeights]uint64)
		m.weights[subject/chunkWeights] = chunk
	}
	if place := subject % chunkWeights; chunk[place] == 0 {
		m.text = binary.LittleEndian.AppendUint32(append(m.text[:0], "weights of "...), subject/4)
		m.sum = m.mac.Sum(m.sum[:0], m.text)
		for i := range 4 {
			chunk[int(place)&^3+i] = inField(binary.LittleEndian.Uint64(m.sum[8*i:]))
		}
	}
	return chunk[subject%chunkWeights]
}

// inField brings any number into 1 … p−1.
func inField(x uint64) uint64 { return 1 + x%(differencing.Prime-1) }

// millionths gives a number that is a multiple of 10⁻⁶ as an element of the field. What
// doubles lose in adding up is forgiven: decimals are kept in them, too.
func millionths(n Number) (uint64, bool) {
	const most = 1 << 60
	v, scale := n.Int, n.Scale
	if n.Real {
		f := n.Float * 1e6
		if !(math.Abs(f) < 1<<50) || math.Abs(f-math.Round(f)) > 1e-3 || math.Round(f) == 0 {
			return 0, false
		}
		v, scale = int64(math.Round(f)), 6
	}
	for ; scale > 6 && v%10 == 0; scale-- {
		v /= 10
	}
	for ; scale < 6 && v > -most && v < most; scale++ {
		v *= 10
	}
	switch {
	case scale != 6 || v <= -most || v >= most:
		return 0, false
	case v < 0:
		return differencing.Prime - uint64(-v), true
	}
	return uint64(v), true
}

func appendDecimal(b []byte, v int64, scale uint8) []byte {
	for scale > 0 && v%10 == 0 {
		v, scale = v/10, scale-1
	}
	b = strconv.AppendInt(b, v, 10)
	if scale > 0 {
		b = strconv.AppendInt(append(b, 'e', '-'), int64(scale), 10)
	}
	return b
}

// appendReal writes a whole number as one, and others by the 24 leading bits: a sum of
// doubles comes out another in the last bits where its terms stand in another order, as
// they do in the view of another scenario.
func appendReal(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return appendDecimal(b, int64(f), 0)
	}
	const cut = 53 - 24
	v := math.Float64bits(f) + 1<<(cut-1) // rounds; a carry moves the exponent, as it must
	return strconv.AppendUint(append(b, '~'), v>>cut, 16)
}
