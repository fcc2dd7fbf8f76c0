// Package cell is what runs inside a cell: the same binary, started again by
// package sandbox for one task, locked, and gone when the task is done.
//
//	C constructor   no_new_privs, private root, no capabilities, rlimits, Landlock
//	     │          (internal/lockdown, before Go starts)
//	Main            reads the request on descriptor 3
//	     │
//	prepare         opens the engine and loads the masked columns, which the
//	     │          domain made; admits a guest's module again and loads its code
//	lockdown.Seal   seccomp on all threads; from here a wrong call is death
//	     │
//	run             the untrusted part: an upload, a module, a guest, a query
//	     │
//	answers         frames and failure codes on descriptor 4, then exit
//
// Trust: nobody believes a cell, and the cell believes its request and the
// files that the domain wrote, but never an upload, a module or a guest. What
// an upload holds is read in run alone, and so a guest's first instruction is
// executed there. The root of a cell is empty: there are no zone files, no
// configuration and no /proc but the cell's own descriptors. No text of an
// engine or a parser leaves as an error; package abi has the closed list of codes.
//
// It is the only package that imports wazero and DuckDB, and imports no key, no
// vault and no metadata. It needs Linux and cgo; elsewhere only Active exists.
package cell
