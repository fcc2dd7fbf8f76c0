package abi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yingbi/internal/coltype"
)

// Descriptors that every cell inherits; 0, 1 and 2 are /dev/null.
const (
	RequestFD = 3 // sealed memfd: EncodeRequest. A cell that waits reads another from a pipe, the last descriptor
	AnswerFD  = 4 // pipe, write end: messages
	InputFD   = 5 // the first of the inputs
)

// MaxRequest is the size of the longest request, in bytes.
const MaxRequest = 16 << 20

// MaxColumns is how many columns an upload may have, declared or not.
const MaxColumns = 2000

// MaxPages is how many pages of 64 KiB 32 bits can address.
const MaxPages = 1 << 16

// The tasks of a cell.
const (
	TaskIngest  = "ingest"
	TaskInspect = "inspect"
	TaskCompile = "compile"
	TaskQuery   = "query"
	TaskPrepare = "prepare"
	TaskGuest   = "guest"
	TaskExplore = "explore"
	TaskMap     = "map"
)

// Request is what a parent asks of a cell: the one task that it names.
type Request struct {
	Task    string
	Waits   int // the descriptor of a pipe on which the request comes of which this is the beginning; 0: this is all
	Ingest  *IngestRequest
	Inspect *InspectRequest
	Compile *CompileRequest
	Query   *QueryRequest
	Prepare *PrepareRequest
	Guest   *GuestRequest
	Explore *ExploreRequest
	Map     *MapRequest
}

// IngestRequest turns the uploaded file on InputFD into frames of the declared
// columns.
type IngestRequest struct {
	Format      string // FormatCSV …
	Compression string // csv, tsv: CompressionNone …; "" is none
	Encoding    string // csv, tsv: EncodingUTF8 …; "" is UTF-8
	Delimiter   string // csv: one ASCII character, none of quote, CR, LF, NUL; "" is a comma
	Sheet       string // xlsx: its name; "" is the first that shows
	Columns     []IngestColumn
	BatchRows   int // rows of a frame at the most; 0 is 65,536
}

// InspectRequest asks how the uploaded file on InputFD is written, as far as its
// beginning tells. What is given is taken, and checked; "" is to be found out.
type InspectRequest struct {
	Format, Compression, Encoding, Delimiter, Sheet string // as in IngestRequest
	Named                                           bool   // the first row is meant to name the columns: a cell of it that comes again below is no sign against it
}

// IngestColumn is one declared column of an upload.
type IngestColumn struct {
	Name     string
	Source   string // its name in the file; "" is Name
	Type     coltype.Type
	Nulls    []string // spellings of null, with or without blanks around them; an empty cell, quoted or not, is one only if "" is listed
	Zone     string   // IANA name for timestamps that carry no zone; "" is Asia/Shanghai
	Required bool     // a row without a value goes to quarantine
}

// CompileRequest turns the module on InputFD into native code.
type CompileRequest struct {
	MaxPages uint32 // pages of 64 KiB that the module's memory may have
}

// QueryRequest runs statements that the domain wrote over masked views.
type QueryRequest struct {
	Views      []View
	Statements []Statement
	Threads    int   // 1 when a result depends on the order of additions of doubles
	Memory     int64 // bytes for the engine
}

// View is a masked view in a sealed memfd: Parquet, or an engine file with one
// table of at least these columns.
type View struct {
	Name    string
	FD      int
	Columns []string // those to load
	Engine  bool     // an engine file, for query cells with more than one thread alone: it keeps no order of rows
}

// EngineFormat names the engine whose files the query cells of this program open.
const EngineFormat = "duckdb v1.5.5"

// PrepareRequest makes an engine file of the masked view on InputFD, Parquet.
type PrepareRequest struct {
	Columns []string // of the file's table
	Cluster string   // the column by which its rows are sorted, an ordinal; "" keeps their order
	Threads int
	Memory  int64 // bytes for the engine
}

// Statement is one SELECT with its bound values and the columns that it gives.
type Statement struct {
	Name   string // of the frame that answers it
	SQL    string
	Args   []Value
	Result []ResultColumn
}

// Value is a bound value. Int carries integer, decimal (scaled), date (days),
// timestamp (microseconds) and boolean; Float double; Text text.
type Value struct {
	Type  coltype.Type
	Null  bool
	Int   int64
	Float float64
	Text  string
}

// ResultColumn is one column of a statement's answer.
type ResultColumn struct {
	Name string
	Type coltype.Type
}

// GuestRequest runs a compiled module over raw columns or finished tables.
type GuestRequest struct {
	ModuleFD, CodeFD int
	Views            []View
	Tables           []GuestTable
	SQL              bool     // the guest may explore the views by gated SQL
	Outputs          []string // names of the items that it may emit
	AnyOutput        bool     // instead of Outputs: an item may have any name. For authors alone; no other sandbox runs it
	MaxPages         uint32
	MaxItems, MaxLog int
	MaxItemBytes     int64
	Seed             []byte
	Now              time.Time
}

// GuestTable is a finished table: an encoded frame.
type GuestTable struct {
	Name string
	FD   int
}

// EncodeRequest writes r as JSON.
func EncodeRequest(r *Request) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	b, err := json.Marshal(r)
	if err == nil && len(b) > MaxRequest {
		err = fmt.Errorf("request: %d bytes, the limit is %d", len(b), MaxRequest)
	}
	return b, err
}

// DecodeRequest reads what EncodeRequest wrote, and nothing else: no unknown or
// repeated field, no other spelling of the same value.
func DecodeRequest(b []byte) (*Request, error) {
	if len(b) > MaxRequest {
		return nil, fmt.Errorf("request: %d bytes, the limit is %d", len(b), MaxRequest)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	r := new(Request)
	if err := dec.Decode(r); err != nil {
		return nil, errors.New("request: not the JSON of a request")
	}
	again, err := EncodeRequest(r)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, b) {
		return nil, errors.New("request: not in the one spelling of a request")
	}
	return r, nil
}
