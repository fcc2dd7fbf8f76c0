package masking

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// dataset is columns by name, each a type and values as ValueStr spells them.
type dataset struct {
	columns []Column
	values  [][]string
}

func (d *dataset) add(t testing.TB, name, typ string, values []string) {
	d.columns, d.values = append(d.columns, Column{Name: name, Type: mustType(t, typ)}), append(d.values, values)
}

// batch gives rows from to until, with ordinals if there is a column of them.
func (d *dataset) batch(t testing.TB, from, until int) arrow.RecordBatch {
	var fields []arrow.Field
	var columns []arrow.Array
	for i, c := range d.columns {
		a := columnOf(t, c.Type, d.values[i][from:until]...)
		fields, columns = append(fields, arrow.Field{Name: c.Name, Type: a.DataType(), Nullable: true}), append(columns, a)
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(until-from))
}

// described gives the columns without those that the domain adds.
func (d *dataset) described() []Column {
	return slices.DeleteFunc(slices.Clone(d.columns), func(c Column) bool { return strings.HasPrefix(c.Name, reservedStart) })
}

// run surveys and masks all rows in batches of so many, the survey's in a random
// order and by several goroutines, and gives the masked values of each column.
func (d *dataset) run(t testing.TB, m *Masker, rows int) (map[string][]string, error) {
	t.Helper()
	n := len(d.values[0])
	var firsts []int
	for first := 0; first < n; first += rows {
		firsts = append(firsts, first)
	}
	if m.Surveys() {
		var all sync.WaitGroup
		errs := make([]error, len(firsts))
		for _, i := range rand.New(rand.NewPCG(uint64(rows), 1)).Perm(len(firsts)) {
			batch := d.batch(t, firsts[i], min(firsts[i]+rows, n))
			all.Go(func() { errs[i] = m.Survey(batch, int64(firsts[i])) })
		}
		all.Wait()
		for _, err := range append(errs, m.Settle(t.Context())) {
			if err != nil {
				return nil, err
			}
		}
	}
	out := map[string][]string{}
	for _, first := range firsts {
		masked, err := m.Apply(d.batch(t, first, min(first+rows, n)), int64(first))
		if err != nil {
			return nil, err
		}
		for i, c := range m.Columns() {
			out[c.Name] = append(out[c.Name], spell(plain(masked.Column(i)))...)
		}
	}
	return out, nil
}

func (d *dataset) masked(t testing.TB, rows int, policy *Policy) map[string][]string {
	t.Helper()
	m, err := policy.Compile(d.described(), secret)
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.run(t, m, rows)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// textbook is MDAV-generic as the paper writes it, over a full matrix of distances.
func textbook(p [][]float64, k int) (groups [][]int) {
	distance := func(a, b []float64) (sum float64) {
		for c := range a {
			sum += (a[c] - b[c]) * (a[c] - b[c])
		}
		return sum
	}
	var left []int
	for i := range p {
		left = append(left, i)
	}
	near := func(to []float64) []int {
		order := slices.Clone(left)
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(distance(p[a], to), distance(p[b], to)) })
		return order
	}
	far := func(from []float64) int {
		order := near(from)
		last := order[len(order)-1]
		for _, i := range order { // of equal ones the first
			if distance(p[i], from) == distance(p[last], from) {
				return i
			}
		}
		return last
	}
	mean := func() []float64 {
		out := make([]float64, len(p[0]))
		for _, i := range left {
			for c, v := range p[i] {
				out[c] += v
			}
		}
		for c := range out {
			out[c] /= float64(len(left))
		}
		return out
	}
	take := func(to []float64) {
		group := near(to)[:k]
		groups = append(groups, group)
		left = slices.DeleteFunc(left, func(i int) bool { return slices.Contains(group, i) })
	}
	for len(left) >= 3*k {
		r := p[far(mean())]
		take(r)
		take(p[far(r)])
	}
	if len(left) >= 2*k {
		take(p[far(mean())])
	}
	if len(left) > 0 {
		groups = append(groups, left)
	}
	return groups
}

func sorted(groups [][]int) string {
	for _, g := range groups {
		slices.Sort(g)
	}
	slices.SortFunc(groups, func(a, b []int) int { return slices.Compare(a, b) })
	return fmt.Sprint(groups)
}

