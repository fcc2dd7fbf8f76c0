package main

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// module gives the bytes on the first input.
func (a *actor) module() string {
	b := make([]byte, 1<<10)
	n, _ := unix.Pread(abi.InputFD, b, 0)
	return string(b[:max(n, 0)])
}

// failure sends any text as a failure, as WriteMessage would not.
func (a *actor) failure(text string) {
	head := make([]byte, 16)
	head[0] = byte(abi.MsgFailure)
	binary.LittleEndian.PutUint64(head[8:], uint64(len(text)))
	a.out.Write(append(head, text...))
}

// integers is a frame of one column.
func integers(name string, values []int64) []byte {
	b, err := abi.Encode(nil, &abi.Frame{Rows: len(values), Columns: []abi.Column{
		{Name: name, Type: coltype.Type{Kind: coltype.Integer}, Ints: values},
	}})
	if err != nil {
		os.Exit(6)
	}
	return b
}

// patched sends a frame with other bytes from an offset on, or more of them: "end" is
// the first offset behind it.
func (a *actor) patched(arg string) {
	at, digits, _ := strings.Cut(arg, ",")
	offset, _ := strconv.Atoi(at)
	b, change := integers("n", []int64{1}), make([]byte, hex.DecodedLen(len(digits)))
	if at == "end" {
		offset = len(b)
	}
	_, _ = hex.Decode(change, []byte(digits))
	b = append(b, make([]byte, max(0, offset+len(change)-len(b)))...)
	copy(b[offset:], change)
	a.send(abi.Message{Kind: abi.MsgFrame, Name: "q", Payload: b})
}

func (a *actor) drip() {
	head := make([]byte, 16)
	head[0], head[9] = byte(abi.MsgFrame), 0xff
	head[2] = 1
	for _, c := range append(head, 'q') {
		a.out.Write([]byte{c})
		time.Sleep(time.Millisecond)
	}
	for {
		a.out.Write([]byte{0})
		time.Sleep(time.Millisecond)
	}
}

// scribble writes over the first input by a mapping, the one way that seccomp
// leaves, and ends the process with 7 if that worked.
func (a *actor) scribble() {
	b, err := unix.Mmap(abi.InputFD, 0, 4, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return
	}
	copy(b, "evil")
	os.Exit(7)
}

// hold maps and touches that many MiB.
func (a *actor) hold(mib, flags int) []byte {
	b, err := unix.Mmap(-1, 0, mib<<20, unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_ANONYMOUS)
	if err != nil {
		a.send(abi.Message{Kind: abi.MsgFailure, Payload: []byte(abi.FailMemory)})
		os.Exit(0)
	}
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	return b
}
