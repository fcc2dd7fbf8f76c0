//go:build linux && cgo

package lockdown

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"yingbi/internal/testkit"
)

// host is what a hostile child is after: things of the machine that runs it, all
// reachable to a process without locks.
type host struct {
	program                 string
	dir, secret, mountpoint string
	udp, tcp                string // ports
	abstract, socket        string // names of listeners
	shm, name, key, address string
	files                   []*os.File // descriptors 3, 4, 5
	memory                  [8]byte
}

// stray is a descriptor that every child inherits unless it is closed.
const stray = 50

func newHost(t *testing.T) *host {
	h := &host{program: hostileProgram(t), dir: t.TempDir(), key: fmt.Sprintf("yingbi-test-%d", os.Getpid())}
	h.secret = h.path(t, "secret", "a secret")
	h.mountpoint = filepath.Join(h.dir, "mount")
	must(t, os.Mkdir(h.mountpoint, 0o700))
	t.Cleanup(func() { _ = unix.Unmount(h.mountpoint, unix.MNT_DETACH) })
	h.listen(t)
	h.share(t)
	h.keys(t)

	f, err := os.OpenFile(h.path(t, "inherited", ""), os.O_RDWR, 0)
	must(t, err)
	folder, err := os.Open(h.dir)
	must(t, err)
	program, err := os.Open(h.program)
	must(t, err)
	h.files = []*os.File{f, folder, program}
	t.Cleanup(func() { f.Close(); folder.Close(); program.Close() })
	must(t, unix.Dup3(int(f.Fd()), stray, 0))
	_, err = f.WriteString("x")
	must(t, err)
	t.Cleanup(func() { unix.Close(stray) })
	t.Setenv("YINGBI_TEST_SECRET", "a secret")
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *host) path(t *testing.T, name, content string) string {
	path := filepath.Join(h.dir, name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// listen opens one listener of each kind.
func (h *host) listen(t *testing.T) {
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { udp.Close() })
	h.udp = fmt.Sprint(udp.LocalAddr().(*net.UDPAddr).Port)
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { tcp.Close() })
	h.tcp = fmt.Sprint(tcp.Addr().(*net.TCPAddr).Port)

	dir, err := os.MkdirTemp("", "s") // a socket's path has 108 bytes
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	h.abstract, h.socket = h.key, filepath.Join(dir, "s")
	for _, name := range []string{"@" + h.abstract, h.socket} {
		l, err := net.Listen("unix", name)
		must(t, err)
		t.Cleanup(func() { l.Close() })
	}
}

// share lays out memory and the host's name.
func (h *host) share(t *testing.T) {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, 0o600)
	must(t, err)
	t.Cleanup(func() { unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
	h.shm = fmt.Sprint(id)
	h.name, err = os.Hostname()
	must(t, err)
	copy(h.memory[:], "a secret")
	h.address = fmt.Sprint(uintptr(unsafe.Pointer(&h.memory)))
	t.Cleanup(func() { runtime.KeepAlive(h) })
}

// keys puts a key where the user's processes find it. A kernel without keys is
// told of by the rows.
func (h *host) keys(t *testing.T) {
	id, err := unix.AddKey("user", h.key, []byte("a secret"), unix.KEY_SPEC_USER_KEYRING)
	if err == nil {
		t.Cleanup(func() { unix.KeyctlInt(unix.KEYCTL_INVALIDATE, id, 0, 0, 0) })
	}
}

// start starts a hostile child, out of a session with a key where that is what
// the child is after. The session is one thread's, which ends with the child.
func (h *host) start(cmd *exec.Cmd, attempt string) (*Process, error) {
	if attempt != "find a key of the session" {
		return start(cmd)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		_, _ = unix.KeyctlJoinSessionKeyring("")
		_, _ = unix.AddKey("user", h.key, []byte("a secret"), unix.KEY_SPEC_SESSION_KEYRING)
		p.keep(started)
	}()
	return p, <-started
}

// hostileProgram builds testdata/hostile. It is linked statically, so that it
// can be executed where no library is.
func hostileProgram(t *testing.T) string {
	if path := os.Getenv(hostileEnv); path != "" {
		return path
	}
	return testkit.Program(t, "./internal/lockdown/testdata/hostile",
		"-tags=lockdown_test_knobs", "-ldflags=-linkmode=external -extldflags=-static")
}

// hostileEnv names the program for a test that cannot build it.
const hostileEnv = "YINGBI_TEST_HOSTILE"
