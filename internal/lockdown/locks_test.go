//go:build linux && cgo

package lockdown

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Who a row is for.
const (
	everyone = iota
	rootOnly // an ordinary user could not even without locks
	userOnly // the kernel excuses root, or once is enough
)

// A row is one hostile attempt and the lock that stops it. It is tried
//
//	behind every lock                        and must fail,
//	behind every lock but also               and must fail,
//	behind every lock but also and lock      and must succeed,
//	behind none                              and must succeed.
//
// So each row fails when its lock is missing. Where lock is empty, several locks
// stop the attempt and the third trial is left out.
type row struct {
	attempt string
	lock    string
	also    string // other locks that stop it, with commas
	who     int
	hostMay bool // the host may forbid it to everyone
}

// rows: the locks that are the parent's to close have the names of their
// namespaces, and "environment". The others are those of the constructor and of Seal.
var rows = []row{
	{attempt: "send a datagram to the host", lock: "net"},
	{attempt: "attach the host's shared memory", lock: "ipc"},
	{attempt: "learn the host's name", lock: "hostname"},
	{attempt: "read a process's limits", lock: "pid"},
	{attempt: "find a key of the user", lock: "user", who: rootOnly, hostMay: true},
	{attempt: "ask about a file", lock: "root"},
	{attempt: "change a file's mode", lock: "root"},
	{attempt: "connect to a socket by its path", lock: "root"},
	{attempt: "find a key of the session", lock: "keyring", hostMay: true},
	{attempt: "set the host name", lock: "capabilities", who: rootOnly},
	{attempt: "open beneath an inherited folder", lock: "landlock"},
	{attempt: "create a file", lock: "landlock"},
	{attempt: "connect to a port of the host", lock: "landlock", also: "net"},
	{attempt: "connect to an abstract socket", lock: "landlock", also: "net"},
	{attempt: "signal a process", lock: "landlock", also: "pid"},
	{attempt: "read a file", lock: "landlock", also: "root"},
	{attempt: "write a file", lock: "landlock", also: "root"},
	{attempt: "mount a file system", lock: "landlock", also: "capabilities,root", who: rootOnly},
	{attempt: "gain capabilities by exec", lock: "no_new_privs", also: "landlock", who: rootOnly},
	{attempt: "leave a core dump", lock: "core", also: "dumpable,landlock,root,fsize", hostMay: true},
	{attempt: "leave a core dump", lock: "dumpable", also: "core,landlock,root,fsize", hostMay: true},
	{attempt: "read a stray descriptor", lock: "descriptors"},
	{attempt: "read the environment", lock: "environment"},
	{attempt: "write an inherited file", lock: "fsize"},
	{attempt: "open many descriptors", lock: "nofile"},
	{attempt: "start many threads", lock: "nproc", who: userOnly},
	{attempt: "lock memory", lock: "memlock"},
	{attempt: "map much memory", lock: "as"},
	{attempt: "map much memory to write", lock: "data"},
	{attempt: "compute for long", lock: "cpu", who: userOnly},
	{attempt: "call from a thread of before", lock: "tsync"},
	{attempt: "fork", lock: "seccomp"},
	{attempt: "fork into a new user namespace", lock: "seccomp"},
	{attempt: "execute a file in memory", lock: "seccomp"},
	{attempt: "make a file in memory", lock: "seccomp"},
	{attempt: "make a pair of sockets", lock: "seccomp"},
	{attempt: "make a socket", lock: "seccomp"},
	{attempt: "make a netlink socket", lock: "seccomp"},
	{attempt: "make memory that is data and code", lock: "seccomp"},
	{attempt: "turn data into code", lock: "seccomp"},
	{attempt: "set up io_uring", lock: "seccomp", also: "memlock", hostMay: true},
	{attempt: "make a userfaultfd", lock: "seccomp", hostMay: true},
	{attempt: "make a keyring", lock: "seccomp", hostMay: true},
	{attempt: "open a process", lock: "seccomp"},
	{attempt: "change an inherited file's mode", lock: "seccomp"},
	{attempt: "lift a limit", lock: "seccomp"},
	{attempt: "become dumpable", lock: "seccomp"},
	{attempt: "call by the 32-bit entry", lock: "seccomp", hostMay: true},
	{attempt: "make a bpf map", who: rootOnly, hostMay: true},
	{attempt: "trace a process"},
	{attempt: "read a process's memory"},
	{attempt: "read a process's environment"},
	{attempt: "open a file when sealed"},
}

// Some locks are what another one stands on: without them a child does not start
// at all, and says which lock did not close.
var foundations = map[string]string{
	"no_new_privs": "landlock",
	"uts":          "host name",
	"mnt":          "private root",
}

var namespaceFlags = map[string]uintptr{
	"user": unix.CLONE_NEWUSER, "net": unix.CLONE_NEWNET, "ipc": unix.CLONE_NEWIPC,
	"uts": unix.CLONE_NEWUTS, "pid": unix.CLONE_NEWPID, "mnt": unix.CLONE_NEWNS,
}

// The locks of the constructor and of Seal, by the names that they ask for.
var childLocks = []string{
	"core", "memlock", "fsize", "nofile", "nproc", "as", "data", "cpu", "dumpable", "no_new_privs", "descriptors", "keyring",
	"root", "hostname", "capabilities", "landlock", "seccomp", "tsync",
}

func allLocks() []string {
	list := append([]string{"environment"}, childLocks...)
	for name := range namespaceFlags {
		list = append(list, name)
	}
	return list
}

