// Command bench measures what the project promises about speed, each figure as a
// ratio within one run, against a baseline that does the same work without the
// domain.
//
//	make bench            every row at 10 million rows, and docs/BENCHMARKS.md
//	make bench-quick      the same rows, small, within a minute or so
//	go run ./internal/bench -only seal,audit -scale 1M -format json
//
//	rows.go ─► one file for each topic ─► contest: ours, baseline, ours, baseline …
//	                                          │ medians
//	            machine facts, sizes ─────────┴─► Row ─► text │ JSON │ Markdown
//
// A side is a function that does its work once and tells what it took, by the
// clock and by the processor, the children that it reaped included. A contest runs
// its sides in turn, so that what else the machine does meets all alike, and
// compares medians. What runs on one thread is judged by the time of the processor,
// what runs on several by the clock; the other ratio stands beside it.
//
// Everything lies in one temporary folder, which is removed at the end and after
// an interrupt. Data is invented (claims.go). The vault is a real one whose keys
// lie in memory (package vaulttest); cells are those of bin/yingbi.
//
// It is the one program besides a cell that links DuckDB, and besides package crypto
// that links an SM library: they are what it measures against. Nothing imports it.
package main