func TestMDAVIsTheTextbooks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, d := range []int{1, 2, 5} {
		for _, k := range []int{2, 3, 7} {
			for _, n := range []int{1, k, 2*k - 1, 2 * k, 3*k - 1, 3 * k, 40, 90} {
				for _, spread := range []int{4, 1000} { // with many ties, and with hardly any
					rows := make([][]float64, n)
					p := points{d: d}
					for i := range rows {
						for range d {
							rows[i] = append(rows[i], float64(random.IntN(spread)))
						}
						p.of = append(p.of, rows[i]...)
					}
					var got [][]int
					mdav(p, k, func(g []int32) {
						var group []int
						for _, i := range g {
							group = append(group, int(i))
						}
						got = append(got, group)
					})
					if got, want := sorted(got), sorted(textbook(rows, k)); got != want {
						t.Fatalf("%d points of %d numbers, k %d: groups %s, want %s", n, d, k, got, want)
					}
				}
			}
		}
	}
}

// On a line the fast form gives the same groups. Where values tie the members may be
// others with the same values.
func TestMDAVOfALine(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, spread := range []int{3, 100_000} {
		for n := range 80 {
			rows, numbers := make([][]float64, n), make([]uint32, n)
			for i := range rows {
				rows[i], numbers[i] = []float64{float64(random.IntN(spread))}, uint32(i)
			}
			var got, want []string
			mdavOfLine(func(i uint32) float64 { return rows[i][0] }, numbers, 4, func(g []uint32) {
				var values []float64
				for _, i := range g {
					values = append(values, rows[i][0])
				}
				slices.Sort(values)
				got = append(got, fmt.Sprint(values))
			})
			for _, g := range textbook(rows, 4) {
				var values []float64
				for _, i := range g {
					values = append(values, rows[i][0])
				}
				slices.Sort(values)
				want = append(want, fmt.Sprint(values))
			}
			slices.Sort(got)
			slices.Sort(want)
			if n > 0 && !slices.Equal(got, want) {
				t.Fatalf("%d values: groups %v, want %v", n, got, want)
			}
		}
	}
}

// body is people with a weight and a height that go together, some unknown.
func body(t testing.TB, n int) *dataset {
	random := rand.New(rand.NewPCG(5, 6))
	var weight, height, birth, district []string
	for range n {
		h := 150 + 30*random.Float64()
		w := fmt.Sprintf("%.2f", h-100+20*random.Float64())
		if random.IntN(20) == 0 {
			w = null
		}
		weight, height = append(weight, w), append(height, fmt.Sprint(int(h*10)))
		birth = append(birth, fmt.Sprintf("19%02d-%02d-%02d", 40+random.IntN(50), 1+random.IntN(12), 1+random.IntN(28)))
		district = append(district, fmt.Sprintf("53%02d%02d", random.IntN(4), random.IntN(9)))
	}
	d := &dataset{}
	d.add(t, "weight", "decimal(6,2)", weight)
	d.add(t, "height", "integer", height)
	d.add(t, "birth", "date", birth)
	d.add(t, "district", "text", district)
	return d
}

func TestMicroaggregateSharesEachValue(t *testing.T) {
	d := body(t, 7000) // several blocks
	policy := policyOf(t, "weight: {rule: microaggregate, k: 5, group: body}", "height: {rule: microaggregate, k: 5, group: body}",
		"birth: {rule: microaggregate, k: 3, centroid: median}")
	out := d.masked(t, 1000, policy)
	together, alone, births := map[string]int{}, map[string]int{}, map[string]int{}
	for i, w := range out["weight"] {
		if (w == null) != (d.values[0][i] == null) {
			t.Fatalf("row %d: %s became %s", i, d.values[0][i], w)
		}
		if w == null {
			alone[out["height"][i]]++
		} else {
			together[w+"|"+out["height"][i]]++
		}
		births[out["birth"][i]]++
	}
	for _, counts := range []struct {
		of    map[string]int
		least int
	}{{together, 5}, {alone, 5}, {births, 3}} {
		for v, n := range counts.of {
			if n < counts.least {
				t.Errorf("%s is shared by %d rows, want %d", v, n, counts.least)
			}
		}
	}
	if len(together) < 1000 || len(births) < 800 {
		t.Errorf("%d and %d groups: too coarse", len(together), len(births))
	}
	for v := range births { // a median is somebody's
		if !slices.Contains(d.values[2], v) {
			t.Errorf("nobody was born on %s", v)
		}
	}
}

