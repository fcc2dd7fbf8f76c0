//go:build cgo

package cell

import (
	"context"
	"runtime/debug"
	"sync/atomic"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// A mapping runs over the rows of one subject at a time:
//
//	views, counts ─► subjects ─► stretch ─┬─► worker ─┬─► stretch ─► records, log
//	                                      └─► worker ─┘   in the order of the subjects
//
// What a subject's turn can see and do follows from the module and its own rows
// alone, if it has an instance of its own: not from other subjects, from its place
// among them, or from which worker it met.

const (
	workers      = 2           // instances at a time
	maxStretches = workers + 2 // in memory
	// heapGrowth is in per cent. Every instance leaves 25 kB of garbage, and little
	// lives: to collect at half more would double what a subject costs. Beyond
	// heapLimit, in bytes, where a guest that recurses leaves its stack, it is
	// collected at once.
	heapGrowth = 400
	heapLimit  = 128 << 20
)

// mapping is a module on its way over the subjects.
type mapping struct {
	req     *abi.MapRequest
	rows    *subjects
	workers []*worker
	stopped atomic.Bool // something failed, and what is read now is read in vain
}

// prepareMap loads the module's code, as for a guest that runs once, and opens the
// views. No instruction of the guest runs yet.
func prepareMap(req *abi.MapRequest) (run, error) {
	ctx := context.Background()
	module, err := readInput(req.ModuleFD)
	if err != nil {
		return nil, err
	}
	code, err := readInput(req.CodeFD)
	if err != nil {
		return nil, err
	}
	m, err := newMapping(ctx, req, lockdown.Cache, module, code)
	if err != nil {
		return nil, err
	}
	return func(_ *abi.Request, out *answers) error {
		debug.SetGCPercent(heapGrowth)
		debug.SetMemoryLimit(heapLimit)
		return m.run(ctx, out)
	}, nil
}

func newMapping(ctx context.Context, req *abi.MapRequest, folder string, module, code []byte) (*mapping, error) {
	rows, err := openSubjects(req)
	if err != nil {
		return nil, err
	}
	one := &abi.GuestRequest{MaxPages: req.MaxPages, MaxLog: min(req.MaxLog, maxSubjectLog), Seed: req.Seed, Now: req.Now}
	g := &guest{}
	if err := g.open(one); err != nil {
		return nil, err
	}
	one.Views = req.Views // of which none has been opened
	if err := g.load(ctx, folder, module, code, exportMap); err != nil {
		return nil, err
	}
	m := &mapping{req: req, rows: rows}
	for range workers {
		w, err := newWorker(*g, req)
		if err != nil && len(m.workers) == 0 {
			return nil, err
		}
		if err == nil { // else there is address space for one
			m.workers = append(m.workers, w)
		}
	}
	return m, nil
}

// run maps every subject. It sends the records in their order.
func (m *mapping) run(ctx context.Context, out *answers) error {
	free, work, order := make(chan *stretch, maxStretches), make(chan *stretch, maxStretches), make(chan *stretch, maxStretches)
	for range maxStretches {
		free <- &stretch{done: make(chan error, 1)}
	}
	var unread error
	go func() {
		defer close(order)
		defer close(work)
		unread = m.read(free, work, order)
	}()
	for _, w := range m.workers {
		go w.serve(ctx, work)
	}
	sent := recorder{req: m.req, out: out, text: m.req.MaxLog}
	var failed error
	for b := range order {
		if err := <-b.done; err != nil && failed == nil {
			failed = err
		}
		if failed == nil {
			failed = sent.send(b)
		}
		if failed != nil {
			m.stopped.Store(true)
		}
		free <- b
	}
	if failed == nil {
		failed = unread
	}
	return failed
}

// read fills stretches with subjects and hands them to the workers.
func (m *mapping) read(free <-chan *stretch, work, order chan<- *stretch) error {
	for !m.stopped.Load() {
		b := <-free
		if err := m.rows.fill(b); err != nil {
			return err
		}
		if b.subjects() == 0 {
			return m.rows.end()
		}
		order <- b
		work <- b
	}
	return nil
}
