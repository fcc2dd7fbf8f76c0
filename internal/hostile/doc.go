// Package hostile makes what must not get through: modules and uploads that are
// broken, that lie, that are after more than they may have. All of it is written by
// code, from fixed numbers; nothing is a binary in the tree.
//
//	Malformed, Greedy, Foreign ─► refused by admission, before any compiler
//	Uncompilable, Dear         ─► admitted; what the compiler makes of them
//	Bombs, Traps, Talkers,
//	Entries, Probing           ─► run in a cell
//	Texts, Archives, Workbooks,
//	Parquet                    ─► uploads, for an ingest cell
//
// Each entry carries its name and the one outcome that it must have, so that the
// lists are to be read as tables. Only tests import the package; it imports no
// package that reads what it makes.
package hostile
