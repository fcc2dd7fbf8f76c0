package manifest

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

const insurance = "inputs:\n  insurance: {dataset: insurance, columns: [person, status, paid_until, paid, months, score, employer, branch]}\n"

// question is a manifest with one question over insurance. more stands beside its source.
func questionOf(parameters, more, answers string) string {
	out := head + insurance
	if parameters != "" {
		out += "parameters: " + parameters + "\n"
	}
	return out + "outputs:\n  insured:\n    kind: answer\n    unit: person\n    from: insurance\n" + more + "    answers: " + answers + "\n"
}

// TestQuestion holds what a plan says of a question.
func TestQuestion(t *testing.T) {
	p := plan(t, questionOf("{since: ['2023-01-01', '2024-01-01'], least: [1, 12, 24]}", "    where: status = 'A'\n",
		"{在保: any(paid_until >= since) and count() >= least, 曾参保: count() >= 1, 无记录: otherwise}"))
	if p.Assurance != Verified || p.Guest != nil || p.Module() || len(p.Tables) != 0 || len(p.Answers) != 1 {
		t.Fatalf("%+v", p)
	}
	a := &p.Answers[0]
	if a.Name != "insured" || a.Kind != "person" || !slices.Equal(a.Answers, []string{"在保", "曾参保", "无记录"}) || len(a.When) != 2 || a.When[1] != "count() >= 1" {
		t.Errorf("%+v", a)
	}
	if got := fmt.Sprint(a.Parameters, a.Columns, a.Origin); got != "[{since [2023-01-01 2024-01-01]} {least [1 12 24]}] [{insurance insurance status 3} {insurance insurance paid_until 3}] {[insurance] insurance status = 'A'}" {
		t.Error(got)
	}
	if got := fmt.Sprint(a.Inputs); got != "[{insurance insurance [status paid_until __subject_person]}]" || fmt.Sprint(p.Inputs) != got {
		t.Errorf("%s, and the run reads %v", got, p.Inputs)
	}
	if n := len(a.Census()); n != 7 || len(p.Statements()) != 7 || len(a.Combinations()) != 6 {
		t.Errorf("%d statements of the census", n)
	}
	if a.Listing != nil {
		t.Errorf("%v are gone through", a.Listing)
	}
	lists := plan(t, questionOf("{code: [A, B], year: [2023, 2024], k: [1, 2]}", "", "{\"yes\": any(status = code and months != year) and count() > k, \"no\": otherwise}"))
	if got := lists.Answers[0].Listing; !slices.Equal(got, []string{"code", "year"}) {
		t.Errorf("%v are gone through", got)
	}
	for n, want := range map[int]int64{2: 1000, 3: 1585, 4: 2000, 8: 3000} {
		if got := (&PlanAnswer{Answers: make([]string, n)}).Millibits(); got != want {
			t.Errorf("%d answers tell %d millibits, want %d", n, got, want)
		}
	}
}

// TestQuestionsKeepTheirText holds that canonical text gives the same question: digits in
// quotes stay text.
func TestQuestionsKeepTheirText(t *testing.T) {
	text := questionOf("{code: ['12', '07'], least: [1, -2.50]}", "    join: {branches: branch}\n", "{\"yes\": any(status = code) and sum(paid) > least, \"no\": otherwise}")
	text = strings.Replace(text, "inputs:\n", "inputs:\n  branches: {dataset: branches, columns: [branch]}\n", 1)
	m, err := Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("job.yaml", m.Canonical())
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Canonical())
	}
	if !bytes.Equal(m.Canonical(), again.Canonical()) || !bytes.Contains(m.Canonical(), []byte(`"parameters": {"code": ["12", "07"], "least": [1, -2.5]}`)) {
		t.Errorf("%s\n%s", m.Canonical(), again.Canonical())
	}
}

// TestChoices holds that a value is chosen for each parameter, and for nothing else.
func TestChoices(t *testing.T) {
	p := plan(t, questionOf("{since: ['2023-01-01', '2024-01-01'], least: [1, 2]}", "", "{\"yes\": any(paid_until >= since) and count() >= least, \"no\": otherwise}"))
	a := &p.Answers[0]
	for i, chosen := range a.Combinations() {
		s, err := a.Statement(7, map[string]string{"since": chosen[0], "least": chosen[1]})
		if err != nil {
			t.Fatal(err)
		}
		census := a.Census()[1+i]
		if s.Args[0].Text != chosen[0] || strconv.FormatInt(s.Args[2].Int, 10) != chosen[1] || s.Args[1].Int != 7 || census.Args[0].Text != chosen[0] || strconv.FormatInt(census.Args[1].Int, 10) != chosen[1] {
			t.Errorf("%v: %+v, census %+v", chosen, s.Args, census.Args)
		}
	}
	for _, chosen := range []map[string]string{
		nil, {"since": "2023-01-01"}, {"since": "2023-01-01", "least": "3"}, {"since": "2023-01-02", "least": "1"},
		{"since": "2023-01-01", "least": "1", "x": ""}, {"since": "", "least": "1"}, {"since": "2023-01-01", "least": "01"},
	} {
		if _, err := a.Statement(7, chosen); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", chosen, err)
		}
	}
}

