package table

import (
	"cmp"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"yingbi/internal/fault"
)

// Source is a Parquet file of our own make.
type Source struct {
	io.ReaderAt
	Size int64
}

// source is a Source in the hands of the library. It remembers the first error of
// its reads.
type source struct {
	*io.SectionReader
	err    error
	chunks map[span]*chunk // if not nil, the library reads these alone, each at once
	plain  []byte          // room to check them
}

func newSource(src Source) *source {
	s := new(source)
	s.SectionReader = io.NewSectionReader(watch{src, s}, 0, src.Size)
	return s
}

// watch notes the errors of a source, and hands out nothing that is not checked.
type watch struct {
	io.ReaderAt
	source *source
}

func (w watch) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, at)
	if n == len(p) && (err == nil || err == io.EOF) {
		err = w.source.admit(p, at)
	}
	if err != nil && err != io.EOF && w.source.err == nil {
		w.source.err = err
	}
	return n, err
}

// settle is deferred where the library reads: what it panics at is damage, and what
// the source says of itself goes first.
func (s *source) settle(err *error) {
	if recover() != nil {
		*err = damaged()
	}
	if *err != nil && s.err != nil {
		*err = s.err
	}
}

// damaged stands for what the library says, which may quote the file.
func damaged() error {
	return fault.New(fault.Integrity, "table: the file is not one that the domain wrote")
}

// open reads the footer.
func (s *source) open() (*file.Reader, []Field, error) {
	f, err := file.NewParquetReader(s)
	if err != nil {
		return nil, nil, damaged()
	}
	schema, err := pqarrow.FromParquet(f.MetaData().Schema, nil, nil)
	if err != nil {
		return nil, nil, damaged()
	}
	fields, err := FieldsOf(schema)
	if err != nil {
		return nil, nil, damaged()
	}
	return f, fields, nil
}

// span is a range of bytes of a file.
type span struct{ at, size int64 }

// span gives where the pages of a column of a row group lie.
func (s *source) span(meta *metadata.FileMetaData, group, column int) (span, error) {
	c, err := meta.RowGroup(group).ColumnChunk(column)
	if err != nil {
		return span{}, damaged()
	}
	out := span{c.DataPageOffset(), c.TotalCompressedSize()}
	if c.HasDictionaryPage() {
		out.at = min(out.at, c.DictionaryPageOffset())
	}
	if out.at < 0 || out.size < 0 || out.size > s.Size()-out.at {
		return span{}, damaged()
	}
	return out, nil
}

// join appends a range; where it touches the last one it becomes part of that.
func join(ranges []span, next span) []span {
	if n := len(ranges); n > 0 && ranges[n-1].at+ranges[n-1].size == next.at {
		ranges[n-1].size += next.size
		return ranges
	}
	return append(ranges, next)
}

// inFileOrder gives the indices of the ranges by their place in the file.
func inFileOrder(ranges []span) []int {
	order := make([]int, len(ranges))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ranges[a].at, ranges[b].at) })
	return order
}
