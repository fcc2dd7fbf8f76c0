package thrift

import "encoding/binary"

// Kind is the type of a field or an element.
type Kind byte

// The types of the compact protocol that matter here.
const (
	Stop   Kind = 0
	True   Kind = 1
	False  Kind = 2
	Byte   Kind = 3
	I32    Kind = 5
	Double Kind = 7
	Binary Kind = 8
	List   Kind = 9
	Set    Kind = 10
	Map    Kind = 11
	Struct Kind = 12
)

const maxDepth = 32

// Reader reads on in bytes. A copy of it reads on by itself.
type Reader struct {
	b     []byte
	at    int
	depth int
	bad   bool
}

// New gives a Reader of b, which it does not change.
func New(b []byte) *Reader { return &Reader{b: b} }

// Bad reports whether the bytes ended early, or are no structure. What was read
// before it means nothing then.
func (r *Reader) Bad() bool { return r.bad }

// Offset gives how many bytes were read.
func (r *Reader) Offset() int { return r.at }

// Fields calls do for each field of the structure that begins here; what do does
// not read is skipped.
func (r *Reader) Fields(do func(id int16, kind Kind)) {
	r.enter()
	defer r.leave()
	id := int16(0)
	for !r.bad {
		head := r.byte()
		kind := Kind(head & 0x0f)
		if kind == Stop || r.bad {
			return
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(r.Int())
		}
		at := r.at
		if do != nil {
			do(id, kind)
		}
		if r.at == at && kind != True && kind != False {
			r.skip(kind)
		}
	}
}

func (r *Reader) enter() {
	if r.depth++; r.depth > maxDepth {
		r.bad = true
	}
}

func (r *Reader) leave() { r.depth-- }

// skip steps over a value.
func (r *Reader) skip(kind Kind) {
	r.enter()
	defer r.leave()
	switch kind {
	case True, False, Byte: // as an element, a truth is a byte
		r.advance(1)
	case Double:
		r.advance(8)
	case Binary:
		r.advance(r.unsigned())
	case List, Set:
		element, n := r.List()
		for ; n > 0 && !r.bad; n-- {
			r.skip(element)
		}
	case Map:
		n := r.unsigned()
		if n == 0 {
			return
		}
		kinds := r.byte()
		for ; n > 0 && !r.bad; n-- {
			r.skip(Kind(kinds >> 4))
			r.skip(Kind(kinds & 0x0f))
		}
	case Struct:
		r.Fields(nil)
	default: // integers of 16, 32 and 64 bits
		if kind > Struct || kind == Stop {
			r.bad = true
		}
		r.unsigned()
	}
}

// List reads the head of a list: the type and number of its elements, each of
// which takes a byte at least.
func (r *Reader) List() (element Kind, n uint64) {
	head := r.byte()
	if n = uint64(head >> 4); n == 15 {
		n = r.unsigned()
	}
	if n > uint64(len(r.b)-r.at) {
		r.bad = true
		return 0, 0
	}
	return Kind(head & 0x0f), n
}

// Int reads a signed number of 16, 32 or 64 bits.
func (r *Reader) Int() int64 {
	v := r.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *Reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.b[r.at:])
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.at += n
	return v
}

func (r *Reader) byte() byte {
	at := r.at
	if r.advance(1); r.bad {
		return 0
	}
	return r.b[at]
}

func (r *Reader) advance(n uint64) {
	if n > uint64(len(r.b)-r.at) {
		r.bad = true
		return
	}
	r.at += int(n)
}
