package table

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
)

// sampleRows is how many first rows of a file show how to store its columns.
const sampleRows = 4096

// properties chooses how to store the columns of a file with these first rows. A
// column of a row group is one page, so that the bytes do not depend on the records. A
// dictionary never ends early: a chunk that mixes encodings lists them in the
// footer in the order of a Go map.
func properties(schema *arrow.Schema, first []arrow.RecordBatch) *parquet.WriterProperties {
	props := []parquet.WriterProperty{
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy("yingbi"),
		parquet.WithStoreDecimalAsInteger(true),
		parquet.WithStats(false),
		parquet.WithMaxRowGroupLength(groupRows),
		parquet.WithBatchSize(groupRows),
		parquet.WithDataPageSize(math.MaxInt64),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryPageSizeLimit(math.MaxInt32),
		parquet.WithCompression(compress.Codecs.Snappy),
	}
	for i, f := range schema.Fields() {
		switch f.Type.ID() {
		case arrow.STRING:
			props = append(props, textProperties(f.Name, sampleOf(i, first))...)
		case arrow.FLOAT64, arrow.BOOL:
		default:
			props = append(props, parquet.WithEncodingFor(f.Name, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	return parquet.NewWriterProperties(props...)
}

// sampleOf gives the texts of column i in the first rows.
func sampleOf(i int, first []arrow.RecordBatch) (texts []string) {
	rows := 0
	for _, rec := range first {
		column := rec.Column(i).(*array.String)
		for j := 0; j < column.Len() && rows < sampleRows; j++ {
			if column.IsValid(j) {
				texts = append(texts, column.Value(j))
			}
			rows++
		}
	}
	return texts
}

// textProperties gives text of which each value comes twice or more on average a
// dictionary: names and codes, not identifiers. A dictionary of what does not repeat
// takes three times as long to write.
func textProperties(name string, sample []string) []parquet.WriterProperty {
	seen, joined := make(map[string]struct{}), []byte(nil)
	for _, s := range sample {
		seen[s] = struct{}{}
		joined = append(joined, s...)
	}
	if len(sample) > 0 && 2*len(seen) <= len(sample) {
		return []parquet.WriterProperty{parquet.WithDictionaryFor(name, true)}
	}
	props := []parquet.WriterProperty{parquet.WithEncodingFor(name, parquet.Encodings.DeltaLengthByteArray)}
	if !shrinks(joined) {
		props = append(props, parquet.WithCompressionFor(name, compress.Codecs.Uncompressed))
	}
	return props
}

// shrinks reports whether compression saves an eighth. Less is not worth the time of
// every reader.
func shrinks(b []byte) bool {
	snappy, err := compress.GetCodec(compress.Codecs.Snappy)
	return err == nil && len(snappy.Encode(nil, b)) <= len(b)-len(b)/8
}
