package main

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	yingbi "yingbi/guest/go"
)

const (
	input  = "by_district"
	output = "standardised"
	digits = 10_000 // means are computed in ten-thousandths of the cost's unit
)

// cell is one row of the input.
type cell struct {
	band         string
	visits, cost int64
	withheld     bool
}

// job reads the table, computes and emits.
func job(j *yingbi.Job) error {
	in, err := j.Input(input)
	if err != nil {
		return err
	}
	districts := map[string][]cell{}
	if err := in.Each(func(f *yingbi.Frame) error { return collect(f, districts) }); err != nil {
		return err
	}
	table, err := standardise(districts)
	if err != nil {
		return err
	}
	j.Log("standardised " + strconv.Itoa(len(districts)) + " districts")
	return j.Emit(output, table)
}

// collect takes the rows of a frame.
func collect(f *yingbi.Frame, districts map[string][]cell) error {
	district, band, visits, cost := f.Column("district"), f.Column("age_band"), f.Column("visits"), f.Column("cost")
	if visits == nil {
		visits = f.Column("people")
	}
	if district == nil || visits == nil || cost == nil || visits.Kind != yingbi.Integer || cost.Ints() == nil && cost.Floats() == nil {
		return errors.New("the input needs district, visits or people (integer) and cost (a number)")
	}
	for i := range f.Rows {
		c := cell{visits: visits.Ints()[i], cost: amount(cost, i)}
		c.withheld = visits.IsNull(i) || cost.IsNull(i) || c.visits <= 0
		if band != nil {
			c.band = strings.Clone(band.Text(i))
		}
		name := strings.Clone(district.Text(i))
		districts[name] = append(districts[name], c)
	}
	return nil
}

// amount gives a cost in units of the column's scale, of a double in cents. The
// unit cancels out.
func amount(c *yingbi.Column, row int) int64 {
	if c.Kind == yingbi.Double {
		return int64(math.Round(c.Floats()[row] * 100))
	}
	return c.Ints()[row]
}

// standardise computes the table, districts in the order of their names.
func standardise(districts map[string][]cell) (*yingbi.Table, error) {
	weights, all, err := totals(districts)
	if err != nil {
		return nil, err
	}
	mean, err := yingbi.MulDiv(all.cost, digits, max(all.visits, 1))
	if err != nil {
		return nil, err
	}
	var t yingbi.Table
	name, index := t.Text("district"), t.Decimal("index", 18, 1)
	for _, district := range slices.Sorted(maps.Keys(districts)) {
		name.Append(district)
		own, err := standardMean(districts[district], weights, all.visits)
		if err != nil {
			return nil, errors.New(district + ": " + err.Error())
		}
		if own < 0 || mean == 0 {
			index.AppendNull()
			continue
		}
		tenths, err := yingbi.MulDiv(own, 1000, mean)
		if err != nil {
			return nil, err
		}
		index.Append(tenths)
	}
	return &t, nil
}

// totals sums what was not withheld, over all districts.
func totals(districts map[string][]cell) (weights map[string]int64, all cell, err error) {
	weights = map[string]int64{}
	for _, cells := range districts {
		for _, c := range cells {
			if c.withheld {
				continue
			}
			weights[c.band] += c.visits
			all.visits += c.visits
			if all.cost, err = yingbi.AddDecimal(all.cost, c.cost); err != nil {
				return nil, all, err
			}
		}
	}
	return weights, all, nil
}

// standardMean gives the standardised mean of one district, −1 when one of its
// cells is withheld: what is left of a district is another population.
func standardMean(cells []cell, weights map[string]int64, all int64) (int64, error) {
	sum := int64(0)
	for _, c := range cells {
		if c.withheld {
			return -1, nil
		}
		mean, err := yingbi.MulDiv(c.cost, digits, c.visits)
		if err != nil {
			return 0, err
		}
		share, err := yingbi.MulDiv(mean, weights[c.band], all)
		if err != nil {
			return 0, err
		}
		sum += share
	}
	return sum, nil
}
