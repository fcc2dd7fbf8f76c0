//go:build cgo

package cell

import (
	"bytes"
	"context"
	"os"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// prepareCompile opens the module and leaves it unread: the compiler meets it
// behind the locks.
func prepareCompile(req *abi.CompileRequest) (run, error) {
	file, size, err := openInput(abi.InputFD)
	if err != nil {
		return nil, err
	}
	return func(out *answers) error {
		module, err := readInput(file, size)
		if err != nil {
			return err
		}
		code, err := compile(context.Background(), lockdown.Cache, module, req.MaxPages)
		if err != nil {
			return err
		}
		return out.parts(bytes.NewReader(code))
	}, nil
}

// compile turns a module into an entry of compiled code, by way of the folder.
func compile(ctx context.Context, folder string, module []byte, maxPages uint32) ([]byte, error) {
	plain, _, err := admit(module, maxPages)
	if err != nil {
		return nil, err
	}
	machine, err := thisMachine(ctx, folder+"/machine")
	if err != nil {
		return nil, err
	}
	path, err := compileUnknown(ctx, folder+"/code", plain)
	if err != nil {
		return nil, abi.Failure{Code: abi.FailModule}
	}
	name, code, err := readCompiled(path)
	if err != nil {
		return nil, err
	}
	return entry{machine: machine, module: digest(module), name: name, code: code}.encode(), nil
}

// compileUnknown is compileIn for a module that may find a mistake in the
// compiler.
func compileUnknown(ctx context.Context, folder string, module []byte) (path string, err error) {
	defer func() {
		if recover() != nil {
			err = abi.Failure{Code: abi.FailModule}
		}
	}()
	return compileIn(ctx, folder, module)
}

// openInput opens an inherited descriptor. It must happen before the locks: to
// make a file of a descriptor asks the kernel for its flags.
func openInput(fd int) (*os.File, int64, error) {
	file := os.NewFile(uintptr(fd), "input")
	if file == nil {
		return nil, 0, abi.Failure{Code: abi.FailRequest}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, abi.Failure{Code: abi.FailRequest}
	}
	return file, info.Size(), nil
}

// readInput reads an input by position: its offset is shared with the parent.
func readInput(file *os.File, size int64) ([]byte, error) {
	b := make([]byte, size)
	if _, err := file.ReadAt(b, 0); err != nil {
		return nil, err
	}
	return b, nil
}
