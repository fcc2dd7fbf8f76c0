package cell

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// report is what an inspection found. Of the rows it holds counts alone.
type report struct {
	abi.InspectRequest // how the file is written
	header, complete   bool
	rows, ragged       int64
	sheets             []sheetEntry
	names              []string
	columns            []guess
	types              []coltype.Type // of a file that says them; nil else

	probes *probes
	first  [][]byte // the first record, until it is known whether it is the header
	data   bool     // some row repeats a part of it: it is a row too
}

// maxInspected is how many rows of a sheet or a Parquet file are looked at.
const maxInspected = 20_000

// inspect looks at the beginning of an upload and reports how it is written.
func inspect(req *abi.InspectRequest, in *io.SectionReader, out *answers) error {
	p, err := newProbes()
	if err != nil {
		return err
	}
	r := &report{InspectRequest: *req, probes: p}
	found := sniff(in)
	written := req.Compression + req.Encoding + req.Delimiter // what only a text has
	switch {
	case cmp.Or(req.Format, found, abi.FormatCSV) == abi.FormatCSV && req.Sheet == "" || req.Format == abi.FormatTSV:
		err = r.text(in)
	case found != cmp.Or(req.Format, found) || found == "" || written != "" || req.Sheet != "" && found != abi.FormatXLSX:
		err = abi.NotA(abi.FailFormat, found)
	case found == abi.FormatXLSX:
		err = r.workbook(in)
	default:
		err = r.parquet(in)
	}
	if err != nil {
		return err
	}
	return r.send(out)
}

// text inspects a csv or tsv.
func (r *report) text(in *io.SectionReader) error {
	t, err := openText(in, r.Compression, r.Encoding)
	if err != nil {
		return err
	}
	defer t.close()
	sample, err := t.sample()
	if err != nil {
		return err
	}
	c := detectCutting(sample, t.whole, r.Format, r.Delimiter)
	r.Format, r.Delimiter, r.Encoding, r.Compression = c.format, c.delimiter, t.encoding, t.compression
	r.complete = t.whole
	records := newRecords(t, r.Format, r.Delimiter)
	sample, whole := beginning(sample, len(records.buf)-1, t.whole)
	records.restart(sample)
	names, err := header(records)
	if err != nil {
		return err
	}
	records.single = len(names) == 1
	r.begin(names)
	for {
		cells, why, err := records.nextOf(sample, whole)
		if err == io.EOF {
			r.settle()
			return nil
		} else if err != nil {
			return err
		}
		r.row(cells, why == "" && len(cells) == len(names))
	}
}

// workbook inspects a sheet.
func (r *report) workbook(in *io.SectionReader) error {
	s, err := openSheet(in, r.Sheet, false)
	if err != nil {
		return err
	}
	defer s.close()
	r.Format, r.Sheet, r.sheets = abi.FormatXLSX, s.name, s.book.sheets
	names, err := s.header()
	if err != nil {
		return err
	}
	r.begin(names)
	cells := make([][]byte, len(names))
	for r.rows < maxInspected {
		if err := s.next(); err == io.EOF {
			r.complete = true
			break
		} else if err != nil {
			return err
		}
		for i := range cells {
			text, _ := s.csv(&s.cells[i])
			cells[i] = append(cells[i][:0], text...)
		}
		r.row(cells, s.why == "" && s.width <= len(names))
	}
	r.settle()
	return nil
}

// begin takes the first record.
func (r *report) begin(names []string) {
	r.names, r.columns = names, make([]guess, len(names))
	for i, name := range names {
		r.columns[i] = newGuess()
		r.first = append(r.first, []byte(name))
	}
}

// row takes another one. fits is false if it has not the cells of the first.
func (r *report) row(cells [][]byte, fits bool) {
	r.rows++
	if !fits {
		r.ragged++
		return
	}
	same := 0
	for i, cell := range cells {
		r.columns[i].see(r.probes, cell)
		if len(cell) > 0 && bytes.Equal(cell, r.first[i]) {
			same++
		}
	}
	r.data = r.data || !r.Named && same > 0 && same < len(cells)
}

