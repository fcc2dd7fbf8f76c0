package main

/*
#include <signal.h>

// crash dies by a fault that nobody handles.
static void crash(void) {
	signal(SIGSEGV, SIG_DFL);
	*(volatile int *)0 = 1;
}

// getpid32 calls getpid as a 32-bit program of this machine would.
static long getpid32(void) {
#ifdef __x86_64__
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	return result;
#else
	return -1;
#endif
}
*/
import "C"

import (
	"os"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What the test hands over: a file for reading and writing, a folder, this
// program; and one descriptor that it does not mean to.
const (
	fileFD    = 3
	folderFD  = 4
	programFD = 5
	strayFD   = 50
)

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		os.Exit(unknown)
	}
	return n
}

func datagram(a []string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	return unix.Sendto(fd, []byte("data"), 0, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: number(a[0])})
}

func connectTCP(a []string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	return unix.Connect(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: number(a[0])})
}

func connectAbstract(a []string) error { return connectUnix("@" + a[0]) }

func connectPath(a []string) error { return connectUnix(a[0]) }

func connectUnix(name string) error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	return unix.Connect(fd, &unix.SockaddrUnix{Name: name})
}

func sharedMemory(a []string) error {
	_, err := unix.SysvShmAttach(number(a[0]), 0, unix.SHM_RDONLY)
	return err
}

func hostName(a []string) error {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err
	}
	if unix.ByteSliceToString(u.Nodename[:]) != a[0] {
		return unix.ENOENT
	}
	return nil
}

func limitsOf(a []string) error {
	var r unix.Rlimit
	return unix.Prlimit(number(a[0]), unix.RLIMIT_NOFILE, nil, &r)
}

func signal(a []string) error { return unix.Kill(number(a[0]), 0) }

func trace(a []string) error {
	runtime.LockOSThread()
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(number(a[0])), 0, 0, 0, 0)
	return asError(errno)
}

func readMemory(a []string) error {
	b := make([]byte, 8)
	local := []unix.Iovec{{Base: &b[0], Len: 8}}
	n, err := unix.ProcessVMReadv(number(a[0]), local, []unix.RemoteIovec{{Base: uintptr(number(a[1])), Len: 8}}, 0)
	if err == nil && (n != 8 || string(b) != "a secret") {
		err = unix.EIO
	}
	return err
}

func readEnviron(a []string) error { return readFile([]string{"/proc/" + a[0] + "/environ"}) }

func readFile(a []string) error {
	fd, err := unix.Open(a[0], unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return readSome(fd)
}

func readSome(fd int) error {
	n, err := unix.Read(fd, make([]byte, 1))
	if err == nil && n == 0 {
		err = unix.ENODATA
	}
	return err
}

func writeFile(a []string) error {
	fd, err := unix.Open(a[0], unix.O_WRONLY|unix.O_APPEND, 0)
	if err == nil {
		_, err = unix.Write(fd, []byte("x"))
	}
	return err
}

func openBeneath(a []string) error {
	fd, err := unix.Openat(folderFD, a[0], unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return readSome(fd)
}

// createFile tries the host's folder and, where there is none, the root: memory
// that counts for nobody.
func createFile(a []string) error {
	_, err := unix.Open(a[0], unix.O_CREAT|unix.O_WRONLY, 0o600)
	if err == unix.ENOENT {
		_, err = unix.Open("/file", unix.O_CREAT|unix.O_WRONLY, 0o600)
	}
	return err
}

func findKey(ring int, name string) error {
	_, err := unix.KeyctlSearch(ring, "user", name, 0)
	return err
}

func manyDescriptors([]string) error {
	for range 200 {
		if _, err := unix.Dup(0); err != nil {
			return err
		}
	}
	return nil
}

func coreDump([]string) error {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &r); err != nil {
		return err
	}
	r.Cur = r.Max
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &r)
	C.crash()
	return nil
}

func call32() error {
	if C.getpid32() <= 0 {
		return unix.ENOSYS
	}
	return nil
}

var program int // descriptor of a program in memory: this one

// makeProgram copies this program into memory.
func makeProgram() {
	fd, err := unix.MemfdCreate("program", 0)
	if err != nil {
		os.Exit(unknown)
	}
	chunk := make([]byte, 1<<20)
	for at := int64(0); ; {
		n, err := unix.Pread(programFD, chunk, at)
		if err == nil && n == 0 {
			break
		}
		if err == nil {
			_, err = unix.Pwrite(fd, chunk[:n], at)
		}
		if err != nil {
			os.Exit(unknown)
		}
		at += int64(n)
	}
	program = fd
}

func execute(arg string) error {
	argv := []*byte{cString("hostile"), cString(arg), nil}
	empty, env := cString(""), []*byte{nil}
	_, _, errno := unix.RawSyscall6(unix.SYS_EXECVEAT, uintptr(program), ptr(empty),
		uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&env[0])), unix.AT_EMPTY_PATH, 0)
	return asError(errno)
}
