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
		"tables of the same rows: no withheld figure follows from published ones closer than its rule allows",
		fmt.Sprintf("earlier releases: no figure differs from another, of this job or of earlier ones, by fewer than %d subjects and what they contribute", p.Minimum),
		"texts beside figures: no numbers of persons, formulas, HTML, or characters that are invisible or mistaken for others",
		fmt.Sprintf("counts up to %d are withheld, others rounded to %d", p.Redact, p.Base),
		fmt.Sprintf("sums, means and shares have %d significant digits", p.Digits),
	)
}
