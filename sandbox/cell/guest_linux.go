//go:build cgo

package cell

import (
	"context"
	"errors"
	"runtime"
	"strings"

	"github.com/tetratelabs/wazero/experimental"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// prepareGuest loads the module's compiled code and makes the host's calls, which a
// waiting cell can do before it knows of the inputs. Code can only be mapped before
// seccomp, so a module's bytes are read here, earlier than other foreign bytes: by a
// decoder that has met them in the compile cell after their admission, and behind
// the locks of the constructor. No instruction of the guest runs yet.
func prepareGuest(req *abi.GuestRequest) (run, error) {
	ctx := context.Background()
	g := &guest{req: req}
	module, err := readInput(req.ModuleFD)
	if err != nil {
		return nil, err
	}
	code, err := readInput(req.CodeFD)
	if err != nil {
		return nil, err
	}
	if err := g.load(ctx, lockdown.Cache, module, code, exportJob); err != nil {
		return nil, err
	}
	if req.SQL {
		if g.engine, err = explorer(req.Views, engineMemory); err != nil {
			return nil, err
		}
	}
	return func(whole *abi.Request, out *answers) error {
		if err := g.open(whole.Guest); err != nil {
			return err
		}
		return g.run(ctx, out)
	}, nil
}

// run gives the guest its memory and calls it.
func (g *guest) run(ctx context.Context, out *answers) error {
	g.out = out
	memory, err := reserve(g.req.MaxPages)
	if err != nil {
		return err
	}
	ctx = context.WithValue(experimental.WithMemoryAllocator(ctx, memory), current{}, g)
	module, err := g.runtime.InstantiateModule(ctx, g.module, bare())
	if err != nil {
		return g.verdict(err)
	}
	if f := module.ExportedFunction("_initialize"); f != nil {
		if _, err := f.Call(ctx); err != nil {
			return g.verdict(err)
		}
	}
	result, err := module.ExportedFunction(exportJob).Call(ctx)
	if err != nil {
		return g.verdict(err)
	}
	return ended(uint32(result[0]))
}

// ended judges what yb_run returned. The results 1 to abi.MaxGuestCode may be codes of
// the author's own, so that the parent is told which it was.
func ended(result uint32) error {
	switch {
	case result == 0:
		return nil
	case result <= abi.MaxGuestCode:
		return abi.Failure{Code: abi.FailGuestExit, At: int(result)}
	}
	return abi.Failure{Code: abi.FailGuestExit}
}

// verdict says why a guest ended before its time: what the host decided, else a
// trap. The runtime's own words about exits can be forged by the guest, so they
// are not looked at.
func (g *guest) verdict(err error) error {
	if g.stopped.Code != "" {
		return g.stopped
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
		if strings.HasPrefix(strings.TrimPrefix(err.Error(), "wasm error: "), kind) { // a stack overflow has no prefix
			return kind
		}
	}
	return "at its start"
}
