package job

import (
	"encoding/json"
	"io"

	"yingbi/release"
)

// publish takes what passed every check as what would be released.
func (r *run) publish() {
	for _, t := range r.plan.Tables {
		if p := r.report.Published(t.Name); t.Published && p != nil {
			r.published = append(r.published, p)
		}
	}
	r.published = append(r.published, r.report.Outputs...)
	for _, m := range r.report.Models {
		if m.Published != nil {
			r.published = append(r.published, m.Published)
		}
	}
	for _, a := range r.report.Assertions {
		if a.Published != nil {
			r.published = append(r.published, a.Published)
		}
	}
}

// results are the run's tables and report as they are sealed.
func (r *run) results() (tables, report []byte, err error) {
	leave := tablesOf(r.published)
	r.chart(leave)
	if tables, err = release.EncodeTables(leave, questionsOf(r.plan)...); err != nil {
		return nil, nil, err
	}
	report, err = r.report.Encode()
	return tables, report, err
}

// keep seals what the run made, as one version of the job's compartment.
func (r *run) keep(u Used) error {
	tables, report, err := r.results()
	if err != nil {
		return err
	}
	usedBytes, err := json.Marshal(u)
	if err != nil {
		return err
	}
	objects := map[string]func(io.Writer) error{
		objTables: bytesOf(tables), objReport: bytesOf(report), objRun: bytesOf(usedBytes),
	}
	if r.log != nil {
		objects[objGuestLog] = bytesOf(r.log)
	}
	if err := r.sealContributors(objects); err != nil {
		return err
	}
	return r.home.PutAll(r.ctx, objects)
}
