package anonymity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestInside holds what is measured inside classes against rows and words.
func TestInside(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	measured := 0
	for range 60 {
		o := randomOracle(r)
		table := o.table(t)
		levels := make([]int, len(o.trees))
		for i, tree := range o.trees {
			levels[i] = r.IntN(len(tree[0]))
		}
		for _, m := range []Models{{K: 2}, {Distinct: 2}, {K: 3, Distance: EqualDistance, T: 0.5}, {Distance: HierarchicalDistance, T: 0.9, Distinct: 1}} {
			got := must(table.Release(levels, Spec{Models: m}))(t)
			want := o.inside(m, levels)
			if !m.ofSensitive() {
				want = Inside{}
			}
			if got.Inside.Distinct != want.Distinct || math.Abs(got.Inside.Entropy-want.Entropy) > 1e-9 || math.Abs(got.Inside.Distance-want.Distance) > 1e-9 {
				t.Fatalf("%+v at %v: %+v, want %+v", m, levels, got.Inside, want)
			}
			if want != (Inside{}) {
				measured++
			}
		}
	}
	if measured < 100 {
		t.Errorf("only %d releases kept a class", measured)
	}
}

// inside measures the classes that meet the models.
func (o *oracle) inside(m Models, levels []int) (out Inside) {
	for _, rows := range o.group(levels) {
		if !o.meets(m, rows) {
			continue
		}
		counts, entropy := o.counts(rows), 0.0
		for _, n := range counts {
			entropy -= n / float64(len(rows)) * math.Log(n/float64(len(rows)))
		}
		if first := out.Distinct == 0; first {
			out.Distinct, out.Entropy = len(counts), math.Exp(entropy)
		}
		out.Distinct, out.Entropy = min(out.Distinct, len(counts)), min(out.Entropy, math.Exp(entropy))
		if m.Distance > 0 {
			out.Distance = max(out.Distance, o.emd(m.Distance, rows))
		}
	}
	return out
}
