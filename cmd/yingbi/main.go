// Command yingbi is the whole of a secure operating domain for public data: the
// domain's own processes, the commands of the people who work in it, and the
// offline verifiers of what it released.
//
// This package is wiring and words: each verb has a file, reads its flags, calls
// one package and prints what came back. Cells and the keeper are this same
// binary, started again under a marker; they never get as far as the commands.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// version is set by the linker from the repository's description.
var version = "unknown"

// heapGrowth lets the heap grow by half between collections, and not to twice its
// size: a registry of millions of subjects stays in memory over an import, and
// would be counted twice.
const heapGrowth = 50 // percent

func main() {
	enterChild()
	debug.SetGCPercent(heapGrowth)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second interrupt ends the program at once; but not one that comes with the
	// first, as when a supervisor signals both the process and its group.
	context.AfterFunc(ctx, func() { time.AfterFunc(2*time.Second, stop) })
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
