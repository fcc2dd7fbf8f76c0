package cell

import (
	"encoding/binary"
)

// thrift walks a structure in the compact protocol of Thrift and remembers
// nothing of it: what the Parquet library will make of it is known before it makes
// it. Its time goes with the bytes.
type thrift struct {
	b   []byte
	at  int
	bad bool // the bytes end early, or are no structure
}

// The types of the compact protocol that matter here.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12

	thriftDepth = 32
)

// fields calls do for each field of the structure that begins here; what do does
// not use is skipped.
func (t *thrift) fields(depth int, do func(id int16, kind byte)) {
	id := int16(0)
	for !t.bad {
		head := t.byte()
		kind := head & 0x0f
		if kind == thriftStop || t.bad {
			return
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			id = int16(t.integer())
		}
		at := t.at
		if do != nil {
			do(id, kind)
		}
		if t.at == at && kind != thriftTrue && kind != thriftFalse {
			t.skip(kind, depth)
		}
	}
}

// skip steps over a value.
func (t *thrift) skip(kind byte, depth int) {
	if depth > thriftDepth {
		t.bad = true
	}
	switch kind {
	case thriftTrue, thriftFalse, thriftByte: // as an element, a truth is a byte
		t.advance(1)
	case thriftDouble:
		t.advance(8)
	case thriftBinary:
		t.advance(t.unsigned())
	case thriftList, thriftSet:
		element, n := t.list()
		for ; n > 0 && !t.bad; n-- {
			t.skip(element, depth+1)
		}
	case thriftMap:
		n := t.unsigned()
		if n == 0 {
			return
		}
		kinds := t.byte()
		for ; n > 0 && !t.bad; n-- {
			t.skip(kinds>>4, depth+1)
			t.skip(kinds&0x0f, depth+1)
		}
	case thriftStruct:
		t.fields(depth+1, nil)
	default: // integers of 16, 32 and 64 bits
		if kind > thriftStruct || kind == thriftStop {
			t.bad = true
		}
		t.unsigned()
	}
}

// list reads the head of a list: the type and number of its elements, each of
// which takes a byte at least.
func (t *thrift) list() (element byte, n uint64) {
	head := t.byte()
	if n = uint64(head >> 4); n == 15 {
		n = t.unsigned()
	}
	if n > uint64(len(t.b)-t.at) {
		t.bad = true
		return 0, 0
	}
	return head & 0x0f, n
}

// integer reads a signed number.
func (t *thrift) integer() int64 {
	v := t.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thrift) unsigned() uint64 {
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		t.bad = true
		return 0
	}
	t.at += n
	return v
}

func (t *thrift) byte() byte {
	at := t.at
	if t.advance(1); t.bad {
		return 0
	}
	return t.b[at]
}

func (t *thrift) advance(n uint64) {
	if n > uint64(len(t.b)-t.at) {
		t.bad = true
		return
	}
	t.at += int(n)
}
