package cell

import (
	"io"
	"math"

	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"

	"yingbi/sandbox/abi"
)

// An uploaded Parquet file is read page by page to the last byte of each
// declared column, and what it says of itself must agree with what was found.
// Columns that nobody declared are not opened. The declared columns of one row
// group are in memory as they are stored: the library's way to read less gives
// bytes of an earlier page at the end of a column (bufferedReader.Peek of v18.5.1).

// loadRows is how many rows of each column are decoded at a time.
const loadRows = 8192

var errParquet = abi.Failure{Code: abi.FailFormat}

// ingestParquet reads a Parquet file into out. The library panics on some
// malformed files; that is a failure of the format like any other.
func ingestParquet(req *abi.IngestRequest, in *io.SectionReader, out *answers) (err error) {
	defer func() {
		if recover() != nil {
			err = errParquet
		}
	}()
	f, err := openParquet(in)
	if err != nil {
		return err
	}
	columns, err := parquetColumns(req, f)
	if err != nil {
		return err
	}
	b, err := newBatch(req, out)
	if err != nil {
		return err
	}
	defer b.out.stop()
	for i := range f.NumRowGroups() {
		if err := readGroup(b, f, in, i, columns); err != nil {
			return err
		}
	}
	if b.seen != f.NumRows() {
		return errParquet
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = c.index
	}
	return b.finish(extra(f.MetaData().Schema.NumColumns(), at))
}

// openParquet reads what a file says of itself.
func openParquet(in *io.SectionReader) (*file.Reader, error) {
	if err := checkFooter(in); err != nil {
		return nil, err
	}
	f, err := file.NewParquetReader(in)
	if err != nil {
		return nil, errParquet
	}
	if f.MetaData().Schema.NumColumns() > abi.MaxColumns {
		return nil, abi.Failure{Code: abi.FailTooWide}
	}
	return f, nil
}

// parquetColumn is a declared column and where the file has it.
type parquetColumn struct {
	index int
	chunk
}

// parquetColumns finds the declared columns among the file's. A nested column
// goes by the path of its leaf and cannot be declared.
func parquetColumns(req *abi.IngestRequest, f *file.Reader) ([]parquetColumn, error) {
	schema := f.MetaData().Schema
	names := make([]string, schema.NumColumns())
	for i := range names {
		names[i] = schema.Column(i).Path()
	}
	at, err := match(req, names)
	if err != nil {
		return nil, err
	}
	columns := make([]parquetColumn, len(at))
	for i, index := range at {
		c := schema.Column(index)
		columns[i] = parquetColumn{index: index, chunk: newChunk(c, req.Columns[i].Type)}
		if columns[i].chunk == nil || c.MaxRepetitionLevel() > 0 || c.MaxDefinitionLevel() > 1 {
			return nil, abi.Failure{Code: abi.FailColumnType, At: i + 1}
		}
	}
	return columns, nil
}

// readGroup reads one row group. Each of its columns must have as many rows as
// the group claims, and as the column claims itself.
func readGroup(b *batch, f *file.Reader, in *io.SectionReader, index int, columns []parquetColumn) error {
	group := f.RowGroup(index)
	before := b.seen
	if err := checkGroup(f, in, index, columns); err != nil {
		return err
	}
	claims := f.MetaData().RowGroups[index]
	for _, c := range columns {
		// The library reads pages until it has as many values as the chunk
		// claims. With no claim to reach, it reads them all.
		claims.Columns[c.index].MetaData.NumValues = math.MaxInt64
		in, err := group.Column(c.index)
		if err != nil || !c.open(in) {
			return errParquet
		}
	}
	for {
		rows, err := readBatch(b, columns)
		if err != nil {
			return err
		}
		if rows == 0 {
			break
		}
	}
	if b.seen-before != group.NumRows() {
		return errParquet
	}
	return nil
}

// checkGroup holds the declared columns of a row group against the file, before
// any is opened: their rows, their bytes, and what their pages expand to.
func checkGroup(f *file.Reader, in *io.SectionReader, index int, columns []parquetColumn) error {
	claims := f.MetaData().RowGroups[index]
	total, seen := int64(0), map[int]bool{}
	for _, c := range columns {
		m := claims.Columns[c.index].MetaData
		if m.NumValues != claims.NumRows || m.TotalCompressedSize < 0 || m.TotalCompressedSize > in.Size() {
			return errParquet
		}
		if !seen[c.index] {
			total += m.TotalCompressedSize
		}
		seen[c.index] = true
	}
	switch {
	case total > in.Size():
		return errParquet
	case total > maxGroup:
		return abi.Over(abi.LimitGroup)
	}
	for index := range seen {
		m := claims.Columns[index].MetaData
		start := m.DataPageOffset
		if d := m.DictionaryPageOffset; d != nil && *d > 0 && *d < start {
			start = *d
		}
		if start < 0 {
			return errParquet
		}
		if err := checkPages(in, start, m.TotalCompressedSize, compress.Compression(m.Codec)); err != nil {
			return err
		}
	}
	return nil
}

// readBatch reads the next rows of the open row group, 0 after the last.
func readBatch(b *batch, columns []parquetColumn) (int, error) {
	rows := 0
	for i, c := range columns {
		n, err := c.load(loadRows)
		if err != nil || i > 0 && n != rows {
			return 0, errParquet
		}
		rows = n
	}
	for range rows {
		bad, why := -1, abi.Reason("")
		for i, c := range columns {
			if reason := c.put(&b.targets[i], b.rows); reason != "" && bad < 0 {
				bad, why = i, reason
			}
		}
		var err error
		if bad >= 0 {
			err = b.reject(0, bad, why)
		} else {
			err = b.keep(0)
		}
		if err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// chunk reads one column of a row group, a batch at a time.
type chunk interface {
	open(in file.ColumnChunkReader) bool  // a row group's
	load(limit int) (rows int, err error) // reads up to limit rows, 0 at the end; the same limit each time
	put(t *target, row int) abi.Reason    // gives row the next of them
}

// batchReader is what the library's readers of physical type T have.
type batchReader[T any] interface {
	ReadBatch(n int64, values []T, definitions, repetitions []int16) (rows int64, present int, err error)
	Err() error
}

// chunkOf is a chunk of physical type T.
type chunkOf[T any] struct {
	in          batchReader[T]
	convert     func(*target, int, T) abi.Reason
	required    bool    // no row is null
	definitions []int16 // 1 for each loaded row that has a value
	values      []T     // theirs
	row, value  int     // the next of each
}

func (c *chunkOf[T]) open(in file.ColumnChunkReader) bool {
	var ok bool
	c.in, ok = in.(batchReader[T])
	return ok
}

func (c *chunkOf[T]) load(limit int) (int, error) {
	if c.values == nil {
		c.values, c.definitions = make([]T, limit), make([]int16, limit)
	}
	c.row, c.value = 0, 0
	definitions := c.definitions
	if c.required {
		definitions = nil
	}
	rows, present, err := c.in.ReadBatch(int64(limit), c.values, definitions, nil)
	if err == nil {
		err = c.in.Err()
	}
	expected := 0
	for i := range int(rows) {
		if c.required {
			c.definitions[i] = 1
		}
		expected += int(c.definitions[i])
	}
	if err != nil || present != expected {
		return 0, io.ErrUnexpectedEOF
	}
	return int(rows), nil
}

func (c *chunkOf[T]) put(t *target, row int) abi.Reason {
	c.row++
	if c.definitions[c.row-1] == 0 {
		return t.putNull(row)
	}
	c.value++
	return c.convert(t, row, c.values[c.value-1])
}
