package main

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func asError(errno syscall.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}

func call(number, a, b, c uintptr) error {
	_, _, errno := unix.RawSyscall(number, a, b, c)
	return asError(errno)
}

func cString(s string) *byte {
	b, _ := unix.BytePtrFromString(s)
	return b
}

func ptr(b *byte) uintptr { return uintptr(unsafe.Pointer(b)) }

func bytes(s string) uintptr { return ptr(cString(s)) }

func readStray([]string) error {
	_, err := unix.Pread(strayFD, make([]byte, 1), 0)
	return err
}

func readEnv([]string) error {
	if os.Getenv("YINGBI_TEST_SECRET") == "" {
		return unix.ENOENT
	}
	return nil
}

func writeInherited([]string) error {
	_, err := unix.Write(fileFD, []byte("x"))
	return err
}

func lockMemory([]string) error {
	_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_LOCKED)
	return err
}

// mapMuch asks for 128 GiB of addresses.
func mapMuch([]string) error {
	_, err := unix.Mmap(-1, 0, 128<<30, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	return err
}

func mapMuchToWrite([]string) error {
	_, err := unix.Mmap(-1, 0, 48<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	return err
}

// computeLong uses 1.15 s of processor time.
func computeLong([]string) error {
	for {
		for range 1_000_000 {
			runtime.KeepAlive(0)
		}
		var r unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
			return err
		}
		if r.Utime.Nano()+r.Stime.Nano() > 1_150_000_000 {
			return nil
		}
	}
}

func manyThreads([]string) error {
	started := make(chan bool)
	for range 600 {
		go func() {
			runtime.LockOSThread()
			started <- true
			select {}
		}()
	}
	for range 600 {
		<-started
	}
	return nil
}

var (
	goOn = make(chan bool)
	came = make(chan error)
)

// startThread starts a thread before the filter is there.
func startThread() {
	go func() {
		runtime.LockOSThread()
		came <- nil
		<-goOn
		came <- socketPair()
	}()
	<-came
}

func callFromThread([]string) error {
	close(goOn)
	return <-came
}

func socketPair() error {
	var fds [2]int32
	_, _, errno := unix.RawSyscall6(unix.SYS_SOCKETPAIR, unix.AF_UNIX, unix.SOCK_STREAM, 0, uintptr(unsafe.Pointer(&fds)), 0, 0)
	return asError(errno)
}

// fork makes a process that ends at once.
func fork(flags uintptr) error {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, flags|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno == 0 && pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return asError(errno)
}

func mapCode([]string) error {
	_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	return err
}

func protectCode([]string) error {
	b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return err
	}
	return unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC)
}

func ioUring([]string) error {
	var params [120]byte
	return call(unix.SYS_IO_URING_SETUP, 1, ptr(&params[0]), 0)
}

// bpfMap makes an array of one element.
func bpfMap([]string) error {
	attr := [32]uint32{2 /* ARRAY */, 4, 4, 1}
	return call(unix.SYS_BPF, 0 /* MAP_CREATE */, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
}
