package main

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// looked turns one of the errors that the kernel gives once it has looked at what
// it was asked, into a success: the permission was there. What is asked for is
// impossible, so that nothing happens to the machine where it is permitted.
func looked(err error, after ...error) error {
	for _, e := range after {
		if err == e {
			return nil
		}
	}
	return err
}

// late is an attempt behind every lock that is one call.
func late(number uintptr, args ...uintptr) attempt {
	return attempt{late: true, try: func([]string) error {
		var a [6]uintptr
		copy(a[:], args)
		_, _, errno := unix.RawSyscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
		return asError(errno)
	}}
}

// lateLook is one whose arguments are impossible.
func lateLook(after error, number uintptr, args ...uintptr) attempt {
	a := late(number, args...)
	try := a.try
	a.try = func(args []string) error { return looked(try(args), after) }
	return a
}

const minusOne = ^uintptr(0)

// processes are attempts against other processes, and against what this one is.
var processes = map[string]attempt{
	"read memory by its process's number": {late: true, try: func([]string) error {
		from, to := []byte("x"), []byte{0}
		_, err := unix.ProcessVMReadv(os.Getpid(), []unix.Iovec{{Base: &to[0], Len: 1}}, []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&from[0])), Len: 1}}, 0)
		return err
	}},
	"write a process's memory": {late: true, try: func(a []string) error {
		b := []byte("a secret") // what is there
		_, err := unix.ProcessVMWritev(number(a[0]), []unix.Iovec{{Base: &b[0], Len: 8}}, []unix.RemoteIovec{{Base: uintptr(number(a[1])), Len: 8}}, 0)
		return err
	}},
	"take a descriptor of a process": {late: true, try: func(a []string) error {
		fd, err := unix.PidfdOpen(number(a[0]), 0)
		if err != nil {
			return err
		}
		_, err = unix.PidfdGetfd(fd, 0, 0)
		return err
	}},
	"take a descriptor by its process":       {late: true, prepare: preparePidfd, try: func([]string) error { return call(unix.SYS_PIDFD_GETFD, uintptr(prepared), 0, 0) }},
	"signal itself":                          {late: true, try: func([]string) error { return unix.Kill(os.Getpid(), 0) }},
	"queue a signal":                         {late: true, try: queueSignal},
	"wait for a process":                     lateLook(unix.ECHILD, unix.SYS_WAIT4, minusOne, 0, unix.WNOHANG),
	"fork by the newer call":                 {late: true, try: func([]string) error { return fork3(0) }},
	"fork by the newer call into namespaces": {late: true, try: func([]string) error { return fork3(unix.CLONE_NEWUSER | unix.CLONE_NEWNET) }},
	"leave its table of descriptors":         late(unix.SYS_UNSHARE, unix.CLONE_FILES),
	"leave its network":                      late(unix.SYS_UNSHARE, unix.CLONE_NEWNET),
	"enter a namespace":                      {late: true, prepare: prepareNamespace, try: func([]string) error { return unix.Setns(prepared, 0) }},
	"change the root":                        {late: true, try: func([]string) error { return unix.Chroot("/") }},
	"turn the root":                          lateLook(unix.EFAULT, unix.SYS_PIVOT_ROOT, 0, 0),
	"change its user":                        late(unix.SYS_SETRESUID, minusOne, minusOne, minusOne),
	"change its capabilities":                {late: true, try: sameCapabilities},
	"change its personality":                 late(unix.SYS_PERSONALITY, 0xffffffff),
	"change its priority":                    late(unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, 10),
	"change its scheduling": {late: true, try: func([]string) error {
		var zero [4]byte
		return call(unix.SYS_SCHED_SETSCHEDULER, 0, unix.SCHED_BATCH, ptr(&zero[0]))
	}},
	"pin itself to a processor": {late: true, try: func([]string) error {
		all := [8]byte{255, 255, 255, 255, 255, 255, 255, 255}
		return call(unix.SYS_SCHED_SETAFFINITY, 0, 8, ptr(&all[0]))
	}},
	"compare descriptors by their process": {late: true, try: compareSelf},
	"outlive its parent":                   late(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, 0),
	"adopt orphans":                        late(unix.SYS_PRCTL, unix.PR_SET_CHILD_SUBREAPER, 1),
	"let others trace it":                  late(unix.SYS_PRCTL, unix.PR_SET_PTRACER, minusOne),
	"rename itself":                        late(unix.SYS_PRCTL, unix.PR_SET_NAME, bytes("init")),
	"set an interval":                      late(unix.SYS_SETITIMER, 0, 0, 0),
	"set a timer": {late: true, try: func([]string) error {
		var id [8]byte
		return call(unix.SYS_TIMER_CREATE, unix.CLOCK_MONOTONIC, 0, ptr(&id[0]))
	}},
}

// prepared is a descriptor from before the filter.
var prepared = -1

func queueSignal([]string) error {
	var info [128]byte
	info[8], info[9], info[10], info[11] = 0xff, 0xff, 0xff, 0xff // SI_QUEUE
	_, _, errno := unix.RawSyscall(unix.SYS_RT_SIGQUEUEINFO, uintptr(os.Getpid()), 0, ptr(&info[0]))
	return asError(errno)
}

// fork3 makes a process that ends at once, by clone3.
func fork3(flags uint64) error {
	args := [8]uint64{flags, 0, 0, 0, uint64(unix.SIGCHLD)}
	pid, _, errno := unix.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args), 0)
	if errno == 0 && pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return asError(errno)
}

func sameCapabilities([]string) error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return err
	}
	return unix.Capset(&head, &data[0])
}

// compareSelf asks whether two descriptors are of one file.
func compareSelf([]string) error {
	self := uintptr(os.Getpid())
	_, _, errno := unix.RawSyscall6(unix.SYS_KCMP, self, self, 0 /* FILE */, 0, 0, 0)
	return asError(errno)
}

// As in descriptors.go: where these fail, the attempt fails without locks too, which
// the test sees.
func preparePidfd()     { prepared, _ = unix.PidfdOpen(os.Getpid(), 0) }
func prepareNamespace() { prepared, _ = unix.Open("/proc/self/ns/net", unix.O_RDONLY, 0) }
