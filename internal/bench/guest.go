//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"yingbi/internal/bench/loops"
)

// benchGuest compares loops over columns in a guest with the same loops run
// natively.
func benchGuest(ctx context.Context, b *bench) ([]Row, error) {
	g, err := b.newGuests(ctx, "c", "go")
	if err != nil {
		return nil, err
	}
	defer g.close()
	var rows []Row
	for _, c := range []struct {
		name, language string
		loop           int64
		most           float64
		what           string
		native         native
	}{
		{"c-sum", "c", loops.Sum, 1.3, "sum of a column in a C guest, -O3 -msimd128", g.inC},
		{"c-group", "c", loops.Group, 2.5, "group by 200 keys in a C guest, -O3 -msimd128", g.inC},
		{"go-sum", "go", loops.Sum, 2, "sum of a column in a Go guest, sixteen values a turn", g.inGo},
		{"go-sum-by-one", "go", loops.SumByOne, 0, "sum of a column in a Go guest, a plain loop", g.inGo},
		{"go-group", "go", loops.Group, 5, "group by 200 keys in a Go guest", g.inGo},
	} {
		row := Row{Name: c.name, Ours: c.what, Baseline: "the same loop in Go, native", Size: counted(g.rows, "rows"), Reach: Reach{Most: c.most}}
		if c.language == "c" {
			row.Baseline = "the same loop in C, native, clang -O3"
		}
		if err := g.compare(ctx, &row, g.modules[c.language], c.loop, c.native, 0); err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// benchColumns compares the way of columns into a guest's memory with a copy of as
// many bytes within this process.
func benchColumns(ctx context.Context, b *bench) ([]Row, error) {
	g, err := b.newGuests(ctx, "c")
	if err != nil {
		return nil, err
	}
	defer g.close()
	view, err := g.view()
	if err != nil {
		return nil, err
	}
	defer view.Close()
	to := make([]byte, len(g.frame))
	memmove := func(_ context.Context, _, passes int64) (cost, int64, error) {
		c, err := measure(func() error {
			for range passes {
				copy(to, g.frame)
			}
			return nil
		})
		return c, g.rows, err
	}
	if _, _, err := memmove(ctx, 0, 1); err != nil { // brings the pages of both in
		return nil, err
	}
	against, size := "memmove of the same bytes", counted(g.rows, "rows")+" of two columns, "+bytesOf(int64(len(g.frame)))
	copied := Row{Name: "columns", Ours: "columns of a table into a C guest's memory", Baseline: against, Size: size, Reach: atLeast(0.5)}
	read := Row{Name: "columns-view", Ours: "columns of a view into a C guest: Parquet, frames, memory", Baseline: against, Size: size}
	if err := g.compare(ctx, &copied, g.modules["c"], loops.Copy, memmove, 0); err != nil {
		return nil, err
	}
	g.input, g.inputIsView = view, true
	if err := g.compare(ctx, &read, g.modules["c"], loops.Copy, memmove, 4); err != nil {
		return nil, err
	}
	return []Row{copied, read}, nil
}

// native does passes of a loop without a guest, and gives a number that depends on
// all rows.
type native func(ctx context.Context, loop, passes int64) (cost, int64, error)

// compare fills the row with what one pass costs in the guest and natively; 0 passes
// are as many as LoopTime has room for.
func (g *guests) compare(ctx context.Context, row *Row, m *module, loop int64, n native, passes int64) error {
	once, want, err := n(ctx, loop, 1)
	if err != nil {
		return err
	}
	if passes == 0 {
		passes = int64(min(500, max(10, g.LoopTime/once.Processor)))
	}
	costs, err := g.contest(ctx, row.Name,
		side{"guest", func(ctx context.Context) (cost, error) { return g.perPass(ctx, m, loop, passes, want) }},
		side{"native", func(ctx context.Context) (cost, error) {
			c, _, err := n(ctx, loop, passes)
			return c.over(passes), err
		}})
	if err != nil {
		return err
	}
	row.Size += ", " + counted(passes, "passes")
	row.compare(costs[0], costs[1], true)
	return nil
}

func (c cost) over(n int64) cost { return cost{c.Clock / float64(n), c.Processor / float64(n)} }

// perPass has a guest do one pass, and some more in another cell: the difference is
// what the passes cost. The start of a cell and the first way of the rows into the
// guest are the same in both.
func (g *guests) perPass(ctx context.Context, m *module, loop, passes, want int64) (cost, error) {
	first, check, err := g.inCell(ctx, m, loop, 1)
	if err != nil {
		return cost{}, err
	}
	if check != want {
		return cost{}, errors.New("the guest and the native loop differ")
	}
	second, _, err := g.inCell(ctx, m, loop, 1+passes)
	const least = 1e-9 // what starts differ by may be more than short passes take
	return cost{max(least, second.Clock-first.Clock), max(least, second.Processor-first.Processor)}.over(passes), err
}

// inGo runs the loop in this process.
func (g *guests) inGo(_ context.Context, loop, passes int64) (c cost, check int64, err error) {
	c, err = measure(func() error {
		check = loops.Run(loop, passes, g.keys, g.costs)
		return nil
	})
	return c, check, err
}

// inC runs the loop in the native program.
func (g *guests) inC(ctx context.Context, loop, passes int64) (c cost, check int64, err error) {
	in, err := os.Open(g.file)
	if err != nil {
		return c, 0, err
	}
	defer in.Close()
	cmd := exec.CommandContext(ctx, g.native, decimal(loop), decimal(passes), decimal(g.rows))
	cmd.Stdin = in
	said, err := cmd.Output()
	if err != nil {
		return c, 0, err
	}
	_, err = fmt.Sscan(string(said), &c.Processor, &c.Clock, &check)
	return c, check, err
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
