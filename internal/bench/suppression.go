//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"

	"yingbi/egress/suppression"
)

// The table that is protected: counts with totals, some of which are below the
// threshold of the default preset.
const (
	suppressionSide  = 30
	suppressionSmall = 10
	suppressionShare = 20 // one inner cell in so many is small
)

// benchSuppression finds secondary cells for a table of 30 × 30 counts with totals,
// beside one exact audit of the pattern that was found. Both are one thread.
func benchSuppression(ctx context.Context, b *bench) ([]Row, error) {
	p := smallCounts()
	pattern, err := suppression.Protect(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(pattern.Secondary) == 0 {
		return nil, errors.New("the table needs no secondary cell: nothing is measured")
	}
	costs, err := b.contest(ctx, "suppression",
		timed("protect", func(ctx context.Context) error {
			_, err := suppression.Protect(ctx, p)
			return err
		}),
		timed("audit", func(ctx context.Context) error {
			_, err := suppression.Intervals(ctx, p, pattern.Suppressed)
			return err
		}))
	if err != nil {
		return nil, err
	}
	row := Row{
		Name: "suppression", Ours: "find a pattern that hides the small counts of a table with totals, improve it, and audit it",
		Baseline: "the attacker's interval of each suppressed cell, once",
		Size:     fmt.Sprintf("%d × %d, %d primary cells, %d secondary", suppressionSide, suppressionSide, len(p.Primary), len(pattern.Secondary)),
		Reach:    Reach{Time: 5},
	}
	row.compare(costs[0], costs[1], true)
	return []Row{row}, nil
}

// smallCounts makes the table. Each small count could as well be any from 0 to 9.
func smallCounts() suppression.Problem {
	const n = suppressionSide
	side := suppression.Dimension{Size: n + 1, Totals: []suppression.Total{{Code: n}}}
	for i := range n {
		side.Totals[0].Parts = append(side.Totals[0].Parts, i)
	}
	p := suppression.Problem{Equations: suppression.Cross(side, side), Whole: true}
	random, value := rand.New(rand.NewPCG(5, 6)), make([]int64, (n+1)*(n+1))
	for i := range n {
		for j := range n {
			v := suppressionSmall + random.Int64N(1000)
			if random.IntN(suppressionShare) == 0 {
				v = 1 + random.Int64N(suppressionSmall-1)
				p.Primary = append(p.Primary, i*(n+1)+j)
				p.Needs = append(p.Needs, suppression.SmallCount(v, suppressionSmall))
			}
			for _, at := range []int{i*(n+1) + j, i*(n+1) + n, n*(n+1) + j, n*(n+1) + n} {
				value[at] += v
			}
		}
	}
	for _, v := range value {
		p.Values = append(p.Values, big.NewRat(v, 1))
	}
	return p
}