// The total of a column is kept but for rounding, as groups are replaced by means.
func TestMicroaggregateKeepsMeans(t *testing.T) {
	d := body(t, 3000)
	out := d.masked(t, 700, policyOf(t, "height: {rule: microaggregate, k: 4}"))
	before, after := 0, 0
	for i := range out["height"] {
		var a, b int
		fmt.Sscan(d.values[1][i], &a)
		fmt.Sscan(out["height"][i], &b)
		before, after = before+a, after+b
	}
	if off := math.Abs(float64(before - after)); off > 1500 || off == 0 {
		t.Errorf("the sum %d became %d", before, after)
	}
}

func TestMicroaggregateEdges(t *testing.T) {
	for _, c := range []struct{ rule, typ, in, out string }{
		{"{rule: microaggregate, k: 3}", "integer", "1 2", "(null) (null)"},                       // too few for a group
		{"{rule: microaggregate, k: 2}", "integer", "1 2 (null)", "2 2 (null)"},                   // half goes up
		{"{rule: microaggregate, k: 2}", "integer", "-1 -2", "-2 -2"},                             // away from zero
		{"{rule: microaggregate, k: 2, centroid: median}", "integer", "4 7 (null)", "4 4 (null)"}, // the lower
		{"{rule: microaggregate, k: 2}", "integer", "9223372036854775807 9223372036854775807", "9223372036854775807 9223372036854775807"},
		{"{rule: microaggregate, k: 2}", "integer", "-9223372036854775808 -9223372036854775808", "-9223372036854775808 -9223372036854775808"},
		{"{rule: microaggregate, k: 2}", "decimal(5,2)", "1.00 1.01 9.99 9.97", "1.01 1.01 9.98 9.98"},
		{"{rule: microaggregate, k: 2}", "double", "NaN 1 2 +Inf", "(null) 1.5 1.5 (null)"},
		{"{rule: microaggregate, k: 2}", "double", "1e308 1.5e308", "1.25e+308 1.25e+308"},
		{"{rule: microaggregate, k: 2}", "date", "2020-01-01 2020-01-03 2024-01-01 2024-01-02", "2020-01-02 2020-01-02 2024-01-02 2024-01-02"},
	} {
		d := &dataset{}
		d.add(t, "c", c.typ, strings.Fields(c.in))
		if got := strings.Join(d.masked(t, 2, policyOf(t, "c: "+c.rule))["c"], " "); got != c.out {
			t.Errorf("%s of %s: %s became %s, want %s", c.rule, c.typ, c.in, got, c.out)
		}
	}
}

