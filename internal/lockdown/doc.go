// Package lockdown puts a child process behind its locks, and says whether this
// host has what they need.
//
//	parent                         child: the same binary, started again
//	  Start ── clone flags,     ─►  constructor (C, before Go has threads)
//	           uid map to itself,     rlimits, undumpable, no_new_privs,
//	           one marker as env,     stray descriptors closed, fresh session keyring,
//	           Files as 3, 4, …       private root (cells), host name, capabilities
//	                                  dropped, Landlock
//	                                main: Enter, prepare, Seal (seccomp on all
//	                                  threads, default kill), work
//
// A child is a cell (one task of package sandbox) or the keeper. The marker is
// the only way into the constructor; it can only add locks. Whoever sets it by
// hand locks himself up. The locks of a child follow from its Profile:
//
//	ingest, inspect,
//	query           no file at all, no code that was not mapped before Seal
//	prepare         as these; Cache is writable until Seal, to make a file in
//	guest, map      as these; Cache is writable until Seal, to load code from
//	compile         Cache is writable; may map code, as the compiler insists
//	keeper          keeps the host's root and sees of it only the folder that is
//	                inherited as descriptor KeeperFolder; no network; after Seal
//	                it opens nothing and speaks on what it has
//
// Every lock is required: a step that fails ends the child with the exit code
// of that step (see Step). Nothing is skipped in silence, and the binary has no
// switch that leaves a lock out. (The tests build a program of their own with
// the tag lockdown_test_knobs, which has one.)
//
// Trust: nothing that a child says is used here. The package reads no request
// and holds no secret. It is a leaf; it imports fault alone of ours.
//
// The marker's value is profile:descriptors:address space:data:CPU seconds:cache,
// such as guest:7:2684354560:1073741824:60:268435456. descriptors is the first number that is not
// the child's; 0 for one of the limits before the cache's bytes is none.
package lockdown
