//go:build cgo

package cell

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// The answers below zero of a host call, docs/GUEST-ABI.md.
const (
	errArgument int32 = -1
	errMemory   int32 = -2
	errSize     int32 = -3
	errOrder    int32 = -4
	errDenied   int32 = -5
	errRefused  int32 = -6
	errFailed   int32 = -7
	errLimit    int32 = -8
)

const (
	maxCalls   = 1 << 20 // of yingbi's own functions, in one run
	maxColumns = 4096    // of an emitted frame
)

// guest is one module with everything that the host keeps about its run.
type guest struct {
	req     *abi.GuestRequest
	runtime wazero.Runtime
	module  wazero.CompiledModule
	out     *answers

	subject  *subject // of a mapping, else nil
	starting bool     // a mapping's instance, which has no subject yet

	memory  api.Memory // of the caller, for the time of one call
	inputs  []*input
	engine  *engine // nil unless the request allows SQL
	random  *rand.ChaCha8
	elapsed int64 // nanoseconds of the guest's own time, of a mapping since its subject's turn
	before  int64 // nanoseconds of an instance's time before that
	calls   int
	queries int
	items   int
	logged  int
	stopped abi.Failure // why the host ended the guest
}

// open opens the inputs of the request and checks what only the cell can know of it.
func (g *guest) open(req *abi.GuestRequest) (err error) {
	if len(req.Seed) != 32 || req.Now.IsZero() {
		return abi.Failure{Code: abi.FailRequest}
	}
	g.req, g.random = req, rand.NewChaCha8([32]byte(req.Seed))
	g.inputs, err = openInputs(req)
	return err
}

// call is one host call: its arguments as they stand on the stack, its result.
type call func(g *guest, args []uint64) int32

// calls is what admission lets a module import, by name.
func calls() map[string]call {
	return map[string]call{
		"yingbi.inputs":       (*guest).countInputs,
		"yingbi.input_kind":   (*guest).inputKind,
		"yingbi.input_name":   (*guest).inputName,
		"yingbi.input_next":   (*guest).inputNext,
		"yingbi.input_read":   (*guest).inputRead,
		"yingbi.input_rewind": (*guest).inputRewind,
		"yingbi.query":        (*guest).query,
		"yingbi.emit":         (*guest).emit,
		"yingbi.record":       (*guest).record,
		"yingbi.log":          (*guest).log,

		"wasi_snapshot_preview1.args_get":            (*guest).nothing,
		"wasi_snapshot_preview1.args_sizes_get":      (*guest).noStrings,
		"wasi_snapshot_preview1.environ_get":         (*guest).nothing,
		"wasi_snapshot_preview1.environ_sizes_get":   (*guest).noStrings,
		"wasi_snapshot_preview1.clock_time_get":      (*guest).clockTime,
		"wasi_snapshot_preview1.random_get":          (*guest).randomGet,
		"wasi_snapshot_preview1.sched_yield":         (*guest).nothing,
		"wasi_snapshot_preview1.poll_oneoff":         (*guest).poll,
		"wasi_snapshot_preview1.proc_exit":           (*guest).exit,
		"wasi_snapshot_preview1.fd_write":            (*guest).fdWrite,
		"wasi_snapshot_preview1.fd_read":             (*guest).fdRead,
		"wasi_snapshot_preview1.fd_close":            (*guest).standard,
		"wasi_snapshot_preview1.fd_seek":             (*guest).fdSeek,
		"wasi_snapshot_preview1.fd_fdstat_get":       (*guest).fdStat,
		"wasi_snapshot_preview1.fd_fdstat_set_flags": (*guest).standard,
		"wasi_snapshot_preview1.fd_prestat_get":      (*guest).noFolder,
		"wasi_snapshot_preview1.fd_prestat_dir_name": (*guest).noFolder,
	}
}

