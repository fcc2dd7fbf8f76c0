//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"strings"
)

// Row is one line of the result: ours against a baseline.
type Row struct {
	Name     string  `json:"name"`
	Ours     string  `json:"ours"`     // what was done
	Baseline string  `json:"baseline"` // and against what
	Size     string  `json:"size"`
	Figures  Figures `json:"figures"`
	Reach    Reach   `json:"reach,omitzero"` // zero: for information
	Holds    *bool   `json:"holds,omitempty"`
}

// Figures are the medians of the runs and their ratio.
type Figures struct {
	Unit     string  `json:"unit"`     // of Ours and Baseline: "s" or "MiB"
	Judged   string  `json:"judged"`   // by the clock, the processor or the memory
	Runs     int     `json:"runs"`     // of each side
	Ours     float64 `json:"ours"`     // median
	Baseline float64 `json:"baseline"` // median
	Ratio    float64 `json:"ratio"`    // of the medians; the larger the better where Reach has Least
	Low      float64 `json:"low"`      // the smallest and the largest ratio of one turn
	High     float64 `json:"high"`
	Other    float64 `json:"other,omitempty"` // the ratio by what did not judge: the processor for the clock, the clock for the processor
}

// Reach is what a row is to reach. Least is for ratios of speed, Most for ratios of
// time or memory.
type Reach struct {
	Least float64 `json:"least,omitempty"`
	Most  float64 `json:"most,omitempty"`
	Peak  float64 `json:"peak,omitempty"` // MiB that ours may take besides
	Time  float64 `json:"time,omitempty"` // seconds that ours may take
}

func atLeast(ratio float64) Reach { return Reach{Least: ratio} }
func atMost(ratio float64) Reach  { return Reach{Most: ratio} }

func (r Reach) String() string {
	var parts []string
	if r.Least > 0 {
		parts = append(parts, fmt.Sprintf("≥ %.2f", r.Least))
	}
	if r.Most > 0 {
		parts = append(parts, fmt.Sprintf("≤ %.2f", r.Most))
	}
	if r.Peak > 0 {
		parts = append(parts, fmt.Sprintf("≤ %.0f MiB", r.Peak))
	}
	if r.Time > 0 {
		parts = append(parts, "≤ "+figure(r.Time, "s"))
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// judge holds the figures against the reach.
func (r *Row) judge() {
	if r.Reach == (Reach{}) {
		return
	}
	f := r.Figures
	holds := f.Ratio >= r.Reach.Least && (r.Reach.Most == 0 || f.Ratio <= r.Reach.Most) && (r.Reach.Peak == 0 || f.Ours <= r.Reach.Peak) && (r.Reach.Time == 0 || f.Ours <= r.Reach.Time)
	r.Holds = &holds
}

func (r *Row) holds() string {
	switch {
	case r.Holds == nil:
		return "–"
	case *r.Holds:
		return "yes"
	}
	return "NO"
}

// compare fills the figures of a row from the costs of both sides, which were taken
// in turn. What runs on one thread is judged by the processor, else by the clock.
func (r *Row) compare(ours, baseline []cost, oneThread bool) {
	of, other := clockOf, processorOf
	r.Figures = Figures{Unit: "s", Judged: "clock", Runs: len(ours)}
	if oneThread {
		of, other = processorOf, clockOf
		r.Figures.Judged = "processor"
	}
	f := &r.Figures
	f.Ours, f.Baseline = median(each(ours, of)), median(each(baseline, of))
	f.Ratio = r.ratio(f.Ours, f.Baseline)
	f.Other = r.ratio(median(each(ours, other)), median(each(baseline, other)))
	turns := make([]float64, len(ours))
	for i := range ours {
		turns[i] = r.ratio(of(ours[i]), of(baseline[i]))
	}
	f.Low, f.High = slices.Min(turns), slices.Max(turns)
	r.judge()
}

// ratio is of speed where the reach is one, else of time.
func (r *Row) ratio(ours, baseline float64) float64 {
	if r.Reach.Least > 0 {
		return baseline / ours
	}
	return ours / baseline
}
