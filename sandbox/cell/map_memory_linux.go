//go:build cgo

package cell

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"

	"yingbi/sandbox/abi"
)

// arena is the memory of instances that follow each other: address space for all
// that one may grow to, reserved once.
type arena struct {
	linear
	used int // bytes that an instance may have written since clean
}

func newArena(pages uint32) (*arena, error) {
	b, err := addresses(pages)
	if err != nil {
		return nil, abi.Failure{Code: abi.FailMemory}
	}
	// An instance touches a few pages. A large one would be cleaned as a whole.
	_ = unix.Madvise(b, unix.MADV_NOHUGEPAGE) // a kernel without large pages refuses
	return &arena{linear: linear{b: b}}, nil
}

// cleared is up to how many bytes it costs less to write zeros than to give the
// pages back and to take others.
const cleared = 256 << 10

// clean makes every byte zero that an instance may have written.
func (a *arena) clean() {
	small := min(a.used, cleared)
	clear(a.b[:small])
	if a.used > small {
		if unix.Madvise(a.b[small:a.used], unix.MADV_DONTNEED) != nil {
			clear(a.b[small:a.used])
		}
	}
	a.used = 0
}

// Allocate serves the one instance that there is at a time.
func (a *arena) Allocate(_, most uint64) experimental.LinearMemory {
	return &portion{a, int(most)}
}

// portion is what an instance may have of an arena.
type portion struct {
	*arena
	most int
}

// Reallocate gives nil for what was not reserved, which fails the guest's call.
func (p *portion) Reallocate(size uint64) []byte {
	if size > uint64(p.most) {
		return nil
	}
	b := p.arena.Reallocate(size)
	p.used = max(p.used, len(b))
	return b
}

// Free leaves the memory to the next instance, which cleans it.
func (p *portion) Free() {}
