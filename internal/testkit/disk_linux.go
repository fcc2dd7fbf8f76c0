package testkit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Judge stands between a program and its disk. It is asked about every system
// call by which the program is about to change a file or a folder, one call at a
// time, while the caller waits. 0 lets the call happen; any other number is the
// error that the caller gets instead.
//
// The calls are caught by the kernel (seccomp's user notification), so that a
// program under test needs no seam for it: what SQLite, a library or a child
// process writes is seen like our own.
type Judge func(*Call) syscall.Errno

// Done is a judge's answer that tells the caller that the call has succeeded, though
// it did not happen. Tests sync nothing in truth: the power does not go while they run.
const Done = syscall.Errno(1 << 16)

// Call is a system call that would change a file.
type Call struct {
	Thread int    // that makes it
	Name   string // write, pwrite64, fsync, renameat, …
	Path   string // of the file; of a rename, the new name
	// Blind is set where the caller cannot be looked into, as the keeper cannot by an
	// ordinary user. Path is "" then, until a judge who knows better fills it in.
	Blind bool
	args  [6]uint64
}

// changing are the calls that are caught, and which argument names the file: a
// descriptor, a path, or a path under the folder before it.
var changing = map[string]struct {
	argument int
	form     byte
}{
	"write": {0, 'd'}, "writev": {0, 'd'}, "pwrite64": {0, 'd'}, "pwritev": {0, 'd'}, "ftruncate": {0, 'd'}, "fallocate": {0, 'd'},
	"fsync": {0, 'd'}, "fdatasync": {0, 'd'},
	"unlink": {0, 'p'}, "mkdir": {0, 'p'}, "truncate": {0, 'p'}, "rename": {1, 'p'}, "open": {0, 'p'},
	"unlinkat": {1, 'a'}, "mkdirat": {1, 'a'}, "renameat": {3, 'a'}, "renameat2": {3, 'a'}, "openat": {1, 'a'},
}

// Is reports whether the call is one of these.
func (c *Call) Is(names ...string) bool {
	for _, n := range names {
		if c.Name == n {
			return true
		}
	}
	return false
}

// Writes reports whether the call brings bytes to the file.
func (c *Call) Writes() bool { return c.Is("write", "writev", "pwrite64", "pwritev") }

// Syncs reports whether the call makes a file or folder durable.
func (c *Call) Syncs() bool { return c.Is("fsync", "fdatasync") }

// NeedsRoom reports whether the call fails on a full disk.
func (c *Call) NeedsRoom() bool {
	if c.Is("open", "openat") {
		_, err := os.Lstat(c.Path)
		return err != nil
	}
	return c.Writes() || c.Is("mkdir", "mkdirat", "fallocate")
}

// Half does the first half of a write or pwrite64, as a disk does that fails in
// the middle. The judge then gives the error.
func (c *Call) Half() error {
	if !c.Is("write", "pwrite64") {
		return nil
	}
	b := make([]byte, c.args[2]/2)
	if len(b) == 0 {
		return nil
	}
	if err := c.peek(b, c.args[1]); err != nil {
		return err
	}
	f, err := os.OpenFile(c.descriptor(c.args[0]), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	at := int64(c.args[3])
	if c.Name == "write" {
		if at, err = c.position(); err != nil {
			return err
		}
	}
	_, err = f.WriteAt(b, at)
	return err
}

// position is where the caller's next write goes.
func (c *Call) position() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", c.Thread, int32(c.args[0])))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(string(b), "pos:"), "\n")
	return strconv.ParseInt(strings.TrimSpace(line), 10, 64)
}

// Content reads the file behind the descriptor of a call such as fsync.
func (c *Call) Content() ([]byte, error) { return os.ReadFile(c.descriptor(c.args[0])) }

func (c *Call) descriptor(fd uint64) string {
	return fmt.Sprintf("/proc/%d/fd/%d", c.Thread, int32(fd))
}

