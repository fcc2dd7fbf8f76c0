package main

import (
	"unsafe"

	yingbi "yingbi/guest/go"
)

// The calls without the SDK, which never makes the mistakes below.

//go:wasmimport yingbi input_kind
func inputKind(input int32) int32

//go:wasmimport yingbi input_name
func inputName(input int32, at, size uint32) int32

//go:wasmimport yingbi input_next
func inputNext(input int32) int32

//go:wasmimport yingbi input_read
func inputRead(input int32, at, size uint32) int32

//go:wasmimport yingbi input_rewind
func inputRewind(input int32) int32

//go:wasmimport yingbi query
func query(at, size uint32) int32

//go:wasmimport yingbi emit
func emit(name, nameSize, at, size uint32) int32

//go:wasmimport yingbi log
func log(at, size uint32) int32

//go:wasmimport yingbi record
func record(field int32, value int64) int32

var buffer [1 << 17]byte

// codes makes every mistake that the host answers, and emits the answers.
func codes(j *yingbi.Job) error {
	in, end := uint32(uintptr(unsafe.Pointer(&buffer))), uint32(0xfffffff0)
	var t yingbi.Table
	call, code := t.Text("call"), t.Integer("code")
	add := func(name string, answer int32) {
		call.Append(name)
		code.Append(int64(answer))
	}
	add("kind of none", inputKind(99))
	add("kind of -1", inputKind(-1))
	add("name of none", inputName(99, in, 8))
	add("next of none", inputNext(99))
	add("read of none", inputRead(99, in, 8))
	add("rewind of none", inputRewind(99))
	add("name in one byte", inputName(0, in, 1))
	add("name outside", inputName(0, end, 256))
	add("read unasked", inputRead(0, in, 1<<17))
	size := inputNext(0)
	add("next twice", inputNext(0)-size)
	add("read in too little", inputRead(0, in, uint32(size)-1))
	add("read outside", inputRead(0, end, uint32(size)))
	add("read", inputRead(0, in, 1<<17)-size)
	add("read twice", inputRead(0, in, 1<<17))
	add("query", query(in, 1))
	add("emit outside", emit(end, 256, in, 1))
	add("log outside", log(end, 256))
	add("log too long", log(in, 1<<17))
	add("record", record(0, 0))
	return j.Emit("out", &t)
}
