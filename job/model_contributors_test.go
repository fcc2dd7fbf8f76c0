package job

import (
	"slices"
	"testing"

	"yingbi/egress/history"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// parts is what one subject contributes to a linear model of cost by a 0/1 term a and
// days: rows, cost and rows, cost where a is 0 and where it is 1, and days.
type parts [7]int64

// fitOf compiles that model.
func fitOf(t *testing.T) (manifest.PlanModel, manifest.ModelMembers) {
	t.Helper()
	m, err := manifest.Parse("job.yaml", []byte("name: n\nscenario: s\nquestion: q\ninputs:\n  claims: {dataset: claims, columns: [a, days, cost]}\n"+
		"outputs:\n  fit: {kind: model, from: claims, family: linear, response: cost, terms: [a, days]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	column := func(kind coltype.Kind) manifest.ColumnSchema {
		return manifest.ColumnSchema{Type: coltype.Type{Kind: kind}, Uses: manifest.UseFilter | manifest.UseMeasure | manifest.UseRow}
	}
	plan, err := m.Check(manifest.Schema{"claims": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{
		"a": column(coltype.Boolean), "days": column(coltype.Integer), "cost": column(coltype.Integer),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return plan.Models[0], plan.Models[0].Members()[0]
}

// fitFrame answers its statement of members: 60 people, of whom some rows are changed.
// One in three has a row at either side of a, the others two at one.
func fitFrame(m manifest.ModelMembers, change func(person int, p *parts) (keep bool)) *abi.Frame {
	f := &abi.Frame{Columns: make([]abi.Column, len(m.Columns))}
	for i, c := range m.Columns {
		f.Columns[i] = abi.Column{Name: c.Name, Type: c.Type}
	}
	for i := range 60 {
		cost := int64(100 + 7*i)
		p := [3]parts{{2, 2 * cost, 1, cost, 1, cost, 9}, {2, 2 * cost, 2, 2 * cost, 0, 0, 8}, {2, 2 * cost, 0, 0, 2, 2 * cost, 7}}[i%3]
		if !change(i, &p) {
			continue
		}
		for j, v := range append([]int64{int64(60 - i)}, p[:]...) { // in no order
			f.Columns[j].Ints = append(f.Columns[j].Ints, v)
		}
		f.Rows++
	}
	return f
}

func same(int, *parts) bool { return true }

// TestWhoIsBehindAModel: two models differ by the subject who is behind one alone, or whose
// rows, responses, numbers or sides of a term are others.
func TestWhoIsBehindAModel(t *testing.T) {
	p, m := fitOf(t)
	release := func(change func(int, *parts) bool) *history.Release {
		f := fitFrame(m, change)
		w := &history.Writer{}
		fit := fit{name: p.Name, plan: m, family: p.Family, frame: f, marker: history.NewMarker(make([]byte, 32)), w: w}
		if err := fit.write(int64(f.Rows)); err != nil {
			t.Fatal(err)
		}
		return w.Release()
	}
	earlier := release(same)
	earlier.ID = "earlier"
	for name, c := range map[string]struct {
		n      int
		figure string
		change func(int, *parts) bool
	}{
		"nothing":                   {0, "", same},
		"one gone":                  {1, "subjects", func(i int, _ *parts) bool { return i != 7 }},
		"ten gone, seven of a side": {7, "rows where not a", func(i int, _ *parts) bool { return i >= 10 }},
		"ten gone of each side":     {0, "", func(i int, _ *parts) bool { return i >= 15 }},
		"one row":                   {1, "rows", func(i int, p *parts) bool { p[0] += int64(max(0, 1-i)); p[2] += int64(max(0, 1-i)); return true }},
		"one bill":                  {1, "cost", func(i int, p *parts) bool { p[1] += int64(max(0, 1-i)); p[3] += int64(max(0, 1-i)); return true }},
		"one number":                {1, "days", func(i int, p *parts) bool { p[6] += int64(max(0, 1-i)); return true }},
		"two changed": {2, "cost where not a", func(i int, p *parts) bool {
			if i == 1 || i == 4 { // a row goes to the other side
				p[2], p[3], p[4], p[5] = 1, p[3]/2, 1, p[3]/2
			}
			return true
		}},
	} {
		v, err := history.Audit(t.Context(), history.Config{K: 10}, release(c.change), []*history.Release{earlier})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Withhold) != min(1, c.n) || len(v.Pairs) != min(1, c.n) || c.n > 0 && (v.Pairs[0].Difference != c.n || v.Pairs[0].New.Figure != c.figure) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestOfACellAndAModelTheModelGoes, in one job, however many cells are near it.
func TestOfACellAndAModelTheModelGoes(t *testing.T) {
	p, m := fitOf(t)
	w, marker := &history.Writer{}, history.NewMarker(make([]byte, 32))
	for n := range 2 { // all but one person
		var subjects, marks []uint32
		for s := uint32(1); s <= 59; s++ {
			subjects, marks = append(subjects, s), append(marks, marker.Mark(history.Number{Int: 1}))
		}
		w.Cell("t", n, []string{})
		w.Set(history.Who, "people", subjects, marks, nil)
	}
	fit := fit{name: p.Name, plan: m, family: p.Family, frame: fitFrame(m, same), marker: marker, w: w}
	if err := fit.write(60); err != nil {
		t.Fatal(err)
	}
	v, err := history.Audit(t.Context(), history.Config{K: 10}, w.Release(), nil)
	if err != nil || !slices.Equal(v.Withhold, []int{2}) {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestMembersOfAModelAgree refuses an answer that contradicts the evidence.
func TestMembersOfAModelAgree(t *testing.T) {
	p, m := fitOf(t)
	for name, change := range map[string]func(*abi.Frame) *abi.Frame{
		"none":      func(*abi.Frame) *abi.Frame { return nil },
		"fewer":     func(f *abi.Frame) *abi.Frame { f.Rows--; return f },
		"another":   func(f *abi.Frame) *abi.Frame { f.Columns[1].Name = "x"; return f },
		"nobody":    func(f *abi.Frame) *abi.Frame { f.Columns[0].Ints[3] = 0; return f },
		"too far":   func(f *abi.Frame) *abi.Frame { f.Columns[0].Ints[3] = 1 << 33; return f },
		"one twice": func(f *abi.Frame) *abi.Frame { f.Columns[0].Ints[3] = f.Columns[0].Ints[9]; return f },
	} {
		fit := fit{name: p.Name, plan: m, family: p.Family, frame: change(fitFrame(m, same)), marker: history.NewMarker(make([]byte, 32)), w: &history.Writer{}}
		if err := fit.write(60); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := kinds(&manifest.Plan{Models: []manifest.PlanModel{p}}); !slices.Equal(names, []string{"person"}) {
		t.Errorf("%q", names)
	}
}
