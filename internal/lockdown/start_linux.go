//go:build cgo

package lockdown

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// cloneFlags are the namespaces of a child: each new, each empty.
const cloneFlags = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWPID | unix.CLONE_NEWNS

// Process is a running child. Whoever started it must call Wait.
type Process struct {
	PID  int // as the host counts
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts a child. The files stay the caller's and may be closed at once.
// The child dies with this process, whatever ends it.
func Start(c Child) (*Process, error) { return start(command(c)) }

func start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.keep(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting a locked child: %w", err)
	}
	p.PID = p.cmd.Process.Pid
	return p, nil
}

// keep starts the child and waits for it on one thread: the kernel sends the
// parent's death signal when the thread that forked ends, not the process.
func (p *Process) keep(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // its state tells more
	}
	close(p.done)
}

// Kill ends the child and, since it is the first of its process namespace,
// everything that it started.
func (p *Process) Kill() { _ = p.cmd.Process.Kill() }

// Done is closed when the child has been reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait reaps the child.
func (p *Process) Wait() *os.ProcessState {
	<-p.done
	return p.cmd.ProcessState
}

func command(c Child) *exec.Cmd {
	cpu := (c.CPU + time.Second - 1) / time.Second
	marker := fmt.Sprintf("YINGBI_CELL=%s:%d:%d:%d:%d:%d", c.Profile, 3+len(c.Files), c.Address, c.Data, cpu, cmp.Or(c.Cache, cacheBytes))
	if c.Profile == Keeper {
		marker = "YINGBI_KEEPER" + marker[len("YINGBI_CELL"):]
	}
	cmd := exec.Command(c.Exe)
	cmd.Env = []string{marker}
	cmd.ExtraFiles = c.Files
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  cloneFlags,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		// For the constructor's mounts and host name; it drops it.
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN},
		Pdeathsig:   syscall.SIGKILL,
		Setsid:      c.Profile != Keeper, // the keeper may ask for a passphrase
	}
	return cmd
}