func TestShuffleKeepsTheMultiset(t *testing.T) {
	d := body(t, 2500)
	policy := policyOf(t, "weight: shuffle", "district: shuffle", "birth: shuffle", "height: shuffle")
	out := d.masked(t, 333, policy)
	for i, c := range d.columns {
		got, want := slices.Clone(out[c.Name]), spell(columnOf(t, c.Type, d.values[i]...))
		same := 0
		for row := range got {
			if got[row] == want[row] {
				same++
			}
		}
		if c.Name == "birth" && same > 20 {
			t.Errorf("%d of %d values of %s stay where they are", same, len(got), c.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("column %s has other values than before", c.Name)
		}
	}
	m, err := policy.Compile(d.columns, []byte("the secret of another scenario"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.run(t, m, 333)
	if err != nil {
		t.Fatal(err)
	}
	for name := range out {
		if slices.Equal(out[name], other[name]) {
			t.Errorf("column %s is shuffled alike in two scenarios", name)
		}
	}
}

// Every place is as likely as any other: 4 rows, 4,000 keys, each pair 1,000 times.
func TestShuffleIsFair(t *testing.T) {
	d := &dataset{}
	d.add(t, "c", "integer", []string{"0", "1", "2", "3"})
	policy := policyOf(t, "c: shuffle")
	var seen [4][4]int
	for key := range 4000 {
		m, err := policy.Compile(d.columns, []byte(fmt.Sprintf("the secret of scenario %d", key)))
		if err != nil {
			t.Fatal(err)
		}
		if err := firstError(m.Survey(d.batch(t, 0, 4), 0), m.Settle(t.Context())); err != nil {
			t.Fatal(err)
		}
		for i, v := range spell(m.survey.filled[0].rows(0, 4)) {
			seen[i][v[0]-'0']++
		}
	}
	for i, row := range seen {
		for v, n := range row {
			if n < 850 || n > 1150 { // five standard deviations are 137
				t.Errorf("value %d came to row %d %d times of 4,000", v, i, n)
			}
		}
	}
}

func TestShuffleWithin(t *testing.T) {
	d := body(t, 2000)
	rules := []string{"district: {rule: prefix, length: 4}", "birth: {rule: shuffle, within: district}"}
	out := d.masked(t, 171, policyOf(t, rules...))
	before, after := map[string][]string{}, map[string][]string{}
	for i, district := range out["district"] {
		before[district] = append(before[district], d.values[2][i])
		after[district] = append(after[district], out["birth"][i])
	}
	if len(after) != 4 {
		t.Fatalf("%d districts", len(after))
	}
	for district := range after {
		if slices.Equal(before[district], after[district]) {
			t.Errorf("district %s is not shuffled", district)
		}
		slices.Sort(before[district])
		slices.Sort(after[district])
		if !slices.Equal(before[district], after[district]) {
			t.Errorf("district %s has other values than before", district)
		}
	}
	// Without the district nobody sees strata, and values move over all rows.
	m, err := policyOf(t, rules...).Compile(d.columns, secret)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = m.Only([]string{"birth"}); err != nil {
		t.Fatal(err)
	}
	all, err := d.run(t, m, 500)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(all["birth"], out["birth"]) {
		t.Error("strata that are not granted hold")
	}
}

func TestWholeRulesDoNotDependOnBatches(t *testing.T) {
	d := body(t, 5000)
	policy := policyOf(t, "weight: {rule: microaggregate, k: 5, group: g}", "height: {rule: microaggregate, k: 5, group: g}",
		"birth: {rule: shuffle, within: district}", "district: {rule: prefix, length: 5}")
	want := d.masked(t, 5000, policy)
	for _, rows := range []int{1, 77, 2048, 4999} {
		got := d.masked(t, rows, policy)
		for name := range want {
			if !slices.Equal(got[name], want[name]) {
				t.Errorf("column %s differs in batches of %d rows", name, rows)
			}
		}
	}
}

func TestSurveyIsComplete(t *testing.T) {
	d := body(t, 100)
	for name, use := range map[string]func(m *Masker) error{
		"no survey": func(m *Masker) error { return nil },
		"a gap":     func(m *Masker) error { return firstError(m.Survey(d.batch(t, 50, 100), 50), m.Settle(t.Context())) },
		"rows twice": func(m *Masker) error {
			return firstError(m.Survey(d.batch(t, 0, 100), 0), m.Survey(d.batch(t, 0, 50), 0), m.Settle(t.Context()))
		},
		"rows missing": func(m *Masker) error { return firstError(m.Survey(d.batch(t, 0, 50), 0), m.Settle(t.Context())) },
	} {
		m, err := policyOf(t, "birth: shuffle").Compile(d.columns, secret)
		if err != nil {
			t.Fatal(err)
		}
		err = use(m)
		if err == nil {
			_, err = m.Apply(d.batch(t, 50, 100), 50)
		}
		if err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestWholeRulesRefuse(t *testing.T) {
	columns := []Column{
		{Name: "id", Type: coltype.Type{Kind: coltype.Text}, Subject: "person"}, {Name: "a", Type: coltype.Type{Kind: coltype.Integer}},
		{Name: "b", Type: coltype.Type{Kind: coltype.Double}}, {Name: "s", Type: coltype.Type{Kind: coltype.Text}},
	}
	for rules, want := range map[string]string{
		"a: {rule: microaggregate, k: 1}":                                "2 or more",
		"a: {rule: microaggregate, k: 3, centroid: mode}":                "mean or median",
		"s: {rule: microaggregate, k: 3}":                                "needs an integer",
		"id: shuffle":                                                    "identifies a subject",
		"a: {rule: shuffle, within: nowhere}":                            "no column",
		"a: {rule: shuffle, within: a}":                                  "nothing to shuffle",
		"a: {rule: shuffle, within: b}; b: {rule: microaggregate, k: 3}": "itself",
		"a: {rule: microaggregate, k: 3, group: g}; b: {rule: microaggregate, k: 4, group: g}":                   "same k",
		"a: {rule: microaggregate, k: 3, group: g}; b: {rule: microaggregate, k: 3, group: g, centroid: median}": "same k",
	} {
		var lines []string
		for _, r := range strings.Split(rules, "; ") {
			lines = append(lines, "  "+r)
		}
		p, err := ParsePolicy("p.yaml", []byte("id: p\nname: test\nversion: 1\ndataset: d\ncolumns:\n"+strings.Join(lines, "\n")+"\n"))
		if err == nil {
			err = p.Check(columns)
		}
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "p.yaml:") {
			t.Errorf("%s: %v, want %q", rules, err, want)
		}
	}
}
