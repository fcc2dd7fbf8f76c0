package main

import (
	"errors"
	"math"
	"strings"

	yingbi "yingbi/guest/go"
)

// district is one row of the input.
type district struct {
	name     string // "" where it is missing: bills without a district are a row too
	visits   int64
	cost     float64
	withheld bool // by disclosure control
}

// job says how dear a visit is in each district, in per cent of the mean of all
// districts. It sees the finished table by_district, and no row of anybody.
func job(j *yingbi.Job) error {
	in, err := j.Input("by_district")
	if err != nil {
		return err
	}
	var all []district
	if err := in.Each(func(f *yingbi.Frame) error {
		all, err = collect(all, f)
		return err
	}); err != nil {
		return err
	}
	return j.Emit("index", indices(all))
}

// collect adds the rows of a frame.
func collect(all []district, f *yingbi.Frame) ([]district, error) {
	name, visits, cost := f.Column("district"), f.Column("visits"), f.Column("cost")
	if name == nil || visits == nil || cost == nil || name.Kind != yingbi.Text || visits.Kind != yingbi.Integer || cost.Kind != yingbi.Double {
		return nil, errors.New("by_district needs district (text), visits (integer) and cost (double)")
	}
	for i := range f.Rows {
		all = append(all, district{
			name: strings.Clone(name.Text(i)), visits: visits.Ints()[i], cost: cost.Floats()[i],
			withheld: visits.IsNull(i) || cost.IsNull(i) || visits.Ints()[i] == 0,
		})
	}
	return all, nil
}

// indices gives for each district (cost / visits) / (all cost / all visits), in
// tenths of a per cent.
func indices(all []district) *yingbi.Table {
	var visits, cost float64
	for _, d := range all {
		if !d.withheld {
			visits += float64(d.visits)
			cost += d.cost
		}
	}
	var t yingbi.Table
	name, index := t.Text("district"), t.Decimal("index", 18, 1)
	for _, d := range all {
		if d.name == "" {
			name.AppendNull()
		} else {
			name.Append(d.name)
		}
		if d.withheld || cost == 0 {
			index.AppendNull()
			continue
		}
		ratio := (d.cost / float64(d.visits)) / (cost / visits)
		index.Append(int64(math.Round(1000 * ratio)))
	}
	return &t
}
