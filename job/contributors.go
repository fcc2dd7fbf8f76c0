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

// kinds of subjects that the plan's tables name members of.
func kinds(p *manifest.Plan) []string {
	var out []string
	for _, t := range p.Tables {
		for _, m := range t.Members {
			out = append(out, t.Units[m.Unit].Kind)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contributors gives who is behind the cells that would be published, of one kind.
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
	cells, subjects := b.frame.Columns[0].Ints, b.frame.Columns[1].Ints
	from := 0
	for i := range b.table.Cells {
		to := from
		for ; to < b.frame.Rows && cells[to] == int64(i); to++ {
			if subjects[to] < 1 || subjects[to] > math.MaxUint32 || to > from && subjects[to] <= subjects[to-1] {
				return b.contradicts("the subjects of a cell are in no order")
			}
		}
		if int64(to-from) != b.table.Cells[i].Evidence[b.unit].Subjects {
			return b.contradicts("evidence and members of a cell differ in number")
		}
		if report.Published != nil && report.Cells[i].Verdict == egress.Publish {
			b.w.Cell(b.table.Name, i, keysOf(&b.table.Cells[i]))
			b.sets(from, to)
		}
		from = to
	}
	if from != b.frame.Rows {
		return b.contradicts("members of a cell that is not there")
	}
	return nil
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

// sets writes the sets of the cell whose rows these are: which, package history says.
func (b *behind) sets(from, to int) {
	one := func(int) (history.Number, bool) { return history.Number{Int: 1}, true }
	for _, m := range b.table.Measures {
		switch {
		case m.Kind == manifest.Subjects && m.Unit == b.unit:
			b.set(history.Who, m.Name, from, to, one)
		case m.Kind == manifest.Count:
			b.set(history.Who, m.Name, from, to, one)
			b.set(history.Rows, m.Name, from, to, b.number(2))
		}
	}
	for i, c := range b.plan.Columns {
		name := b.table.Measures[c.Index].Name
		switch c.Role {
		case manifest.RoleOthers:
			b.set(history.Others, name, from, to, b.number(i))
		case manifest.RoleSum: // behind the number of its values
			b.set(history.Value, name, from, to, b.number(i))
			of, sum := b.number(i-1), b.number(i)
			b.set(history.Value, name, from, to, func(row int) (history.Number, bool) {
				n, ok := sum(row)
				count, _ := of(row)
				n.Of = count.Int
				return n, ok
			})
		case manifest.RoleHits: // and its misses
			b.known(name, from, to, i, i)
		case manifest.RoleMisses:
			b.known(name, from, to, i, i-1)
		}
	}
}

// known writes the hits or misses of the subjects who have either.
func (b *behind) known(name string, from, to, column, hits int) {
	n, h, f := b.number(column), b.number(hits), b.number(hits+1)
	b.set(history.Value, name, from, to, func(row int) (history.Number, bool) {
		x, _ := h(row)
		y, _ := f(row)
		out, _ := n(row)
		return out, x.Int+y.Int > 0
	})
}

// number reads a column; a subject without a value contributes nothing.
func (b *behind) number(column int) func(row int) (history.Number, bool) {
	c := &b.frame.Columns[column]
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

func (b *behind) set(class history.Class, name string, from, to int, number func(row int) (history.Number, bool)) {
	subjects, marks := make([]uint32, 0, to-from), make([]uint32, 0, to-from)
	for row := from; row < to; row++ {
		if n, ok := number(row); ok {
			subjects, marks = append(subjects, uint32(b.frame.Columns[1].Ints[row])), append(marks, b.marker.Mark(n))
		}
	}
	b.w.Set(class, name, subjects, marks)
}
