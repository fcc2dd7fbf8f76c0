package egress

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
)

// asked is a plan with one question.
func asked(t testing.TB, rest string) *manifest.PlanAnswer {
	t.Helper()
	m, err := manifest.Parse("job.yaml", []byte("name: n\nscenario: s\nquestion: q\ninputs: {insurance: {dataset: insurance, columns: [status, code]}}\n"+rest))
	if err != nil {
		t.Fatal(err)
	}
	column := manifest.ColumnSchema{Type: coltype.Type{Kind: coltype.Text}, Uses: manifest.UseVerify}
	p, err := m.Check(manifest.Schema{"insurance": {Level: 3, Subjects: []string{"person"}, Columns: map[string]manifest.ColumnSchema{"status": column, "code": column}}})
	if err != nil {
		t.Fatal(err)
	}
	return &p.Answers[0]
}

// census answers a plan's statements with the number of those who are listed, and counts.
func census(p *manifest.PlanAnswer, counts ...[]any) (out []Result) {
	for i, s := range p.Census() {
		m := memory{}
		for _, c := range s.Columns {
			m.columns = append(m.columns, Column{c.Name, c.Type})
		}
		out = append(out, m.with(counts[i]))
	}
	return out
}

const oneQuestion = "parameters: {code: [A, B]}\noutputs: {insured: {kind: answer, unit: person, from: insurance, where: status = 'x', answers: {是: any(code = code2), 否: count() > 1, 无: otherwise}}}\n"

func insured(t testing.TB) *manifest.PlanAnswer {
	return asked(t, strings.NewReplacer("parameters: {code:", "parameters: {code2:").Replace(oneQuestion))
}

// TestQuestionInTheReport holds that small counts are not told, rare answers are warned
// of, and the report reads back.
func TestQuestionInTheReport(t *testing.T) {
	r := judge(t, preset(t, "default"), nil)
	p := insured(t)
	if err := r.AddQuestion(p, census(p, []any{1019}, []any{10, 9}, []any{1, 1018})); err != nil {
		t.Fatal(err)
	}
	q := r.Questions[0]
	if got := fmt.Sprint(q.Census); got != "[{[A] [10 <10 1000]} {[B] [<10 1018 <10]}]" {
		t.Error(got)
	}
	if q.Kind != "person" || q.Where != "status = 'x'" || q.Millibits != 1585 || len(q.Columns) != 2 || q.Columns[0].Level != 3 {
		t.Errorf("%+v", q)
	}
	all := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"rare_answer: fewer than 10 subjects would get the answer “否” of the question insured with code2=A;", "the answer “是” of the question insured with code2=B;", "parameter_list: the question insured compares with the parameter code2 for equality: by 2 calls"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning %q:\n%s", want, all)
		}
	}
	if len(r.Warnings) != 3 || !strings.Contains(strings.Join(r.NotChecked, "\n"), "questions: whether") {
		t.Errorf("%d warnings, and not checked: %v", len(r.Warnings), r.NotChecked)
	}
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseReport(b)
	if err != nil {
		t.Fatal(err)
	}
	if b2, err := again.Encode(); err != nil || !bytes.Equal(b, b2) {
		t.Errorf("%v", err)
	}
}

// TestOneAmongMany warns of an answer that a constant makes for one person, and not of an
// honest question whose last answer is nobody's.
func TestOneAmongMany(t *testing.T) {
	one := asked(t, "outputs: {found: {kind: answer, unit: person, from: insurance, answers: {是: any(code = 'C34.901' and status = '离休'), 否: otherwise}}}\n")
	r := judge(t, preset(t, "default"), nil)
	if err := r.AddQuestion(one, census(one, []any{90_001}, []any{1})); err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "rare_answer") || strings.Contains(fmt.Sprint(r.Questions[0].Census), "1 ") {
		t.Errorf("%v %v", r.Warnings, r.Questions[0].Census)
	}
	r = judge(t, preset(t, "default"), nil)
	if err := r.AddQuestion(one, census(one, []any{90_000}, []any{90_000})); err != nil || len(r.Warnings) != 0 {
		t.Errorf("%v, %v", err, r.Warnings)
	}
	if err := r.AddQuestion(one, census(one, []any{90_003}, []any{90_000})); err != nil || len(r.Warnings) != 1 {
		t.Errorf("three of the last answer: %v, %v", err, r.Warnings)
	}
}

func TestCensusMustFit(t *testing.T) {
	p := insured(t)
	good := census(p, []any{1019}, []any{10, 9}, []any{1, 1018})
	columns := good[2].Columns()
	last := func(r Result) []Result { return []Result{good[0], good[1], r} }
	for name, bad := range map[string][]Result{
		"none": nil, "one missing": good[:2], "nil": last(nil), "no row": last(memory{columns: columns}),
		"two rows": last(memory{columns: columns}.with([]any{1, 2}, []any{1, 2})), "fewer columns": last(memory{columns: columns[:1]}.with([]any{1})),
		"other columns": last(memory{columns: []Column{columns[0], {"x", integer}}}.with([]any{1, 2})),
		"null":          last(memory{columns: columns}.with([]any{1, nil})), "negative": last(memory{columns: columns}.with([]any{1, -1})),
		"more than are listed": last(memory{columns: columns}.with([]any{1000, 20})), "nobody counted": {nil, good[1], good[2]},
	} {
		r := judge(t, preset(t, "default"), nil)
		if err := r.AddQuestion(p, bad); fault.KindOf(err) != fault.Integrity || len(r.Questions) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