// settle decides whether the first record is the header: no cell of it repeats
// below, two of them are never the same, and each may be a name. If it is not,
// its cells are values, and are forgotten.
func (r *report) settle() {
	seen := map[string]bool{}
	for _, cell := range r.first {
		r.data = r.data || !headerCell(r.probes, cell) || seen[string(cell)] && len(cell) > 0
		seen[string(cell)] = true
	}
	if r.header = !r.data; r.header {
		return
	}
	r.rows++
	for i, cell := range r.first {
		r.columns[i].see(r.probes, cell)
	}
	clear(r.names)
}

// send answers with the report.
func (r *report) send(out *answers) error {
	names, kinds, nulls := newColumn("name", coltype.Text), newColumn("type", coltype.Text), newColumn("nulls", coltype.Integer)
	of, spelling, rows := newColumn("column", coltype.Integer), newColumn("spelling", coltype.Text), newColumn("rows", coltype.Integer)
	for i := range r.columns {
		g := &r.columns[i]
		t := g.column()
		if r.types != nil {
			t = r.types[i]
		}
		kind := ""
		if t.Valid() {
			kind = t.String()
		}
		appendText(&names, shorten(r.names[i]))
		appendText(&kinds, kind)
		nulls.Ints = append(nulls.Ints, g.missing)
		for _, s := range slices.Sorted(maps.Keys(g.nulls)) {
			of.Ints = append(of.Ints, int64(i+1))
			appendText(&spelling, s)
			rows.Ints = append(rows.Ints, g.nulls[s])
		}
	}
	sheets, shows := newColumn("name", coltype.Text), newColumn("shows", coltype.Boolean)
	for _, s := range r.sheets {
		appendText(&sheets, shorten(s.name))
		shows.Bools = append(shows.Bools, truth(s.shows))
	}
	for _, f := range []struct {
		name    string
		rows    int
		columns []abi.Column
	}{
		{abi.StreamInspection, 1, r.head()},
		{abi.StreamSheets, len(r.sheets), []abi.Column{sheets, shows}},
		{abi.StreamColumns, len(r.columns), []abi.Column{names, kinds, nulls}},
		{abi.StreamNulls, len(rows.Ints), []abi.Column{of, spelling, rows}},
	} {
		if err := out.frame(f.name, &abi.Frame{Rows: f.rows, Columns: f.columns}); err != nil {
			return err
		}
	}
	return nil
}

// head is the row that says how the file is written.
func (r *report) head() []abi.Column {
	var columns []abi.Column
	for _, f := range []struct{ name, value string }{
		{"format", r.Format}, {"compression", r.Compression}, {"encoding", r.Encoding}, {"delimiter", r.Delimiter}, {"sheet", r.Sheet},
	} {
		c := newColumn(f.name, coltype.Text)
		appendText(&c, f.value)
		columns = append(columns, c)
	}
	header, complete := newColumn("header", coltype.Boolean), newColumn("complete", coltype.Boolean)
	header.Bools, complete.Bools = []byte{truth(r.header)}, []byte{truth(r.complete)}
	rows, ragged := newColumn("rows", coltype.Integer), newColumn("ragged", coltype.Integer)
	rows.Ints, ragged.Ints = []int64{r.rows}, []int64{r.ragged}
	return append(columns, header, complete, rows, ragged)
}

func newColumn(name string, kind coltype.Kind) abi.Column {
	c := abi.Column{Name: name, Type: coltype.Type{Kind: kind}}
	if kind == coltype.Text {
		c.Offsets = []uint32{0}
	}
	return c
}

func truth(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// shorten cuts a name to what a description may hold.
func shorten(name string) string {
	if len(name) <= abi.MaxNameBytes {
		return name
	}
	return string(bytes.ToValidUTF8([]byte(name[:abi.MaxNameBytes]), nil))
}
