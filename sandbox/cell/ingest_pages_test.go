package cell

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"yingbi/internal/thrift"
	"yingbi/sandbox/abi"
)

// varint writes a field's number as the compact protocol does.
func varint(v int64) []byte { return binary.AppendVarint(nil, v) }

// pageHeader writes a page's header, with num_values in a structure of that field.
func pageHeader(kind, size, stored int64, field byte, values int64) []byte {
	var b []byte
	for _, v := range []int64{kind, size, stored} {
		b = append(append(b, 0x15), varint(v)...) // the next field, an i32
	}
	b = append(b, (field-3)<<4|byte(thrift.Struct), 0x15)
	b = append(append(b, varint(values)...), 0x15, 0, 0x15, 0x06, 0x15, 0x06, byte(thrift.Stop)) // encodings: PLAIN, RLE, RLE
	return append(b, byte(thrift.Stop))
}

// graft makes the pages those of the column of a file of three rows.
func graft(t testing.TB, codec compress.Compression, pages []byte) []byte {
	b := parquetOf(t, nil, 100, "n", arrow.BinaryTypes.String, `["a","b","c"]`)
	end := len(b) - 8 - int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	grown := append(append(bytes.Clone(b[:end]), pages...), b[end:]...)
	return rewrite(t, grown, func(meta *metadata.FileMetaData) {
		m := meta.RowGroups[0].Columns[0].MetaData
		m.DataPageOffset, m.DictionaryPageOffset = int64(end), nil
		m.TotalCompressedSize = int64(len(pages))
		m.Codec = codecOf(codec, m.Codec)
	})
}

// codecOf gives a codec the type of another one, which is not exported.
func codecOf[T ~int64](c compress.Compression, _ T) T { return T(c) }

// Pages that claim or expand to more than a page may are refused before the
// library reads any.
func TestParquetBombs(t *testing.T) {
	n := column(t, "n", "text", "")
	zero := make([]byte, 1<<20)
	whole, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	var open bytes.Buffer // a frame that does not tell its size
	stream, err := zstd.NewWriter(&open)
	if err != nil {
		t.Fatal(err)
	}
	for range 64 {
		if _, err := stream.Write(zero); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.Close(); err != nil {
		t.Fatal(err)
	}
	full := whole.EncodeAll(zero, nil)
	packed := snappy.Encode(nil, zero)
	page := func(kind, size int64, field byte, values int64, body []byte) []byte {
		return append(pageHeader(kind, size, int64(len(body)), field, values), body...)
	}
	plain, z, s := compress.Codecs.Uncompressed, compress.Codecs.Zstd, compress.Codecs.Snappy
	for name, c := range map[string]struct {
		codec compress.Compression
		pages []byte
		want  abi.Failure
	}{
		"a page of 2 GiB":               {z, page(0, 1<<31-1, 5, 3, full), abi.Over(abi.LimitPage)},
		"a dictionary of 2 GiB":         {z, page(2, 1<<31-1, 7, 3, full), abi.Over(abi.LimitPage)},
		"2³¹−1 values":                  {z, page(0, 1<<20, 5, 1<<31-1, full), abi.Over(abi.LimitPage)},
		"a dictionary of empty texts":   {plain, page(2, 16, 7, maxDictionary+1, zero[:16]), abi.Over(abi.LimitDictionary)},
		"more than it claims, zstd":     {z, page(0, 16, 5, 3, full), errParquet},
		"less than it claims, zstd":     {z, page(0, 1<<21, 5, 3, full), errParquet},
		"more than it claims, unsaid":   {z, page(0, 16, 5, 3, open.Bytes()), errParquet},
		"less than it claims, unsaid":   {z, page(0, 65<<20, 5, 3, open.Bytes()), errParquet},
		"more than it claims, snappy":   {s, page(0, 16, 5, 3, packed), errParquet},
		"4 GiB in five bytes, snappy":   {s, page(0, 16, 5, 3, []byte("\xff\xff\xff\xff\x0f")), errParquet},
		"no snappy":                     {s, page(0, 16, 5, 3, nil), errParquet},
		"a body beyond the chunk":       {plain, page(0, 16, 5, 3, zero[:16])[:20], errParquet},
		"a negative size":               {plain, page(0, -1, 5, 3, nil), errParquet},
		"a negative number of values":   {plain, page(0, 16, 5, -1, zero[:16]), errParquet},
		"the bomb is the second page":   {z, append(page(2, 1<<20, 7, 1, full), page(0, 1<<31-1, 5, 3, full)...), abi.Over(abi.LimitPage)},
		"a header without an end":       {plain, bytes.Repeat([]byte{0x15, 0}, 3000), errParquet},
		"a header that is one long map": {plain, []byte("\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x55"), errParquet},
		"nothing":                       {plain, []byte{byte(thrift.Stop)}, errParquet},
	} {
		if u := ingestFile(t, graft(t, c.codec, c.pages), n); u.err != c.want || u.summary != nil {
			t.Errorf("%s: %v, want %v", name, u.err, c.want)
		}
	}
	if err := checkPages(bytes.NewReader(full), 0, 0, z); err != nil {
		t.Errorf("no page: %v", err)
	}
}

// The sizes that the library's own writer gives pass, with every codec.
func TestPagesOfEveryCodecPass(t *testing.T) {
	texts := `["` + strings.Repeat("医院", 2000) + `",null,"b"]`
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Zstd, compress.Codecs.Lz4Raw} {
		for _, version := range []parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2} {
			b := parquetOf(t, []parquet.WriterProperty{parquet.WithCompression(codec), parquet.WithDataPageVersion(version)}, 2, "n", arrow.BinaryTypes.String, texts)
			if u := ingestFile(t, b, column(t, "n", "text")); u.err != nil || len(u.rows) != 3 {
				t.Errorf("%s: %v", codec, u.err)
			}
		}
	}
}

