//go:build linux && cgo

package lockdown

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestChildState reads of a sealed child what the kernel says of it.
func TestChildState(t *testing.T) {
	p, err := Start(Child{
		Exe: hostileProgram(t), Profile: Query, Files: []*os.File{os.Stdin, os.Stdin, os.Stdin},
		Address: 3 << 30, Data: 2 << 30, CPU: 1500 * time.Millisecond,
	})
	must(t, err)
	defer p.Wait()
	defer p.Kill()
	proc := fmt.Sprintf("/proc/%d/", p.PID)
	waitFor(t, "the filter", func() bool { return strings.Contains(read(proc+"status"), "Seccomp:\t2") })

	status := read(proc + "status")
	for _, line := range []string{
		"NoNewPrivs:\t1", "Seccomp_filters:\t1", "CapInh:\t0000000000000000", "CapPrm:\t0000000000000000",
		"CapEff:\t0000000000000000", "CapAmb:\t0000000000000000",
	} {
		if !strings.Contains(status, line) {
			t.Errorf("the child's status lacks %q", line)
		}
	}
	limits := strings.Join(strings.Fields(read(proc+"limits")), " ")
	for _, limit := range []string{
		"Max core file size 0 0", "Max file size 0 0", "Max locked memory 0 0", "Max open files 22 22",
		"Max processes 512 512", "Max address space 3221225472 3221225472", "Max data size 2147483648 2147483648", "Max cpu time 2 2",
	} {
		if !strings.Contains(limits, limit) {
			t.Errorf("the child's limits lack %q", limit)
		}
	}
	for _, ns := range []string{"user", "net", "ipc", "uts", "pid", "mnt"} {
		own, err := os.Readlink("/proc/self/ns/" + ns)
		must(t, err)
		// An undumpable child hides the link from ordinary users, which is as good.
		if its, err := os.Readlink(proc + "ns/" + ns); err == nil && its == own {
			t.Errorf("the child shares the %s namespace", ns)
		}
	}
}

func read(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not come within 5 s", what)
}

