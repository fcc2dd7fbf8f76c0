//go:build linux && cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is one run's result.
type Report struct {
	Day     string        `json:"day"`
	Scale   int64         `json:"scale"` // rows
	Machine Machine       `json:"machine"`
	Took    time.Duration `json:"took_ns"`
	Rows    []Row         `json:"rows"`
}

func (r *Report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// text writes the result for a terminal.
func (r *Report) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(header, "\t"))
	for _, row := range r.Rows {
		fmt.Fprintln(t, strings.Join(row.cells(), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, row := range r.Rows {
		fmt.Fprintf(w, "%s: %s, against %s; %s\n", row.Name, row.Ours, row.Baseline, row.Size)
	}
	if r.Scale < fullScale {
		fmt.Fprintf(w, "\nThe reach is for %s: in less, the start of cells and caches weigh more.\n", counted(fullScale, "rows"))
	}
	fmt.Fprintln(w)
	for _, fact := range r.facts() {
		fmt.Fprintf(w, "%s: %s\n", fact[0], fact[1])
	}
	return nil
}

var header = []string{"row", "ours", "baseline", "ratio", "in single turns", "reach", "holds", "judged by", "the other", "runs"}

func (r *Row) cells() []string {
	f := r.Figures
	other := "–"
	if f.Other > 0 {
		other = fmt.Sprintf("%.2f", f.Other)
	}
	return []string{
		r.Name, figure(f.Ours, f.Unit), figure(f.Baseline, f.Unit), fmt.Sprintf("%.2f", f.Ratio), fmt.Sprintf("%.2f–%.2f", f.Low, f.High),
		r.Reach.String(), r.holds(), f.Judged, other, fmt.Sprint(f.Runs),
	}
}

// facts are what the figures depend on.
func (r *Report) facts() [][2]string {
	m := r.Machine
	return [][2]string{
		{"day", r.Day},
		{"scale", counted(r.Scale, "rows")},
		{"processor", fmt.Sprintf("%s, %d cores", m.CPU, m.Cores)},
		{"memory", m.Memory},
		{"kernel", m.Kernel},
		{"Go", m.Go},
		{"DuckDB", m.DuckDB},
		{"C compiler", m.Compiler},
		{"4 KiB and fsync", fmt.Sprintf("%.2f ms", m.Sync)},
		{"load averages (1, 5 minutes)", m.Load},
		{"the run took", r.Took.Round(time.Second).String()},
	}
}

// figure writes a value with three digits.
func figure(v float64, unit string) string {
	switch {
	case unit != "s":
		return fmt.Sprintf("%.0f %s", v, unit)
	case v >= 100:
		return fmt.Sprintf("%.0f s", v)
	case v >= 1:
		return fmt.Sprintf("%.3g s", v)
	case v >= 1e-3:
		return fmt.Sprintf("%.3g ms", v*1e3)
	}
	return fmt.Sprintf("%.3g µs", v*1e6)
}

// counted writes a number of things: 10M rows, 51200 records.
func counted(n int64, things string) string {
	switch {
	case n >= 1_000_000 && n%100_000 == 0:
		return fmt.Sprintf("%gM %s", float64(n)/1e6, things)
	case n >= 10_000 && n%1000 == 0:
		return fmt.Sprintf("%dk %s", n/1000, things)
	}
	return fmt.Sprintf("%d %s", n, things)
}

func bytesOf(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.3g GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
}
