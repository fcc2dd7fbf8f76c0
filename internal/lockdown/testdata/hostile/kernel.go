package main

/*
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

// What only this kind of processor has; -ENOSYS elsewhere.
#ifdef __x86_64__
static long own(long number, long a, long b, long c) {
	return syscall(number, a, b, c) < 0 ? -errno : 0;
}
static long old_time(void) { return ((time_t (*)(time_t *))0xffffffffff600400)(0) > 0 ? 0 : -EIO; }
#else
static long own(long number, long a, long b, long c) { return -ENOSYS; }
static long old_time(void) { return -ENOSYS; }
#endif
*/
import "C"

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// own calls what only x86 has, by its number there.
func own(number, a, b, c uintptr) error {
	if result := C.own(C.long(number), C.long(a), C.long(b), C.long(c)); result < 0 {
		return syscall.Errno(-result)
	}
	return nil
}

func lateOwn(number, a, b, c uintptr) attempt {
	return attempt{late: true, try: func([]string) error { return own(number, a, b, c) }}
}

// Calls of x86-64.
const (
	modifyLDT = 154
	archPrctl = 158
	ioPL      = 172
	ioPerm    = 173
	x32       = 0x40000000
)

// kernel are attempts to have the kernel do more: rare calls, each a way that somebody
// has gone, and those over the machine itself.
var kernel = map[string]attempt{
	"count events of the processor": {late: true, try: countEvents},
	"make a filter of its own": {late: true, try: func([]string) error {
		action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
		return call(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	}},
	"make rules of Landlock": late(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1 /* VERSION */),
	"load a module":          lateLook(unix.EBADF, unix.SYS_FINIT_MODULE, minusOne, bytes(""), 0),
	"remove a module":        lateLook(unix.ENOENT, unix.SYS_DELETE_MODULE, bytes("none"), unix.O_NONBLOCK),
	"load another kernel":    lateLook(unix.EINVAL, unix.SYS_KEXEC_LOAD, 0, 1<<20, 0, 0),
	"restart the machine":    lateLook(unix.EINVAL, unix.SYS_REBOOT, 0, 0, 0, 0),
	"add swap":               lateLook(unix.EFAULT, unix.SYS_SWAPON, 0, 0),
	"set the clock": {late: true, try: func([]string) error {
		_, err := unix.Adjtimex(&unix.Timex{Modes: unix.ADJ_TICK})
		return looked(err, unix.EINVAL)
	}},
	"read the kernel's log": late(unix.SYS_SYSLOG, 10 /* its size */, 0, 0),
	"ask about the machine": {late: true, try: func([]string) error {
		var info unix.Sysinfo_t
		return call(unix.SYS_SYSINFO, uintptr(unsafe.Pointer(&info)), 0, 0)
	}},
	"open a file system":           late(unix.SYS_FSOPEN, bytes("tmpfs"), 0),
	"copy a tree of mounts":        late(unix.SYS_OPEN_TREE, minusOne-99 /* AT_FDCWD */, bytes("/"), unix.OPEN_TREE_CLONE),
	"set up asynchronous reading":  {late: true, try: func([]string) error { var id [8]byte; return call(unix.SYS_IO_SETUP, 1, ptr(&id[0]), 0) }},
	"make a secret file in memory": late(unix.SYS_MEMFD_SECRET, 0),
	"make shared memory":           {late: true, try: shareMemory},
	"add a key": {late: true, try: func([]string) error {
		_, err := unix.AddKey("user", "x", []byte("x"), unix.KEY_SPEC_PROCESS_KEYRING)
		return err
	}},
	"lock all memory":         late(unix.SYS_MLOCKALL, unix.MCL_CURRENT),
	"protect memory by a key": late(unix.SYS_PKEY_ALLOC, 0, 0),
	"call what this program does not know": {late: true, try: func([]string) error {
		var area [2]uint64
		var stat [5]uint64
		return call(451 /* cachestat */, fileFD, uintptr(unsafe.Pointer(&area)), uintptr(unsafe.Pointer(&stat)))
	}},
	"use the ports":                     lateOwn(ioPerm, 0x80, 1, 1),
	"use all ports":                     lateOwn(ioPL, 3, 0, 0),
	"read the table of segments":        {late: true, try: func([]string) error { var b [16]byte; return own(modifyLDT, 0, ptr(&b[0]), 16) }},
	"read its thread's base":            {late: true, try: func([]string) error { var b [8]byte; return own(archPrctl, 0x1003 /* GET_FS */, ptr(&b[0]), 0) }},
	"call by the entry of x32":          lateOwn(x32|39 /* getpid */, 0, 0, 0),
	"call by the old page of the clock": {late: true, try: func([]string) error { return asError(syscall.Errno(-C.old_time())) }},
}

// countEvents counts a software event of its own, in its own code.
func countEvents([]string) error {
	attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_CPU_CLOCK, Bits: unix.PerfBitDisabled | unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv}
	attr.Size = uint32(unsafe.Sizeof(attr))
	_, err := unix.PerfEventOpen(&attr, 0, -1, -1, 0)
	return err
}

func shareMemory([]string) error {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, 0o600)
	if err == nil {
		_, err = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	}
	return err
}
