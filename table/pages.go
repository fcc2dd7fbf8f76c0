package table

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/snappy"

	"yingbi/internal/fault"
	"yingbi/internal/thrift"
)

// The library allocates by numbers that it finds in pages, up to 47 GiB by one
// damaged byte. It is given only pages of which these numbers are as Writer writes
// them.
const (
	deltaBlock = 128 // values of a block of DELTA_BINARY_PACKED
	deltaMinis = 4   // parts of one

	// snappyRatio is the most that Snappy expands: 64 bytes of three, which copy them.
	snappyRatio = 22
)

// chunk is what the footer says of a column of a row group.
type chunk struct {
	span
	column     string
	group      int
	rows       int64
	kind       arrow.Type
	dictionary bool  // the first page is one
	data       int64 // bytes before the page of data
	snappy     bool
}

// expect lets the library read these columns of the row groups, and nothing else
// from now on.
func (s *source) expect(meta *metadata.FileMetaData, indices []int, fields []Field) error {
	chunks := make(map[span]*chunk)
	for group := range meta.RowGroups {
		for i, index := range indices {
			c, err := s.chunk(meta, group, index, fields[i])
			if err != nil {
				return err
			}
			if chunks[c.span] != nil {
				return c.damaged()
			}
			chunks[c.span] = c
		}
	}
	s.chunks = chunks
	return nil
}

// admit checks what the library has read: the last eight bytes and the footer, and
// the chunks after them.
func (s *source) admit(b []byte, at int64) (err error) {
	if s.chunks != nil {
		c := s.chunks[span{at, int64(len(b))}]
		if c == nil {
			return damaged()
		}
		s.plain, err = c.check(b, s.plain)
		return err
	}
	if at == s.Size()-8 {
		return nil
	}
	footer := thrift.New(b)
	if footer.Fields(nil); footer.Bad() { // a list of more than there is, for one
		return damaged()
	}
	return nil
}

func (s *source) chunk(meta *metadata.FileMetaData, group, index int, field Field) (*chunk, error) {
	where, err := s.span(meta, group, index)
	if err != nil {
		return nil, err
	}
	g := meta.RowGroup(group)
	column, err := g.ColumnChunk(index)
	if err != nil {
		return nil, damaged()
	}
	codec := column.Compression()
	c := &chunk{
		span: where, column: field.Name, group: group, rows: g.NumRows(), kind: ArrowType(field.Type).ID(),
		dictionary: column.HasDictionaryPage(), data: column.DataPageOffset() - where.at, snappy: codec == compress.Codecs.Snappy,
	}
	if c.rows < 1 || c.rows > groupRows || column.NumValues() != c.rows || !c.snappy && codec != compress.Codecs.Uncompressed {
		return nil, c.damaged()
	}
	return c, nil
}

func (c *chunk) damaged() error {
	return fault.Errorf(fault.Integrity, "table: column %q of row group %d is not as the domain writes it; the file is damaged", c.column, c.group)
}

// check refuses pages that Writer does not write. b is the whole chunk; pages are
// decompressed into plain, which is given back, perhaps grown.
func (c *chunk) check(b, plain []byte) ([]byte, error) {
	words, rest, ok := int64(0), b, true
	if c.dictionary {
		words, rest, ok = c.checkWords(b)
	}
	if !ok || int64(len(b)-len(rest)) != c.data {
		return plain, c.damaged()
	}
	h, body, rest, ok := c.page(rest)
	if !ok || len(rest) > 0 || h.Type != thrift.DataPage || h.Values != c.rows {
		return plain, c.damaged()
	}
	if c.snappy {
		var err error
		if body, err = snappy.Decode(plain[:cap(plain)], body); err != nil {
			return plain, c.damaged()
		}
		plain = body
	}
	if !c.checkData(parquet.Encoding(h.Encoding), body, words) {
		return plain, c.damaged()
	}
	return plain, nil
}

// page parts the first page of b from what is behind it.
func (c *chunk) page(b []byte) (h thrift.PageHeader, body, rest []byte, ok bool) {
	h, length, ok := thrift.ReadPageHeader(b)
	if !ok || h.Stored > int64(len(b)-length) {
		return h, nil, nil, false
	}
	body, rest = b[length:length+int(h.Stored)], b[length+int(h.Stored):]
	if !c.snappy {
		return h, body, rest, h.Size == h.Stored
	}
	size, err := snappy.DecodedLen(body)
	return h, body, rest, err == nil && int64(size) == h.Size && h.Size <= snappyRatio*h.Stored
}

// checkWords checks the dictionary, and gives its number of words and what is behind
// it.
func (c *chunk) checkWords(b []byte) (words int64, rest []byte, ok bool) {
	h, _, rest, ok := c.page(b)
	ok = ok && h.Type == thrift.DictionaryPage && h.Encoding == int64(parquet.Encodings.Plain) &&
		h.Values <= c.rows && h.Values <= h.Size/4 // four bytes tell a word's length
	return h.Values, rest, ok
}

// checkData checks the page of data, which begins with the length of the definition
// levels and these.
func (c *chunk) checkData(encoding parquet.Encoding, b []byte, words int64) bool {
	if len(b) < 4 {
		return false
	}
	levels, b := uint64(binary.LittleEndian.Uint32(b)), b[4:]
	if levels > uint64(len(b)) {
		return false
	}
	b = b[levels:]
	switch {
	case c.kind == arrow.FLOAT64 || c.kind == arrow.BOOL:
		return encoding == parquet.Encodings.Plain
	case c.kind == arrow.STRING && c.dictionary:
		return encoding == parquet.Encodings.RLEDict && checkNumbers(b, uint64(words))
	case c.kind == arrow.STRING:
		return encoding == parquet.Encodings.DeltaLengthByteArray && c.checkDelta(b)
	default:
		return encoding == parquet.Encodings.DeltaBinaryPacked && c.checkDelta(b)
	}
}

// checkNumbers checks the numbers of words: their width in bits, and runs of them,
// each of groups of eight or of one number in whole bytes.
func checkNumbers(b []byte, words uint64) bool {
	if len(b) == 0 {
		return true
	}
	width := uint64(b[0])
	if width > uint64(bits.Len64(words)) {
		return false
	}
	for b = b[1:]; len(b) > 0; {
		head, n := binary.Uvarint(b)
		if n <= 0 || head>>1 > groupRows {
			return false
		}
		b = b[n:]
		repeated, size := head&1 == 0, head>>1*width
		if repeated {
			size = (width + 7) / 8
		}
		if size > uint64(len(b)) {
			return false
		}
		var number [8]byte
		copy(number[:], b[:size])
		if repeated && binary.LittleEndian.Uint64(number[:]) >= words {
			return false
		}
		b = b[size:]
	}
	return true
}

// checkDelta checks with what DELTA_BINARY_PACKED begins, the lengths of texts too:
// the values of a block, its parts, and how many values there are.
func (c *chunk) checkDelta(b []byte) bool {
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return false
		}
		head[i], b = v, b[n:]
	}
	return head[0] == deltaBlock && head[1] == deltaMinis && head[2] <= uint64(c.rows)
}
