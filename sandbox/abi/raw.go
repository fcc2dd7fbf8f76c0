package abi

import (
	"encoding/binary"
	"unsafe"
)

type fixed interface {
	int64 | float64 | int32 | uint32
}

func littleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// values reads little-endian bytes as a slice of T: in place where the machine
// allows it, else as a copy. len(b) is a multiple of T's size.
func values[T fixed](b []byte) []T {
	size := int(unsafe.Sizeof(T(0)))
	if len(b) == 0 {
		return []T{}
	}
	first := unsafe.Pointer(unsafe.SliceData(b))
	if littleEndian() && uintptr(first)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(first), len(b)/size)
	}
	out := make([]T, len(b)/size)
	if _, err := binary.Decode(b, binary.LittleEndian, out); err != nil {
		panic(err) // lengths agree by construction
	}
	return out
}

// put copies values into dst as little-endian bytes; dst has room for all.
func put[T fixed](dst []byte, v []T) {
	if len(v) == 0 {
		return
	}
	if littleEndian() {
		copy(dst, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0]))))
		return
	}
	if _, err := binary.Encode(dst, binary.LittleEndian, v); err != nil {
		panic(err) // lengths agree by construction
	}
}
