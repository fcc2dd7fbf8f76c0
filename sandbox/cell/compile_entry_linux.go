//go:build cgo

package cell

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// entry is one module's compiled code on its way from the compile cell, through
// the parent, to cells of the same module:
//
//	 0  "YBC1"    4 bytes
//	 4  zero      4
//	 8  size      8   of the code, little-endian
//	16  machine  32   SHA-256 of the path that the compiler's cache gives the empty module
//	48  module   32   SHA-256 of the module as it was uploaded
//	80  name     32   name that the compiler's cache gives the module
//	112 code
//
// The name and the code are wazero's own. machine stands for the version of the
// compiler and the features of the processor: where it differs, the code is
// stale and the module must be compiled again. The entry carries no proof of its origin; it
// is native code, and the parent that keeps it must seal it.
type entry struct {
	machine, module, name [32]byte
	code                  []byte
}

const (
	entryMagic  = "YBC1\x00\x00\x00\x00"
	entryHeader = 112
)

func (e entry) encode() []byte {
	b := make([]byte, 0, entryHeader+len(e.code))
	b = append(b, entryMagic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(e.code)))
	b = append(b, e.machine[:]...)
	b = append(b, e.module[:]...)
	b = append(b, e.name[:]...)
	return append(b, e.code...)
}

// decodeEntry reads what encode wrote. The code shares b's memory.
func decodeEntry(b []byte) (entry, error) {
	if len(b) < entryHeader || string(b[:8]) != entryMagic || binary.LittleEndian.Uint64(b[8:]) != uint64(len(b)-entryHeader) {
		return entry{}, errors.New("compiled code: not an entry")
	}
	return entry{
		machine: [32]byte(b[16:48]), module: [32]byte(b[48:80]), name: [32]byte(b[80:112]),
		code: b[entryHeader:],
	}, nil
}

func digest(module []byte) [32]byte { return sha256.Sum256(module) }

// emptyModule is the smallest module there is.
var emptyModule = []byte("\x00asm\x01\x00\x00\x00")

// admit checks the module and gives it without its custom sections, which is
// what both the compile cell and the guest cells hand to wazero.
func admit(module []byte, maxPages uint32) ([]byte, error) {
	lim := admission.DefaultLimits()
	lim.MemoryPages = min(lim.MemoryPages, int(maxPages))
	if _, err := admission.Check(module, lim); err != nil {
		if fault.KindOf(err) == fault.Denied {
			return nil, abi.Failure{Code: abi.FailForbiddenImport}
		}
		return nil, abi.Failure{Code: abi.FailModule}
	}
	plain, err := admission.Strip(module)
	if err != nil {
		return nil, abi.Failure{Code: abi.FailModule}
	}
	return plain, nil
}

// newRuntime gives a runtime whose compiled code is kept in the folder.
func newRuntime(ctx context.Context, folder string, maxPages uint32) (wazero.Runtime, error) {
	cache, err := wazero.NewCompilationCacheWithDir(folder)
	if err != nil {
		return nil, err
	}
	return wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().
		WithCoreFeatures(api.CoreFeaturesV2).
		WithDebugInfoEnabled(false).
		WithMemoryLimitPages(maxPages).
		WithCompilationCache(cache)), nil
}

// thisMachine gives what entry.machine is here. The folder of the runtime's cache
// has no code, and has none again afterwards.
func thisMachine(ctx context.Context, r wazero.Runtime, folder string) ([32]byte, error) {
	path, err := compileIn(ctx, r, folder, emptyModule)
	if err != nil {
		return [32]byte{}, err
	}
	relative, err := filepath.Rel(folder, path)
	return sha256.Sum256([]byte(relative)), errors.Join(err, os.Remove(path))
}

// compileIn compiles a module into the folder of the runtime's cache, which has no
// code, and gives the path of the one file that appeared: folder/version of the
// compiler/name.
func compileIn(ctx context.Context, r wazero.Runtime, folder string, module []byte) (string, error) {
	if _, err := r.CompileModule(ctx, module); err != nil {
		return "", err
	}
	files, err := filepath.Glob(folder + "/*/*")
	if err != nil || len(files) != 1 {
		return "", errors.New("the compiler did not leave one file")
	}
	return files[0], nil
}

// readCompiled reads the file that compileIn names.
func readCompiled(path string) (name [32]byte, code []byte, err error) {
	raw, err := hex.DecodeString(filepath.Base(path))
	if err != nil || len(raw) != len(name) {
		return name, nil, errors.New("the compiler's file has another name than before")
	}
	code, err = os.ReadFile(path)
	return [32]byte(raw), code, err
}