func TestFooters(t *testing.T) {
	b := parquetOf(t, nil, 1, "n", arrow.PrimitiveTypes.Int64, `[1,2,3]`)
	n := column(t, "n", "integer")
	footer := func(content string) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte("PAR1"+content), uint32(len(content))), "PAR1"...)
	}
	list := func(field byte, elements int, element string) string {
		return string([]byte{field<<4 | byte(thrift.List), 0xf0 | byte(thrift.Struct)}) + string(binary.AppendUvarint(nil, uint64(elements))) + strings.Repeat(element, elements)
	}
	encrypted := bytes.Clone(b)
	copy(encrypted[len(b)-4:], "PARE")
	group := string([]byte{1<<4 | byte(thrift.List), 0xf0 | byte(thrift.Struct), 0xe8, 0x07}) + strings.Repeat("\x00", 1000) + "\x00" // 1000 columns
	for name, c := range map[string]struct {
		b    []byte
		want abi.Failure
	}{
		"encrypted":                         {encrypted, abi.Failure{Code: abi.FailEncrypted}},
		"columns encrypted":                 {footer("\x8c\x1c\x00\x00\x00"), abi.Failure{Code: abi.FailEncrypted}},
		"longer than the file":              {append([]byte("PAR1"), "\xff\xff\xff\x01PAR1"...), errParquet},
		"far too long":                      {footer(strings.Repeat("\x00", maxFooter+1)), abi.Over(abi.LimitFooter)},
		"a schema of columns":               {footer(list(2, 4*abi.MaxColumns+1, "\x00") + "\x00"), abi.Failure{Code: abi.FailTooWide}},
		"a schema that claims more than is": {footer("\x29\xfc\xff\xff\xff\xff\x07"), errParquet},
		"row groups":                        {footer(list(4, maxChunks+1, "\x00") + "\x00"), abi.Over(abi.LimitChunks)},
		"columns of row groups":             {footer(list(4, maxChunks/1001+1, group) + "\x00"), abi.Over(abi.LimitChunks)},
		"nested without end":                {footer(strings.Repeat("\x1c", 1000)), errParquet},
		"no magic":                          {append(bytes.Clone(b[:len(b)-1]), '2'), errParquet},
	} {
		if u := ingestFile(t, c.b, n); u.err != c.want {
			t.Errorf("%s: %v, want %v", name, u.err, c.want)
		}
	}
	wide := make([]any, 0, 3*(abi.MaxColumns+1))
	for i := range abi.MaxColumns + 1 {
		wide = append(wide, fmt.Sprint("c", i), arrow.PrimitiveTypes.Int64, `[1]`)
	}
	if u := ingestFile(t, parquetOf(t, nil, 10, wide...), column(t, "c1", "integer")); u.err != (abi.Failure{Code: abi.FailTooWide}) {
		t.Errorf("too wide: %v", u.err)
	}
	list3 := parquetOf(t, nil, 10, "n", arrow.PrimitiveTypes.Int64, `[1]`, "deep", arrow.StructOf(arrow.Field{Name: "x", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64), Nullable: true}), `[{"x":[1]}]`)
	deep := column(t, "x", "integer")
	deep.Source = "deep.x.list.element"
	if u := ingestFile(t, list3, n, deep); u.err != (abi.Failure{Code: abi.FailColumnType, At: 2}) {
		t.Errorf("nested: %v", u.err)
	}
	if u := ingestFile(t, list3, n); u.err != nil || fmt.Sprint(u.rows, u.summary) != "[[1]] [1 1 0 1 0]" {
		t.Errorf("beside a nested one: %v %q %v", u.err, u.rows, u.summary)
	}
}

