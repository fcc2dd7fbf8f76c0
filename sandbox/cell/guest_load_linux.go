//go:build cgo

package cell

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"

	"yingbi/sandbox/abi"
)

// load makes the module ready to be instantiated, from its compiled code. The
// folder is new. Code of another module is refused; so is code for another
// machine or compiler, which would be compiled again here, unbounded.
func (g *guest) load(ctx context.Context, folder string, module, code []byte) error {
	plain, summary, err := admit(module, g.req.MaxPages)
	if err != nil {
		return err
	}
	e, err := decodeEntry(code)
	if err != nil || e.module != digest(module) {
		return abi.Failure{Code: abi.FailRequest}
	}
	machine, err := thisMachine(ctx, folder+"/machine")
	if err != nil {
		return err
	}
	if machine != e.machine {
		return abi.Failure{Code: abi.FailModule}
	}
	g.summary = summary
	if g.runtime, err = newRuntime(ctx, folder+"/code", g.req.MaxPages); err != nil {
		return err
	}
	stays, err := place(folder+"/code", e)
	if err != nil {
		return err
	}
	if g.module, err = g.runtime.CompileModule(ctx, plain); err != nil || !stays() {
		return abi.Failure{Code: abi.FailModule}
	}
	return g.offer(ctx)
}

// place writes the entry where the cache looks for it. The function that it
// gives removes the file again, and reports whether it was still the same and
// the only one: a compiler that had not used it would have written another.
func place(folder string, e entry) (stays func() bool, err error) {
	versions, err := filepath.Glob(folder + "/*")
	if err != nil || len(versions) != 1 {
		return nil, errors.New("the compiler's cache is not as it was")
	}
	path := filepath.Join(versions[0], hex.EncodeToString(e.name[:]))
	if err := os.WriteFile(path, e.code, 0o600); err != nil {
		return nil, err
	}
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return func() bool {
		files, _ := filepath.Glob(versions[0] + "/*")
		after, err := os.Stat(path)
		same := err == nil && os.SameFile(before, after) && before.ModTime().Equal(after.ModTime()) && len(files) == 1
		return os.Remove(path) == nil && same
	}, nil
}

// smallMemory is the part of a guest's memory, in bytes, that comes in small pages:
// a guest that needs no more starts sooner. Beyond it a loop over columns loses less
// time in looking pages up.
const smallMemory = 16 << 20

// reserve gives a guest its memory: address space for all that it may grow to,
// which becomes real page by page. It lies outside Go's heap, so that it neither
// moves nor delays the collector.
func reserve(pages uint32) (experimental.MemoryAllocator, error) {
	b, err := unix.Mmap(-1, 0, max(int(pages), 1)<<16, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		return nil, abi.Failure{Code: abi.FailMemory}
	}
	if len(b) > smallMemory {
		_ = unix.Madvise(b[smallMemory:], unix.MADV_HUGEPAGE) // only a wish: a kernel without them has other pages
	}
	return experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory { return linear(b[:most]) }), nil
}

type linear []byte

// Reallocate gives nil for what was not reserved, which fails the guest's call.
func (l linear) Reallocate(size uint64) []byte {
	if size > uint64(len(l)) {
		return nil
	}
	return l[:size:size]
}

// Free leaves the memory to the end of the process, which is near.
func (l linear) Free() {}
