package job

import (
	"math"
	"slices"

	"yingbi/egress"
	"yingbi/egress/history"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// fit is who is behind a model, for one unit. To the audit it is one cell, since nothing
// of a model leaves without the rest. Its subjects and rows are published, so that they
// are sets as of a table's counts. What its score equations add up, whoever knows the
// terms can work out of its coefficients: the rows and responses on either side of a 0/1
// term, which a model of such terms alone would be a table of, and the sums of numbers.
type fit struct {
	name   string
	plan   manifest.ModelMembers
	family string
	frame  *abi.Frame
	rows   []member // by their subjects
	marker *history.Marker
	w      *history.Writer
}

func (f *fit) contradicts() error {
	return fault.Errorf(fault.Integrity, "the answers for the model %s do not agree: it has other subjects by name than in number", f.name)
}

// modelCells writes those of the models that would be published, of one kind.
func (r *run) modelCells(kind string, marker *history.Marker, w *history.Writer) error {
	for i := range r.plan.Models {
		p := &r.plan.Models[i]
		for _, m := range p.Members() {
			judged := r.report.Model(p.Name)
			if p.Units[m.Unit].Kind != kind || judged == nil || judged.Verdict != egress.Publish {
				continue
			}
			f := fit{name: p.Name, plan: m, family: p.Family, frame: r.fitted[m.Name], marker: marker, w: w}
			if err := f.write(judged.Subjects[m.Unit]); err != nil {
				return err
			}
		}
	}
	return nil
}

// write takes the answer in.
func (f *fit) write(subjects int64) error {
	if f.frame == nil || int64(f.frame.Rows) != subjects || !slices.EqualFunc(f.frame.Columns, f.plan.Columns, func(c abi.Column, want manifest.Column) bool {
		return c.Name == want.Name && c.Type == want.Type
	}) {
		return f.contradicts()
	}
	for row, s := range f.frame.Columns[0].Ints {
		if s < 1 || s > math.MaxUint32 {
			return f.contradicts()
		}
		f.rows = append(f.rows, member(s<<32|int64(row)))
	}
	slices.Sort(f.rows)
	for i := range f.rows[min(1, len(f.rows)):] {
		if f.rows[i].subject() == f.rows[i+1].subject() {
			return f.contradicts()
		}
	}
	f.w.Cell(f.name, 0, []string{})
	f.set(history.Who, f.plan.Figures[0], func(int) (history.Number, bool) { return history.Number{Int: 1}, true })
	for i, c := range f.plan.Columns {
		f.column(i, c, f.plan.Figures[i])
	}
	return nil
}

// column writes the sets of one sum. Those of a group begin with its rows.
func (f *fit) column(i int, c manifest.Column, figure string) {
	number := numbers(&f.frame.Columns[i])
	rows, value := history.Rows, history.Value
	if c.Role != manifest.RoleExtra && c.Index > 0 { // one side of a term
		rows = history.Known
		if c.Index%2 == 1 { // that where it is 0
			rows, value = history.Rest, history.Rest
		}
	}
	switch c.Role {
	case manifest.RoleRows:
		f.set(rows, figure, func(row int) (history.Number, bool) {
			n, _ := number(row)
			return n, n.Int > 0
		})
	case manifest.RoleHits:
		if value == history.Value {
			value = history.Hits
		}
		all := f.frame.Columns[i-1].Ints
		f.set(value, figure, func(row int) (history.Number, bool) {
			n, _ := number(row)
			return n, all[row] > 0
		})
		if f.family != manifest.Cox { // where nobody is left over in the end
			f.set(history.Rest, figure, func(row int) (history.Number, bool) {
				n, _ := number(row)
				n.Int = all[row] - n.Int
				return n, all[row] > 0
			})
		}
	case manifest.RoleSum, manifest.RoleExtra:
		f.set(value, figure, number)
	}
}

func (f *fit) set(class history.Class, figure string, number func(row int) (history.Number, bool)) {
	writeSet(f.w, f.marker, class, figure, f.rows, number)
}
