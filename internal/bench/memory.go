//go:build linux && cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"yingbi/subject"
)

// memoryChild is the argument that makes this program a child of benchMemory.
const memoryChild = "memory-child"

// memoryTask is what a child does: import a file, then mask it, in a vault of its own
// whose registry knows so many people already.
type memoryTask struct {
	Dir, Exe, File string
	Rows, Known    int64
}

// memoryPeaks are the highest resident sizes, in MiB: of the child while it imported,
// of the cell that read the file for it, and of the child while it masked.
type memoryPeaks struct{ Import, Cell, Mask float64 }

// benchMemory compares the peak memory of import and masking with the same at a
// tenth of the rows. The registry grows with the people, so both begin with one that
// knows all people of the larger.
func benchMemory(ctx context.Context, b *bench) ([]Row, error) {
	sizes := []int64{b.Rows, b.Rows / 10}
	peaks := make([][]memoryPeaks, len(sizes))
	sides := make([]side, len(sizes))
	for i, rows := range sizes {
		path, err := b.claims(ctx, rows)
		if err != nil {
			return nil, err
		}
		task := memoryTask{Exe: b.exe, File: path, Rows: rows, Known: b.Rows / perPerson}
		sides[i] = side{counted(rows, "rows"), func(ctx context.Context) (cost, error) {
			start := time.Now()
			p, err := b.inChild(ctx, task)
			b.say("memory of %d rows: import %.0f MiB, its cell %.0f MiB, mask %.0f MiB", rows, p.Import, p.Cell, p.Mask)
			peaks[i] = append(peaks[i], p)
			return cost{Clock: time.Since(start).Seconds()}, err
		}}
	}
	if _, err := b.contest(ctx, "memory", sides...); err != nil {
		return nil, err
	}
	row := func(name, what string, of func(memoryPeaks) float64) Row {
		r := Row{
			Name: name, Ours: "peak memory of " + what, Baseline: "the same at a tenth of the rows",
			Size: counted(sizes[0], "rows") + " and " + counted(sizes[1], "rows"),
		}
		if b.Rows >= fullScale { // a tenth of less does not fill the buffers
			r.Reach = Reach{Most: 1.2, Peak: 600}
		}
		r.compareMemory(peaks[0], peaks[1], of)
		return r
	}
	return []Row{
		row("memory-import", "an import: process, registry and cell together", func(p memoryPeaks) float64 { return p.Import + p.Cell }),
		row("memory-mask", "masking: process and registry together", func(p memoryPeaks) float64 { return p.Mask }),
	}, nil
}

// compareMemory fills the figures of a row from peaks.
func (r *Row) compareMemory(large, small []memoryPeaks, of func(memoryPeaks) float64) {
	var a, b, turns []float64
	for i := range min(len(large), len(small)) {
		a, b = append(a, of(large[i])), append(b, of(small[i]))
		turns = append(turns, a[i]/b[i])
	}
	r.Figures = Figures{
		Unit: "MiB", Judged: "memory", Runs: len(a), Ours: median(a), Baseline: median(b), Ratio: median(a) / median(b),
		Low: slices.Min(turns), High: slices.Max(turns),
	}
	r.judge()
}

// inChild does the task in a fresh process of this program.
func (b *bench) inChild(ctx context.Context, task memoryTask) (p memoryPeaks, err error) {
	if task.Dir, err = b.folder("memory"); err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(task.Dir)) }()
	err = b.askChild(ctx, memoryChild, task, &p)
	return p, err
}

// runMemoryChild is the whole of a child.
func runMemoryChild(ctx context.Context, argument string, out io.Writer) error {
	var task memoryTask
	if err := json.Unmarshal([]byte(argument), &task); err != nil {
		return err
	}
	b := &bench{dir: task.Dir, exe: task.Exe, progress: io.Discard, start: time.Now()}
	l, err := b.newLab(ctx, (*lab).readDocuments)
	if err != nil {
		return err
	}
	defer l.close()
	var p memoryPeaks
	tag, ordinal := make([]subject.Tag, 1), make([]int64, 1)
	for id, err := range residentIDs(task.Known) {
		if err != nil {
			return err
		}
		l.people.Tags(tag, func(int) []byte { return id[:] })
		if err := l.people.Assign(tag, ordinal); err != nil {
			return err
		}
	}
	if p.Import, err = peakOf(func() error { return l.imported(ctx, task.File, task.Rows) }); err != nil {
		return err
	}
	p.Cell = float64(l.peak.bytes.Load()) / (1 << 20)
	p.Mask, err = peakOf(func() error {
		_, err := l.freshView(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(p)
}

// peakOf gives the highest resident size of this process while f ran, in MiB.
func peakOf(f func() error) (float64, error) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // proc(5): resets VmHWM
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	return peakMemory()
}
