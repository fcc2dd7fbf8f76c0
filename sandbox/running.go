package sandbox

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

const (
	// addressIdle is the address space of an idle cell with its engine, 1.75 GB, and
	// what its runtimes reserve beyond: 70 to 140 MB for every thread that a busy
	// machine makes them start. Where there is none left they die without a word.
	addressIdle = 4 << 30
	// dataIdle bounds what a cell can hold of private memory, were nobody to look. An
	// idle cell has mapped 160 MB to write, most of it never touched: stacks, arenas.
	// Allocators keep more that way, and a refusal by the kernel tells less than the
	// watchdog does, which is to come first.
	dataIdle = 512 << 20
	// heldIdle is more than an idle cell holds, 8 to 14 MB: the runtimes, an open
	// engine. (Of the program's own file it has 60 to 85 MB, which is nobody's.)
	heldIdle = 32 << 20
	// fastest is how many bytes a cell can fill in a nanosecond: huge pages are
	// cleared at up to 10. The watchdog looks again before the cell could be over its
	// memory, so that a bomb is gone before it holds its limit and 128 MiB.
	fastest = 16
	// maxThreads of a cell; an engine with two threads and Go's own are under 40.
	// Their kernel stacks are no resident memory.
	maxThreads = 256
	tick       = 20 * time.Millisecond
	tickLeast  = time.Millisecond
	maxUnseen  = 100 // ticks; a cell that was reaped is unseen until its keeper's turn comes. RLIMIT_DATA bounds it
)

// running is a started cell. The first verdict stands.
type running struct {
	process *lockdown.Process
	answers *os.File
	limits  Limits
	started time.Time
	verdict atomic.Pointer[Failure]
	peak    atomic.Int64
	unseen  int           // ticks, of the watchdog alone
	watched chan struct{} // closed when the watchdog has left
}

// condemn ends the cell with f as the reason, unless there is one already.
func (c *running) condemn(f *Failure) {
	c.verdict.CompareAndSwap(nil, f)
	c.process.Kill()
}

// watch holds the cell to its limits until it is gone.
func (c *running) watch(ctx context.Context) {
	defer close(c.watched)
	look := time.NewTimer(tick)
	defer look.Stop()
	deadline := time.NewTimer(c.limits.Wall - time.Since(c.started))
	defer deadline.Stop()
	for {
		select {
		case <-c.process.Done():
			return
		case <-ctx.Done():
			c.condemn(&Failure{Reason: Cancelled, cause: ctx.Err()})
			return
		case <-deadline.C:
			c.condemn(&Failure{Reason: Time, Limit: fmt.Sprintf("time of %v", c.limits.Wall)})
			return
		case <-look.C:
			look.Reset(c.weigh())
		}
	}
}

// weigh compares what the kernel says of the cell with its limits. A cell of
// which the kernel says nothing is not left alone for long.
func (c *running) weigh() time.Duration {
	held, threads, err := status(c.process.PID)
	select {
	case <-c.process.Done():
		return tick // the number may be another process's by now
	default:
	}
	if err == nil {
		c.unseen = 0
	} else if c.unseen++; c.unseen > maxUnseen {
		c.condemn(&Failure{Reason: Crash, Detail: "it cannot be watched: /proc does not show it"})
	}
	c.peak.Store(max(held, c.peak.Load()))
	room := heldIdle + c.limits.Memory - held
	if room < 0 {
		c.condemn(overLimit(Memory, "memory", c.limits.Memory))
	}
	if threads > maxThreads {
		c.condemn(&Failure{Reason: Memory, Limit: fmt.Sprintf("memory: %d threads", maxThreads)})
	}
	return min(max(tickLeast, time.Duration(room/fastest)), tick)
}

// listen reads what the cell answers until it closes its end. It gives
// Receive's error.
func (c *running) listen(check *stream, receive func(abi.Message) error) error {
	defer c.answers.Close()
	f, err := check.read(c.answers, c.limits.Output, receive)
	if err != nil {
		f = &Failure{Reason: Protocol, Detail: "its answer was not taken"}
	}
	if f != nil {
		c.condemn(f)
	}
	return err
}

// finish reaps the cell and judges how it ended. Nothing of it is left then, the
// watchdog and what it had open included.
func (c *running) finish(check *stream) (Usage, error) {
	state := c.process.Wait()
	<-c.watched
	usage := Usage{
		Wall:   time.Since(c.started),
		CPU:    state.UserTime() + state.SystemTime(),
		Memory: c.peak.Load(),
	}
	if f := c.verdict.Load(); f != nil {
		return usage, f
	}
	if f := judge(check, state, usage, c.limits); f != nil {
		return usage, f
	}
	return usage, nil
}

// judge tells the end of a cell that nobody condemned; nil is a good one.
func judge(check *stream, state *os.ProcessState, usage Usage, limits Limits) *Failure {
	if state.Success() && check.last == abi.MsgDone {
		return nil
	}
	if state.Success() && check.last == abi.MsgFailure {
		return &Failure{Reason: Refused, Code: check.failure.Code, At: check.failure.At}
	}
	// The kernel counts by ticks what it limits, and exactly what it tells.
	if killed(state) && usage.CPU >= limits.CPU/2 {
		return &Failure{Reason: Time, Limit: fmt.Sprintf("CPU time of %v", limits.CPU)}
	}
	f := &Failure{Reason: Crash, Detail: state.String()}
	if step := lockdown.Step(state.ExitCode()); step != "" {
		f.Detail = "its lock did not close: " + step
	}
	return f
}

func killed(state *os.ProcessState) bool {
	ws, ok := state.Sys().(syscall.WaitStatus)
	return ok && ws.Signaled() && ws.Signal() == syscall.SIGKILL
}
