package lockdown

import (
	"os"
	"time"
)

// Profile names what a child is for, and with it its locks.
type Profile string

// The profiles. Those of cells are the names of the tasks in sandbox/abi.
const (
	Ingest  Profile = "ingest"
	Inspect Profile = "inspect"
	Compile Profile = "compile"
	Query   Profile = "query"
	Prepare Profile = "prepare"
	Guest   Profile = "guest"
	Explore Profile = "explore"
	Map     Profile = "map"
	Keeper  Profile = "keeper"

	probe Profile = "probe" // a cell that ends when the constructor is done
)

// Cache is the folder of a compile, guest, map or prepare cell that it may write:
// memory that nobody outside sees.
const Cache = "/cache"

// cacheBytes of a child that asks for no other size.
const cacheBytes = 256 << 20

// KeeperFolder is the descriptor on which the keeper inherits the one folder
// that it may read and write. Its paths stay those of the host.
const KeeperFolder = 4

// Child describes a child to be started. Files become its descriptors 3, 4, …;
// 0, 1 and 2 are /dev/null. The keeper's second file is its folder.
type Child struct {
	Exe     string
	Profile Profile
	Files   []*os.File
	Address uint64        // bytes of address space; 0 is no limit
	Data    uint64        // bytes of it that are private and may be written; 0 is no limit
	CPU     time.Duration // rounded up to seconds; 0 is no limit
	Cache   uint64        // bytes of all files in Cache; they are no resident memory. 0 is 256 MiB
}

// Protection is one thing that the locks need of the host.
type Protection struct {
	Name     string
	Required bool
	Present  bool
	Detail   string // what was found; when missing, what to do
}

// The exit codes of a child whose lock did not close. They begin above those of
// the commands.
const firstStep = 200

// steps is in the order of the exit codes, which is that of enum step in
// constructor_linux.c.
var steps = [...]string{
	"marker", "rlimits", "dumpable", "no_new_privs", "descriptors", "keyring",
	"private root", "host name", "capabilities", "landlock", "constructor", "build", "seccomp",
}

// Step names the lock whose failure the exit code of a child tells, or "".
func Step(exitCode int) string {
	if i := exitCode - firstStep; i >= 0 && i < len(steps) {
		return steps[i]
	}
	return ""
}
