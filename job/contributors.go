package job

import (
	"math"
	"slices"

	"yingbi/egress"
	"yingbi/egress/history"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
)

// kinds of subjects that the plan's tables and models name members of.
func kinds(p *manifest.Plan) []string {
	var out []string
	for i := range p.Models {
		for _, m := range p.Models[i].Members() {
			out = append(out, p.Models[i].Units[m.Unit].Kind)
		}
	}
	for _, t := range p.Tables {
		for _, m := range t.Members {
			out = append(out, t.Units[m.Unit].Kind)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contributors gives who is behind the cells and models that would be published, of one
// kind. Models come last, so that of a cell and a model that are too near it is the model
// that goes.
func (r *run) contributors(kind string, marker *history.Marker, frames map[string]*abi.Frame) (*history.Release, error) {
	w := &history.Writer{}
	for i, t := range r.plan.Tables {
		for _, m := range t.Members {
			if t.Units[m.Unit].Kind != kind {
				continue
			}
			b := behind{table: r.tables[i], unit: m.Unit, marker: marker, w: w, frame: frames[m.Name], plan: m}
			if err := b.read(r.report.Tables[i]); err != nil {
				return nil, err
			}
		}
	}
	if err := r.modelCells(kind, marker, w); err != nil {
		return nil, err
	}
	return w.Release(), nil
}

// behind reads who is behind the cells of a table, for one unit.
type behind struct {
	table  *egress.Table
	unit   int
	marker *history.Marker
	w      *history.Writer
	frame  *abi.Frame
	plan   manifest.MembersStatement
}

func (b *behind) contradicts(why string) error {
	return fault.Errorf(fault.Integrity, "the answers for the table %s do not agree: %s", b.table.Name, why)
}

// read takes the answer in, cell by cell. The evidence has counted the same subjects.
func (b *behind) read(report egress.TableReport) error {
	if b.frame == nil || !slices.EqualFunc(b.frame.Columns, b.plan.Columns, func(c abi.Column, want manifest.Column) bool {
		return c.Name == want.Name && c.Type == want.Type
	}) {
		return b.contradicts("nobody told who is behind its cells")
	}
	members, err := b.byCell()
	if err != nil {
		return err
	}
	for i, rows := range members {
		if int64(len(rows)) != b.table.Cells[i].Evidence[b.unit].Subjects {
			return b.contradicts("evidence and members of a cell differ in number")
		}
		if report.Published != nil && report.Cells[i].Verdict == egress.Publish {
			b.w.Cell(b.table.Name, i, keysOf(&b.table.Cells[i]))
			b.sets(rows)
		}
	}
	return nil
}

// member is a row of the answer behind the ordinal of its subject: they are sorted by it.
type member uint64

func (m member) row() int        { return int(uint32(m)) }
func (m member) subject() uint32 { return uint32(m >> 32) }

// byCell sorts the answer, which is in no order: the engine takes five times as long for
// that as for all else.
func (b *behind) byCell() ([][]member, error) {
	cells, subjects := b.frame.Columns[0].Ints, b.frame.Columns[1].Ints
	size := make([]int, len(b.table.Cells))
	for row, cell := range cells {
		if cell < 0 || cell >= int64(len(size)) {
			return nil, b.contradicts("members of a cell that is not there")
		}
		if subjects[row] < 1 || subjects[row] > math.MaxUint32 {
			return nil, b.contradicts("a subject that is nobody")
		}
		size[cell]++
	}
	all, out := make([]member, len(cells)), make([][]member, len(size))
	for i, n := range size {
		out[i], all = all[:0:n], all[n:]
	}
	for row, cell := range cells {
		out[cell] = append(out[cell], member(subjects[row]<<32|int64(row)))
	}
	for _, rows := range out {
		slices.Sort(rows)
		for i := range rows[min(1, len(rows)):] {
			if rows[i].subject() == rows[i+1].subject() {
				return nil, b.contradicts("a subject stands twice in a cell")
			}
		}
	}
	return out, nil
}

func keysOf(c *egress.Cell) []string {
	out := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		if out[i] = k.Text; k.Mark != "" {
			out[i] = "(" + string(k.Mark) + ")"
		}
	}
	return out
}

// sets writes the sets of the cell whose members these are: which, package history says.
func (b *behind) sets(rows []member) {
	one := func(int) (history.Number, bool) { return history.Number{Int: 1}, true }
	for _, m := range b.table.Measures {
		switch {
		case m.Kind == manifest.Subjects && m.Unit == b.unit:
			b.set(history.Who, m.Name, rows, one)
		case m.Kind == manifest.Count:
			b.set(history.Who, m.Name, rows, one)
			b.set(history.Rows, m.Name, rows, b.number(2))
		}
	}
	for i, c := range b.plan.Columns {
		name := b.table.Measures[c.Index].Name
		switch c.Role {
		case manifest.RoleOthers:
			b.set(history.Others, name, rows, b.number(i))
		case manifest.RoleExtra:
			b.set(history.Value, name, rows, b.number(i))
		case manifest.RoleSum: // behind the number of its values
			b.set(history.Value, name, rows, b.number(i))
			of, sum := b.number(i-1), b.number(i)
			b.set(history.Value, name, rows, func(row int) (history.Number, bool) {
				n, ok := sum(row)
				count, _ := of(row)
				n.Of = count.Int
				return n, ok
			})
		case manifest.RoleHits: // before its misses
			missed := history.Hits
			if b.interval(c.Index) {
				missed = history.Known
			}
			b.known(history.Hits, name, rows, i, func(hits, _ int64) int64 { return hits })
			b.known(missed, name, rows, i, func(_, misses int64) int64 { return misses })
			b.known(history.Known, name, rows, i, func(hits, misses int64) int64 { return hits + misses })
		}
	}
}

// interval reports a measure that is an interval of a survival. Those whom it leaves are
// at risk in the next one, where the others are missing by what it means.
func (b *behind) interval(measure int) bool {
	return slices.ContainsFunc(b.table.Measures, func(m manifest.Measure) bool {
		return m.Kind == manifest.Survival && slices.ContainsFunc(m.Strata, func(s manifest.Stratum) bool { return s.Measure == measure })
	})
}

// known writes the hits, the misses or both of the subjects who have either; of class
// Known, of those alone of whom it is not zero.
func (b *behind) known(class history.Class, name string, rows []member, column int, of func(hits, misses int64) int64) {
	h, m := b.number(column), b.number(column+1)
	b.set(class, name, rows, func(row int) (history.Number, bool) {
		hits, _ := h(row)
		misses, _ := m(row)
		n := of(hits.Int, misses.Int)
		return history.Number{Int: n}, n > 0 || class == history.Hits && hits.Int+misses.Int > 0
	})
}

// number reads a column; a subject without a value contributes nothing.
func (b *behind) number(column int) func(row int) (history.Number, bool) {
	return numbers(&b.frame.Columns[column])
}

func numbers(c *abi.Column) func(row int) (history.Number, bool) {
	return func(row int) (history.Number, bool) {
		if c.IsNull(row) {
			return history.Number{}, false
		}
		if c.Type.Kind == coltype.Double {
			return history.Number{Real: true, Float: c.Floats[row]}, true
		}
		return history.Number{Int: c.Ints[row], Scale: c.Type.Scale}, true
	}
}

func (b *behind) set(class history.Class, name string, rows []member, number func(row int) (history.Number, bool)) {
	writeSet(b.w, b.marker, class, name, rows, number)
}

// writeSet writes one set: those rows that have a number.
func writeSet(w *history.Writer, marker *history.Marker, class history.Class, name string, rows []member, number func(row int) (history.Number, bool)) {
	subjects, marks, parts := make([]uint32, 0, len(rows)), make([]uint32, 0, len(rows)), make([]uint64, 0, len(rows))
	for _, m := range rows {
		if n, ok := number(m.row()); ok {
			subjects, marks, parts = append(subjects, m.subject()), append(marks, marker.Mark(n)), append(parts, marker.Part(m.subject(), n))
		}
	}
	w.Set(class, name, subjects, marks, parts)
}
