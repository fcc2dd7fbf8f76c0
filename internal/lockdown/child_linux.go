//go:build cgo

package lockdown

/*
#cgo CFLAGS: -Wall -Wextra
#cgo lockdown_test_knobs CFLAGS: -DLOCKDOWN_TEST_KNOBS
#include "constructor_linux.h"
*/
import "C"

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Active gives the profile under which this process was started, or "".
func Active() Profile {
	if C.yb_child.locked == 0 {
		return ""
	}
	return Profile(C.GoString(&C.yb_child.profile[0]))
}

// Enter makes sure that the constructor has closed its locks and that the binary
// was built so that Seal can hold, and gives the profile. It ends the process
// otherwise.
func Enter() Profile {
	profile := Active()
	if profile == "" {
		fail("constructor")
	}
	if !steadyRuntime() {
		fail("build")
	}
	return profile
}

// steadyRuntime reports whether the program's main has the two directives
// without which Go reads the CPU quota of its cgroup again and again, by calls
// that seccomp answers with death:
//
//	//go:debug containermaxprocs=0
//	//go:debug updatemaxprocs=0
func steadyRuntime() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "DefaultGODEBUG" {
			set := strings.Split(s.Value, ",")
			return slices.Contains(set, "containermaxprocs=0") && slices.Contains(set, "updatemaxprocs=0")
		}
	}
	return false
}

// Seal closes the last lock: seccomp on every thread. Afterwards a call outside
// the profile's list ends the process at once. It ends the process when the
// lock does not close.
func Seal(p Profile) {
	if p != Active() {
		fail("seccomp")
	}
	// The runtime makes its poller, two descriptors, with the first timer that
	// somebody waits for. It must not be later.
	time.Sleep(time.Nanosecond)
	if (p == Guest || p == Map || p == Prepare) && !leftOut("fsize") {
		if unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{}) != nil {
			fail("rlimits")
		}
	}
	if !leftOut("seccomp") && loadFilter(p) != nil {
		fail("seccomp")
	}
}

// fail ends the process with the exit code of a step.
func fail(step string) {
	os.Exit(firstStep + slices.Index(steps[:], step))
}
