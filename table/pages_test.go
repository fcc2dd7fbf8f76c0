package table

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/snappy"

	"yingbi/internal/fault"
	"yingbi/internal/thrift"
)

// pageOf writes a page of Parquet: its PageHeader and its body.
func pageOf(kind thrift.PageType, size, values int64, encoding parquet.Encoding, body []byte) []byte {
	var b []byte
	for _, v := range []int64{int64(kind), size, int64(len(body))} {
		b = binary.AppendVarint(append(b, 0x15), v)
	}
	inner := byte(5) // DataPageHeader
	if kind == thrift.DictionaryPage {
		inner = 7
	}
	b = binary.AppendVarint(append(b, (inner-3)<<4|byte(thrift.Struct), 0x15), values)
	b = binary.AppendVarint(append(b, 0x15), int64(encoding))
	return append(append(b, byte(thrift.Stop), byte(thrift.Stop)), body...)
}

// packed writes a page of what Snappy makes of its body.
func packed(kind thrift.PageType, values int64, encoding parquet.Encoding, body string) []byte {
	return pageOf(kind, int64(len(body)), values, encoding, snappy.Encode(nil, []byte(body)))
}

const (
	fullLevels = "\x02\x00\x00\x00\x08\x01" // four rows, none null
	numbers    = "\x02\x03\x24\x00"         // four words' numbers of two bits
	delta      = "\x80\x01\x04\x04\x02"     // a block of 128 in four parts; four values, the first 1
)

var (
	plain, dict = parquet.Encodings.Plain, parquet.Encodings.RLEDict
	wordPage    = packed(thrift.DictionaryPage, 3, plain, "\x01\x00\x00\x00a\x01\x00\x00\x00b\x01\x00\x00\x00c")
	textChunk   = chunk{column: "district", group: 7, rows: 4, kind: arrow.STRING, dictionary: true, snappy: true, data: int64(len(wordPage))}
	longChunk   = chunk{column: "district", group: 7, rows: 4, kind: arrow.STRING, snappy: true}
	wholeChunk  = chunk{column: "district", group: 7, rows: 4, kind: arrow.INT64, snappy: true}
	scoreChunk  = chunk{column: "district", group: 7, rows: 4, kind: arrow.FLOAT64}
)

func numbered(body string) []byte {
	return append(bytes.Clone(wordPage), packed(thrift.DataPage, 4, dict, fullLevels+body)...)
}

func counted(body string) []byte {
	return packed(thrift.DataPage, 4, parquet.Encodings.DeltaBinaryPacked, fullLevels+body)
}

func lengths(body string) []byte {
	return packed(thrift.DataPage, 4, parquet.Encodings.DeltaLengthByteArray, fullLevels+body)
}

