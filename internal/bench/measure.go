//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"
)

// cost is what a piece of work took, in seconds.
type cost struct {
	Clock     float64
	Processor float64 // of this process and of the children that it reaped meanwhile
}

// side does one side's work once and tells what it took. What it prepares before
// and removes after does not count.
type side struct {
	name string
	work func(context.Context) (cost, error)
}

// timed is a side of which everything counts.
func timed(name string, f func(context.Context) error) side {
	return side{name, func(ctx context.Context) (cost, error) {
		return measure(func() error { return f(ctx) })
	}}
}

// measure tells what f took.
func measure(f func() error) (cost, error) {
	used, start := processorTime(), time.Now()
	err := f()
	return cost{time.Since(start).Seconds(), processorTime() - used}, err
}

// processorTime is what this process and its reaped children have used so far, in
// seconds.
func processorTime() float64 {
	sum := 0.0
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			panic(err) // neither argument can be wrong
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	}
	return sum
}

// A contest takes fewTurns where one turn of all sides takes longer than longTurn.
const (
	fewTurns = 3
	longTurn = 75 * time.Second
)

// contest has the sides do their work in turn, and gives what each took.
func (b *bench) contest(ctx context.Context, topic string, sides ...side) ([][]cost, error) {
	costs := make([][]cost, len(sides))
	runs := b.Turns
	for turn := 1; turn <= runs; turn++ {
		start := time.Now()
		for i, s := range sides {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c, err := s.work(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", topic, s.name, err)
			}
			costs[i] = append(costs[i], c)
			b.say("%s %d/%d: %s %.3f s, processor %.3f s", topic, turn, runs, s.name, c.Clock, c.Processor)
		}
		if turn == 1 && time.Since(start) > longTurn {
			runs = min(runs, fewTurns)
		}
	}
	return costs, b.profile(ctx, topic, sides)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func clockOf(c cost) float64     { return c.Clock }
func processorOf(c cost) float64 { return c.Processor }

func each(costs []cost, of func(cost) float64) []float64 {
	out := make([]float64, len(costs))
	for i, c := range costs {
		out[i] = of(c)
	}
	return out
}
