// Package author is the domain's checks for people who write jobs, outside any
// domain: each in a cell like the domain's own, with the domain's own rules, but with
// everything told that a domain would keep to a reviewer.
//
//	module ─► Admit    admission here, then a compile cell
//	module ─► Run      Admit, then a guest cell over the tables of a folder; a map cell over their rows by subject
//	folder ─► Load     an inspect and an ingest cell for each file ─► sealed Parquet in memory
//	SQL    ─► Query    one explore cell for each statement, over those tables
//	file   ─► Inspect  an inspect cell, then an ingest cell: what an import would do
//	file   ─► Scan     an inspect cell, then an ingest cell: what its columns hold, by every cell
//
// Each gives a Verdict: ok, refused, killed or failed, with a word for the reason out
// of a closed list, and a sentence. An error is something else: that the check itself
// could not be made, or that the caller stopped it.
//
// Trust: modules, statements and files are as hostile here as anywhere. They are
// read in cells, but for admission, which is the domain's own parser with its limits.
// What a guest emits and logs, and what a statement answers, is shown to whoever
// brought the data: it must be theirs to see.
//
// The package writes no file and reaches no vault, no key and no metadata. Its
// sandbox is the only one that runs a guest without declared outputs.
package author
