package anonymity

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"yingbi/internal/fault"
)

// Codes of over 64 bits take several words, and change nothing.
func TestWideKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	narrow, wide := &oracle{sensitive: randomTree(r, 4, 2)}, &oracle{}
	wide.sensitive = narrow.sensitive
	for range 8 {
		tree := randomTree(r, 3, 2)
		narrow.trees = append(narrow.trees, tree)
		for i := range 600 { // values that do not occur
			tree = append(tree, []string{fmt.Sprint("unused", i), "*"})
		}
		wide.trees = append(wide.trees, tree)
	}
	for range 300 {
		var row []string
		for _, tree := range append(slices.Clone(narrow.trees), narrow.sensitive) {
			row = append(row, tree[int(float64(len(tree))*r.Float64()*r.Float64())][0])
		}
		narrow.rows = append(narrow.rows, row)
	}
	wide.rows = narrow.rows
	a, b := narrow.table(t), wide.table(t)
	if words := newLayout(b.quasi).words; words < 2 {
		t.Fatalf("%d word: the test looks at nothing", words)
	}
	for _, spec := range []Spec{
		{Models{K: 4}, 0.2, Discernibility}, {Models{K: 3, Entropy: 1.9}, 0.1, Entropy}, {Models{AverageRisk: 0.1}, 0.05, AverageClassSize},
	} {
		x, y := search(t, a, spec), search(t, b, spec)
		if !x.Feasible || x.Loss != y.Loss || !slices.Equal(x.Levels, y.Levels) {
			t.Errorf("%+v: %+v and %+v", spec, x, y)
		}
	}
}

// The order of the rows decides nothing but which of equally small classes go.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	o := randomOracle(r)
	spec := Spec{Models{K: 3, Distinct: 2}, 0.3, Loss}
	want := search(t, o.table(t), spec)
	for range 5 {
		r.Shuffle(len(o.rows), func(i, j int) { o.rows[i], o.rows[j] = o.rows[j], o.rows[i] })
		if got := search(t, o.table(t), spec); got.Feasible != want.Feasible || got.Loss != want.Loss || !slices.Equal(got.Levels, want.Levels) {
			t.Errorf("%+v, before %+v", got, want)
		}
	}
}

// A stricter model, or less suppression, never loses less.
func TestStricterLosesMore(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 4))
	for range 10 {
		table := randomOracle(r).table(t)
		for metric := Loss; metric <= MonotoneEntropy; metric++ {
			last := -1.0
			for k := 1; k <= 6; k++ {
				got := search(t, table, Spec{Models{K: k}, 0.3, metric})
				if strict := search(t, table, Spec{Models{K: k}, 0, metric}); !got.Feasible || strict.Feasible && strict.Loss < got.Loss-1e-9 {
					t.Fatalf("k %d: %+v without and %+v with suppression", k, strict, got)
				}
				if monotone := metric == Loss || metric == MonotoneDiscernibility || metric == MonotoneEntropy; monotone && got.Loss < last-1e-9 {
					t.Fatalf("metric %d, k %d: loss %v after %v", metric, k, got.Loss, last)
				}
				last = got.Loss
			}
		}
	}
}

// Each row that is kept stands in a class that meets the models, and no other is.
func TestRowsOfARelease(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 20 {
		o := randomOracle(r)
		table, spec := o.table(t), Spec{Models{K: 3, Distinct: 2}, 1, Loss}
		levels := search(t, table, Spec{spec.Models, 0.3, Loss}).Levels
		if levels == nil {
			continue
		}
		release := must(table.Release(levels, spec))(t)
		kept := int64(0)
		for _, class := range o.group(levels) {
			for _, row := range class {
				var codes []uint32
				for i, a := range table.quasi {
					code := must(a.Hierarchy.Code(o.rows[row][i]))(t)
					if shown := a.Hierarchy.Value(code, levels[i]); shown != o.show(i, o.rows[row][i], levels[i]) {
						t.Fatalf("%q at level %d", shown, levels[i])
					}
					codes = append(codes, code)
				}
				if release.Kept(codes) != o.meets(spec.Models, class) {
					t.Fatalf("a row of a class of %d is kept: %v", len(class), release.Kept(codes))
				}
				if release.Kept(codes) {
					kept++
				}
			}
		}
		if kept != release.Rows || release.Rows+release.Suppressed != table.Rows() {
			t.Fatalf("%d rows kept, %d and %d said", kept, release.Rows, release.Suppressed)
		}
	}
}

func TestWhatIsNotKnownIsNotKept(t *testing.T) {
	h := must(Prefixes(1))(t)
	table := must(NewTable([]Attribute{{"a", h}}, nil))(t)
	if err := table.Add([]uint32{must(h.Code("xy"))(t)}, nil, 5); err != nil {
		t.Fatal(err)
	}
	release := must(table.Release([]int{0}, Spec{Models: Models{K: 2}}))(t)
	later := must(h.Code("zz"))(t)
	if !release.Kept([]uint32{0}) || release.Kept([]uint32{later}) || release.Kept([]uint32{99}) || release.Kept(nil) {
		t.Error("a row that was not counted is kept")
	}
}

func TestRefusals(t *testing.T) {
	h := must(NewHierarchy([][]string{{"a", "*"}, {"b", "*"}}))(t)
	table := must(NewTable([]Attribute{{"q", h}}, []Attribute{{"s", Plain()}}))(t)
	full := must(NewTable([]Attribute{{"q", h}}, nil))(t)
	if err := full.Add([]uint32{1}, nil, 3); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		table *Table
		spec  Spec
	}{
		"no model":            {full, Spec{}},
		"no row":              {table, Spec{Models: Models{K: 2}}},
		"a limit above 1":     {full, Spec{Models: Models{K: 2}, SuppressionLimit: 1.1}},
		"no sensitive column": {full, Spec{Models: Models{Distinct: 2}}},
		"no tree":             {table, Spec{Models: Models{Distance: HierarchicalDistance, T: 0.1}}},
		"no c":                {table, Spec{Models: Models{Recursive: 2}}},
		"no distance":         {table, Spec{Models: Models{T: 0.2}}},
		"a risk above 1":      {full, Spec{Models: Models{AverageRisk: 2}}},
		"entropy below 1":     {table, Spec{Models: Models{Entropy: 0.5}}},
		"no metric":           {full, Spec{Models: Models{K: 2}, Metric: 99}},
	} {
		if _, err := Search(context.Background(), c.table, c.spec); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if full.Add([]uint32{2}, nil, 1) == nil || full.Add(nil, nil, 1) == nil || full.Add([]uint32{0}, nil, 0) == nil || full.Rows() != 3 {
		t.Error("a tuple that is none was counted")
	}
	if _, err := NewTable([]Attribute{{"q", h}}, []Attribute{{"q", h}}); err == nil {
		t.Error("a column has two roles")
	}
	if _, err := full.Release([]int{2}, Spec{}); err == nil {
		t.Error("a level that is none")
	}
}

func TestSearchStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	table := randomOracle(rand.New(rand.NewPCG(1, 1))).table(t)
	if _, err := Search(ctx, table, Spec{Models: Models{K: 2}, SuppressionLimit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