func TestLocks(t *testing.T) {
	h := newHost(t)
	for _, r := range append(rows, calls...) {
		if r.who == rootOnly && os.Getuid() != 0 || r.who == userOnly && os.Getuid() == 0 {
			continue
		}
		t.Run(strings.TrimSuffix(r.attempt+"/"+r.lock, "/"), func(t *testing.T) {
			t.Parallel()
			h.check(t, r)
		})
	}
}

func (h *host) check(t *testing.T, r row) {
	if end := h.try(t, r.attempt, allLocks()); !end.succeeded() {
		if r.hostMay {
			t.Logf("this host forbids it to everyone: %s", end)
			return
		}
		t.Errorf("without any lock it fails too, so the other trials say nothing: %s", end)
	}
	if end := h.try(t, r.attempt, nil); end.succeeded() || !end.started() {
		t.Errorf("behind every lock: %s", end)
	}
	also := split(r.also)
	if r.also != "" {
		if end := h.try(t, r.attempt, also); end.succeeded() || !end.started() {
			t.Errorf("behind every lock but %s: %s", r.also, end)
		}
	}
	if r.lock == "" {
		return
	}
	if end := h.try(t, r.attempt, append(also, r.lock)); !end.succeeded() {
		t.Errorf("without %s it must succeed: %s", r.lock, end)
	}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func TestFoundations(t *testing.T) {
	h := newHost(t)
	for lock, step := range foundations {
		if end := h.try(t, "fork", []string{lock}); Step(end.state.ExitCode()) != step {
			t.Errorf("without %s: %s, want that %q does not close", lock, end, step)
		}
	}
}

// TestEveryLockHasARow keeps the table complete.
func TestEveryLockHasARow(t *testing.T) {
	for _, lock := range allLocks() {
		if foundations[lock] == "" && !slices.ContainsFunc(rows, func(r row) bool { return r.lock == lock }) {
			t.Errorf("no attempt shows what %s is for", lock)
		}
	}
}

// ending is how a hostile child ended.
type ending struct {
	err   error // it could not be started
	state *os.ProcessState
}

func (e ending) String() string {
	if e.err != nil {
		return "not started: " + e.err.Error()
	}
	if step := Step(e.state.ExitCode()); step != "" {
		return "did not close " + step
	}
	return e.state.String()
}

// started reports whether the attempt was reached: it had begun, or was killed.
func (e ending) started() bool {
	return e.err == nil && Step(e.state.ExitCode()) == "" && e.state.ExitCode() != exitUnknown
}

// succeeded tells a breach: the child says so, or the kernel left its core.
func (e ending) succeeded() bool {
	if e.err != nil {
		return false
	}
	return e.state.ExitCode() == exitSucceeded || e.state.Sys().(syscall.WaitStatus).CoreDump()
}

// The exit codes of testdata/hostile.
const (
	exitSucceeded = 10
	exitUnknown   = 12
)

// try starts the hostile program for one attempt, with some locks left open.
func (h *host) try(t *testing.T, attempt string, open []string) ending {
	return h.tryAs(t, Guest, attempt, open)
}

func (h *host) tryAs(t *testing.T, profile Profile, attempt string, open []string) ending {
	cmd := command(Child{
		Exe: h.program, Profile: profile, Files: h.files,
		Address: 64 << 30, Data: 32 << 30, CPU: time.Second,
	})
	if slices.Contains(open, "environment") {
		cmd.Env = append(cmd.Env, os.Environ()...)
	}
	cmd.Env = append(cmd.Env, "YINGBI_TEST_WITHOUT="+strings.Join(open, ","))
	cmd.Args = append([]string{"hostile", attempt}, h.arguments(attempt)...)
	dir, err := os.MkdirTemp(h.dir, "try") // where a core would be written
	must(t, err)
	cmd.Dir = dir
	for _, lock := range open {
		cmd.SysProcAttr.Cloneflags &^= namespaceFlags[lock]
	}
	if slices.Contains(open, "user") {
		cmd.SysProcAttr.UidMappings, cmd.SysProcAttr.GidMappings = nil, nil
		if os.Getuid() != 0 {
			cmd.SysProcAttr.AmbientCaps = nil
		}
	}
	p, err := h.start(cmd, attempt)
	if err != nil {
		return ending{err: err}
	}
	timeout := time.AfterFunc(20*time.Second, p.Kill)
	defer timeout.Stop()
	return ending{state: p.Wait()}
}

func (h *host) arguments(attempt string) []string {
	switch attempt {
	case "send a datagram to the host":
		return []string{h.udp}
	case "connect to a port of the host":
		return []string{h.tcp}
	case "connect to an abstract socket":
		return []string{h.abstract}
	case "connect to a socket by its path":
		return []string{h.socket}
	case "attach the host's shared memory":
		return []string{h.shm}
	case "learn the host's name":
		return []string{h.name}
	case "read a process's limits", "signal a process", "trace a process", "read a process's environment", "take a descriptor of a process":
		return []string{fmt.Sprint(os.Getpid())}
	case "read a process's memory", "write a process's memory":
		return []string{fmt.Sprint(os.Getpid()), h.address}
	case "open beneath an inherited folder":
		return []string{"secret"}
	case "create a file":
		return []string{h.dir + "/created"}
	case "mount a file system":
		return []string{h.mountpoint}
	case "find a key of the user", "find a key of the session":
		return []string{h.key}
	}
	return []string{h.secret}
}
