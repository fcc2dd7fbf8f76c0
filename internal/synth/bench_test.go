package synth

import (
	"context"
	"runtime"
	"testing"
)

// BenchmarkRows makes chunks without writing them: what one core does.
func BenchmarkRows(b *testing.B) {
	c, err := newCity(1, maxPeople)
	if err != nil {
		b.Fatal(err)
	}
	k := &chunk{city: c}
	var rows, bytes int64
	for first := 0; b.Loop(); first = (first + chunkPeople) % (maxPeople / chunkPeople * chunkPeople) {
		k.make(first, first+chunkPeople)
		rows += k.tally.rows[population] + k.tally.rows[claims] + k.tally.rows[electricity]
		for _, f := range k.files {
			bytes += int64(len(f))
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(bytes)/float64(rows), "B/row")
}

// BenchmarkWrite makes a city of 200,000 people on all cores.
func BenchmarkWrite(b *testing.B) {
	dir := b.TempDir()
	rows := 0
	for b.Loop() {
		truth, err := Write(context.Background(), Config{People: 200_000, Seed: 1, Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		rows += truth.Rows[PopulationFile] + truth.Rows[ClaimsFile] + truth.Rows[ElectricityFile]
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "cores")
}
