package hostile

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/klauspost/compress/snappy"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Parquet lists hostile Parquet files. Each is made of one with the integers 1, 2, 3.
func Parquet() []Upload {
	req := abi.IngestRequest{Format: abi.FormatParquet, Columns: []abi.IngestColumn{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}}}}
	b, format := integers("n"), failure(abi.FailFormat)
	lie := func(name string, change func(*metadata.FileMetaData)) Upload {
		return refused(name, footed(b, change), req, format)
	}
	rows := func(n int64) func(*metadata.FileMetaData) {
		return func(m *metadata.FileMetaData) {
			m.NumRows, m.RowGroups[0].NumRows, m.RowGroups[0].Columns[0].MetaData.NumValues = n, n, n
		}
	}
	column := func(change func(size, data *int64)) func(*metadata.FileMetaData) {
		return func(m *metadata.FileMetaData) {
			c := m.RowGroups[0].Columns[0].MetaData
			change(&c.TotalCompressedSize, &c.DataPageOffset)
		}
	}
	footer := func(name, content string, why abi.Failure) Upload {
		return refused(name, append(binary.LittleEndian.AppendUint32([]byte("PAR1"+content), uint32(len(content))), "PAR1"...), req, why)
	}
	page := func(name string, pages []byte, why abi.Failure) Upload {
		return refused(name, paged(b, pages), req, why)
	}
	zeros := make([]byte, 1<<20)
	packed := snappy.Encode(nil, zeros)
	wide := make([]string, abi.MaxColumns+1)
	for i := range wide {
		wide[i] = "c" + strings.Repeat("x", i%7) + string(rune(0x4e00+i))
	}
	locked := bytes.Clone(b)
	copy(locked[len(b)-4:], "PARE")
	deep := abi.IngestRequest{Format: abi.FormatParquet, Columns: []abi.IngestColumn{{Name: "n", Source: "n.x", Type: coltype.Type{Kind: coltype.Integer}}}}
	text := req
	text.Columns = textColumns("n")
	return []Upload{
		refused("a magic number", []byte("PAR1"), req, format),
		refused("two magic numbers", []byte("PAR1PAR1"), req, format),
		refused("half a Parquet", b[:len(b)/2], req, format),
		refused("a Parquet without its last byte", b[:len(b)-1], req, format),
		refused("a Parquet with a byte more", append(bytes.Clone(b), 0), req, format),
		refused("a Parquet that is encrypted", locked, req, failure(abi.FailEncrypted)),
		refused("a footer longer than the file", append([]byte("PAR1"), "\xff\xff\xff\x7fPAR1"...), req, format),
		refused("2,001 columns of Parquet", integers(wide...), req, failure(abi.FailTooWide)),
		refused("a column of another type", b, text, abi.Failure{Code: abi.FailColumnType, At: 1}),
		refused("a column within one", b, deep, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		lie("a billion rows", rows(1e9)), lie("a row more", rows(4)), lie("a row less", rows(2)), lie("no rows", rows(0)), lie("−1 rows", rows(-1)),
		lie("another sum of rows", func(m *metadata.FileMetaData) { m.NumRows = 4 }),
		lie("a group twice", func(m *metadata.FileMetaData) { m.RowGroups = append(m.RowGroups, m.RowGroups[0]) }),
		lie("a group without columns", func(m *metadata.FileMetaData) { m.RowGroups[0].Columns = nil }),
		lie("a column without metadata", func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData = nil }),
		lie("a column of no bytes", column(func(size, _ *int64) { *size = 0 })),
		lie("a column of −1 bytes", column(func(size, _ *int64) { *size = -1 })),
		lie("a column of 2⁶³−1 bytes", column(func(size, _ *int64) { *size = math.MaxInt64 })),
		lie("a column behind the file", column(func(_, data *int64) { *data = 1 << 40 })),
		lie("a column before the file", column(func(_, data *int64) { *data = -5 })),
		lie("a column in the footer", column(func(_, data *int64) { *data = int64(len(b)) - 40 })),
		lie("a column at the magic number", column(func(_, data *int64) { *data = 0 })),
		footer("a footer of zeros", strings.Repeat("\x00", 64), format),
		footer("a footer of 33 MiB", strings.Repeat("\x00", 33<<20), abi.Over(abi.LimitFooter)),
		footer("structures in each other without end", strings.Repeat("\x1c", 1<<20), format),
		footer("a list of 2³¹−1 columns", "\x29\xfc\xff\xff\xff\xff\x07", format),
		footer("a list of 300,000 groups", "\x49\xfc"+string(Leb(300_000))+strings.Repeat("\x00", 300_001), abi.Over(abi.LimitChunks)),
		footer("a map of 2⁶³ entries", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x55", format),
		page("a page of 2 GiB", append(pageHead(0, 1<<31-1, int64(len(packed)), 3), packed...), abi.Over(abi.LimitPage)),
		page("a page of −1 bytes", pageHead(0, -1, 0, 3), format),
		page("a page of more bytes than it says", append(pageHead(0, 16, int64(len(packed)), 3), packed...), format),
		page("a page of fewer bytes than it says", append(pageHead(0, 2<<20, int64(len(packed)), 3), packed...), format),
		page("a page of 2³¹−1 values", append(pageHead(0, 1<<20, int64(len(packed)), 1<<31-1), packed...), abi.Over(abi.LimitPage)),
		page("a page of −1 values", append(pageHead(0, 1<<20, int64(len(packed)), -1), packed...), format),
		page("4 GiB in five bytes", append(pageHead(0, 16, 5, 3), "\xff\xff\xff\xff\x0f"...), format),
		page("a page header without an end", bytes.Repeat([]byte{0x15, 0}, 3000), format),
		read("the Parquet that all are made of", b, req, 3, 0),
	}
}

