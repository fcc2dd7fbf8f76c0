// Package table turns the columnar frame of sandbox/abi into Arrow records and
// sealed Parquet, and back.
//
//	cell ── frame ──► FromFrame ──► arrow.RecordBatch ──► Writer ──► Parquet, sealed by the caller
//	guest ◄─ frame ── ToFrame ◄─── arrow.RecordBatch ◄── Reader ◄── Parquet, opened by the caller
//	                                                     Project ◄── parts of it: some columns of all rows, as one file
//
// Seven column types cross here, one Arrow and one Parquet type for each:
//
//	integer       int64              INT64                       delta
//	decimal(p,s)  decimal128(p,s)    INT32 or INT64, DECIMAL     delta
//	double        float64            DOUBLE                      plain
//	text          utf8               BYTE_ARRAY, STRING          dictionary, or delta length
//	date          date32             INT32, DATE                 delta
//	timestamp     timestamp[us,UTC]  INT64, TIMESTAMP (micros)   delta
//	boolean       bool               BOOLEAN                     plain
//
// Every column may have nulls. The same rows under the same schema give the
// same Parquet bytes, however they were cut into records.
//
// # Format
//
// A file is Parquet as any reader knows it, written by Apache's arrow-go. Numbers are
// DELTA_BINARY_PACKED; decimals of up to nine digits are INT32. Texts are
// RLE_DICTIONARY where those of the file's first 4,096 rows come twice or more on
// average, and else DELTA_LENGTH_BYTE_ARRAY. Pages are compressed by Snappy, but for
// texts without a dictionary of which it would not save an eighth. A row group has
// 131,072 rows at most, fewer where their text reaches 64 MiB; each of its columns
// is one page, and a dictionary page where it has one. There are no statistics, no
// page index, no Bloom filter and no key-value metadata: nothing in a footer tells
// of a value.
//
// Trust: Reader and Project read only files that this package made and a seal
// protected since; neither is a reader of uploads. What arrow-go refuses or panics at
// is an Integrity fault, and an error of the source itself is given as it is. arrow-go
// allocates by the numbers it reads, though, up to all memory by one damaged byte. So
// the lists of a footer are counted first, and Reader refuses a chunk with other pages
// than those above: sizes that disagree, words' numbers beyond the dictionary, delta
// blocks but of 128 values in four parts, more values than rows. A chunk is checked
// when the library reads it, which it does at once, so that nothing is opened twice.
//
// table holds no key and touches no storage: it sees an io.Writer or an io.ReaderAt.
// Project reads of each part the footer and the bytes of the wanted columns, and
// nothing else.
package table
