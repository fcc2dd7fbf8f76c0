//go:build cgo

package cell

import (
	"encoding/binary"
	"math"

	"yingbi/sandbox/abi"
)

// What the runtimes of Go and C import of WASI preview 1. Nothing here reaches a
// descriptor, a clock or a source of randomness of the machine: the same inputs
// give the same bytes.
//
// A guest has its own time. It begins at the request's Now, goes on by a
// microsecond whenever it is read, and jumps when the guest sleeps.

// Error numbers of WASI.
const (
	wasiBadFile = 8
	wasiFault   = 21
	wasiInvalid = 28
	wasiSeek    = 70
)

const (
	tickNanos  = 1000
	maxElapsed = math.MaxInt64 / 4 // 73 years
	maxVectors = 1024              // of one fd_write or fd_read
	maxEvents  = 1024              // of one poll_oneoff
)

// nothing is there to be done.
func (g *guest) nothing([]uint64) int32 { return 0 }

// noStrings tells the number and the bytes of the arguments or the environment.
func (g *guest) noStrings(args []uint64) int32 {
	if !g.memory.WriteUint32Le(uint32(args[0]), 0) || !g.memory.WriteUint32Le(uint32(args[1]), 0) {
		return wasiFault
	}
	return 0
}

// noFolder ends the list of folders that a runtime looks for at its start.
func (g *guest) noFolder([]uint64) int32 { return wasiBadFile }

// standard accepts what is asked of descriptors 0, 1 and 2, and does nothing.
func (g *guest) standard(args []uint64) int32 {
	if uint32(args[0]) > 2 {
		return wasiBadFile
	}
	return 0
}

// now reads the guest's clock: realtime is 0, every other one counts from its start.
func (g *guest) now(clock uint32) uint64 {
	if clock == 0 {
		return uint64(g.req.Now.UnixNano() + g.elapsed)
	}
	return uint64(g.before + g.elapsed)
}

func (g *guest) advance(nanos uint64) {
	g.elapsed = int64(min(uint64(g.elapsed)+min(nanos, maxElapsed), maxElapsed))
}

func (g *guest) clockTime(args []uint64) int32 {
	if uint32(args[0]) > 3 {
		return wasiInvalid
	}
	g.advance(tickNanos)
	if !g.memory.WriteUint64Le(uint32(args[2]), g.now(uint32(args[0]))) {
		return wasiFault
	}
	return 0
}

func (g *guest) randomGet(args []uint64) int32 {
	b, ok := g.bytesAt(args[0], args[1])
	if !ok {
		return wasiFault
	}
	_, _ = g.random.Read(b) // never fails
	return 0
}

// exit ends the guest. The code that it gives is its own word: nobody reads it.
func (g *guest) exit([]uint64) int32 {
	g.stop(abi.FailGuestExit)
	return 0
}

// vectors visits the buffers of a list of (pointer, length) pairs.
func (g *guest) vectors(at, n uint64, visit func([]byte)) bool {
	if uint32(n) > maxVectors {
		return false
	}
	list, ok := g.bytesAt(at, uint64(uint32(n))*8)
	for ; ok && len(list) > 0; list = list[8:] {
		var b []byte
		b, ok = g.bytesAt(uint64(binary.LittleEndian.Uint32(list)), uint64(binary.LittleEndian.Uint32(list[4:])))
		if ok {
			visit(b)
		}
	}
	return ok
}

// fdWrite adds standard output and error to the log. What the log has no room
// for is dropped, and the guest does not see that.
func (g *guest) fdWrite(args []uint64) int32 {
	if fd := uint32(args[0]); fd != 1 && fd != 2 {
		return wasiBadFile
	}
	written := uint32(0)
	ok := g.vectors(args[1], args[2], func(b []byte) {
		written += uint32(len(b))
		if len(b) > 0 {
			g.write(b[:min(len(b), g.req.MaxLog-g.logged)])
		}
	})
	if !ok || !g.memory.WriteUint32Le(uint32(args[3]), written) {
		return wasiFault
	}
	return 0
}

// fdRead finds standard input at its end.
func (g *guest) fdRead(args []uint64) int32 {
	if uint32(args[0]) != 0 {
		return wasiBadFile
	}
	if !g.memory.WriteUint32Le(uint32(args[3]), 0) {
		return wasiFault
	}
	return 0
}

func (g *guest) fdSeek(args []uint64) int32 {
	if uint32(args[0]) > 2 {
		return wasiBadFile
	}
	return wasiSeek
}

// fdStat describes descriptors 0, 1 and 2 as a terminal that may be read or written.
func (g *guest) fdStat(args []uint64) int32 {
	if uint32(args[0]) > 2 {
		return wasiBadFile
	}
	b, ok := g.bytesAt(args[1], 24)
	if !ok {
		return wasiFault
	}
	clear(b)
	b[0] = 2                                        // a character device
	binary.LittleEndian.PutUint64(b[8:], 1<<1|1<<6) // fd_read, fd_write
	return 0
}

// Sizes and tags of poll_oneoff.
const (
	subscriptionSize = 48
	eventSize        = 32
	eventClock       = 0
)

// poll serves a runtime that sleeps: its time jumps to the first deadline that
// it waits for. Descriptors are never ready.
func (g *guest) poll(args []uint64) int32 {
	n := uint32(args[2])
	if n == 0 || n > maxEvents {
		return wasiInvalid
	}
	in, ok1 := g.bytesAt(args[0], uint64(n)*subscriptionSize)
	out, ok2 := g.bytesAt(args[1], uint64(n)*eventSize)
	if !ok1 || !ok2 {
		return wasiFault
	}
	waits := make([]uint64, n)
	first := uint64(math.MaxUint64)
	for i := range waits {
		waits[i] = g.wait(in[i*subscriptionSize:])
		first = min(first, waits[i])
	}
	if first != math.MaxUint64 {
		g.advance(first)
	}
	events := uint32(0)
	for i, wait := range waits {
		if wait > first {
			continue
		}
		event, subscription := out[events*eventSize:][:eventSize], in[i*subscriptionSize:]
		events++
		clear(event)
		copy(event, subscription[:8]) // its user data
		event[10] = subscription[8]
		if subscription[8] != eventClock {
			binary.LittleEndian.PutUint16(event[8:], wasiBadFile)
		}
	}
	if !g.memory.WriteUint32Le(uint32(args[3]), events) {
		return wasiFault
	}
	return 0
}

// wait gives the nanoseconds until a subscription is due; a descriptor's is due
// only when nothing else is waited for.
func (g *guest) wait(subscription []byte) uint64 {
	if subscription[8] != eventClock {
		return math.MaxUint64
	}
	clock, timeout := binary.LittleEndian.Uint32(subscription[16:]), binary.LittleEndian.Uint64(subscription[24:])
	if absolute := subscription[40]&1 == 1; !absolute {
		return min(timeout, maxElapsed)
	}
	if now := g.now(clock); timeout > now {
		return min(timeout-now, maxElapsed)
	}
	return 0
}
