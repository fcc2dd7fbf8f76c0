// Package yingbi is what a job in Go is written with: it reads the tables that a
// domain hands to a guest, and emits tables.
//
//	host ── frames ──► Job.Inputs ─► Input.Next ─► Frame ─► Column.Ints, Text, …
//	host ◄─ frame ──── Job.Emit ◄─── Table ◄────── columns that the job fills
//
// A job is a WebAssembly module with one export, in a file for wasip1 alone:
//
//	//go:build wasip1
//
//	package main
//
//	import yingbi "yingbi/guest/go"
//
//	//go:wasmexport yb_run
//	func run() int32 { return yingbi.Run(job) }
//
// and it is built with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags="-s -w" -o job.wasm .
//
// The function job(*Job) error holds the work; Try runs it natively, in the
// author's own tests, over tables that the test makes.
//
// A mapping exports yb_map instead and is called for one subject after another. It
// sees that subject's rows alone and sets the fields of its record; TryMap runs it
// natively:
//
//	//go:wasmexport yb_map
//	func mapOne() int32 { return yingbi.Map(one) } // func one(*yingbi.Subject) error
//
// Inside the domain there is no file, no network, no clock that runs and no
// randomness that is random: the same inputs give the same bytes. A module is
// smaller and starts sooner without fmt, os and encoding/json; this package uses
// none of them. It needs the standard library alone and may be copied into any
// module. The calls beneath it are in docs/GUEST-ABI.md, the bytes of a frame in
// docs/formats/frame.md.
package yingbi
