package egress

import (
	"fmt"
	"strconv"
	"strings"

	"yingbi/internal/fault"
	"yingbi/manifest"
)

// Question is what might be asked of one subject at a time, once it is released. It is
// for reviewers: the census counts who would get which answer today.
type Question struct {
	Name       string                     `json:"name"`
	Kind       string                     `json:"kind"` // of the subject
	Source     string                     `json:"source"`
	Where      string                     `json:"where,omitempty"`
	Answers    []string                   `json:"answers"`
	When       []string                   `json:"when"` // of all answers but the last
	Parameters []manifest.ParameterValues `json:"parameters,omitempty"`
	Columns    []manifest.AnswerColumn    `json:"columns,omitempty"`
	Millibits  int64                      `json:"millibits"` // of one call
	Census     []Census                   `json:"census"`
}

// Census counts subjects by their answer, for one value of each parameter.
type Census struct {
	Chosen   []string `json:"chosen,omitempty"`
	Subjects []string `json:"subjects"` // of each answer; such as "<10" where they are fewer than the minimum
}

// questionsNotChecked is so of a job with a question.
const questionsNotChecked = "questions: whether those who may ask need the answer for what they do; what answers about one subject tell together, and beside the tables of this job"

// AddQuestion takes a question into the report, with the answers of its census.
func (r *Report) AddQuestion(plan *manifest.PlanAnswer, census []Result) error {
	q := Question{
		Name: plan.Name, Kind: plan.Kind, Source: plan.Origin.Source, Where: plan.Origin.Where, Answers: plan.Answers, When: plan.When,
		Parameters: plan.Parameters, Columns: plan.Columns, Millibits: plan.Millibits(),
	}
	rare := make([][]string, len(plan.Answers)) // of each answer, what was chosen where few get it
	for i, chosen := range plan.Combinations() {
		counts, err := tallyOf(plan, census, i)
		if err != nil {
			return err
		}
		one := Census{Chosen: chosen}
		for at, n := range counts {
			text := strconv.FormatInt(n, 10)
			if n < r.Preset.Minimum {
				text = fmt.Sprintf("<%d", r.Preset.Minimum)
				if last := at == len(counts)-1; !last || n > 0 { // whom nobody lists get the last one, too
					rare[at] = append(rare[at], q.Chosen(one))
				}
			}
			one.Subjects = append(one.Subjects, text)
		}
		q.Census = append(q.Census, one)
	}
	if len(r.Questions) == 0 {
		r.NotChecked = append(r.NotChecked, questionsNotChecked)
	}
	r.Questions = append(r.Questions, q)
	r.Warnings = append(append(r.Warnings, q.rare(rare, r.Preset.Minimum)...), q.listing(plan.Listing)...)
	return nil
}

// tallyOf gives the subjects of each answer, of one combination of parameters.
func tallyOf(plan *manifest.PlanAnswer, census []Result, combination int) ([]int64, error) {
	statements := plan.Census()
	bad := fault.Errorf(fault.Integrity, "the census of the question %s is not what was asked for", plan.Name)
	if len(census) != len(statements) {
		return nil, bad
	}
	listed, ok := oneRow(statements[0], census[0])
	counts, ok2 := oneRow(statements[1+combination], census[1+combination])
	if !ok || !ok2 {
		return nil, bad
	}
	others := listed[0]
	for _, n := range counts {
		others -= n
	}
	if others < 0 {
		return nil, bad
	}
	return append(counts, others), nil
}

// oneRow reads a row of counts.
func oneRow(s manifest.Statement, r Result) (out []int64, ok bool) {
	if r == nil || r.Rows() != 1 || len(r.Columns()) != len(s.Columns) {
		return nil, false
	}
	for at, c := range r.Columns() {
		if c != (Column{s.Columns[at].Name, s.Columns[at].Type}) || r.Null(at, 0) || r.Int(at, 0) < 0 {
			return nil, false
		}
		out = append(out, r.Int(at, 0))
	}
	return out, true
}

// Chosen writes what was chosen for the parameters, or nothing where there are none.
func (q *Question) Chosen(c Census) string {
	var out []string
	for i, x := range q.Parameters {
		out = append(out, x.Name+"="+c.Chosen[i])
	}
	return strings.Join(out, " ")
}

// rare warns of answers that fewer subjects than the minimum would get: they may be made
// for one person, by a constant or a parameter.
func (q *Question) rare(few [][]string, minimum int64) (out []string) {
	for at, chosen := range few {
		if len(chosen) == 0 {
			continue
		}
		with, mit := "", ""
		if chosen[0] != "" {
			with, mit = fmt.Sprintf(" with %s", chosen[0]), fmt.Sprintf("（%s）", chosen[0])
			if more := len(chosen) - 1; more > 0 {
				with, mit = fmt.Sprintf("%s and %d other choices", with, more), fmt.Sprintf("（%s 等 %d 种参数）", chosen[0], more+1)
			}
		}
		out = append(out, fmt.Sprintf("rare_answer: fewer than %d subjects would get the answer “%s” of the question %s%s; it may be made to find one of them · 少见答案：问题 %s%s中得到“%s”的主体不足 %d 个，可能为锁定其中某一个而设",
			minimum, q.Answers[at], q.Name, with, q.Name, mit, q.Answers[at], minimum))
	}
	return out
}

// listing warns of parameters by which a caller goes through the values of a column.
func (q *Question) listing(names []string) (out []string) {
	for _, x := range q.Parameters {
		for _, name := range names {
			if name == x.Name && len(x.Values) > 1 {
				out = append(out, fmt.Sprintf("parameter_list: the question %s compares with the parameter %s for equality: by %d calls somebody learns which of its values a subject has, as far as the bits of that subject last · 参数枚举：问题 %s 以参数 %s 作相等比较：调用 %d 次即可得知主体取其中哪个值（以该主体的比特预算为限）",
					q.Name, x.Name, len(x.Values), q.Name, x.Name, len(x.Values)))
			}
		}
	}
	return out
}