// Columns that claim the same bytes, and more of them than the file has.
func TestGroupsOfMoreThanTheFile(t *testing.T) {
	b := parquetOf(t, nil, 10, "a", arrow.PrimitiveTypes.Int64, `[1]`, "b", arrow.PrimitiveTypes.Int64, `[1]`)
	bad := rewrite(t, b, func(meta *metadata.FileMetaData) {
		for _, c := range meta.RowGroups[0].Columns {
			c.MetaData.TotalCompressedSize = int64(len(b)) - 20
		}
	})
	if u := ingestFile(t, bad, column(t, "a", "integer"), column(t, "b", "integer")); u.err != errParquet {
		t.Errorf("%v", u.err)
	}
}

func TestInspectParquet(t *testing.T) {
	b := parquetOf(t, nil, 2, "n", arrow.PrimitiveTypes.Int64, `[1,null,3]`, "s", arrow.BinaryTypes.String, `["NULL","x",null]`,
		"d", &arrow.Decimal128Type{Precision: 9, Scale: 2}, `["1.50",null,null]`, "t", &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}, `[null,null,null]`,
		"deep", arrow.ListOf(arrow.PrimitiveTypes.Int64), `[[1],[2],[3]]`, "day", arrow.FixedWidthTypes.Date32, `["2024-01-02",null,null]`)
	got, err := inspected(t, abi.InspectRequest{}, b)
	want := "[[parquet     1 0 2 0]] [[n integer 1] [s text 1] [d decimal(18,2) 1] [t timestamp 2] [deep.list.element  0] [day date 1]] [[2 NULL 1]]"
	if s := fmt.Sprint(got[abi.StreamInspection], got[abi.StreamColumns], got[abi.StreamNulls]); err != nil || s != want {
		t.Errorf("%v\n%s\n%s", err, s, want)
	}
	u := ingestFile(t, b, requestFor(t, got).Columns[:4]...)
	if u.err != nil || len(u.rows) != 3 {
		t.Errorf("%v %q", u.err, u.rows)
	}
}

// Any footer is walked to its end or found bad.
func FuzzFooter(f *testing.F) {
	b := parquetOf(f, nil, 1, "n", arrow.PrimitiveTypes.Int64, `[1,2,3]`)
	size := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	f.Add(b[len(b)-8-size : len(b)-8])
	f.Fuzz(func(t *testing.T, b []byte) {
		var failure abi.Failure
		if err := walkFooter(b); err != nil && !errors.As(err, &failure) {
			t.Fatal(err)
		}
	})
}
