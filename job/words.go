package job

import (
	"fmt"

	"yingbi/egress"
)

// inWords says what a preset does, a rule a line, for a certificate.
func inWords(p egress.Preset) []string {
	out := []string{fmt.Sprintf("minimum subjects: at least %d distinct subjects of each kind behind every figure", p.Minimum)}
	for _, d := range p.Dominance {
		out = append(out, fmt.Sprintf("dominance (%d,%d): the largest %d contribute less than %d%%", d.N, d.Percent, d.N, d.Percent))
	}
	return append(out,
		fmt.Sprintf("p%%: the second largest cannot estimate the largest within %d%%", p.P),
		"zero and full cells are withheld",
		fmt.Sprintf("counts up to %d are withheld, others rounded to %d", p.Redact, p.Base),
		fmt.Sprintf("sums, means and shares have %d significant digits", p.Digits),
	)
}
