package testkit

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// trap installs the filter and gives the descriptor on which the kernel asks.
func trap(flags uintptr) (int, error) {
	filter, err := program()
	if err != nil {
		return -1, err
	}
	runtime.LockOSThread()
	if flags != 0 {
		defer runtime.UnlockOSThread()
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, err
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV|flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return -1, fmt.Errorf("this host does not let a test catch system calls (seccomp user notification, Linux 5.19; in a container allow seccomp): %w", errno)
	}
	unix.CloseOnExec(int(fd))
	return int(fd), nil
}

// program is the filter: the calls of the table are asked about, opens only where
// they may make or cut a file. Writes of eight bytes go through: with these Go's
// own runtime wakes itself, and nobody could answer while it waits.
func program() ([]unix.SockFilter, error) {
	info, err := arch.GetInfo("")
	if err != nil {
		return nil, err
	}
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	give := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	when := func(k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: yes, Jf: no}
	}
	const ask, allow = unix.SECCOMP_RET_USER_NOTIF, unix.SECCOMP_RET_ALLOW
	argument := func(n int) uint32 { return uint32(16 + 8*n) } // its low half, on a little-endian machine
	out := []unix.SockFilter{load(0)}
	for name := range changing {
		number, ok := info.SyscallNames[name]
		if !ok {
			continue
		}
		switch name {
		case "open", "openat":
			at := changing[name].argument + 1
			out = append(out, when(uint32(number), 0, 4), load(argument(at)),
				unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.O_CREAT | unix.O_TRUNC, Jt: 0, Jf: 1}, give(ask), give(allow))
		case "write":
			out = append(out, when(uint32(number), 0, 4), load(argument(2)), when(8, 1, 0), give(ask), give(allow))
		default:
			out = append(out, when(uint32(number), 0, 1), give(ask))
		}
	}
	return append(out, give(allow)), nil
}

// question and answer are the kernel's seccomp_notif and seccomp_notif_resp.
type question struct {
	id         uint64
	pid, flags uint32
	number     int32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type answer struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// preside asks judge until nobody is left whose calls are caught, or the other
// end of over is closed.
func preside(listener, over int, judge Judge) error {
	defer unix.Close(listener)
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	for {
		ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}, {Fd: int32(over)}}
		if _, err := unix.Poll(ready, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return err
		}
		if ready[0].Revents&unix.POLLIN == 0 {
			return nil // POLLHUP
		}
		var q question
		if err := control(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&q)); err == unix.ENOENT || err == unix.EINTR {
			continue // the caller was killed
		} else if err != nil {
			return err
		}
		a := answer{id: q.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		c := &Call{Thread: int(q.pid), Name: info.SyscallNumbers[int(q.number)], args: q.args}
		c.Path = c.find()
		c.Blind = c.Path == ""
		switch errno := judge(c); errno {
		case 0:
		case Done:
			a.flags = 0
		default:
			a.errno, a.flags = -int32(errno), 0
		}
		if err := control(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&a)); err != nil && err != unix.ENOENT && err != unix.EINTR {
			return err
		}
	}
}

func control(fd int, request uintptr, p unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(p)); errno != 0 {
		return errno
	}
	return nil
}
