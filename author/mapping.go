package author

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// itemRecords is the name of the item that the records of a mapping are shown as.
const itemRecords = "records"

// mapping runs a compiled mapping over one subject's rows at a time, each in an
// instance of its own. Without a manifest it has as many fields as any, as wide as they go.
func (c *Checks) mapping(ctx context.Context, t Trial, g *bySubject, code []byte, wall time.Duration) (Run, error) {
	var own []*os.File
	for _, write := range []func(io.Writer) error{bytesOf(t.Module), bytesOf(code), g.writeCounts} {
		f, err := sandbox.SealedFile("mapping", write)
		if err != nil {
			return Run{}, err
		}
		defer f.Close()
		own = append(own, f)
	}
	req := abi.MapRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, CountsFD: abi.InputFD + 2, Views: g.views(len(own)), Batch: 1,
		MaxPages: uint32(min(t.Memory>>16, maxPages)), MaxLog: maxLog, Seed: make([]byte, 32), Now: always(),
	}
	for i := range abi.MaxMapFields {
		req.Fields = append(req.Fields, abi.MapField{Name: fmt.Sprintf("field_%d", i), Min: math.MinInt64, Max: math.MaxInt64})
	}
	taken := &records{req: &req, subjects: len(g.names), failed: make([]byte, 0, len(g.names))}
	// Two instances run at a time.
	log, err := c.cells.Map(ctx, req, append(own, g.files...), sandbox.Limits{Memory: 2*t.Memory + guestHost, Wall: wall, Output: guestOutput}, taken.take)
	v, err := judge(err)
	if err != nil {
		return Run{}, err
	}
	run := t.ended(v)
	run.Tables = append(run.Tables[:0], g.Tables...)
	run.Log = string(bytes.ToValidUTF8(log, []byte("\ufffd")))
	if v.Outcome == OK {
		return run.show([]sandbox.Item{{Name: itemRecords, Frame: taken.frame(t.By, g.names)}}), nil
	}
	return run, nil
}

// records are those of a mapping so far.
type records struct {
	req      *abi.MapRequest
	subjects int
	fields   [abi.MaxMapFields]*abi.Column // nil where no subject has set it
	failed   []byte
}

// take adds the records of the next subjects.
func (r *records) take(f *abi.Frame) error {
	for i, field := range r.req.Fields {
		for row := range f.Rows {
			if !f.Columns[i].IsNull(row) {
				r.set(i, field.Name, len(r.failed)+row, f.Columns[i].Ints[row])
			}
		}
	}
	r.failed = append(r.failed, f.Columns[len(r.req.Fields)].Bools...)
	return nil
}

func (r *records) set(field int, name string, subject int, value int64) {
	c := r.fields[field]
	if c == nil {
		c = &abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Integer}, Ints: make([]int64, r.subjects), Valid: make([]byte, (r.subjects+7)/8)}
		r.fields[field] = c
	}
	c.Ints[subject] = value
	c.Valid[subject/8] |= 1 << (subject % 8)
}

// frame gives the subjects, the fields that somebody set, and who failed.
func (r *records) frame(column string, names []string) *abi.Frame {
	subject := abi.Column{Name: column, Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}
	for _, name := range names {
		subject.Bytes = append(subject.Bytes, name...)
		subject.Offsets = append(subject.Offsets, uint32(len(subject.Bytes)))
	}
	f := &abi.Frame{Rows: r.subjects, Columns: []abi.Column{subject}}
	for _, c := range r.fields {
		if c != nil {
			f.Columns = append(f.Columns, *c)
		}
	}
	f.Columns = append(f.Columns, abi.Column{Name: abi.ColumnFailed, Type: coltype.Type{Kind: coltype.Boolean}, Bools: r.failed})
	return f
}
