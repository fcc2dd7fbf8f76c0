//go:build linux && cgo

package lockdown

import (
	"slices"
	"testing"
)

// calls are attempts with one call each that no cell needs. Seccomp alone stops
// those that name it; for the others a namespace, Landlock or the lack of a
// capability would do too.
var calls = []row{
	// Of processes.
	{attempt: "read memory by its process's number", lock: "seccomp"},
	{attempt: "write a process's memory"},
	{attempt: "take a descriptor of a process"},
	{attempt: "take a descriptor by its process", lock: "seccomp"},
	{attempt: "signal itself", lock: "seccomp"},
	{attempt: "queue a signal", lock: "seccomp"},
	{attempt: "wait for a process", lock: "seccomp"},
	{attempt: "fork by the newer call", lock: "seccomp"},
	{attempt: "fork by the newer call into namespaces", lock: "seccomp"},
	{attempt: "leave its table of descriptors", lock: "seccomp"},
	{attempt: "leave its network", who: rootOnly},
	{attempt: "enter a namespace", who: rootOnly},
	{attempt: "change the root", who: rootOnly},
	{attempt: "turn the root", who: rootOnly},
	{attempt: "change its user", lock: "seccomp"},
	{attempt: "change its capabilities", lock: "seccomp"},
	{attempt: "change its personality", lock: "seccomp"},
	{attempt: "change its priority", lock: "seccomp"},
	{attempt: "change its scheduling", lock: "seccomp"},
	{attempt: "pin itself to a processor", lock: "seccomp"},
	{attempt: "compare descriptors by their process", lock: "seccomp", hostMay: true},
	{attempt: "outlive its parent", lock: "seccomp"},
	{attempt: "adopt orphans", lock: "seccomp"},
	{attempt: "let others trace it", lock: "seccomp", hostMay: true},
	{attempt: "rename itself", lock: "seccomp"},
	{attempt: "set an interval", lock: "seccomp"},
	{attempt: "set a timer", lock: "seccomp"},

	// Of descriptors.
	{attempt: "duplicate a descriptor", lock: "seccomp"},
	{attempt: "duplicate a descriptor by its flags", lock: "seccomp"},
	{attempt: "make a pipe", lock: "seccomp"},
	{attempt: "make an event", lock: "seccomp"},
	{attempt: "make a timer with a descriptor", lock: "seccomp"},
	{attempt: "make a signal with a descriptor", lock: "seccomp"},
	{attempt: "make a poller", lock: "seccomp"},
	{attempt: "make a pipe larger", lock: "seccomp"},
	{attempt: "own the signals of a descriptor", lock: "seccomp"},
	{attempt: "ask a device", lock: "seccomp"},
	{attempt: "type into a terminal", lock: "seccomp"},
	{attempt: "move memory into a pipe", lock: "seccomp"},
	{attempt: "move an inherited file into a pipe", lock: "seccomp"},
	{attempt: "copy a pipe into another", lock: "seccomp"},
	{attempt: "list an inherited folder", lock: "seccomp"},
	{attempt: "go into an inherited folder", lock: "seccomp"},
	{attempt: "cut an inherited file", lock: "seccomp"},
	{attempt: "lock an inherited file", lock: "seccomp"},
	{attempt: "give an inherited file away", lock: "seccomp"},
	{attempt: "ask for an inherited file's system", lock: "seccomp"},
	{attempt: "name an inherited file by its handle", lock: "seccomp", hostMay: true},
	{attempt: "open a file by its handle", who: rootOnly, hostMay: true},
	{attempt: "execute an inherited program"},
	{attempt: "watch a folder", lock: "seccomp"},
	{attempt: "watch a file system", lock: "seccomp", hostMay: true},

	// Of the kernel and the machine.
	{attempt: "count events of the processor", lock: "seccomp", hostMay: true},
	{attempt: "make a filter of its own", lock: "seccomp"},
	{attempt: "make rules of Landlock", lock: "seccomp"},
	{attempt: "load a module", who: rootOnly, hostMay: true},
	{attempt: "remove a module", who: rootOnly, hostMay: true},
	{attempt: "load another kernel", who: rootOnly, hostMay: true},
	{attempt: "restart the machine", who: rootOnly},
	{attempt: "add swap", who: rootOnly, hostMay: true},
	{attempt: "set the clock", who: rootOnly},
	{attempt: "read the kernel's log", who: rootOnly, hostMay: true},
	{attempt: "ask about the machine", lock: "seccomp"},
	{attempt: "open a file system", who: rootOnly},
	{attempt: "copy a tree of mounts", who: rootOnly},
	{attempt: "set up asynchronous reading", lock: "seccomp", hostMay: true},
	{attempt: "make a secret file in memory", hostMay: true},
	{attempt: "make shared memory", lock: "seccomp", hostMay: true},
	{attempt: "add a key", lock: "seccomp", hostMay: true},
	{attempt: "lock all memory", who: rootOnly},
	{attempt: "protect memory by a key", lock: "seccomp", hostMay: true},
	{attempt: "call what this program does not know", lock: "seccomp", hostMay: true},
	{attempt: "use the ports", who: rootOnly, hostMay: true},
	{attempt: "use all ports", who: rootOnly, hostMay: true},
	{attempt: "read the table of segments", lock: "seccomp", hostMay: true},
	{attempt: "read its thread's base", lock: "seccomp", hostMay: true},
	{attempt: "call by the entry of x32", lock: "seccomp", hostMay: true},
	{attempt: "call by the old page of the clock", lock: "seccomp", hostMay: true},
}

// TestNoProfileHasTheseCalls tries what seccomp alone stops in the profiles whose
// lists of calls are their own. What one of them needs is named here.
func TestNoProfileHasTheseCalls(t *testing.T) {
	h := newHost(t)
	for profile, has := range map[Profile][]string{
		Compile: {"duplicate a descriptor by its flags", "make a pipe larger", "own the signals of a descriptor", "list an inherited folder"},
		Keeper:  {"cut an inherited file"},
		Map:     nil,
		Explore: nil,
	} {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			var none []string
			for _, r := range calls {
				if r.lock == "seccomp" && !slices.Contains(has, r.attempt) {
					none = append(none, r.attempt)
				}
			}
			h.expect(t, profile, has, none)
		})
	}
}
