// Package cell is what runs inside a cell: the same binary, started again by
// package sandbox for one task, locked, and gone when the task is done.
//
//	C constructor   no_new_privs, private root, no capabilities, rlimits, Landlock
//	     │          (internal/lockdown, before Go starts)
//	Main            reads the request on descriptor 3
//	     │
//	prepare         opens the engine and loads the masked columns, which the
//	     │          domain made; loads the code of a guest's module
//	lockdown.Seal   seccomp on all threads; from here a wrong call is death
//	     │
//	(wait)          a cell that was started ahead reads the whole request from a pipe
//	     │
//	run             the untrusted part: an upload, a module, a guest, a query
//	     │
//	answers         frames and failure codes on descriptor 4, then exit
//
// A mapping is a guest that meets one subject's rows at a time, in instances that
// know of no other:
//
//	views, counts ─► subjects ─► stretch ─┬─► worker ─┬─► records, in order
//	                                      └─► worker ─┘
//
// An upload becomes frames in one of three ways, each a stream whose memory does
// not grow with the file:
//
//	csv, tsv   decompress ─► transcode ─► records ─┐           ┌─► rows
//	xlsx       unzip ─► XML ─► rows of a sheet ────┼─► batch ──┼─► quarantine
//	parquet    pages, checked ─► values ───────────┘           └─► summary
//
// Decompressing, transcoding and writing have a goroutine each. What is said of a
// file, by its request or by itself, is held against what is in it; every row is
// kept or quarantined, and counted.
//
// A query cell holds each text column of few values as codes, and ordinals in 4
// bytes; a statement sees no difference. A view that is asked for again and again
// gets an engine file, a DuckDB database of one table in these types, whose rows may
// stand in the order of a subject:
//
//	Parquet, fd 5 ─► prepare ─► /cache/view ─ Seal ─► parts ─► sealed by the parent
//	query cell, fd 5 ◄─ attached for reading ◄──────────────────────────┘
//
// The cell that makes it has the locks of a query cell and one folder more: memory
// of its own, no larger than what the cell may answer, writable until Seal. So the
// file is built where a query cell loads its views, before the locks, by the same
// engine from the same Parquet, and only read behind them. It is the word of a cell
// and goes to query cells alone, which answer from it what they would have
// answered from the Parquet: not where doubles are added, since the order of
// the rows is not kept.
//
// A statement of a stranger passes a gate before it runs: the engine's own parser
// makes a tree of it, in which every key, node, table and function must be on a
// list. docs/GUEST-SQL.md has the lists.
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
