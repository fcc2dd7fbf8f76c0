// Package table turns the columnar frame of sandbox/abi into Arrow records and
// sealed Parquet, and back.
//
//	cell ── frame ──► FromFrame ──► arrow.RecordBatch ──► Writer ──► Parquet, sealed by the caller
//	guest ◄─ frame ── ToFrame ◄─── arrow.RecordBatch ◄── Reader ◄── Parquet, opened by the caller
//
// Seven column types cross here, one Arrow and one Parquet type for each:
//
//	integer       int64              INT64
//	decimal(p,s)  decimal128(p,s)    INT32 or INT64, DECIMAL(p,s)
//	double        float64            DOUBLE
//	text          utf8               BYTE_ARRAY, STRING
//	date          date32             INT32, DATE
//	timestamp     timestamp[us,UTC]  INT64, TIMESTAMP(micros, adjusted to UTC)
//	boolean       bool               BOOLEAN
//
// Every column may have nulls. The same rows under the same schema give the
// same Parquet bytes, however they were cut into records.
//
// Trust: Reader reads only files that Writer made and a seal protected since; it
// is no reader of uploads. table holds no key and touches no storage: it sees
// an io.Writer or an io.ReaderAt.
package table