// TestChildDiesWithItsParent kills a parent, and as a control one whose child
// was not told to die.
func TestChildDiesWithItsParent(t *testing.T) {
	for _, told := range []bool{true, false} {
		parent := exec.Command("/proc/self/exe", "-test.run=^TestHelperParent$")
		parent.Env = []string{hostileEnv + "=" + hostileProgram(t), helperEnv + "=" + strconv.FormatBool(told)}
		out, err := parent.StdoutPipe()
		must(t, err)
		must(t, parent.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		must(t, err)
		pid, err := strconv.Atoi(strings.TrimSpace(line))
		must(t, err)
		must(t, parent.Process.Kill())
		_ = parent.Wait()
		if told {
			waitFor(t, "the child's end", func() bool { return !alive(pid) })
			continue
		}
		time.Sleep(100 * time.Millisecond)
		if !alive(pid) {
			t.Error("the child dies although nobody told it: the test shows nothing")
		}
		must(t, unix.Kill(pid, unix.SIGKILL))
	}
}

const helperEnv = "YINGBI_TEST_PARENT"

// TestHelperParent is the parent that is killed, in a process of its own.
func TestHelperParent(t *testing.T) {
	told := os.Getenv(helperEnv)
	if told == "" {
		return
	}
	cmd := command(Child{Exe: hostileProgram(t), Profile: Query})
	if told == "false" {
		cmd.SysProcAttr.Pdeathsig = 0
	}
	p, err := start(cmd)
	must(t, err)
	fmt.Println(p.PID)
	p.Wait()
}

// alive reports whether the process runs; one that only waits to be reaped does not.
func alive(pid int) bool {
	b := read(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, found := strings.Cut(b, ") ")
	return found && !strings.HasPrefix(state, "Z")
}

// TestKeeperSeesItsFolder tries things as the keeper: what its work needs, and
// what it must not do.
func TestKeeperSeesItsFolder(t *testing.T) {
	h := newHost(t)
	own := filepath.Join(h.dir, "keeper")
	must(t, os.Mkdir(own, 0o700))
	must(t, os.WriteFile(filepath.Join(own, "secret"), []byte("x"), 0o600))
	folder, err := os.Open(own)
	must(t, err)
	defer folder.Close()
	h.files[KeeperFolder-3] = folder
	h.expect(t, Keeper, []string{"open beneath an inherited folder", "write an inherited file"}, []string{
		"read a file", "write a file", "create a file", "open a file when sealed", "send a datagram to the host",
		"connect to a port of the host", "connect to an abstract socket", "signal a process", "trace a process",
		"read a process's memory", "set the host name", "read a stray descriptor", "read the environment", "lock memory",
		"leave a core dump", "fork", "execute a file in memory", "make a socket", "turn data into code", "become dumpable",
	})
}

// TestPrepareIsLockedToo tries things as the prepare cell, which has made its file
// when it is sealed and may do no more than the others.
func TestPrepareIsLockedToo(t *testing.T) {
	newHost(t).expect(t, Prepare, nil, []string{
		"read a file", "create a file", "open a file when sealed", "open beneath an inherited folder", "ask about a file", "write an inherited file",
		"send a datagram to the host", "read a process's memory", "fork", "execute a file in memory", "make a file in memory",
		"turn data into code", "make a socket", "set up io_uring", "lift a limit", "lock memory",
	})
}

// TestCompileIsLockedToo tries things as the compile cell, which alone may map
// code and open files: it still sees none but its own.
func TestCompileIsLockedToo(t *testing.T) {
	newHost(t).expect(t, Compile, []string{"turn data into code"}, []string{
		"read a file", "create a file", "open a file when sealed", "open beneath an inherited folder", "ask about a file",
		"send a datagram to the host", "read a process's memory", "fork", "execute a file in memory", "make a file in memory",
		"make a socket", "make a pair of sockets", "set up io_uring", "make a keyring", "lift a limit", "lock memory",
	})
}

// expect tries attempts of a sealed profile.
func (h *host) expect(t *testing.T, profile Profile, allowed, forbidden []string) {
	for i, attempt := range append(allowed, forbidden...) {
		if end := h.tryAs(t, profile, attempt, nil); end.succeeded() != (i < len(allowed)) || !end.started() {
			t.Errorf("%s: %s", attempt, end)
		}
	}
}

func TestUnknownMarkersLockTheDoor(t *testing.T) {
	for _, env := range []string{
		"YINGBI_CELL=", "YINGBI_CELL=query", "YINGBI_CELL=query:5", "YINGBI_CELL=query:5:0", "YINGBI_CELL=query:5:0:0:0", "YINGBI_CELL=query:5:0:0:0:1:0",
		"YINGBI_CELL=query:5:0:0:x:1", "YINGBI_CELL=query:2:0:0:0:1", "YINGBI_CELL=query:4096:0:0:0:1", "YINGBI_CELL=query:5:0:0:0:0", "YINGBI_CELL=keeper:5:0:0:0:1",
		"YINGBI_CELL=other:5:0:0:0:1", "YINGBI_CELL=queryqueryqueryquery:5:0:0:0:1", "YINGBI_CELL=:5:0:0:0:1",
		"YINGBI_CELL=query:5:99999999999999999999:0:0:1", "YINGBI_KEEPER=query:5:0:0:0:1",
	} {
		cmd := exec.Command(hostileProgram(t), "fork")
		cmd.Env = []string{env}
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || Step(exit.ExitCode()) != "marker" {
			t.Errorf("%s: %v", env, err)
		}
	}
}

// TestProductionHasNoKnob makes sure that the switch of the hostile program is
// in no other.
func TestProductionHasNoKnob(t *testing.T) {
	knob := []byte("YINGBI_TEST_" + strings.ToUpper("without"))
	for path, want := range map[string]bool{hostileProgram(t): true, "/proc/self/exe": false} {
		b, err := os.ReadFile(path)
		must(t, err)
		if got := strings.Contains(string(b), string(knob)+"\x00"); got != want {
			t.Errorf("%s: has the switch: %v", path, got)
		}
	}
}

func TestStepNamesExitCodes(t *testing.T) {
	for code, want := range map[int]string{0: "", 1: "", 199: "", 200: "marker", 209: "landlock", 212: "seccomp", 213: "", -1: ""} {
		if got := Step(code); got != want {
			t.Errorf("Step(%d) = %q, want %q", code, got, want)
		}
	}
}

func TestProbeNamesEveryProtection(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Probe() {
		if p.Name == "" || seen[p.Name] || p.Required && !p.Present {
			t.Errorf("%+v", p)
		}
		seen[p.Name] = true
	}
	if len(seen) < 15 {
		t.Errorf("%d protections", len(seen))
	}
}

func TestStartReportsAMissingProgram(t *testing.T) {
	if _, err := Start(Child{Exe: "/nonexistent", Profile: Query}); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("got %v", err)
	}
}
