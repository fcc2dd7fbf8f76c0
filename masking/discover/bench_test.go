package discover_test

import (
	"fmt"
	"testing"

	"yingbi/masking/discover"
)

// BenchmarkAdd looks at columns of different values, so that none was seen before.
func BenchmarkAdd(b *testing.B) {
	const n = 100_000
	for name, values := range map[string][]string{
		"ids": residents(n), "mobiles": mobiles(n), "claims": each(n, func(i int) string { return fmt.Sprint("C", 2024000000000+i) }),
		"costs":   each(n, func(i int) string { return fmt.Sprintf("%d.%02d", i, i%100) }),
		"remarks": each(n, func(i int) string { return fmt.Sprintf("体检正常，第 %d 次建议复查血压", i) }),
		"words":   pick(people20, n),
	} {
		column := texts(values)
		b.Run(name, func(b *testing.B) {
			s := discover.New(detector(), make([]discover.Column, 1))
			s.Add(0, column)
			for b.Loop() {
				s.Add(0, column)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/value")
		})
	}
}
