// Command hostile is native code that took over a child: it gets in behind the
// same locks, built with the tag by which one of them can be left out, and tries
// one thing. Without arguments it closes the last lock and waits. The tests of
// package lockdown start it.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/lockdown"
)

// How it ends, where it is not stopped on the way.
const (
	succeeded = 10
	refused   = 11
	unknown   = 12
)

// An attempt is tried in the phase of loading, behind all locks but seccomp, or
// afterwards. args come from the test.
type attempt struct {
	late    bool
	prepare func() // before seccomp
	try     func(args []string) error
}

func main() {
	if len(os.Args) == 1 {
		lockdown.Seal(lockdown.Enter())
		time.Sleep(time.Hour)
	}
	switch os.Args[1] {
	case "executed": // by another attempt: that was the point
		os.Exit(succeeded)
	case "executed-with-capabilities":
		os.Exit(code(anyCapability()))
	}
	profile := lockdown.Enter()
	a := find(os.Args[1])
	if a.prepare != nil {
		a.prepare()
	}
	if a.late {
		lockdown.Seal(profile)
	}
	os.Exit(code(a.try(os.Args[2:])))
}

// find gives an attempt by its name.
func find(name string) attempt {
	for _, list := range []map[string]attempt{attempts, processes, descriptors, kernel} {
		if a, ok := list[name]; ok {
			return a
		}
	}
	os.Exit(unknown)
	return attempt{}
}

func code(err error) int {
	if err == nil {
		return succeeded
	}
	return refused
}

// anyCapability is an error when this process has none.
func anyCapability() error {
	var data [2]unix.CapUserData
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0])
	if err == nil && data[0].Effective|data[1].Effective == 0 {
		err = unix.EPERM
	}
	return err
}

var attempts = map[string]attempt{
	// Against namespaces, the private root, Landlock, capabilities.
	"send a datagram to the host":       {try: datagram},
	"connect to a port of the host":     {try: connectTCP},
	"connect to an abstract socket":     {try: connectAbstract},
	"connect to a socket by its path":   {try: connectPath},
	"attach the host's shared memory":   {try: sharedMemory},
	"learn the host's name":             {try: hostName},
	"set the host name":                 {try: func([]string) error { return unix.Sethostname([]byte("evil")) }},
	"read a process's limits":           {try: limitsOf},
	"signal a process":                  {try: signal},
	"trace a process":                   {try: trace},
	"read a process's memory":           {try: readMemory},
	"read a process's environment":      {try: readEnviron},
	"ask about a file":                  {try: func(a []string) error { return unix.Access(a[0], unix.F_OK) }},
	"change a file's mode":              {try: func(a []string) error { return unix.Chmod(a[0], 0o600) }},
	"read a file":                       {try: readFile},
	"write a file":                      {try: writeFile},
	"open beneath an inherited folder":  {try: openBeneath},
	"create a file":                     {try: createFile},
	"mount a file system":               {try: func(a []string) error { return unix.Mount("x", a[0], "tmpfs", 0, "") }},
	"find a key of the user":            {try: func(a []string) error { return findKey(unix.KEY_SPEC_USER_KEYRING, a[0]) }},
	"find a key of the session":         {try: func(a []string) error { return findKey(unix.KEY_SPEC_SESSION_KEYRING, a[0]) }},
	"open many descriptors":             {try: manyDescriptors},
	"gain capabilities by exec":         {prepare: makeProgram, try: func([]string) error { return execute("executed-with-capabilities") }},
	"leave a core dump":                 {try: coreDump},
	"read a stray descriptor":           {late: true, try: readStray},
	"read the environment":              {late: true, try: readEnv},
	"write an inherited file":           {late: true, try: writeInherited},
	"lock memory":                       {late: true, try: lockMemory},
	"map much memory":                   {late: true, try: mapMuch},
	"map much memory to write":          {late: true, try: mapMuchToWrite},
	"compute for long":                  {late: true, try: computeLong},
	"start many threads":                {late: true, try: manyThreads},
	"open a file when sealed":           {late: true, try: readFile},
	"call from a thread of before":      {late: true, prepare: startThread, try: callFromThread},
	"fork":                              {late: true, try: func([]string) error { return fork(0) }},
	"fork into a new user namespace":    {late: true, try: func([]string) error { return fork(unix.CLONE_NEWUSER) }},
	"execute a file in memory":          {late: true, prepare: makeProgram, try: func([]string) error { return execute("executed") }},
	"make a file in memory":             {late: true, try: func([]string) error { return call(unix.SYS_MEMFD_CREATE, bytes("x"), 0, 0) }},
	"make a pair of sockets":            {late: true, try: func([]string) error { return socketPair() }},
	"make a socket":                     {late: true, try: func([]string) error { return call(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_DGRAM, 0) }},
	"make a netlink socket":             {late: true, try: func([]string) error { return call(unix.SYS_SOCKET, unix.AF_NETLINK, unix.SOCK_RAW, 0) }},
	"make memory that is data and code": {late: true, try: mapCode},
	"turn data into code":               {late: true, try: protectCode},
	"set up io_uring":                   {late: true, try: ioUring},
	"make a userfaultfd":                {late: true, try: func([]string) error { return call(unix.SYS_USERFAULTFD, 1 /* USER_MODE_ONLY */, 0, 0) }},
	"call by the 32-bit entry":          {late: true, try: func([]string) error { return call32() }},
	"make a bpf map":                    {late: true, try: bpfMap},
	"make a keyring":                    {late: true, try: func([]string) error { return call(unix.SYS_KEYCTL, unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0) }},
	"open a process":                    {late: true, try: func([]string) error { return call(unix.SYS_PIDFD_OPEN, uintptr(unix.Getpid()), 0, 0) }},
	"change an inherited file's mode":   {late: true, try: func([]string) error { return call(unix.SYS_FCHMOD, fileFD, 0o600, 0) }},
	"lift a limit":                      {late: true, try: func([]string) error { return call(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, 0) }},
	"become dumpable":                   {late: true, try: func([]string) error { return call(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1, 0) }},
}
