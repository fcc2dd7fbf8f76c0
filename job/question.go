package job

import (
	"yingbi/egress"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/sandbox/abi"
)

// questions takes the questions of the job into its report, with how many subjects would
// get each answer today.
func (r *run) questions(frames map[string]*abi.Frame) error {
	for i := range r.plan.Answers {
		plan := &r.plan.Answers[i]
		var census []egress.Result
		for _, s := range plan.Census() {
			var one egress.Result
			if frames[s.Name] != nil {
				one = answer{frames[s.Name]}
			}
			census = append(census, one)
		}
		if err := r.report.AddQuestion(plan, census); err != nil {
			return err
		}
	}
	return nil
}

// questionsOf are those of a plan as they are released: without the census.
func questionsOf(plan *manifest.Plan) (out []release.Question) {
	for i := range plan.Answers {
		q := &plan.Answers[i]
		one := release.Question{Name: q.Name, Kind: q.Kind, Source: q.Origin.Source, Where: q.Origin.Where, Millibits: int(q.Millibits())}
		for at, text := range q.Answers {
			a := release.Answer{Label: text}
			if at < len(q.When) {
				a.When = q.When[at]
			}
			one.Answers = append(one.Answers, a)
		}
		for _, x := range q.Parameters {
			one.Parameters = append(one.Parameters, release.Parameter(x))
		}
		for _, c := range q.Columns {
			one.Columns = append(one.Columns, c.Dataset+"."+c.Name)
		}
		out = append(out, one)
	}
	return out
}
