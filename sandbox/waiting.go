package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"yingbi/sandbox/abi"
)

// maxLate is how many bytes of inputs a waiting cell is handed, which are copied.
const maxLate = 8 << 20

// early is the beginning of a task: what a cell can prepare before the task comes.
type early struct {
	key    string // equal for tasks of the same owner and limits that begin with the same bytes
	head   abi.Request
	limits Limits
	inputs []*os.File // of the task; nil for those that come late
	ids    []string   // of the inputs
}

// early gives nil for a task that no cell waits for.
func (s *Sandbox) early(t *Task) *early {
	head, ok := t.Request.Ahead()
	if s.pool.most <= 0 || !ok {
		return nil
	}
	raw, err := abi.EncodeRequest(&head)
	if err != nil {
		return nil
	}
	e := &early{head: head, limits: t.Limits, inputs: make([]*os.File, len(t.Inputs)), ids: make([]string, len(t.Inputs))}
	e.key = fmt.Sprintf("%q %d %v %s", t.Limits.Owner, t.Limits.Memory, t.Limits.CPU, raw)
	fds, late := descriptors(&head), int64(0)
	for i, f := range t.Inputs {
		if !slices.Contains(fds, abi.InputFD+i) {
			info, err := f.Stat()
			if err != nil {
				return nil
			}
			late += info.Size()
			e.key += " late"
			continue
		}
		id, sealed := identity(f)
		if !sealed {
			return nil
		}
		e.inputs[i], e.ids[i] = f, id
		e.key += " " + id
	}
	if late > maxLate {
		return nil
	}
	return e
}

// waiting is a cell that prepares a beginning and then waits behind its locks.
type waiting struct {
	key       string
	cell      *running
	rest      *os.File   // the pipe on which it gets the whole request
	late      []*os.File // inputs that are empty yet, by place; the cell can only read them
	orders    chan order
	unguarded chan struct{} // closed when its guard has gone
}

// expect starts a cell that waits for another task which begins like this one, if
// there is none and a place is free.
func (s *Sandbox) expect(e *early) {
	if e == nil || !s.pool.reserve(e.key) {
		return
	}
	inputs, err := e.own()
	go func() {
		defer s.pool.gone.Done()
		var w *waiting
		if err == nil {
			w, err = s.startWaiting(e, inputs)
		}
		if err != nil {
			s.log.Debug("no cell waits", "task", e.head.Task, "failure", err)
		}
		if s.pool.put(e.key, w); w != nil {
			s.guard(w)
		}
	}()
}

// own opens the inputs of the beginning once more, and makes sure that they are the
// same: the task's are its owner's, who may close them at this moment.
func (e *early) own() (inputs []*os.File, err error) {
	inputs = make([]*os.File, len(e.inputs))
	for i, f := range e.inputs {
		if f == nil {
			continue
		}
		if inputs[i], err = another(f); err == nil {
			if id, _ := identity(inputs[i]); id != e.ids[i] {
				err = errors.New("an input was closed")
			}
		}
		if err != nil {
			closeAll(inputs)
			return nil, err
		}
	}
	return inputs, nil
}

// startWaiting starts the cell, unless there is no place, and closes the inputs.
func (s *Sandbox) startWaiting(e *early, inputs []*os.File) (*waiting, error) {
	defer func() { closeAll(inputs) }()
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, nil
	}
	w := &waiting{key: e.key, late: make([]*os.File, len(inputs)), orders: make(chan order, 1), unguarded: make(chan struct{})}
	rest, err := w.open(inputs)
	if err == nil {
		inputs = append(inputs, rest)
		head := e.head
		head.Waits = abi.InputFD + len(e.inputs)
		w.cell, err = s.start(&head, inputs, e.limits)
	}
	if err != nil {
		w.close()
		<-s.slots
		return nil, err
	}
	return w, nil
}

// open makes the late inputs, and the pipe, of which it gives the cell's end.
func (w *waiting) open(inputs []*os.File) (rest *os.File, err error) {
	for i, f := range inputs {
		if f != nil {
			continue
		}
		if w.late[i], err = memoryFile("input"); err != nil {
			return nil, err
		}
		if inputs[i], err = forReading(w.late[i]); err != nil {
			return nil, err
		}
	}
	rest, w.rest, err = os.Pipe()
	return rest, err
}

func (w *waiting) close() {
	closeAll(w.late)
	closeAll([]*os.File{w.rest})
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close() // memory or a pipe
		}
	}
}

// guard watches the cell until it is taken. One that ends, or is not taken for long,
// leaves its place.
func (s *Sandbox) guard(w *waiting) {
	defer close(w.unguarded)
	idle, look := time.NewTimer(s.pool.idle), time.NewTimer(tick)
	defer idle.Stop()
	defer look.Stop()
	for {
		var o order
		select {
		case <-look.C:
			look.Reset(w.cell.weigh())
			continue
		case o = <-w.orders:
		case <-idle.C:
			o = s.pool.drop(w)
		case <-w.cell.process.Done():
			o = s.pool.drop(w)
		}
		if o == leave {
			w.end()
			<-s.slots
		}
		return
	}
}

// end ends the cell and returns when it has been reaped.
func (w *waiting) end() {
	w.cell.process.Kill()
	w.cell.process.Wait()
	w.cell.answers.Close()
	w.close()
}

// begin hands the task to the cell. It gives nil where the cell has died, which any
// other can do the task for.
func (w *waiting) begin(ctx context.Context, t *Task) *running {
	c := w.cell
	c.limits, c.started = t.Limits, time.Now()
	go c.watch(ctx)
	if w.hand(t) != nil && c.verdict.Load() == nil {
		w.end()
		return nil
	}
	w.close()
	return c
}

// hand fills and seals the late inputs, and only then sends the request.
func (w *waiting) hand(t *Task) error {
	for i, f := range w.late {
		if f == nil {
			continue
		}
		if err := copyFile(f, t.Inputs[i]); err != nil {
			return err
		}
		if err := seal(f); err != nil {
			return err
		}
	}
	raw, err := abi.EncodeRequest(&t.Request)
	if err == nil {
		_, err = w.rest.Write(raw)
	}
	return err
}
