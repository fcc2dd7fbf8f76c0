//go:build cgo

package lockdown

import (
	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// What every child may still call: its descriptors, its memory, its threads,
// its clock. None of these makes a descriptor or names a file.
var allowed = []string{
	"read", "write", "close", "fstat", "lseek", "pread64", "munmap", "mremap", "madvise", "brk",
	"futex", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "sched_yield", "sched_getaffinity",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "set_robust_list", "rseq",
	"getpid", "gettid", "epoll_pwait", "exit", "exit_group", "restart_syscall", "getrandom", "getrusage",
}

// What engines and runtimes try and can do without.
var denied = []string{
	"openat", "open", "newfstatat", "stat", "access", "faccessat", "readlink", "readlinkat", "unlink", "unlinkat",
	"mkdir", "mkdirat", "getcwd",
}

// What the compiler needs: its cache folder (Landlock shows it no other), and to
// map as code what it compiled, though nobody calls it here.
var compileCalls = []string{
	"mmap", "mprotect",
	"openat", "newfstatat", "mkdirat", "unlinkat", "renameat", "renameat2", "rename", "fsync", "fcntl",
	"getdents64", "pwrite64", "epoll_ctl",
}

// What the keeper needs for its folder and its socket. It opens nothing.
var keeperCalls = []string{"pwrite64", "fsync", "fdatasync", "ftruncate", "readv", "writev", "ppoll", "poll"}

// threadFlags are those that make a thread, in the spelling of glibc and musl.
const threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD |
	unix.CLONE_SYSVSEM | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID | unix.CLONE_DETACHED

// tsync puts the filter on every thread, or fails: without the second flag a
// thread that cannot be reached is told by a number that the library drops.
const tsync = seccomp.FilterFlagTSync | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH

// loadFilter closes the lock. Another architecture is killed with the rest; a
// call of x32 gets ENOSYS.
func loadFilter(p Profile) error {
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	flag := tsync
	if leftOut("tsync") {
		flag = 0
	}
	return seccomp.LoadFilter(seccomp.Filter{Flag: flag, Policy: policy(p, info)})
}

func policy(p Profile, info *arch.Info) seccomp.Policy {
	free, refused := allowed, denied
	switch p {
	case Compile:
		free, refused = append(free[:len(free):len(free)], compileCalls...), without(denied, compileCalls)
	case Keeper:
		free = append(free[:len(free):len(free)], keeperCalls...)
	}
	return seccomp.Policy{
		DefaultAction: seccomp.ActionKillProcess,
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: known(free, info), NamesWithCondtions: conditions(p)},
			{Action: seccomp.ActionErrno | seccomp.Action(unix.EACCES), Names: known(refused, info)},
			// The C library falls back to clone, whose flags a filter can see.
			{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: []string{"clone3"}},
		},
	}
}

// conditions are the calls that depend on their arguments.
func conditions(p Profile) []seccomp.NameWithConditions {
	when := func(name string, c ...seccomp.Condition) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: name, Conditions: c}
	}
	list := []seccomp.NameWithConditions{
		when("clone", seccomp.Condition{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD},
			seccomp.Condition{Argument: 0, Operation: seccomp.BitsNotSet, Value: ^uint64(threadFlags)}),
		when("tgkill", seccomp.Condition{Argument: 0, Operation: seccomp.Equal, Value: uint64(unix.Getpid())}),
		when("prctl", seccomp.Condition{Argument: 0, Operation: seccomp.Equal, Value: unix.PR_SET_VMA}),
	}
	if p != Compile {
		data := seccomp.Condition{Argument: 2, Operation: seccomp.BitsNotSet, Value: unix.PROT_EXEC}
		list = append(list, when("mmap", data), when("mprotect", data))
	}
	return list
}

// known keeps the calls that this architecture has.
func known(names []string, info *arch.Info) []string {
	var list []string
	for _, name := range names {
		if _, ok := info.SyscallNames[name]; ok {
			list = append(list, name)
		}
	}
	return list
}

func without(names, minus []string) []string {
	var list []string
	for _, name := range names {
		found := false
		for _, m := range minus {
			found = found || m == name
		}
		if !found {
			list = append(list, name)
		}
	}
	return list
}
