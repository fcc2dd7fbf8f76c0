package author

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/table"
)

// bySubject are the tables of a folder with the rows of one subject together, in the
// same order of subjects in each, and without the column that names it.
type bySubject struct {
	Data
	names  []string          // of the subjects, in the order of first appearance
	number map[string]uint32 // in names
	counts [][]uint32        // of each table, the rows of each subject; of the last subjects they may be missing
}

// place is a row of a table.
type place struct{ subject, batch, row uint32 }

// group makes them by the text that each value of the column is shown as. Rows
// without a value are left out.
func (d *Data) group(ctx context.Context, column string) (*bySubject, error) {
	g := &bySubject{number: map[string]uint32{}}
	if len(d.Tables) == 0 {
		return nil, fault.New(fault.Invalid, "there are no rows to group by subject: give a folder with a table")
	}
	for _, t := range d.Tables {
		switch at := slices.Index(t.Columns, column); {
		case at < 0:
			return nil, fault.Errorf(fault.Invalid, "table %q has no column %q to group its rows by: add it, or take the file out of the folder", t.Name, column)
		case len(t.Columns) == 1:
			return nil, fault.Errorf(fault.Invalid, "table %q has no column but %q, which is not shown to a mapping: add one, or take the file out of the folder", t.Name, column)
		}
	}
	for i, t := range d.Tables {
		if err := g.add(ctx, t, d.files[i], column); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	return g, nil
}

// add groups one table, of which it holds all rows meanwhile.
func (g *bySubject) add(ctx context.Context, t Table, file *os.File, column string) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(name string) bool { return name == column })
	rows, err := table.NewReader(table.Source{ReaderAt: file, Size: info.Size()}, append([]string{column}, t.Columns...))
	if err != nil {
		return err
	}
	batches, order, err := g.read(ctx, rows)
	if err != nil {
		return err
	}
	t.Rows, t.Nobody = int64(len(order)), t.Rows-int64(len(order))
	counts := make([]uint32, len(g.names))
	for _, p := range order {
		counts[p.subject]++
	}
	slices.SortFunc(order, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.batch, b.batch), cmp.Compare(a.row, b.row))
	})
	sealed, err := sandbox.SealedFile(t.Name, func(w io.Writer) error { return writeInOrder(ctx, w, rows.Schema(), batches, order) })
	if err != nil {
		return err
	}
	g.Tables, g.files, g.counts = append(g.Tables, t), append(g.files, sealed), append(g.counts, counts)
	return nil
}

// read gives the rows of a table whose first column names the subject, and where
// those are that have one.
func (g *bySubject) read(ctx context.Context, rows *table.Reader) (batches []arrow.RecordBatch, order []place, err error) {
	for ctx.Err() == nil {
		rec, err := rows.Next()
		if err == io.EOF {
			return batches, order, nil
		}
		if err != nil {
			return nil, nil, err
		}
		f, err := table.ToFrame(rec)
		if err != nil {
			return nil, nil, err
		}
		for row := range f.Rows {
			if key := &f.Columns[0]; !key.IsNull(row) {
				order = append(order, place{g.subject(fmt.Sprint(value(key, row))), uint32(len(batches)), uint32(row)})
			}
		}
		batches = append(batches, rec)
	}
	return nil, nil, ctx.Err()
}

// subject gives the number of a subject.
func (g *bySubject) subject(name string) uint32 {
	n, known := g.number[name]
	if !known {
		n = uint32(len(g.names))
		g.number[name], g.names = n, append(g.names, name)
	}
	return n
}

// writeInOrder writes the rows as they stand in order, without their first column.
func writeInOrder(ctx context.Context, w io.Writer, schema *arrow.Schema, batches []arrow.RecordBatch, order []place) error {
	schema = arrow.NewSchema(schema.Fields()[1:], nil)
	out, err := table.NewWriter(w, schema)
	if err != nil {
		return err
	}
	const piece = 4096 // rows
	for part := range slices.Chunk(order, piece) {
		columns := make([]arrow.Array, schema.NumFields())
		for i := range columns {
			cells := make([]arrow.Array, len(part))
			for n, p := range part {
				cells[n] = array.NewSlice(batches[p.batch].Column(i+1), int64(p.row), int64(p.row)+1)
			}
			if columns[i], err = array.Concatenate(cells, memory.DefaultAllocator); err != nil {
				return fault.Errorf(fault.Limit, "column %q cannot be grouped: %v", schema.Field(i).Name, err)
			}
		}
		if err := cmp.Or(ctx.Err(), out.Write(array.NewRecordBatch(schema, columns, int64(len(part))))); err != nil {
			return err
		}
	}
	return out.Close()
}

// writeCounts writes how many rows each subject has in each table, as a
// abi.MapRequest wants them.
func (g *bySubject) writeCounts(w io.Writer) error {
	b := make([]byte, 0, 4*len(g.names)*len(g.counts))
	for subject := range g.names {
		for _, counts := range g.counts {
			rows := uint32(0)
			if subject < len(counts) {
				rows = counts[subject]
			}
			b = binary.LittleEndian.AppendUint32(b, rows)
		}
	}
	_, err := w.Write(b)
	return err
}
