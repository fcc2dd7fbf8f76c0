//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"yingbi/internal/bench/loops"
	"yingbi/sandbox"
)

const (
	startRows = 100_000 // of the view that a job with SQL starts over
	starts    = 21      // of a cell in a turn; at a smaller scale fewStarts
	fewStarts = 4
)

// benchCells measures how soon a small job is done, from asking for a cell to its
// end, and how soon a hostile one is gone.
func benchCells(ctx context.Context, b *bench) ([]Row, error) {
	g, err := b.newGuestsOver(ctx, startRows, "c", "go")
	if err != nil {
		return nil, err
	}
	defer g.close()
	view, err := g.view()
	if err != nil {
		return nil, err
	}
	defer view.Close()
	rows, err := g.started(ctx, view)
	if err != nil {
		return nil, err
	}
	gone, err := g.gone(ctx)
	if err != nil {
		return nil, err
	}
	held, err := g.held(ctx)
	return append(rows, gone, held), err
}

// started measures small jobs in new cells, and in such as wait for one.
func (g *guests) started(ctx context.Context, view *os.File) (rows []Row, err error) {
	table, cold := g.input, g.cells
	warm, err := sandbox.New(sandbox.Config{Exe: g.exe, Waiting: 1})
	if err != nil {
		return nil, err
	}
	defer warm.Close()
	defer func() { g.cells, g.input, g.inputIsView = cold, table, false }()
	for _, c := range []struct {
		name, language, what string
		loop                 int64
		view                 bool
		within, apart        time.Duration
	}{
		{"start-c", "c", "a job without SQL, in C", loops.Sum, false, 15 * time.Millisecond, 0},
		{"start-c-warm", "c", "a job without SQL, in C", loops.Sum, false, 5 * time.Millisecond, 100 * time.Millisecond},
		{"start-go", "go", "a job without SQL, in Go", loops.Sum, false, 90 * time.Millisecond, 0},
		{"start-go-warm", "go", "a job without SQL, in Go", loops.Sum, false, 15 * time.Millisecond, 300 * time.Millisecond},
		{"start-sql", "c", "a job with SQL over a view of 100k rows, in C", loops.Query, true, 60 * time.Millisecond, 0},
	} {
		g.cells, g.input, g.inputIsView = cold, table, c.view
		how := "start, run and end of its cell, module compiled before"
		if c.apart > 0 {
			g.cells, how = warm, "run and end of a cell that has waited for it with the module loaded"
		}
		if c.view {
			g.input = view
		}
		row := Row{Name: c.name, Ours: c.what + ": " + how, Baseline: "start and end of the program", Reach: Reach{Time: c.within.Seconds()}}
		if err := g.starts(ctx, &row, g.modules[c.language], c.loop, c.apart); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// starts fills the row with what single starts take, so far apart that a cell can
// prepare for the next.
func (g *guests) starts(ctx context.Context, row *Row, m *module, loop int64, apart time.Duration) error {
	if apart > 0 { // the first finds no cell that waits
		if _, _, err := g.inCell(ctx, m, loop, 1); err != nil {
			return err
		}
	}
	var ours, baseline []cost
	inTurn := starts
	if g.Rows < fullScale {
		inTurn = fewStarts
	}
	for range g.Turns * inTurn {
		time.Sleep(apart)
		c, _, err := g.inCell(ctx, m, loop, 1)
		if err != nil {
			return err
		}
		b, err := measure(func() error { return exec.CommandContext(ctx, g.exe, "version").Run() })
		if err != nil {
			return err
		}
		ours, baseline = append(ours, c), append(baseline, b)
	}
	row.compare(ours, baseline, false)
	clocks := slices.Sorted(slices.Values(each(ours, clockOf)))
	row.Size = fmt.Sprintf("p95 %s, %.0f a second on one core", figure(clocks[len(clocks)*95/100], "s"), 1/median(each(ours, processorOf)))
	return nil
}

// gone measures how long after its deadline a guest that spins is reaped.
func (g *guests) gone(ctx context.Context) (Row, error) {
	const deadline = 200 * time.Millisecond
	row := Row{
		Name: "deadline", Ours: "a guest that spins: from its deadline until it is reaped", Baseline: "its deadline",
		Size: deadline.String(), Reach: Reach{Time: 0.1},
	}
	limits := guestLimits
	limits.Wall = deadline
	var ours, baseline []cost
	for range g.Turns {
		usage, err := g.ended(ctx, loops.Spin, limits, sandbox.Time)
		if err != nil {
			return row, err
		}
		late := (usage.Wall - deadline).Seconds()
		ours, baseline = append(ours, cost{late, late}), append(baseline, cost{deadline.Seconds(), deadline.Seconds()})
	}
	row.compare(ours, baseline, false)
	return row, nil
}

// held measures what a guest that takes memory for ever holds at the most.
func (g *guests) held(ctx context.Context) (Row, error) {
	const limit = 256 << 20
	row := Row{
		Name: "memory-bomb", Ours: "a guest that takes memory for ever: the most that its cell held beyond its limit", Baseline: "its limit",
		Size: bytesOf(limit), Reach: Reach{Peak: 128},
	}
	limits := guestLimits
	limits.Memory, limits.Wall = limit, 10*time.Second
	var beyond, allowed []float64
	for range g.Turns {
		usage, err := g.ended(ctx, loops.Hold, limits, sandbox.Memory)
		if err != nil {
			return row, err
		}
		beyond, allowed = append(beyond, max(0, float64(usage.Memory-limit))/(1<<20)), append(allowed, limit>>20)
	}
	row.Figures = Figures{Unit: "MiB", Judged: "memory", Runs: len(beyond), Ours: slices.Max(beyond), Baseline: median(allowed), Ratio: slices.Max(beyond) / median(allowed)}
	row.Figures.Low, row.Figures.High = slices.Min(beyond)/median(allowed), row.Figures.Ratio
	row.judge()
	return row, nil
}

// ended runs a guest that must be killed for the reason.
func (g *guests) ended(ctx context.Context, loop int64, limits sandbox.Limits, want sandbox.Reason) (sandbox.Usage, error) {
	usage, _, err := g.run(ctx, g.modules["c"], loop, 1, limits)
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Reason != want {
		return usage, fmt.Errorf("a hostile guest was not killed for its %s: %v", want, err)
	}
	return usage, nil
}
