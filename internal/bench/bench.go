//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// bench is one run.
type bench struct {
	sizes
	dir      string // temporary, for everything
	exe      string // the yingbi binary, for cells and the keeper
	profiles string // folder for processor profiles, or ""
	progress io.Writer
	start    time.Time

	files map[int64]string // of claims that were made, by rows
}

// sizes say how much each row takes.
type sizes struct {
	Rows     int64 // of the imported file and the declared table
	Masked   int64 // rows
	Looped   int64 // rows that a guest has
	Sealed   int64 // bytes
	Records  int64 // appended to the log, by each writer
	Ciphered int64 // numbers of 18 digits

	Turns    int     // of each side in a contest
	LoopTime float64 // seconds of the processor that the passes of a native loop take in a turn
}

// At fullScale rows everything has the size that the reach speaks of.
const fullScale = 10_000_000

// scaled gives the sizes for a number of rows. What lies in memory, sealed streams and
// a guest's columns, does not grow beyond its full size, and stays larger than caches.
func scaled(rows int64) sizes {
	part := func(full, least int64) int64 { return max(least, min(full, full*rows/fullScale)) }
	return sizes{
		Rows: rows, Masked: rows * 6 / 10, Looped: part(10_000_000, 2_000_000),
		Sealed: part(1<<30, 64<<20) &^ (segment - 1), Records: part(400, 50), Ciphered: part(200_000, 50_000),
		Turns: 5, LoopTime: float64(part(800, 100)) / 1000,
	}
}

// threads is what both sides of a row with several threads get.
func threads() int { return runtime.GOMAXPROCS(0) }

// say tells of the progress.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, "%6.0f s  "+format+"\n", append([]any{time.Since(b.start).Seconds()}, args...)...)
}

// folder makes an empty folder.
func (b *bench) folder(name string) (string, error) { return os.MkdirTemp(b.dir, name+"-") }

// profile has the first side, ours, do its work once more and records where the
// processor's time went in this process; that of cells is not in it.
func (b *bench) profile(ctx context.Context, topic string, sides []side) (err error) {
	if b.profiles == "" {
		return nil
	}
	name := strings.ReplaceAll(topic, " ", "-") + ".pprof"
	f, err := os.Create(filepath.Join(b.profiles, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = sides[0].work(ctx)
	b.say("%s: profile in %s", topic, name)
	return err
}
