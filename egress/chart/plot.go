package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// plot is a table as one chart sees it: a grid of figures, groups down and values of
// the axis across.
type plot struct {
	kind           Kind
	title          string
	x, y, group    string // titles of the columns
	xType          coltype.Type
	xs, groups     []string // labels, cleaned; codes and numbers as they stand
	cells          [][]figure
	low, high      float64 // of the figures that are known
	hidden, absent int     // figures that are suppressed; that the table leaves empty
}

// figure is one cell of the grid.
type figure struct {
	state state
	value float64
	text  string // with thousands separated
}

// state is what the table says of a figure. The zero value is a combination that it
// does not list, which is withheld or empty as a suppressed one is.
type state uint8

const (
	suppressed state = iota
	known
	missing // an empty value of a module's own table
)

func newPlot(t *egress.Published, s Spec) (*plot, error) {
	if t == nil || len(t.Rows) == 0 {
		return nil, fault.New(fault.Invalid, "there is no published table to draw")
	}
	x, y, group, err := columns(t, s)
	if err != nil {
		return nil, err
	}
	p := &plot{kind: s.Kind, title: Clean(s.Title, maxTitle), x: heading(t.Columns[x]), y: heading(t.Columns[y]), xType: t.Columns[x].Type}
	if s.Title == "" {
		p.title = Clean(t.Name, maxTitle)
	}
	if group >= 0 {
		p.group = heading(t.Columns[group])
	}
	return p, p.fill(t, x, y, group)
}

func heading(c egress.PublishedColumn) string {
	if c.Title != "" {
		return Clean(c.Title, maxLabel)
	}
	return Clean(c.Name, maxLabel)
}

// columns finds what the Spec names; group is -1 where it names none.
func columns(t *egress.Published, s Spec) (x, y, group int, err error) {
	find := func(what, name string) int {
		i := slices.IndexFunc(t.Columns, func(c egress.PublishedColumn) bool { return c.Name == name })
		if i < 0 && err == nil {
			err = fault.Errorf(fault.NotFound, "%s: the table has no column %q; it has %s", what, Clean(name, maxLabel), columnNames(t))
		}
		return i
	}
	x, y, group = find("x", s.X), find("y", s.Y), -1
	if s.Group != "" {
		group = find("group", s.Group)
	}
	switch {
	case err != nil:
	case x == y || group == x || group == y:
		err = fault.New(fault.Invalid, "x, y and group are three columns, each another")
	case !t.Columns[y].Type.Numeric() || t.Columns[y].Key:
		err = fault.Errorf(fault.Invalid, "y: column %q is no figure", Clean(s.Y, maxLabel))
	case s.Kind == Heat && group < 0:
		err = fault.New(fault.Invalid, "a heat map needs a second key: name it as group")
	case (s.Kind == Tiles || s.Kind == Histogram) && group >= 0:
		err = fault.Errorf(fault.Invalid, "a chart of kind %s has one key; leave group out", s.Kind)
	}
	return x, y, group, err
}

func columnNames(t *egress.Published) string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, Clean(c.Name, maxLabel))
	}
	return Clean(strings.Join(out, ", "), 4*maxTitle)
}

// fill makes the grid. Labels keep the table's order, which is that of its keys.
func (p *plot) fill(t *egress.Published, x, y, group int) error {
	xs, groups := newAxis(), newAxis()
	for _, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fault.New(fault.Invalid, "the table is ragged")
		}
		xs.add(row[x])
		if group >= 0 {
			groups.add(row[group])
		}
	}
	if group < 0 {
		groups.add(egress.Value{})
	}
	if n := len(xs.labels) * len(groups.labels); n > maxPoints {
		return tooMany("figures", n, maxPoints)
	}
	p.xs, p.groups = xs.labels, groups.labels
	p.cells = make([][]figure, len(p.groups))
	for i := range p.cells {
		p.cells[i] = make([]figure, len(p.xs))
	}
	taken := map[[2]int]bool{}
	for _, row := range t.Rows {
		at := [2]int{0, xs.index[row[x]]}
		if group >= 0 {
			at[0] = groups.index[row[group]]
		}
		if taken[at] {
			return fault.New(fault.Invalid, "several rows of the table fall on one place of the chart: name its other key as group, or draw a table with fewer keys")
		}
		taken[at] = true
		f, err := readFigure(row[y])
		if err != nil {
			return err
		}
		p.cells[at[0]][at[1]] = f
	}
	return p.survey()
}

// survey finds the range of the figures and counts those that are none.
func (p *plot) survey() error {
	p.low, p.high = math.Inf(1), math.Inf(-1)
	for _, row := range p.cells {
		for _, f := range row {
			switch f.state {
			case known:
				p.low, p.high = min(p.low, f.value), max(p.high, f.value)
			case suppressed:
				p.hidden++
			case missing:
				p.absent++
			}
		}
	}
	if p.low > p.high {
		return fault.New(fault.Invalid, "every figure is suppressed; there is nothing to draw")
	}
	return nil
}

func readFigure(v egress.Value) (figure, error) {
	switch v.Mark {
	case egress.Suppressed:
		return figure{}, nil
	case egress.Missing:
		return figure{state: missing}, nil
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > maxFigure || f != 0 && math.Abs(f) < 1/maxFigure {
		return figure{}, fault.New(fault.Limit, "a figure of the table is not one that a chart can show")
	}
	return figure{known, f, Separated(v.Text)}, nil
}

// axis collects the values of one key, in the order in which they come.
type axis struct {
	index  map[egress.Value]int
	labels []string
}

func newAxis() *axis { return &axis{index: map[egress.Value]int{}} }

func (a *axis) add(v egress.Value) {
	if _, ok := a.index[v]; ok {
		return
	}
	a.index[v] = len(a.labels)
	label := Clean(v.Text, maxLabel)
	if v.Mark != "" {
		label = "–"
	}
	a.labels = append(a.labels, label)
}

// numbers gives the axis as numbers, days for dates; false where a label is none.
func (p *plot) numbers() ([]float64, bool) {
	out := make([]float64, len(p.xs))
	for i, s := range p.xs {
		switch {
		case p.xType.Kind == coltype.Date:
			d, ok := day(s)
			if !ok {
				return nil, false
			}
			out[i] = d
		case p.xType.Numeric() || yearLike(s):
			f, err := strconv.ParseFloat(s, 64)
			if err != nil || math.Abs(f) > maxFigure {
				return nil, false
			}
			out[i] = f
		default:
			return nil, false
		}
	}
	return out, slices.IsSorted(out)
}
