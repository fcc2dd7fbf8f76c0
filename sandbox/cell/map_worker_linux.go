//go:build cgo

package cell

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"yingbi/sandbox/abi"
)

// maxSubjectLog is what one subject may write, in bytes. It must not depend on what
// the subjects before have written.
const maxSubjectLog = 4 << 10

// subject is the one whose turn it is.
type subject struct {
	fields []abi.MapField
	frames [][]byte // by input
	values []int64  // by field, with valid
	valid  []bool
	log    []byte
}

// worker calls the module for one subject after another, in instances of its own.
type worker struct {
	guest
	config wazero.ModuleConfig
	arena  *arena
	batch  int // subjects that an instance serves

	instance api.Module // nil: the next subject needs one
	call     api.Function
	result   [1]uint64
}

// newWorker makes one of a loaded guest, which keeps nothing of what runs here.
func newWorker(g guest, req *abi.MapRequest) (*worker, error) {
	arena, err := newArena(req.MaxPages)
	if err != nil {
		return nil, err
	}
	w := &worker{guest: g, arena: arena, batch: req.Batch, config: bare()}
	w.random = rand.NewChaCha8([32]byte(req.Seed))
	w.subject = &subject{
		fields: req.Fields, frames: make([][]byte, len(req.Views)),
		values: make([]int64, len(req.Fields)), valid: make([]bool, len(req.Fields)),
	}
	w.inputs = nil
	for i, v := range req.Views {
		w.inputs = append(w.inputs, &input{name: v.Name, kind: kindRows, open: func() (frames, error) {
			return once(w.subject.frames[i])()
		}})
	}
	return w, nil
}

// bare configures an instance without what no host call of ours uses. The default
// source of randomness alone would take a third of the time that an instance costs.
func bare() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithStartFunctions().WithRandSource(strings.NewReader(""))
}

// serve maps the subjects of stretches until there are no more.
func (w *worker) serve(ctx context.Context, work <-chan *stretch) {
	ctx = context.WithValue(experimental.WithMemoryAllocator(ctx, w.arena), current{}, &w.guest)
	for b := range work {
		b.done <- w.stretch(ctx, b)
	}
}

func (w *worker) stretch(ctx context.Context, b *stretch) error {
	b.ready(len(w.subject.fields))
	for i := range b.subjects() {
		if i%w.batch == 0 {
			w.drop(ctx)
		}
		w.begin(b, i)
		if err := w.turn(ctx, b.over[i]); err != nil {
			w.drop(ctx)
			if f := (abi.Failure{}); !errors.As(err, &f) || f.Code == abi.FailInternal {
				return err
			}
			b.failed[i] = 1
		}
		w.keep(b, i)
	}
	w.drop(ctx)
	return nil
}

// begin gives a subject its rows, and everything else as the first one had it. Only
// the instance, if it serves several, goes on, and with it the time since its start.
func (w *worker) begin(b *stretch, i int) {
	views := len(w.inputs)
	for v, in := range w.inputs {
		at := 0
		if frame := i*views + v; frame > 0 {
			at = b.ends[frame-1]
		}
		w.subject.frames[v] = b.frames[at:b.ends[i*views+v]]
		in.read, in.ready = nil, nil
	}
	clear(w.subject.values)
	clear(w.subject.valid)
	w.subject.log = w.subject.log[:0]
	w.random.Seed([32]byte(w.req.Seed))
	w.before, w.elapsed = min(w.before+w.elapsed, maxElapsed), 0
	w.calls, w.logged, w.stopped = 0, 0, abi.Failure{}
}

// turn calls the module for the subject. What goes wrong is the subject's alone,
// unless it is internal.
func (w *worker) turn(ctx context.Context, over bool) error {
	if over {
		w.note("the subject has more rows than are shown")
		return abi.Failure{Code: abi.FailGuestLimit}
	}
	if err := w.start(ctx); err != nil {
		return w.verdict(err)
	}
	if err := w.call.CallWithStack(ctx, w.result[:]); err != nil {
		return w.verdict(err)
	}
	if uint32(w.result[0]) != 0 {
		w.note("the mapping returned a failure")
		return abi.Failure{Code: abi.FailGuestExit}
	}
	return nil
}

// start makes a fresh instance, where there is none.
func (w *worker) start(ctx context.Context) (err error) {
	if w.instance != nil {
		return nil
	}
	w.arena.clean()
	w.before, w.starting = 0, true
	defer func() { w.starting = false }()
	if w.instance, err = w.runtime.InstantiateModule(ctx, w.module, w.config); err != nil {
		w.instance = nil
		return err
	}
	if f := w.instance.ExportedFunction("_initialize"); f != nil {
		if _, err := f.Call(ctx); err != nil {
			return err
		}
	}
	w.call = w.instance.ExportedFunction(exportMap)
	return nil
}

// drop ends the instance.
func (w *worker) drop(ctx context.Context) {
	if w.instance != nil {
		_ = w.instance.Close(ctx) // it holds no more than memory
		w.instance, w.call = nil, nil
	}
}

// keep writes the subject's record and its log into the stretch.
func (w *worker) keep(b *stretch, i int) {
	if b.failed[i] == 0 {
		for f, value := range w.subject.values {
			at := f*b.subjects() + i
			b.values[at], b.valid[at] = value, w.subject.valid[f]
		}
	}
	b.log = append(b.log, w.subject.log...)
	b.logged = append(b.logged, len(w.subject.log))
}

// record sets a field of the subject's record. One that is never set is null.
func (g *guest) record(args []uint64) int32 {
	if g.subject == nil {
		return errDenied
	}
	i, value := uint32(args[0]), int64(args[1])
	if uint64(i) >= uint64(len(g.subject.fields)) || value < g.subject.fields[i].Min || value > g.subject.fields[i].Max {
		return errArgument
	}
	g.subject.values[i], g.subject.valid[i] = value, true
	return 0
}