// offer instantiates the host's modules, from admission's list: names and
// signatures are the same on both sides.
func (g *guest) offer(ctx context.Context) error {
	functions := calls()
	modules := map[string]wazero.HostModuleBuilder{}
	for _, i := range admission.Host() {
		f, ok := functions[i.Module+"."+i.Name]
		if !ok {
			return fmt.Errorf("the host call %s is not there", i)
		}
		if modules[i.Module] == nil {
			modules[i.Module] = g.runtime.NewHostModuleBuilder(i.Module)
		}
		params, results := parseSignature(i.Signature)
		modules[i.Module].NewFunctionBuilder().
			WithGoModuleFunction(enter(f, i.Module == "yingbi"), params, results).Export(i.Name)
	}
	for _, m := range modules {
		if _, err := m.Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

// current is the key of the guest in the context of its instance's calls.
type current struct{}

// enter wraps a call: it finds the guest and its memory, counts, and puts the
// result. Before its first subject a mapping has none of our own calls.
func enter(f call, counted bool) api.GoModuleFunc {
	return func(ctx context.Context, caller api.Module, stack []uint64) {
		g := ctx.Value(current{}).(*guest)
		if counted {
			if g.calls++; g.calls > maxCalls {
				g.over(abi.LimitCalls)
			}
		}
		g.memory = caller.Memory()
		result := errOrder
		if !counted || !g.starting {
			result = f(g, stack)
		}
		if len(stack) > 0 {
			stack[0] = uint64(uint32(result))
		}
	}
}

// parseSignature reads "(i32 i64) i32".
func parseSignature(s string) (params, results []api.ValueType) {
	in, out, _ := strings.Cut(strings.TrimPrefix(s, "("), ")")
	return valueTypes(in), valueTypes(out)
}

func valueTypes(s string) []api.ValueType {
	types := []api.ValueType{}
	for _, name := range strings.Fields(s) {
		if name == "i64" {
			types = append(types, api.ValueTypeI64)
		} else {
			types = append(types, api.ValueTypeI32)
		}
	}
	return types
}

// stop ends the guest. Only the host's own record tells why.
func (g *guest) stop(code abi.Code) { g.stopAt(abi.Failure{Code: code}) }

func (g *guest) stopAt(f abi.Failure) {
	if g.stopped.Code == "" {
		g.stopped = f
	}
	panic(sys.NewExitError(1))
}

// over ends the guest at one of its limits.
func (g *guest) over(limit abi.GuestLimit) {
	g.note("over its limit of " + limit.String())
	g.stopAt(abi.Failure{Code: abi.FailGuestLimit, At: int(limit)})
}

// bytesAt gives a part of the guest's memory, for the time of one call.
func (g *guest) bytesAt(at, size uint64) ([]byte, bool) {
	return g.memory.Read(uint32(at), uint32(size))
}

// emit takes a table: copied first, then read, then sent to the parent, who
// reads it again.
func (g *guest) emit(args []uint64) int32 {
	if g.subject != nil {
		return errDenied
	}
	name, ok1 := g.bytesAt(args[0], args[1])
	frame, ok2 := g.bytesAt(args[2], args[3])
	if !ok1 || !ok2 {
		return errMemory
	}
	if g.items == g.req.MaxItems {
		g.over(abi.LimitItems)
	}
	if int64(len(frame)) > g.req.MaxItemBytes {
		g.over(abi.LimitItemBytes)
	}
	if !g.req.Takes(string(name)) {
		g.note("an item for an output that is not declared")
		g.stop(abi.FailGuestOutput)
	}
	output := string(name)
	frame = bytes.Clone(frame)
	if _, err := abi.Decode(frame, abi.Limits{Bytes: int64(len(frame)), Rows: math.MaxInt32, Columns: maxColumns}); err != nil {
		g.note("an item is malformed: " + err.Error())
		g.stop(abi.FailGuestOutput)
	}
	g.items++
	if g.out.item(output, frame) != nil {
		g.stop(abi.FailInternal)
	}
	return 0
}

// log takes a line of text.
func (g *guest) log(args []uint64) int32 {
	text, ok := g.bytesAt(args[0], args[1])
	if !ok {
		return errMemory
	}
	if !g.write(append(bytes.Clone(text), '\n')) {
		return errLimit
	}
	return 0
}

// note adds the host's own line to the guest's log, where there is room.
func (g *guest) note(line string) { g.write([]byte("[host] " + line + "\n")) }

// write sends text as a whole or, over the budget, not at all.
func (g *guest) write(text []byte) bool {
	if len(text) > g.req.MaxLog-g.logged {
		return false
	}
	g.logged += len(text)
	if g.subject != nil {
		g.subject.log = append(g.subject.log, text...)
		return true
	}
	if g.out.log(text) != nil {
		g.stop(abi.FailInternal)
	}
	return true
}
