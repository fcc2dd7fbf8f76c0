//go:build cgo

package lockdown

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The Landlock versions: the first that is enough, and what later ones add.
const (
	landlockTruncate = 3 // Linux 6.2
	landlockTCP      = 4 // Linux 6.7
	landlockScopes   = 6 // Linux 6.12
)

// Probe looks for everything that the locks need or use, in the order of a
// reader's interest. It starts one or more children that end by themselves.
func Probe() []Protection {
	list := []Protection{kernel()}
	list = append(list, namespaces()...)
	list = append(list, constructor())
	list = append(list, landlock()...)
	list = append(list, seccompFilter())
	list = append(list, memoryFiles()...)
	return append(list, delegation(), corePattern(), ordinaryUser())
}

func kernel() Protection {
	var u unix.Utsname
	err := unix.Uname(&u)
	return Protection{Name: "kernel", Present: err == nil, Detail: unix.ByteSliceToString(u.Release[:])}
}

// namespaces asks the kernel for each kind. The program that it is asked to
// start does not exist, so that the answer is "no such file" where the
// namespaces could be made.
func namespaces() []Protection {
	var list []Protection
	for _, n := range []struct {
		name string
		flag uintptr
	}{
		{"user namespaces", 0}, {"network namespaces", unix.CLONE_NEWNET}, {"IPC namespaces", unix.CLONE_NEWIPC},
		{"host name namespaces", unix.CLONE_NEWUTS}, {"process namespaces", unix.CLONE_NEWPID}, {"mount namespaces", unix.CLONE_NEWNS},
	} {
		cmd := command(Child{Exe: "/proc/self/nonexistent", Profile: probe})
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWUSER | n.flag
		err := cmd.Start()
		p := Protection{Name: n.name, Required: true, Present: errors.Is(err, fs.ErrNotExist)}
		if !p.Present {
			p.Detail = fmt.Sprintf("the kernel answers %v; see sysctl user.max_*_namespaces, "+
				"kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns, or the container's seccomp profile", reason(err))
		}
		list = append(list, p)
	}
	return list
}

// reason takes the paths out of an error of the kernel.
func reason(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// constructor starts a child that closes the locks of a cell, all but seccomp,
// and ends.
func constructor() Protection {
	prot := Protection{Name: "a locked child", Required: true}
	p, err := Start(Child{Exe: "/proc/self/exe", Profile: probe, CPU: time.Second})
	if err != nil {
		prot.Detail = reason(err).Error()
		return prot
	}
	state := p.Wait()
	prot.Present = state.Success()
	prot.Detail = "private root in memory, capabilities dropped, Landlock closed"
	if !prot.Present {
		prot.Detail = fmt.Sprintf("the lock %q does not close (%v)", Step(state.ExitCode()), state)
	}
	return prot
}

func landlock() []Protection {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	detail := fmt.Sprintf("version %d", abi)
	if errno != 0 {
		abi, detail = 0, "add landlock to the kernel's lsm= list"
	}
	later := func(name string, version uintptr, instead string) Protection {
		return Protection{Name: name, Present: abi >= version,
			Detail: fmt.Sprintf("comes with version %d; without it %s", version, instead)}
	}
	return []Protection{
		{Name: "Landlock for files", Required: true, Present: abi >= landlockTruncate, Detail: detail},
		later("Landlock for TCP", landlockTCP, "the network namespace and seccomp hold alone"),
		later("Landlock for signals and abstract sockets", landlockScopes, "the namespaces and seccomp hold alone"),
	}
}

// seccompFilter asks for the action that ends a whole process.
func seccompFilter() Protection {
	action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	p := Protection{Name: "seccomp on all threads", Required: true, Present: errno == 0}
	if errno != 0 {
		p.Detail = "the kernel needs CONFIG_SECCOMP_FILTER, and a container's profile must permit seccomp(2)"
	}
	return p
}

func memoryFiles() []Protection {
	try := func(flags int) bool {
		fd, err := unix.MemfdCreate("probe", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|flags)
		if err != nil {
			return false
		}
		defer unix.Close(fd)
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL)
		return err == nil
	}
	return []Protection{
		{Name: "sealed files in memory", Required: true, Present: try(0), Detail: "memfd_create with seals"},
		{Name: "files in memory that cannot be programs", Present: try(unix.MFD_NOEXEC_SEAL),
			Detail: "comes with Linux 6.3; without it seccomp alone forbids to execute them"},
	}
}

// delegation looks for a cgroup that this process may divide.
func delegation() Protection {
	p := Protection{Name: "delegated cgroup v2",
		Detail: "not used: the address space limit and the watchdog bound a cell's memory, on every host alike"}
	b, _ := os.ReadFile("/proc/self/cgroup")
	for line := range bytes.Lines(b) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "0::"); ok {
			dir := filepath.Join("/sys/fs/cgroup", path)
			controllers, _ := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
			p.Present = bytes.Contains(controllers, []byte("memory")) && unix.Access(dir, unix.W_OK) == nil
		}
	}
	return p
}

func corePattern() Protection {
	b, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
	pattern := strings.TrimSpace(string(b))
	return Protection{Name: "no collector of core dumps", Present: !strings.HasPrefix(pattern, "|"),
		Detail: fmt.Sprintf("core_pattern is %q; a collector is not stopped by RLIMIT_CORE, only by children being undumpable", pattern)}
}

func ordinaryUser() Protection {
	return Protection{Name: "ordinary user", Present: os.Getuid() != 0,
		Detail: "run the domain as a user of its own: a child of root keeps root's number on the host, though none of its powers"}
}