// integers is a Parquet file of such columns with 1, 2, 3, uncompressed.
func integers(names ...string) []byte {
	var fields schema.FieldList
	for _, name := range names {
		fields = append(fields, schema.NewInt64Node(name, parquet.Repetitions.Required, -1))
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, must(schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)),
		file.WithWriterProps(parquet.NewWriterProperties(parquet.WithDictionaryDefault(false), parquet.WithCompression(compress.Codecs.Snappy))))
	group := w.AppendRowGroup()
	for range names {
		c := must(group.NextColumn())
		must(c.(*file.Int64ColumnChunkWriter).WriteBatch([]int64{1, 2, 3}, nil, nil))
		must(0, c.Close())
	}
	must(0, w.Close())
	return out.Bytes()
}

// footed changes what a file says of itself and leaves its pages alone.
func footed(b []byte, change func(*metadata.FileMetaData)) []byte {
	m := must(file.NewParquetReader(bytes.NewReader(b))).MetaData()
	change(m)
	out := bytes.NewBuffer(bytes.Clone(b[:len(b)-8-footerSize(b)]))
	n := must(m.WriteTo(out, nil))
	return append(binary.LittleEndian.AppendUint32(out.Bytes(), uint32(n)), "PAR1"...)
}

func footerSize(b []byte) int { return int(binary.LittleEndian.Uint32(b[len(b)-8:])) }

// paged makes the pages those of the column.
func paged(b, pages []byte) []byte {
	end := len(b) - 8 - footerSize(b)
	grown := Cat(b[:end], pages, b[end:])
	return footed(grown, func(m *metadata.FileMetaData) {
		c := m.RowGroups[0].Columns[0].MetaData
		c.DataPageOffset, c.TotalCompressedSize = int64(end), int64(len(pages))
	})
}

// pageHead writes the header of a page, in Thrift's compact protocol: its kind, its
// size, its size as it is stored, and the number of its values.
func pageHead(kind, size, stored, values int64) []byte {
	var b []byte
	for _, v := range []int64{kind, size, stored} {
		b = binary.AppendVarint(append(b, 0x15), v) // the next field, an i32
	}
	b = binary.AppendVarint(append(b, 2<<4|0x0c, 0x15), values) // field 5, a structure
	return append(b, 0x15, 0, 0x15, 0x06, 0x15, 0x06, 0, 0)     // encodings: PLAIN, RLE, RLE
}
