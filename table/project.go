package table

import (
	"bytes"
	"encoding/binary"
	"io"
	"reflect"

	"github.com/apache/arrow-go/v18/parquet/metadata"

	"yingbi/internal/fault"
)

// pieceBytes is how many bytes Project reads at a time; pieces end at multiples
// of it, so that no segment of a sealed source is opened twice within a range.
const pieceBytes = 2 << 20

const magic = "PAR1"

// Project writes one Parquet file with the named columns of all rows of the
// parts, in order; nil names all of the first part. Nothing is decoded: of each
// part, the footer and the bytes of these columns are read, copied as they are, and
// a new footer is written behind them. The same parts and names give the same bytes.
func Project(w io.Writer, parts []Source, columns []string) error {
	if len(parts) == 0 {
		return fault.New(fault.Internal, "table: a projection of no parts has no columns")
	}
	p := projection{w: w, buf: make([]byte, pieceBytes)}
	if err := p.put([]byte(magic)); err != nil {
		return err
	}
	for _, part := range parts {
		ranges, err := p.describe(newSource(part), columns)
		if err != nil {
			return err
		}
		for _, s := range ranges {
			if err := p.copy(part, s); err != nil {
				return err
			}
		}
	}
	return p.end()
}

// projection is a file on its way.
type projection struct {
	w    io.Writer
	at   int64                  // bytes written
	meta *metadata.FileMetaData // of all parts so far: the first part's, changed
	buf  []byte
}

// describe appends the row groups of a part as they will be, and gives the ranges of
// the part that are to be copied for it.
func (p *projection) describe(src *source, columns []string) (ranges []span, err error) {
	defer src.settle(&err)
	f, all, err := src.open()
	if err != nil {
		return nil, err
	}
	indices, _, err := project(all, columns)
	switch {
	case err != nil && p.meta != nil:
		return nil, otherColumns()
	case err != nil:
		return nil, err
	case len(indices) == 0:
		return nil, fault.New(fault.Invalid, "table: a projection needs a column")
	}
	meta := f.MetaData()
	if ranges, err = p.describeGroups(src, meta, indices); err != nil {
		return nil, err
	}
	selectColumns(meta, indices)
	if p.meta == nil {
		p.meta = meta
		return ranges, nil
	}
	if !reflect.DeepEqual(meta.FileMetaData.Schema, p.meta.FileMetaData.Schema) {
		return nil, otherColumns()
	}
	p.meta.RowGroups = append(p.meta.RowGroups, meta.RowGroups...)
	p.meta.NumRows += meta.NumRows
	return ranges, nil
}

func otherColumns() error {
	return fault.New(fault.Integrity, "table: a part has other columns than the first")
}

// selectColumns leaves these columns in a schema, which is flat.
func selectColumns(meta *metadata.FileMetaData, indices []int) {
	elements, orders := meta.FileMetaData.Schema[:1:1], meta.ColumnOrders[:0:0]
	for _, i := range indices {
		elements = append(elements, meta.FileMetaData.Schema[1+i])
		orders = append(orders, meta.ColumnOrders[i])
	}
	n := int32(len(indices))
	elements[0].NumChildren = &n
	meta.FileMetaData.Schema, meta.ColumnOrders = elements, orders
}

// describeGroups leaves these columns in the row groups of a part, and moves them to
// where they will be, without gaps.
func (p *projection) describeGroups(src *source, meta *metadata.FileMetaData, indices []int) (ranges []span, err error) {
	at := p.at
	for number, group := range meta.RowGroups {
		chunks, spans := group.Columns[:0:0], make([]span, len(indices))
		for i, index := range indices {
			if spans[i], err = src.span(meta, number, index); err != nil {
				return nil, err
			}
			chunks = append(chunks, group.Columns[index])
		}
		begin, plain := at, int64(0)
		for _, i := range inFileOrder(spans) {
			ranges = join(ranges, spans[i])
			c := chunks[i]
			c.ColumnIndexOffset, c.ColumnIndexLength, c.OffsetIndexOffset, c.OffsetIndexLength = nil, nil, nil, nil
			c.MetaData.Statistics, c.MetaData.BloomFilterOffset, c.MetaData.BloomFilterLength = nil, nil, nil
			c.MetaData.DataPageOffset += at - spans[i].at
			if d := c.MetaData.DictionaryPageOffset; d != nil {
				*d += at - spans[i].at
			}
			at += spans[i].size
			plain += c.MetaData.TotalUncompressedSize
		}
		packed := at - begin
		group.Columns, group.FileOffset, group.TotalCompressedSize, group.TotalByteSize = chunks, &begin, &packed, plain
		group.Ordinal = nil // need not be there, and holds too few
	}
	return ranges, nil
}

// copy copies a range in pieces.
func (p *projection) copy(src Source, s span) error {
	for s.size > 0 {
		piece := p.buf[:min(s.size, pieceBytes-s.at%pieceBytes)]
		switch n, err := src.ReadAt(piece, s.at); {
		case n == len(piece):
		case err == nil || err == io.EOF:
			return damaged()
		default:
			return err
		}
		if err := p.put(piece); err != nil {
			return err
		}
		s.at += int64(len(piece))
		s.size -= int64(len(piece))
	}
	return nil
}

// end writes the footer.
func (p *projection) end() error {
	var footer bytes.Buffer
	if _, err := p.meta.WriteTo(&footer, nil); err != nil {
		return err
	}
	size := uint32(footer.Len())
	return p.put(append(binary.LittleEndian.AppendUint32(footer.Bytes(), size), magic...))
}

func (p *projection) put(b []byte) error {
	n, err := p.w.Write(b)
	p.at += int64(n)
	return err
}
