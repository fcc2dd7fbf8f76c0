//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// rulesSide is of a table of 10,000 cells.
const rulesSide = 100

// benchRules puts a table of people, visits, their cost and its mean through all rules on
// single tables.
func benchRules(ctx context.Context, b *bench) ([]Row, error) {
	t := ruledTable(rand.New(rand.NewPCG(9, 10)))
	p, err := egress.PresetByName("default")
	if err != nil {
		return nil, err
	}
	failing := 0
	costs, err := b.contest(ctx, "rules",
		timed("all rules", func(context.Context) error {
			failing = 0
			for _, findings := range p.Findings(t) {
				failing += min(1, len(findings))
			}
			return nil
		}),
		timed("one rule", func(context.Context) error {
			small := 0
			for _, c := range t.Cells {
				if c.Evidence[0].Subjects < p.Minimum {
					small++
				}
			}
			if small == 0 || small > failing {
				return errors.New("the rules withhold fewer cells than have too few people")
			}
			return nil
		}))
	if err != nil {
		return nil, err
	}
	row := Row{
		Name: "rules", Ours: "all rules on single tables", Baseline: "the minimum of subjects alone",
		Size: fmt.Sprintf("%d cells of 4 measures, %d of which fail", len(t.Cells), failing), Reach: Reach{Time: 0.2},
	}
	row.compare(costs[0], costs[1], true)
	return []Row{row}, nil
}

// ruledTable is a table by two keys. One cell in twenty is small, in one in ten one
// person has nearly all of the cost.
func ruledTable(random *rand.Rand) *egress.Table {
	text, yuan := coltype.Type{Kind: coltype.Text}, coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}
	t := &egress.Table{
		Name: "t", Keys: []manifest.Key{{Name: "a", Type: text}, {Name: "b", Type: text}},
		Measures: []manifest.Measure{
			{Name: "people", Kind: manifest.Subjects}, {Name: "visits", Kind: manifest.Count},
			{Name: "cost", Kind: manifest.Sum, Type: yuan}, {Name: "mean", Kind: manifest.Mean, Type: yuan},
		},
		Units: []manifest.Unit{{Kind: "person", Input: "claims"}},
	}
	for i := range rulesSide * rulesSide {
		people := 12 + random.Int64N(900)
		if random.IntN(20) == 0 {
			people = 1 + random.Int64N(9)
		}
		visits, first := people+random.Int64N(2*people), 20_000+random.Int64N(10_000)
		if random.IntN(10) == 0 {
			first *= 10_000
		}
		second := 1 + random.Int64N(20_000)
		total := first + second + people*(1+random.Int64N(9000))
		sum := egress.Scaled(total, 2)
		cost := egress.Part{With: people, Nonzero: people, First: egress.Scaled(first, 2), Second: egress.Scaled(second, 2), Total: sum}
		came := egress.Part{First: egress.Scaled(3, 0), Second: egress.Scaled(2, 0), Total: egress.Scaled(visits, 0)}
		t.Cells = append(t.Cells, egress.Cell{
			Keys: []egress.Value{{Text: strconv.Itoa(i / rulesSide)}, {Text: strconv.Itoa(i % rulesSide)}}, Rows: visits,
			Figures:  []egress.Figure{{Distinct: people}, {}, {Count: visits, Sum: sum}, {Count: visits, Sum: sum}},
			Evidence: []egress.Evidence{{Subjects: people, Parts: []egress.Part{{}, came, cost, cost}}},
		})
	}
	return t
}
