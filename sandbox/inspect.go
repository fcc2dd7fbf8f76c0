package sandbox

import (
	"context"
	"os"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Inspection is how an upload is written, as its beginning tells, and what its
// columns seem to be. All of it is a cell's word, for a person to confirm. Names
// hold any characters: whoever shows them escapes them.
type Inspection struct {
	Format      string // abi.FormatCSV …
	Compression string // csv, tsv
	Encoding    string // csv, tsv
	Delimiter   string // csv, tsv: one character
	Sheet       string // xlsx: the one that was looked at
	Sheets      []Sheet

	Header   bool  // the first row names the columns. An upload without that cannot be read
	Complete bool  // the whole file was looked at
	Rows     int64 // looked at
	Ragged   int64 // of them, with more or fewer cells than the first, or malformed
	Columns  []InspectedColumn
}

// Sheet is a worksheet of a workbook.
type Sheet struct {
	Name  string
	Shows bool // it is not hidden
}

// InspectedColumn is what a column seems to be.
type InspectedColumn struct {
	Name      string       // "" without a header; at most abi.MaxNameBytes of it
	Type      coltype.Type // of every value looked at; the zero type where there was none, or a Parquet file's is not read
	Nulls     int64        // rows looked at without a value, however written
	Spellings []Spelling   // how those were written, of a text or sheet
}

// Spelling is one way in which a column writes that there is no value.
type Spelling struct {
	Text string // with the blanks around it
	Rows int64
}

// Request asks for the columns of a file that is written as the inspection says.
func (i *Inspection) Request(columns []abi.IngestColumn) abi.IngestRequest {
	return abi.IngestRequest{
		Format: i.Format, Compression: i.Compression, Encoding: i.Encoding, Delimiter: delimiterOf(i), Sheet: i.Sheet, Columns: columns,
	}
}

// delimiterOf leaves out the one that a tsv always has.
func delimiterOf(i *Inspection) string {
	if i.Format == abi.FormatTSV {
		return ""
	}
	return i.Delimiter
}

var inspectionColumns = map[string][]abi.ResultColumn{
	abi.StreamInspection: {
		column("format", coltype.Text), column("compression", coltype.Text), column("encoding", coltype.Text),
		column("delimiter", coltype.Text), column("sheet", coltype.Text), column("header", coltype.Boolean),
		column("complete", coltype.Boolean), column("rows", coltype.Integer), column("ragged", coltype.Integer),
	},
	abi.StreamSheets:  {column("name", coltype.Text), column("shows", coltype.Boolean)},
	abi.StreamColumns: {column("name", coltype.Text), column("type", coltype.Text), column("nulls", coltype.Integer)},
	abi.StreamNulls:   {column("column", coltype.Integer), column("spelling", coltype.Text), column("rows", coltype.Integer)},
}

// Inspect looks at the beginning of an uploaded file in a cell. What is given in
// the request is taken; where the file contradicts it, the failure says what was
// found instead (abi.Failure.Found).
func (s *Sandbox) Inspect(ctx context.Context, req abi.InspectRequest, file *os.File, lim Limits) (Inspection, error) {
	frames := map[string]*abi.Frame{}
	_, err := s.Run(ctx, Task{
		Request: abi.Request{Task: abi.TaskInspect, Inspect: &req},
		Inputs:  []*os.File{file},
		Limits:  lim,
		Receive: func(m abi.Message) (err error) {
			frames[m.Name], err = decode(m, inspectionColumns[m.Name])
			return err
		},
	})
	if err != nil {
		return Inspection{}, err
	}
	return readInspection(frames)
}

// readInspection believes a cell no word that its request could not have, and
// none that might be a value of a row.
func readInspection(frames map[string]*abi.Frame) (Inspection, error) {
	head, sheets, columns, nulls := frames[abi.StreamInspection], frames[abi.StreamSheets], frames[abi.StreamColumns], frames[abi.StreamNulls]
	if head.Rows != 1 {
		return Inspection{}, broken(abi.StreamInspection, "not one row")
	}
	text := func(i int) string { return string(head.Columns[i].TextAt(0)) }
	is := func(i int) bool { return head.Columns[i].Bools[0] == 1 }
	in := Inspection{
		Format: text(0), Compression: text(1), Encoding: text(2), Delimiter: text(3), Sheet: text(4),
		Header: is(5), Complete: is(6), Rows: head.Columns[7].Ints[0], Ragged: head.Columns[8].Ints[0],
	}
	for i := range sheets.Rows {
		in.Sheets = append(in.Sheets, Sheet{Name: string(sheets.Columns[0].TextAt(i)), Shows: sheets.Columns[1].Bools[i] == 1})
	}
	for i := range columns.Rows {
		c := InspectedColumn{Name: string(columns.Columns[0].TextAt(i)), Nulls: columns.Columns[2].Ints[i]}
		if kind := columns.Columns[1].TextAt(i); len(kind) > 0 && c.Type.UnmarshalText(kind) != nil {
			return Inspection{}, broken(abi.StreamColumns, "a type that is none")
		}
		if len(c.Name) > abi.MaxNameBytes || c.Name != "" && !in.Header || c.Nulls < 0 || c.Nulls > in.Rows {
			return Inspection{}, broken(abi.StreamColumns, "a column that cannot be")
		}
		in.Columns = append(in.Columns, c)
	}
	for i := range nulls.Rows {
		at, s := nulls.Columns[0].Ints[i], Spelling{Text: string(nulls.Columns[1].TextAt(i)), Rows: nulls.Columns[2].Ints[i]}
		if at < 1 || at > int64(len(in.Columns)) || !abi.IsNullSpelling(s.Text) || s.Rows < 1 || s.Rows > in.Rows {
			return Inspection{}, broken(abi.StreamNulls, "a spelling that cannot be")
		}
		in.Columns[at-1].Spellings = append(in.Columns[at-1].Spellings, s)
	}
	return in, in.check()
}

// check makes sure that an upload can be as the inspection says.
func (i *Inspection) check() error {
	req := i.Request([]abi.IngestColumn{{Name: "c", Type: coltype.Type{Kind: coltype.Text}}})
	if _, err := abi.EncodeRequest(&abi.Request{Task: abi.TaskIngest, Ingest: &req}); err != nil {
		return broken(abi.StreamInspection, "a way to write that is none")
	}
	if i.Rows < 0 || i.Ragged < 0 || i.Ragged > i.Rows || len(i.Columns) > abi.MaxColumns || len(i.Sheets) > maxColumns {
		return broken(abi.StreamInspection, "counts that cannot be")
	}
	return nil
}
