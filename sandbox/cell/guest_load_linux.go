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
	"yingbi/sandbox/admission"
)

// What a module does, by what it exports: a job runs once, a mapping for each subject.
const (
	exportJob = "yb_run"
	exportMap = "yb_map"
)

// load makes the module, which must have that export, ready to be instantiated from
// its compiled code. The folder is new. Code of another module is refused; so is code
// for another machine or compiler, which would be compiled again here, unbounded.
//
// The module is not admitted a second time: there is code of it, which the compile
// cell made after it had admitted these bytes. Had that cell been taken over, the
// code would be what is to be feared.
func (g *guest) load(ctx context.Context, folder string, module, code []byte, export string) error {
	e, err := decodeEntry(code)
	if err != nil || e.module != digest(module) {
		return abi.Failure{Code: abi.FailRequest}
	}
	plain, err := admission.Strip(module)
	if err != nil {
		return abi.Failure{Code: abi.FailModule}
	}
	if g.runtime, err = newRuntime(ctx, folder, g.req.MaxPages); err != nil {
		return err
	}
	machine, err := thisMachine(ctx, g.runtime, folder)
	if err != nil {
		return err
	}
	if machine != e.machine {
		return abi.Failure{Code: abi.FailModule}
	}
	stays, err := place(folder, e)
	if err != nil {
		return err
	}
	if g.module, err = g.runtime.CompileModule(ctx, plain); err != nil || !stays() || g.module.ExportedFunctions()[export] == nil {
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
// which can be written as far as it grows and becomes real page by page. It lies
// outside Go's heap, so that it neither moves nor delays the collector.
func reserve(pages uint32) (experimental.MemoryAllocator, error) {
	b, err := addresses(pages)
	if err != nil {
		return nil, abi.Failure{Code: abi.FailMemory}
	}
	if len(b) > smallMemory {
		_ = unix.Madvise(b[smallMemory:], unix.MADV_HUGEPAGE) // only a wish: a kernel without them has other pages
	}
	return experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory { return &linear{b: b[:most]} }), nil
}

// addresses are for so many pages of wasm, and cannot be used yet.
func addresses(pages uint32) ([]byte, error) {
	return unix.Mmap(-1, 0, max(int(pages), 1)<<16, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
}

// linear is memory that grows in place.
type linear struct {
	b    []byte
	open int // bytes that can be written
}

// Reallocate gives nil for what was not reserved or what the cell may not have,
// which fails the guest's call.
func (l *linear) Reallocate(size uint64) []byte {
	if size > uint64(len(l.b)) {
		return nil
	}
	if n := int(size); n > l.open {
		if unix.Mprotect(l.b[l.open:n], unix.PROT_READ|unix.PROT_WRITE) != nil {
			return nil
		}
		l.open = n
	}
	return l.b[:size:size]
}

// Free leaves the memory to the end of the process, which is near.
func (l *linear) Free() {}
