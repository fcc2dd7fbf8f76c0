package cell

import (
	"io"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// parquet inspects a file that says its columns itself. Its nulls are those of
// the first rows of the first row group.
func (r *report) parquet(in *io.SectionReader) (err error) {
	defer func() {
		if recover() != nil {
			err = errParquet
		}
	}()
	f, err := openParquet(in)
	if err != nil {
		return err
	}
	r.Format, r.header = abi.FormatParquet, true
	columns := f.MetaData().Schema
	r.columns, r.types = make([]guess, columns.NumColumns()), make([]coltype.Type, columns.NumColumns())
	for i := range r.columns {
		c := columns.Column(i)
		r.names = append(r.names, c.Path())
		r.columns[i], r.types[i] = newGuess(), typeOf(c)
		if r.types[i].Valid() && f.NumRowGroups() > 0 {
			if err := r.parquetColumn(f, in, i); err != nil {
				return err
			}
		}
	}
	r.complete = f.NumRows() == r.rows
	return nil
}

// typeOf is the declared type that holds all values of a column; none if it is
// nested or holds something else.
func typeOf(c *schema.Column) coltype.Type {
	s := sourceOf(c)
	kind := map[meaning]coltype.Kind{
		meansInteger: coltype.Integer, meansUnsigned: coltype.Integer, meansDecimal: coltype.Decimal, meansDate: coltype.Date,
		meansTime: coltype.Timestamp, meansBoolean: coltype.Boolean, meansFloat: coltype.Double, meansText: coltype.Text,
	}[s.meaning]
	t := coltype.Type{Kind: kind}
	if kind == coltype.Decimal {
		t.Precision, t.Scale = coltype.MaxPrecision, uint8(min(s.scale, coltype.MaxPrecision))
	}
	if !t.Valid() || c.MaxRepetitionLevel() > 0 || c.MaxDefinitionLevel() > 1 || newChunk(c, t) == nil {
		return coltype.Type{}
	}
	return t
}

// parquetColumn counts the nulls of one column.
func (r *report) parquetColumn(f *file.Reader, in *io.SectionReader, index int) error {
	c := parquetColumn{index: index, chunk: newChunk(f.MetaData().Schema.Column(index), r.types[index])}
	if err := checkGroup(f, in, 0, []parquetColumn{c}); err != nil {
		return err
	}
	pages, err := f.RowGroup(0).Column(index)
	if err != nil || !c.open(pages) {
		return errParquet
	}
	rows, err := c.load(loadRows)
	if err != nil || index > 0 && r.rows > 0 && int64(rows) != r.rows {
		return errParquet
	}
	t, err := newTarget(abi.IngestColumn{Type: r.types[index]}, 1)
	if err != nil {
		return err
	}
	r.rows = int64(rows)
	g := &r.columns[index]
	for range rows {
		t.undo(0)
		switch why := c.put(&t, 0); {
		case t.Valid[0]&1 == 0:
			g.missing++
		case why == "" && t.Type.Kind == coltype.Text:
			g.null(t.Bytes)
		}
	}
	return nil
}