// TestQuestionsRefused holds what no question may be, above all the tricks of an author
// who wants to learn more than its answers.
func TestQuestionsRefused(t *testing.T) {
	answers := func(when string) string { return "{\"yes\": \"" + when + "\", \"no\": otherwise}" }
	ask := func(when string) string { return questionOf("", "", answers(when)) }
	many := func(n int) string {
		var out []string
		for i := range n {
			out = append(out, strconv.Itoa(i))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	for name, c := range map[string]struct{ text, want string }{
		// Who is asked about.
		"an id by itself":        {ask("any(person = 'p1')"), "row per subject"},
		"an id in where":         {questionOf("", "    where: person = 'p1'\n", answers("count() > 0")), "row per subject"},
		"an id through a derive": {strings.Replace(ask("any(who = 'p')"), "outputs:", "derive: {who: \"prefix(person, 3)\"}\noutputs:", 1), "row per subject"},
		"another kind":           {strings.Replace(ask("count() > 1"), "unit: person", "unit: enterprise", 1), "about one enterprise takes rows that name it"},
		"rows of another person": {strings.Replace(questionOf("", "    join: {people: branch}\n", answers("any(alive)")), "inputs:\n", "inputs:\n  people: {dataset: population, columns: [branch, alive]}\n", 1),
			"may be about another person than the one who is asked about"},
		"a code not granted": {strings.Replace(questionOf("", "    join: {branches: [branch, office]}\n", answers("any(region = 'x')")), "inputs:\n", "inputs:\n  branches: {dataset: branches, columns: [office, region]}\n", 1),
			"branches.office joins rows of a question; the scenario grants it for join, and not to verify"},
		"rows of an enterprise": {strings.Replace(questionOf("", "    join: {h: [branch, code]}\n", answers("count() > 0")), "inputs:\n", "inputs:\n  h: {dataset: hospitals, columns: [code]}\n", 1),
			"takes rows that name it, and of other inputs those that are about nobody"},
		"another's rows by a cohort": {strings.Replace(ask("any(exists(insurance.paid_until, -5, 5))"), "outputs:", "cohort: {unit: person, from: insurance, index: paid_until}\noutputs:", 1), "exists is for tables"},
		"what a module made": {strings.Replace(strings.Replace(ask("any(flag = 'a')"), "    from: insurance\n", "    from: made\n", 1), "outputs:", "map: {made: {unit: person, from: [insurance], record: {flag: [a, b]}}}\noutputs:", 1),
			"put to stored rows"},

		// What it reads.
		"a column not granted":  {ask("any(employer = 'x')"), "used here to verify; the scenario grants it for filter"},
		"the same in where":     {questionOf("", "    where: employer = 'x'\n", answers("count() > 0")), "used here to verify"},
		"the same in a derive":  {strings.Replace(ask("any(e = 'x')"), "outputs:", "derive: {e: \"prefix(employer, 1)\"}\noutputs:", 1), "used here to verify"},
		"the same as a sum":     {strings.Replace(ask("sum(cost) > 1"), "dataset: insurance, columns: [person, status, paid_until, paid, months, score, employer, branch]", "dataset: claims, columns: [person, cost]", 1), "used here to verify"},
		"a table of its column": {head + insurance + "tables: {t: {from: insurance, group_by: [status], measures: {n: count()}}}\n", "used here to group; the scenario grants it for verify"},

		// What could fail for some subjects and not for others.
		"a calculation":        {ask("any(months * 1000000000 > 5)"), "does not calculate"},
		"a minus":              {ask("any(-months > 5)"), "does not calculate"},
		"one in a derive":      {strings.Replace(ask("any(x > 5)"), "outputs:", "derive: {x: paid - 1}\noutputs:", 1), "does not calculate"},
		"numbers of a case":    {ask("any(case when months > 1 then paid else 0.123456 end > 5)"), "takes texts, dates and conditions from case"},
		"a sum of doubles":     {ask("sum(score) > 5"), "takes integers and decimals"},
		"more digits than has": {ask("sum(paid) > 0.001"), "has 3 decimals, and sum(paid) has 2"},
		"the same of integers": {ask("sum(months) in [1, 1.5]"), "has 1 decimals"},
		"a sum of a parameter": {questionOf("{k: [1, 2]}", "", answers("sum(k) > 5")), "k is a parameter"},
		"a sum of an expr":     {ask("sum(months + 1) > 5"), "takes one stored column"},

		// What may be chosen.
		"too many values":         {questionOf("{k: "+many(17)+"}", "", answers("count() > k")), "has 17 values"},
		"too many combinations":   {questionOf("{k: "+many(16)+", l: "+many(5)+"}", "", answers("count() > k and count() < l")), "80 combinations"},
		"too many questions":      {questionOf("{k: "+many(16)+", l: "+many(4)+"}", "", answers("count() > k and count() < l")) + "  more: {kind: answer, unit: person, from: insurance, answers: {a: count() > 1, b: otherwise}}\n", "come to more than 64"},
		"five parameters":         {questionOf("{a: [1], b: [1], c: [1], d: [1], e: [1]}", "", answers("count() > a")), "at most 4"},
		"persons as values":       {questionOf("{k: ['11010519491231002X']}", "", answers("any(status = k)")), "identifier"},
		"telephones as values":    {questionOf("{k: [13800138000]}", "", answers("any(months = k)")), "identifier"},
		"values of two types":     {questionOf("{k: [1, a]}", "", answers("count() > k")), "all numbers or all texts"},
		"a value twice":           {questionOf("{k: [1, 01]}", "", answers("count() > k")), "given twice"},
		"a value that is no date": {questionOf("{k: ['2024-01-01', '2024-13-01']}", "", answers("any(paid_until > k)")), "want a date"},
		"a text beside a count":   {questionOf("{k: [a, b]}", "", answers("count() > k")), "compared with numbers"},
		"very many figures":       {ask(strings.Repeat("count() > 1 or ", 32) + "count() > 2"), "more than 32 times"},
		"an unused parameter":     {questionOf("{k: [1]}", "", answers("count() > 1")), "used by no question"},
		"a parameter of a table":  {head + claims + "parameters: {k: [1]}\ntables: {t: {from: claims, where: days > k, measures: {n: count()}}}\n", "no column k"},
		"a parameter in a derive": {strings.Replace(questionOf("{k: [1]}", "", answers("any(x)")), "outputs:", "derive: {x: months > k}\noutputs:", 1), "no column k"},
		"a column's name":         {questionOf("{status: [1]}", "", answers("count() > status")), "already the name"},

		// What is answered.
		"one answer":             {questionOf("", "", "{a: otherwise}"), "has 1 answers"},
		"nine answers":           {questionOf("", "", "{a: count()>1, b: count()>2, c: count()>3, d: count()>4, e: count()>5, f: count()>6, g: count()>7, h: count()>8, j: otherwise}"), "has 9 answers"},
		"no last one":            {questionOf("", "", "{a: count() > 1, b: count() > 2}"), "is otherwise"},
		"otherwise twice":        {questionOf("", "", "{a: otherwise, b: otherwise}"), "is otherwise"},
		"case apart":             {questionOf("", "", "{在保A: count() > 1, 在保a: otherwise}"), "looks like"},
		"a point apart":          {questionOf("", "", "{无记录。: count() > 1, 无记录: otherwise}"), "looks like"},
		"a space apart":          {questionOf("", "", "{无 记录: count() > 1, 无记录: otherwise}"), "looks like"},
		"a zero for an o":        {questionOf("", "", "{NO: count() > 1, N0: otherwise}"), "looks like"},
		"characters that fool":   {questionOf("", "", "{未缴: count() > 1, 末缴: otherwise}"), "looks like"},
		"another script":         {questionOf("", "", "{\"OK\": count() > 1, \"\\u041E\\u041A\": otherwise}"), "looks like"},
		"an invisible sign":      {questionOf("", "", "{\"a\\u200B\": count() > 1, a: otherwise}"), "invisible"},
		"a label that computes":  {questionOf("", "", "{\"=1+1\": count() > 1, a: otherwise}"), "formula"},
		"a label that marks up":  {questionOf("", "", "{\"<b>yes\": count() > 1, a: otherwise}"), "markup"},
		"a person in a label":    {questionOf("", "", "{\"11010519491231002X\": count() > 1, a: otherwise}"), "identifier"},
		"a long label":           {questionOf("", "", "{\""+strings.Repeat("长", 41)+"\": count() > 1, a: otherwise}"), "at most 40"},
		"rows of each":           {ask("status = 'A'"), "an answer holds for"},
		"a measure":              {ask("subjects() > 1"), "an answer holds for"},
		"any of any":             {ask("any(any(months > 1))"), "no function"},
		"a number beside a sum":  {ask("1 < count()"), "an answer holds for"},
		"a column beside a sum":  {ask("sum(months) > months"), "compared with numbers"},
		"something else besides": {questionOf("", "    group_by: [status]\n", answers("count() > 1")), "group_by"},
		"nothing at all":         {head + insurance + "outputs: {}\n", "tables"},
	} {
		m, err := Parse("job.yaml", []byte(c.text))
		if err == nil {
			_, err = m.Check(only(m, city(t)))
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
			continue
		}
		if k := fault.KindOf(err); k != fault.Invalid && k != fault.Denied {
			t.Errorf("%s: kind %v", name, k)
		}
	}
}
