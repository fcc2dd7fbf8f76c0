package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"yingbi/internal/fault"
	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

// Config says how cells are started.
type Config struct {
	Exe      string       // the yingbi binary; "" is this process's own
	MaxCells int          // that there are at once, others wait; 0 is one for each processor
	MaxOwned int          // of them for one owner; 0 is half of MaxCells, and one at least
	Log      *slog.Logger // of each cell's end; nil is none
	// Waiting is how many of the cells may be started before there is a task for them;
	// 0 is none. They wait for another task like one that came, for Idle at most, and
	// make room for every other.
	Waiting int
	Idle    time.Duration // 0 is a minute
	// AnyOutput lets a guest request leave open what it emits, as an author's does.
	// Jobs of a domain have declared outputs: its sandbox refuses such a request.
	AnyOutput bool
}

// Sandbox starts cells. It may be used by many goroutines.
type Sandbox struct {
	exe       string
	slots     chan struct{}
	owned     owners
	pool      *pool
	log       *slog.Logger
	anyOutput bool
}

// Limits bound one cell. Memory, Wall and Output must be set.
type Limits struct {
	Owner  string        // whose cell it is, such as an operator's organisation; "" is the domain itself
	Memory int64         // bytes above what an idle cell uses
	Wall   time.Duration // from its start
	CPU    time.Duration // over all threads, in whole seconds; 0 is twice Wall
	Output int64         // bytes of all messages
}

// Task is one request with its inputs, which become descriptors abi.InputFD and
// up. They stay the caller's. A cell must read them by position, since their
// offset is shared with the parent.
type Task struct {
	Request abi.Request
	Inputs  []*os.File
	Limits  Limits
	// Receive gets each message that passed the checks, except the last one,
	// and may keep it. Its error ends the cell and is what Run returns.
	Receive func(abi.Message) error
}

// Usage is what a cell cost.
type Usage struct {
	Wall, CPU time.Duration
	Memory    int64 // the most bytes that it was seen to hold, without the program's own file
}

// New makes sure that this host has every protection that cells require.
func New(c Config) (*Sandbox, error) {
	for _, p := range lockdown.Probe() {
		if p.Required && !p.Present {
			return nil, fault.Errorf(fault.Unsupported, "this host lacks %s, without which no cell is started: %s", p.Name, p.Detail)
		}
	}
	if c.Exe == "" {
		exe, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding the program for cells: %w", err)
		}
		c.Exe = exe
	}
	if c.MaxCells <= 0 {
		c.MaxCells = runtime.NumCPU()
	}
	if c.MaxOwned <= 0 {
		c.MaxOwned = max(1, c.MaxCells/2)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Idle <= 0 {
		c.Idle = time.Minute
	}
	return &Sandbox{
		exe: c.Exe, slots: make(chan struct{}, c.MaxCells), owned: owners{most: c.MaxOwned}, pool: newPool(c.Waiting, c.Idle),
		log: c.Log, anyOutput: c.AnyOutput,
	}, nil
}

// Run starts a cell for the task, hands its messages to Receive and returns when
// it is gone. What went wrong in or with the cell is a *Failure.
func (s *Sandbox) Run(ctx context.Context, t Task) (Usage, error) {
	if g := t.Request.Guest; g != nil && g.AnyOutput && !s.anyOutput {
		return Usage{}, fault.New(fault.Internal, "a guest may emit what is declared and nothing else, unless its author tries it")
	}
	check, err := newStream(&t)
	if err != nil {
		return Usage{}, err
	}
	early := s.early(&t)
	defer s.expect(early) // when this one has left its place
	w, done, err := s.turn(ctx, t.Limits.Owner, early)
	if err != nil {
		return Usage{}, err
	}
	defer done()
	c, err := s.begin(ctx, &t, w)
	if err != nil {
		return Usage{}, err
	}
	next := time.AfterFunc(tick, func() { s.expect(early) }) // a short task has the machine for itself
	defer next.Stop()
	refused := c.listen(check, t.Receive)
	usage, err := c.finish(check)
	s.log.Debug("cell ended", "task", t.Request.Task, "waited", w != nil, "wall", usage.Wall, "cpu", usage.CPU, "memory", usage.Memory, "failure", err)
	if refused != nil {
		return usage, refused
	}
	return usage, err
}

// begin gives the task to the cell that waited for it, or else to a new one, and has
// it watched.
func (s *Sandbox) begin(ctx context.Context, t *Task, w *waiting) (*running, error) {
	if w != nil {
		if c := w.begin(ctx, t); c != nil {
			return c, nil
		}
	}
	c, err := s.start(&t.Request, t.Inputs, t.Limits)
	if err != nil {
		return nil, err
	}
	go c.watch(ctx)
	return c, nil
}

// start hands a request and inputs to a new cell.
func (s *Sandbox) start(req *abi.Request, inputs []*os.File, limits Limits) (*running, error) {
	raw, err := abi.EncodeRequest(req)
	if err != nil {
		return nil, err
	}
	request, err := sealed("request", raw)
	if err != nil {
		return nil, err
	}
	defer request.Close()
	answers, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	var cache uint64
	if req.Task == abi.TaskPrepare {
		cache = uint64(limits.Output) // the file that it answers with
	}
	p, err := lockdown.Start(lockdown.Child{
		Exe:     s.exe,
		Profile: lockdown.Profile(req.Task),
		Files:   append([]*os.File{request, w}, inputs...),
		Address: addressIdle + uint64(limits.Memory),
		Data:    dataIdle + uint64(limits.Memory),
		CPU:     limits.CPU,
		Cache:   cache,
	})
	if err != nil {
		answers.Close()
		return nil, err
	}
	return &running{process: p, answers: answers, limits: limits, started: time.Now(), watched: make(chan struct{})}, nil
}
