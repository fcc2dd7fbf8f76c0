//go:build cgo

package cell

import (
	"bytes"
	"context"

	"github.com/tetratelabs/wazero"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// prepareCompile opens the module and leaves it unread: the compiler meets it
// behind the locks.
func prepareCompile(req *abi.CompileRequest) (run, error) {
	return func(_ *abi.Request, out *answers) error {
		module, err := readInput(abi.InputFD)
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
	plain, err := admit(module, maxPages)
	if err != nil {
		return nil, err
	}
	r, err := newRuntime(ctx, folder, abi.MaxPages)
	if err != nil {
		return nil, err
	}
	defer r.Close(ctx)
	machine, err := thisMachine(ctx, r, folder)
	if err != nil {
		return nil, err
	}
	path, err := compileUnknown(ctx, r, folder, plain)
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
func compileUnknown(ctx context.Context, r wazero.Runtime, folder string, module []byte) (path string, err error) {
	defer func() {
		if recover() != nil {
			err = abi.Failure{Code: abi.FailModule}
		}
	}()
	return compileIn(ctx, r, folder, module)
}
