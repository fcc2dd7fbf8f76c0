//go:build cgo

package cell

import (
	"context"
	"errors"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// prepareGuest loads the module's compiled code, makes the host's calls, and
// opens the inputs. Code can only be mapped before seccomp, so a module's bytes
// are read here, earlier than other foreign bytes: after admission, by a decoder
// that has met them in the compile cell, and behind the locks of the constructor.
// No instruction of the guest runs yet.
func prepareGuest(req *abi.GuestRequest) (run, error) {
	ctx := context.Background()
	module, err := readFD(req.ModuleFD)
	if err != nil {
		return nil, err
	}
	code, err := readFD(req.CodeFD)
	if err != nil {
		return nil, err
	}
	g, err := newGuest(req)
	if err != nil {
		return nil, err
	}
	if err := g.load(ctx, lockdown.Cache, module, code); err != nil {
		return nil, err
	}
	return func(out *answers) error { return g.run(ctx, out) }, nil
}

func readFD(fd int) ([]byte, error) {
	file, size, err := openInput(fd)
	if err != nil {
		return nil, err
	}
	return readInput(file, size)
}

// run gives the guest its memory and calls it.
func (g *guest) run(ctx context.Context, out *answers) error {
	g.out = out
	memory, err := reserve(g.req.MaxPages)
	if err != nil {
		return err
	}
	ctx = experimental.WithMemoryAllocator(ctx, memory)
	module, err := g.runtime.InstantiateModule(ctx, g.module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		return g.verdict(err)
	}
	if g.summary.Initialize {
		if _, err := module.ExportedFunction("_initialize").Call(ctx); err != nil {
			return g.verdict(err)
		}
	}
	result, err := module.ExportedFunction("yb_run").Call(ctx)
	if err != nil {
		return g.verdict(err)
	}
	if uint32(result[0]) != 0 {
		return abi.Failure{Code: abi.FailGuestExit}
	}
	return nil
}

// verdict says why a guest ended before its time: what the host decided, else a
// trap. The runtime's own words about exits can be forged by the guest, so they
// are not looked at.
func (g *guest) verdict(err error) error {
	if g.stopped != "" {
		return abi.Failure{Code: g.stopped}
	}
	var bug runtime.Error
	if errors.As(err, &bug) {
		return abi.Failure{Code: abi.FailInternal}
	}
	g.note("the guest trapped: " + trap(err))
	return abi.Failure{Code: abi.FailGuestTrap}
}

// trap gives the kind of a trap out of a closed list.
func trap(err error) string {
	for _, kind := range []string{
		"stack overflow", "unreachable", "out of bounds memory access", "integer divide by zero", "integer overflow",
		"invalid conversion to integer", "invalid table access", "indirect call type mismatch",
	} {
		if strings.HasPrefix(err.Error(), "wasm error: "+kind) {
			return kind
		}
	}
	return "at its start"
}
