package hostile

import (
	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Upload is a hostile file and what must become of it: refused as a whole, or read
// to these counts.
type Upload struct {
	Name    string
	Bytes   []byte
	Request abi.IngestRequest // how its description says that it is written
	Refused abi.Failure       // the zero value: it is read
	Kept    int64
	Bad     int64        // rows in quarantine
	Why     []abi.Reason // of them, each once, in their order
}

// textColumns asks for text columns.
func textColumns(names ...string) (list []abi.IngestColumn) {
	for _, name := range names {
		list = append(list, abi.IngestColumn{Name: name, Type: coltype.Type{Kind: coltype.Text}})
	}
	return list
}

// csv asks for the columns a and b of a csv.
func csv(compression, encoding string) abi.IngestRequest {
	return abi.IngestRequest{Format: abi.FormatCSV, Compression: compression, Encoding: encoding, Columns: textColumns("a", "b")}
}

// refused is a file that is not read.
func refused(name string, b []byte, req abi.IngestRequest, why abi.Failure) Upload {
	return Upload{Name: name, Bytes: b, Request: req, Refused: why}
}

// read is one that is read, with rows kept and rows in quarantine.
func read(name string, b []byte, req abi.IngestRequest, kept, bad int64, why ...abi.Reason) Upload {
	return Upload{Name: name, Bytes: b, Request: req, Kept: kept, Bad: bad, Why: why}
}

func failure(code abi.Code) abi.Failure { return abi.Failure{Code: code} }

// must gives what the libraries here write; they write to memory.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