func TestPagesAsWriterWritesThem(t *testing.T) {
	score := fullLevels + strings.Repeat("12345678", 4)
	for name, c := range map[string]struct {
		chunk
		pages []byte
	}{
		"words":                   {textChunk, numbered(numbers)},
		"a word repeated":         {textChunk, numbered("\x02\x08\x02")},
		"words, all null":         {textChunk, numbered("")},
		"words, all null, widths": {textChunk, numbered("\x00")},
		"whole numbers":           {wholeChunk, counted(delta)},
		"whole numbers, all null": {wholeChunk, counted("\x80\x01\x04\x00\x00")},
		"texts":                   {longChunk, lengths(delta)},
		"doubles":                 {scoreChunk, pageOf(thrift.DataPage, int64(len(score)), 4, plain, []byte(score))},
	} {
		if _, err := c.check(c.pages, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each lie of a page is refused, takes no memory, and the refusal tells where.
func TestPagesThatLie(t *testing.T) {
	other := parquet.Encodings.DeltaByteArray
	data := func(values int64, encoding parquet.Encoding, body string) []byte {
		return packed(thrift.DataPage, values, encoding, body)
	}
	word := "\x01\x00\x00\x00a"
	three, four := strings.Repeat(word, 3), packed(thrift.DictionaryPage, 4, plain, strings.Repeat(word, 4))
	good, whole := data(4, dict, fullLevels+numbers), parquet.Encodings.DeltaBinaryPacked
	score := []byte(fullLevels + strings.Repeat("12345678", 4))
	body := snappy.Encode(nil, []byte(fullLevels+delta))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, c := range map[string]struct {
		chunk
		words, data []byte // words, if any, are where the footer says
	}{
		"numbers wider than the words":      {textChunk, wordPage, data(4, dict, fullLevels+"\x03\x03\x00\x00\x00")},
		"numbers of 63 bits":                {textChunk, wordPage, data(4, dict, fullLevels+"\x3f\x03\x24\x00")},
		"a repeated number beyond":          {textChunk, wordPage, data(4, dict, fullLevels+"\x02\x08\x03")},
		"a run of more than the bytes":      {textChunk, wordPage, data(4, dict, fullLevels+"\x02\x05\x24\x00")},
		"a run of 2⁶⁴+2 bits":               {textChunk, four, data(4, dict, fullLevels+"\x03\xad\xd5\xaa\xd5\xaa\xd5\xaa\xd5\xaa\x01\x00\x00")},
		"a run without an end":              {textChunk, wordPage, data(4, dict, fullLevels+"\x02\xff")},
		"more words than rows":              {textChunk, packed(thrift.DictionaryPage, 5, plain, strings.Repeat(word, 5)), good},
		"more words than bytes":             {textChunk, packed(thrift.DictionaryPage, 4, plain, three), good},
		"words of another encoding":         {textChunk, packed(thrift.DictionaryPage, 3, dict, three), good},
		"data in place of words":            {textChunk, packed(thrift.DataPage, 3, plain, three), good},
		"two dictionaries":                  {textChunk, wordPage, wordPage},
		"no dictionary":                     {textChunk, nil, good},
		"a dictionary that is not told":     {longChunk, wordPage, good},
		"texts numbered otherwise":          {textChunk, wordPage, data(4, other, fullLevels+numbers)},
		"two pages of data":                 {textChunk, wordPage, append(bytes.Clone(good), good...)},
		"a byte behind":                     {textChunk, wordPage, append(bytes.Clone(good), 0)},
		"a body cut":                        {textChunk, wordPage, good[:len(good)-1]},
		"no page":                           {wholeChunk, nil, nil},
		"more values than rows":             {wholeChunk, nil, data(5, whole, fullLevels+delta)},
		"fewer values than rows":            {wholeChunk, nil, data(3, whole, fullLevels+delta)},
		"a block of 2³¹":                    {wholeChunk, nil, data(4, whole, fullLevels+"\x80\x80\x80\x80\x08\x04\x04\x02")},
		"a block of 256":                    {wholeChunk, nil, data(4, whole, fullLevels+"\x80\x02\x04\x04\x02")},
		"three parts of a block":            {wholeChunk, nil, data(4, whole, fullLevels+"\x80\x01\x03\x04\x02")},
		"more in blocks than rows":          {wholeChunk, nil, data(4, whole, fullLevels+"\x80\x01\x04\x05\x02")},
		"blocks without an end":             {wholeChunk, nil, data(4, whole, fullLevels+"\x80")},
		"lengths in a block of 256":         {longChunk, nil, lengths("\x80\x02\x04\x04\x02")},
		"2⁶⁴−1 lengths":                     {longChunk, nil, lengths("\x80\x01\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02")},
		"texts as plain":                    {longChunk, nil, data(4, plain, fullLevels+delta)},
		"whole numbers as lengths":          {wholeChunk, nil, lengths(delta)},
		"doubles of another encoding":       {scoreChunk, nil, pageOf(thrift.DataPage, int64(len(score)), 4, other, score)},
		"levels of more than the page":      {wholeChunk, nil, data(4, whole, "\xff\xff\xff\xff"+delta)},
		"less than levels":                  {wholeChunk, nil, data(4, whole, "\x00\x00\x00")},
		"no snappy":                         {wholeChunk, nil, pageOf(thrift.DataPage, 4, 4, whole, []byte("\x04\xff\xff\xff"))},
		"a size that snappy does not tell":  {wholeChunk, nil, pageOf(thrift.DataPage, int64(len(fullLevels+delta))+1, 4, whole, body)},
		"2 GiB of five bytes":               {wholeChunk, nil, pageOf(thrift.DataPage, math.MaxInt32, 4, whole, []byte("\xff\xff\xff\xff\x07"))},
		"a size of its own, not compressed": {scoreChunk, nil, pageOf(thrift.DataPage, int64(len(score))+1, 4, plain, score)},
		"data of version 2":                 {wholeChunk, nil, packed(thrift.DataPage2, 4, whole, fullLevels+delta)},
	} {
		c.chunk.data = int64(len(c.words))
		_, err := c.check(append(bytes.Clone(c.words), c.data...), nil)
		if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), `column "district" of row group 7 `) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 16<<20 {
		t.Errorf("%d bytes", after.TotalAlloc-before.TotalAlloc)
	}
	for _, at := range []int64{-1, 0, int64(len(wordPage)) + 1} {
		c := textChunk
		c.data = at
		if _, err := c.check(numbered(numbers), nil); fault.KindOf(err) != fault.Integrity {
			t.Errorf("data at %d: %v", at, err)
		}
	}
}

// A footer whose row groups are not those of Writer is refused before any page is
// read.
func TestRowGroupsThatLie(t *testing.T) {
	rec := toRecord(t, sample(0, 20, 3))
	b := write(t, rec.Schema(), rec)
	both := func(n int64) func(*metadata.FileMetaData) {
		return func(m *metadata.FileMetaData) {
			m.RowGroups[0].NumRows = n
			for _, c := range m.RowGroups[0].Columns {
				c.MetaData.NumValues = n
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*metadata.FileMetaData)
		ok     bool
	}{
		"as it is":      {func(m *metadata.FileMetaData) {}, true},
		"no rows":       {both(0), false},
		"too many rows": {both(groupRows + 1), false},
		"a value more":  {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.NumValues++ }, false},
		"another codec": {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = 2 }, false}, // GZIP
		"the same twice": {func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData = m.RowGroups[0].Columns[0].MetaData
		}, false},
		"beyond the file":  {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = int64(len(b)) }, false},
		"before its begin": {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = -1 }, false},
	} {
		s := newSource(Source{bytes.NewReader(b), int64(len(b))})
		f, fields, err := s.open()
		if err != nil {
			t.Fatal(err)
		}
		c.change(f.MetaData())
		if err := s.expect(f.MetaData(), []int{0, 1}, fields); (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the library would read besides the footer and the chunks is refused.
func TestReadsBesideTheChunks(t *testing.T) {
	rec := claims(t, 300, "district")[0]
	b := write(t, rec.Schema(), rec)
	s := newSource(Source{bytes.NewReader(b), int64(len(b))})
	f, fields, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.expect(f.MetaData(), []int{0}, fields); err != nil {
		t.Fatal(err)
	}
	for where := range s.chunks {
		whole := make([]byte, where.size)
		if _, err := s.ReadAt(whole, where.at); err != nil {
			t.Errorf("the chunk: %v", err)
		}
		if _, err := s.ReadAt(whole[1:], where.at); fault.KindOf(err) != fault.Integrity {
			t.Errorf("a part of it: %v", err)
		}
		if _, err := s.ReadAt(whole, where.at+1); fault.KindOf(err) != fault.Integrity {
			t.Errorf("beside it: %v", err)
		}
	}
	if len(s.chunks) != 1 {
		t.Errorf("%d chunks", len(s.chunks))
	}
}

// A footer that claims a list of 64 million row groups takes no memory for them.
func TestFooterThatClaimsAList(t *testing.T) {
	footer := "\x15\x02\x39\xfc\x80\x80\x80\x20" // version; field 4, a list of structures
	b := append(binary.LittleEndian.AppendUint32([]byte(magic+footer), uint32(len(footer))), magic...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := everything(b)
	runtime.ReadMemStats(&after)
	if fault.KindOf(err) != fault.Integrity || after.TotalAlloc-before.TotalAlloc > 16<<20 {
		t.Errorf("%v after %d bytes", err, after.TotalAlloc-before.TotalAlloc)
	}
}
