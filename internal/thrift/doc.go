// Package thrift walks the structures of a Parquet file, written in the compact
// protocol of Thrift, without making anything of them: what the Parquet library
// will allocate is known before it does.
//
//	bytes ──► Reader.Fields ──► what a caller asks of each field; the rest is skipped
//	bytes ──► ReadPageHeader ──► PageHeader
//
// The protocol: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md. The
// structures: github.com/apache/parquet-format, parquet.thrift.
//
// Trust: the bytes may be anyone's. A Reader takes time by their number, keeps none
// of them, and allocates nothing; what ends early or is no structure leaves it Bad,
// and so does what nests deeper than 32.
package thrift
