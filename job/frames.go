package job

import (
	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/release"
	"yingbi/sandbox/abi"
)

// answer lets egress read a frame that a cell sent; it implements egress.Result.
type answer struct{ frame *abi.Frame }

func (a answer) Columns() []egress.Column {
	out := make([]egress.Column, len(a.frame.Columns))
	for i, c := range a.frame.Columns {
		out[i] = egress.Column{Name: c.Name, Type: c.Type}
	}
	return out
}

func (a answer) Rows() int                     { return a.frame.Rows }
func (a answer) Null(column, row int) bool     { return a.frame.Columns[column].IsNull(row) }
func (a answer) Float(column, row int) float64 { return a.frame.Columns[column].Floats[row] }
func (a answer) Text(column, row int) string   { return string(a.frame.Columns[column].TextAt(row)) }

func (a answer) Int(column, row int) int64 {
	c := &a.frame.Columns[column]
	switch c.Type.Kind {
	case coltype.Date:
		return int64(c.Days[row])
	case coltype.Boolean:
		return int64(c.Bools[row])
	}
	return c.Ints[row]
}

// collect brings one declared table together from the answers of the query cell.
func collect(t manifest.PlanTable, frames map[string]*abi.Frame) (*egress.Table, error) {
	find := func(name string) (answer, error) {
		f := frames[name]
		if f == nil {
			return answer{}, fault.Errorf(fault.Integrity, "the query cell did not answer %s", name)
		}
		return answer{f}, nil
	}
	cells, err := find(t.Cells.Name)
	if err != nil {
		return nil, err
	}
	var evidence []egress.Result
	for _, st := range t.Evidence {
		e, err := find(st.Name)
		if err != nil {
			return nil, err
		}
		evidence = append(evidence, e)
	}
	var unmatched []int64
	for _, st := range t.Joins {
		n, err := number(frames[st.Name])
		if err != nil {
			return nil, err
		}
		unmatched = append(unmatched, n)
	}
	return egress.Collect(t, cells, evidence, unmatched)
}

// frameOf turns a finished table into the frame that a module reads.
func frameOf(p *egress.Published) (*abi.Frame, error) {
	vectors, err := p.Vectors()
	if err != nil {
		return nil, err
	}
	f := &abi.Frame{Rows: len(p.Rows)}
	for _, v := range vectors {
		c := abi.Column{Name: v.Name, Type: v.Type, Ints: v.Ints, Floats: v.Floats, Days: v.Days, Bools: v.Bools}
		c.Valid = bitmap(v.Valid)
		if v.Type.Kind == coltype.Text {
			c.Offsets = []uint32{0}
			for _, s := range v.Texts {
				c.Bytes = append(c.Bytes, s...)
				c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
			}
		}
		f.Columns = append(f.Columns, c)
	}
	return f, nil
}

func bitmap(valid []bool) []byte {
	out := make([]byte, (len(valid)+7)/8)
	for i, ok := range valid {
		if ok {
			out[i>>3] |= 1 << (i & 7)
		}
	}
	return out
}

// tablesOf gives the tables as they would leave: what a reviewer approves, and what the
// release holds.
func tablesOf(published []*egress.Published) []release.Table {
	tables := []release.Table{}
	for _, p := range published {
		t := release.Table{Name: p.Name, Class: p.Class, Notes: p.Notes}
		for _, c := range p.Columns {
			t.Columns = append(t.Columns, release.Column{Name: c.Name, Title: c.Title, Type: c.Type})
		}
		for _, row := range p.Rows {
			cells := make([]release.Cell, len(row))
			for i, v := range row {
				cells[i] = release.Cell{Text: v.Text, Null: v.Mark == egress.Missing, Suppressed: v.Mark == egress.Suppressed}
			}
			t.Rows = append(t.Rows, cells)
		}
		tables = append(tables, t)
	}
	return tables
}
