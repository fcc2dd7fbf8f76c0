package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// descriptors are attempts to make descriptors, and to do with those that are there
// more than to read and write.
var descriptors = map[string]attempt{
	"duplicate a descriptor":              late(unix.SYS_DUP, fileFD),
	"duplicate a descriptor by its flags": late(unix.SYS_FCNTL, fileFD, unix.F_DUPFD, 0),
	"make a pipe": {late: true, try: func([]string) error {
		var fds [2]int32
		return call(unix.SYS_PIPE2, uintptr(unsafe.Pointer(&fds)), 0, 0)
	}},
	"make an event":                  late(unix.SYS_EVENTFD2, 0, 0),
	"make a timer with a descriptor": late(unix.SYS_TIMERFD_CREATE, unix.CLOCK_MONOTONIC, 0),
	"make a signal with a descriptor": {late: true, try: func([]string) error {
		var set [8]byte
		_, _, e := unix.RawSyscall6(unix.SYS_SIGNALFD4, minusOne, ptr(&set[0]), 8, 0, 0, 0)
		return asError(e)
	}},
	"make a poller":                   late(unix.SYS_EPOLL_CREATE1, 0),
	"make a pipe larger":              {late: true, prepare: makePipes, try: func([]string) error { return call(unix.SYS_FCNTL, uintptr(pipes[0][0]), unix.F_SETPIPE_SZ, 1<<17) }},
	"own the signals of a descriptor": {late: true, prepare: makePipes, try: func([]string) error { return call(unix.SYS_FCNTL, uintptr(pipes[0][0]), unix.F_SETOWN, 0) }},
	"ask a device": {late: true, prepare: makePipes, try: func([]string) error {
		var n [4]byte
		return call(unix.SYS_IOCTL, uintptr(pipes[0][0]), unix.TIOCINQ, ptr(&n[0]))
	}},
	"type into a terminal":                 lateLook(unix.ENOTTY, unix.SYS_IOCTL, 0, unix.TIOCSTI, bytes("x")),
	"move memory into a pipe":              {late: true, prepare: makePipes, try: moveMemory},
	"move an inherited file into a pipe":   {late: true, prepare: makePipes, try: moveFile},
	"copy a pipe into another":             {late: true, prepare: makePipes, try: copyPipe},
	"list an inherited folder":             {late: true, try: func([]string) error { var b [4096]byte; return call(unix.SYS_GETDENTS64, folderFD, ptr(&b[0]), 4096) }},
	"go into an inherited folder":          late(unix.SYS_FCHDIR, folderFD),
	"cut an inherited file":                late(unix.SYS_FTRUNCATE, fileFD, 1),
	"lock an inherited file":               late(unix.SYS_FLOCK, fileFD, unix.LOCK_SH|unix.LOCK_NB),
	"give an inherited file away":          late(unix.SYS_FCHOWN, fileFD, minusOne, minusOne),
	"ask for an inherited file's system":   {late: true, try: func([]string) error { var b [256]byte; return call(unix.SYS_FSTATFS, fileFD, ptr(&b[0]), 0) }},
	"name an inherited file by its handle": {late: true, try: func([]string) error { _, _, err := unix.NameToHandleAt(fileFD, "", unix.AT_EMPTY_PATH); return err }},
	"open a file by its handle":            {late: true, prepare: nameHandle, try: openHandle},
	"execute an inherited program":         {late: true, prepare: func() { program = programFD }, try: func([]string) error { return execute("executed") }},
	"watch a folder":                       {late: true, try: watchFolder},
	"watch a file system":                  late(unix.SYS_FANOTIFY_INIT, unix.FAN_REPORT_FID, 0),
}

var (
	pipes  [2][2]int
	handle unix.FileHandle
)

// What prepares an attempt drops its error: without what it makes the attempt cannot
// succeed, and the test wants to see it succeed where no lock is closed.

// makePipes makes two, the first with a byte in it.
func makePipes() {
	for i := range pipes {
		_ = unix.Pipe(pipes[i][:])
	}
	_, _ = unix.Write(pipes[0][1], []byte("x"))
}

func moveMemory([]string) error {
	page := make([]byte, 16)
	_, err := unix.Vmsplice(pipes[1][1], []unix.Iovec{{Base: &page[0], Len: 16}}, 0)
	return err
}

func moveFile([]string) error {
	at := int64(0)
	_, err := unix.Splice(fileFD, &at, pipes[1][1], nil, 1, 0)
	return err
}

func copyPipe([]string) error {
	_, err := unix.Tee(pipes[0][0], pipes[1][1], 1, unix.SPLICE_F_NONBLOCK)
	return err
}

func nameHandle() { handle, _, _ = unix.NameToHandleAt(fileFD, "", unix.AT_EMPTY_PATH) }

func openHandle([]string) error {
	_, err := unix.OpenByHandleAt(folderFD, handle, unix.O_RDONLY)
	return err
}

func watchFolder([]string) error {
	fd, err := unix.InotifyInit1(0)
	if err == nil {
		_, err = unix.InotifyAddWatch(fd, "/", unix.IN_CREATE)
	}
	return err
}