// peek reads the caller's memory.
func (c *Call) peek(b []byte, at uint64) error {
	n, err := unix.ProcessVMReadv(c.Thread, []unix.Iovec{{Base: &b[0], Len: uint64(len(b))}},
		[]unix.RemoteIovec{{Base: uintptr(at), Len: len(b)}}, 0)
	if err == nil && n < len(b) {
		err = syscall.EFAULT
	}
	return err
}

// text reads a path out of the caller's memory, page by page.
func (c *Call) text(at uint64) string {
	const page = 4096
	var out []byte
	for len(out) < unix.PathMax {
		b := make([]byte, page-at%page)
		if c.peek(b, at) != nil {
			return ""
		}
		if i := strings.IndexByte(string(b), 0); i >= 0 {
			return string(append(out, b[:i]...))
		}
		out, at = append(out, b...), at+uint64(len(b))
	}
	return ""
}

func (c *Call) find() string {
	how := changing[c.Name]
	value := c.args[how.argument]
	if how.form == 'd' {
		path, _ := os.Readlink(c.descriptor(value))
		return path
	}
	path := c.text(value)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	folder := fmt.Sprintf("/proc/%d/cwd", c.Thread)
	if how.form == 'a' && int32(c.args[how.argument-1]) != unix.AT_FDCWD {
		folder = c.descriptor(c.args[how.argument-1])
	}
	folder, err := os.Readlink(folder)
	if err != nil {
		return ""
	}
	return filepath.Join(folder, path)
}

// Watch runs do on a thread of its own, with judge over the calls of that thread.
// What other goroutines do is not seen.
func Watch(judge Judge, do func()) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: nobody else may get a thread with this filter
		listener, err := trap(0)
		if err != nil {
			result <- err
			return
		}
		over := make([]int, 2) // a pipe, since the thread may stay: Go never ends its first one
		if err := unix.Pipe2(over, unix.O_CLOEXEC); err != nil {
			result <- err
			return
		}
		ended := make(chan error)
		go func() { ended <- preside(listener, over[0], judge) }()
		do()
		unix.Close(over[1])
		result <- errors.Join(<-ended, unix.Close(over[0]))
	}()
	return <-result
}

// diskSocket names, in the environment of a started program, the descriptor over
// which it hands its calls over.
const diskSocket = "YINGBI_TEST_DISK"

// StartWatched starts a program that calls Surrender first, with judge over its
// calls and those of all that it starts. The channel gives an error, or is closed,
// when all of them have ended.
func StartWatched(cmd *exec.Cmd, judge Judge) (<-chan error, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(pair[0])
	theirs := os.NewFile(uintptr(pair[1]), "disk")
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", diskSocket, 2+len(cmd.ExtraFiles)))
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return nil, err
	}
	listener, err := receive(pair[0])
	if err != nil {
		cmd.Process.Kill()
		return nil, errors.Join(fmt.Errorf("the program did not hand over its system calls: %w", err), cmd.Wait())
	}
	ended := make(chan error, 1)
	go func() {
		if err := preside(listener, -1, judge); err != nil {
			ended <- err
		}
		close(ended)
	}()
	return ended, nil
}

// receive takes the one descriptor that Surrender sends.
func receive(socket int) (int, error) {
	oob := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, make([]byte, 1), oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(messages) != 1 {
		return -1, io.ErrUnexpectedEOF
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, io.ErrUnexpectedEOF
	}
	return fds[0], nil
}

// Surrender puts this program under the judge of StartWatched, if it was started
// by it.
func Surrender() error {
	value := os.Getenv(diskSocket)
	if value == "" {
		return nil
	}
	os.Unsetenv(diskSocket)
	socket, err := strconv.Atoi(value)
	if err != nil {
		return err
	}
	listener, err := trap(unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH)
	if err != nil {
		return err
	}
	err = unix.Sendmsg(socket, []byte{0}, unix.UnixRights(listener), nil, 0)
	return errors.Join(err, unix.Close(listener), unix.Close(socket))
}
