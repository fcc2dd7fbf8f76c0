//go:build linux && cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/egress/differencing"
)

// differencingChild is the argument that makes this program a child of
// benchDifferencing.
const differencingChild = "differencing-child"

// What cells are compared with.
const (
	cellsOfRelease = 98
	mostReleases   = 1000
	freshCells     = 100
	linearCells    = 2000
	smallGroup     = 10
)

// differencingTask is what a child does: compare new cells with those of so many
// releases over so many people.
type differencingTask struct {
	Releases int
	People   uint32
}

// differencingAnswer is what that took: all new cells by the archive, one of them against
// each cell, and the highest resident size meanwhile in MiB.
type differencingAnswer struct {
	Archive, Each cost
	Peak          float64
}

// benchDifferencing compares new cells with those of many releases, each in a process of
// its own, and looks for combinations of cells.
func benchDifferencing(ctx context.Context, b *bench) ([]Row, error) {
	task := differencingTask{int(max(20, mostReleases*b.Rows/fullScale)), uint32(max(20_000, b.Rows/10))}
	task.Releases, task.People = min(task.Releases, mostReleases), min(task.People, 1_000_000)
	tenth := differencingTask{task.Releases / 10, task.People}
	var answers [2][]differencingAnswer
	sides := make([]side, len(answers))
	for i, task := range []differencingTask{task, tenth} {
		sides[i] = side{fmt.Sprintf("%d releases", task.Releases), func(ctx context.Context) (cost, error) {
			var a differencingAnswer
			err := b.askChild(ctx, differencingChild, task, &a)
			answers[i] = append(answers[i], a)
			return a.Archive, err
		}}
	}
	if _, err := b.contest(ctx, "differencing", sides...); err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d cells and %d of %d releases, over %s", freshCells, cellsOfRelease*task.Releases, task.Releases, counted(int64(task.People), "people"))
	pairs := Row{
		Name: "differencing-pairs", Ours: "the earlier cells from which each new one differs by fewer than 10 people",
		Baseline: "one new cell against each earlier one", Size: size, Reach: Reach{Time: 0.5},
	}
	var ours, baseline []cost
	var peaks [2][]memoryPeaks
	for i, all := range answers {
		for _, a := range all {
			if peaks[i] = append(peaks[i], memoryPeaks{Mask: a.Peak}); i == 0 {
				ours, baseline = append(ours, a.Archive), append(baseline, a.Each)
			}
		}
	}
	pairs.compare(ours, baseline, true)
	memory := Row{
		Name: "differencing-memory", Ours: "peak memory of the process that compares them, with all cells",
		Baseline: "the same with a tenth of the releases", Size: size, Reach: Reach{Peak: 1536},
	}
	memory.compareMemory(peaks[0], peaks[1], func(p memoryPeaks) float64 { return p.Mask })
	linear, err := b.benchLinear(ctx, task.People)
	return []Row{pairs, memory, linear}, err
}

// benchLinear looks for combinations of cells that are about few people.
func (b *bench) benchLinear(ctx context.Context, people uint32) (row Row, err error) {
	n := int(max(100, min(linearCells, linearCells*b.Rows/fullScale)))
	cells := scatteredCells(rand.New(rand.NewPCG(7, 8)), n, people, 0.005)
	costs, err := b.contest(ctx, "differencing-linear",
		timed("audit", func(ctx context.Context) error {
			v, err := differencing.Combinations(ctx, cells, differencing.Config{K: smallGroup})
			if err == nil && (!v.Complete || len(v.Combinations) > 0) {
				err = errors.New("random cells tell of nobody, and the audit does not say so")
			}
			return err
		}),
		timed("members", func(context.Context) error {
			for _, c := range cells {
				differencing.SpreadOf(c.Members)
			}
			return nil
		}))
	if err != nil {
		return row, err
	}
	row = Row{
		Name: "differencing-linear", Ours: "look for all linear combinations of cells that are about fewer than 10 people", Baseline: "read the members of all cells once",
		Size: fmt.Sprintf("%d cells over %s, nearly each in cells of its own", n, counted(int64(people), "people")), Reach: Reach{Time: 30},
	}
	row.compare(costs[0], costs[1], false)
	return row, nil
}

// scatteredCells draws cells of which each holds the least share of the people up to ten
// times that, at random: all overlap.
func scatteredCells(random *rand.Rand, n int, people uint32, least float64) []differencing.Cell {
	cells := make([]differencing.Cell, n)
	for i := range cells {
		set := roaring.New()
		step := 2/(least*(1+9*random.Float64())) - 1 // between members, on average half of it
		for x := random.Float64() * step; x < float64(people); x += 1 + random.Float64()*step {
			set.Add(uint32(x))
		}
		set.RunOptimize()
		cells[i] = differencing.Cell{Members: set, Spread: differencing.SpreadOf(set)}
	}
	return cells
}

// runDifferencingChild is the whole of a child.
func runDifferencingChild(argument string, out io.Writer) error {
	var task differencingTask
	if err := json.Unmarshal([]byte(argument), &task); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(5, 6))
	earlier := scatteredCells(random, cellsOfRelease*task.Releases, task.People, 0.0005)
	fresh := scatteredCells(random, freshCells, task.People, 0.0005)
	for i := range fresh[:freshCells/10] { // some are near an earlier one
		fresh[i].Members = earlier[i].Members.Clone()
		fresh[i].Members.Flip(uint64(i), uint64(i)+1)
		fresh[i].Spread = differencing.SpreadOf(fresh[i].Members)
	}
	var a differencingAnswer
	near, same := 0, 0
	var err error
	a.Peak, err = peakOf(func() (err error) {
		a.Archive, err = measure(func() error {
			archive := differencing.NewArchive(earlier)
			for _, c := range fresh {
				near += len(archive.Near(c, smallGroup))
			}
			return nil
		})
		return err
	})
	if err != nil {
		return err
	}
	a.Each, err = measure(func() error {
		one := fresh[0]
		for _, c := range earlier {
			if d := one.Members.GetCardinality() + c.Members.GetCardinality() - 2*one.Members.AndCardinality(c.Members); d > 0 && d < smallGroup {
				same++
			}
		}
		return nil
	})
	if err == nil && (near < freshCells/10 || same == 0) {
		err = fmt.Errorf("%d near cells were found, and %d of one", near, same)
	}
	return errors.Join(err, json.NewEncoder(out).Encode(a))
}

// askChild does a task in a fresh process of this program.
func (b *bench) askChild(ctx context.Context, child string, task, answer any) error {
	said, err := json.Marshal(task)
	if err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe, child, string(said))
	cmd.Stderr = b.progress
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("the child process: %w", err)
	}
	return json.Unmarshal(out, answer)
}
