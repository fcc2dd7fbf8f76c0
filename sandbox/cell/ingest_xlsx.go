package cell

import (
	"bytes"
	"io"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// ingestXLSX reads a worksheet into out. Its first row that is not blank is the
// header; blank rows are none.
func ingestXLSX(req *abi.IngestRequest, in *io.SectionReader, out *answers) error {
	s, err := openSheet(in, req.Sheet, true)
	if err != nil {
		return err
	}
	defer s.close()
	names, err := s.header()
	if err != nil {
		return err
	}
	at, err := match(req, names)
	if err != nil {
		return err
	}
	s.mergeWithin(at)
	b, err := newBatch(req, out)
	if err != nil {
		return err
	}
	defer b.out.stop()
	columns := make([]csvColumn, len(at))
	for i := range at {
		columns[i] = csvColumn{at: at[i], parse: parserOf(req.Columns[i].Type)}
	}
	for {
		if err := s.next(); err == io.EOF && s.found == len(s.ranges) {
			return b.finish(extra(len(names), at))
		} else if err == io.EOF {
			return errWorkbook
		} else if err != nil {
			return err
		}
		if err := s.ingestRow(b, columns, len(names)); err != nil {
			return err
		}
	}
}

// openSheet opens one sheet of a workbook, with all that its cells need. It must
// be closed.
func openSheet(in *io.SectionReader, name string, merges bool) (*sheet, error) {
	book, err := openWorkbook(in)
	if err != nil {
		return nil, err
	}
	entry, err := book.sheet(name)
	if err != nil {
		return nil, err
	}
	for _, read := range []func() error{book.readStyles, book.readStrings} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	s := newSheet(book)
	s.name = entry.name
	if merges {
		if s.ranges, err = book.readMerges(entry.part); err != nil {
			return nil, err
		}
	}
	part, err := book.open(entry.part)
	if err != nil {
		return nil, err
	}
	s.x = newXMLReader(newAhead(part))
	return s, nil
}

func (s *sheet) close() { s.x.in.(*ahead).close() }

// header reads the names of the columns.
func (s *sheet) header() ([]string, error) {
	if err := s.next(); err == io.EOF || err == nil && s.why != "" {
		return nil, errWorkbook
	} else if err != nil {
		return nil, err
	}
	if s.width > abi.MaxColumns {
		return nil, abi.Failure{Code: abi.FailTooWide}
	}
	names := make([]string, s.width)
	for i := range names {
		text, _ := s.csv(&s.cells[i])
		names[i] = string(bytes.ToValidUTF8(text, []byte("?")))
	}
	return names, nil
}

// ingestRow counts the current row and keeps it, or puts it into quarantine.
func (s *sheet) ingestRow(b *batch, columns []csvColumn, width int) error {
	if s.why == "" && s.width > width {
		s.why = abi.ReasonRagged
	}
	if s.why != "" {
		return b.reject(s.line, -1, s.why)
	}
	if column := s.merged(); column >= 0 {
		return b.reject(s.line, column, abi.ReasonMerged)
	}
	for i, c := range columns {
		if why := s.put(&b.targets[i], c.parse, b.rows, &s.cells[c.at]); why != "" {
			return b.reject(s.line, i, why)
		}
	}
	return b.keep(s.line)
}

// put reads a cell into a row as the cell of a csv that would say the same.
func (s *sheet) put(t *target, parse parser, row int, c *sheetCell) abi.Reason {
	text, why := c.text, abi.Reason("")
	switch kind := t.Type.Kind; {
	case c.kind == cellNumber && c.style == 0 && kind == coltype.Double: // all its digits
	case c.kind == cellNumber && c.style != 0 && (kind == coltype.Date || kind == coltype.Timestamp):
		if t.isNull(text) {
			return t.putNull(row)
		}
		return s.putSerial(t, row, c)
	default:
		text, why = s.csv(c)
	}
	switch {
	case why == "":
		return t.put(parse, row, text)
	case c.kind != cellStale && t.isNull(c.text):
		return t.putNull(row)
	}
	return why
}

// putSerial gives row a number that is shown as a date.
func (s *sheet) putSerial(t *target, row int, c *sheetCell) abi.Reason {
	v, ok := parseFloat(c.text)
	if !ok {
		return abi.ReasonFormat
	}
	at, why := serialOf(v, s.book.date1904)
	switch {
	case why != "":
		return why
	case t.Type.Kind == coltype.Timestamp:
		return t.putLocal(row, at.day*daySecs+at.millis/1000, at.millis%1000*1000)
	case at.millis != 0:
		return abi.ReasonFormat
	}
	return t.putInt(row, at.day)
}

// csv gives a cell as a csv would have it, and why that is no value.
func (s *sheet) csv(c *sheetCell) ([]byte, abi.Reason) {
	switch c.kind {
	case cellText:
		return c.text, ""
	case cellError:
		return c.text, abi.ReasonError
	case cellStale:
		return nil, abi.ReasonFormula
	case cellBool:
		switch string(c.text) {
		case "1", "true":
			return append(s.scratch[:0], "TRUE"...), ""
		case "0", "false":
			return append(s.scratch[:0], "FALSE"...), ""
		}
		return c.text, abi.ReasonFormat
	case cellNumber:
		return s.csvNumber(c)
	}
	return nil, ""
}

func (s *sheet) csvNumber(c *sheetCell) ([]byte, abi.Reason) {
	if c.style != 0 {
		v, ok := parseFloat(c.text)
		if !ok {
			return c.text, abi.ReasonFormat
		}
		text, why := appendSerial(s.scratch[:0], v, c.style, s.book.date1904)
		s.scratch = text
		return text, why
	}
	text, exact, ok := appendNumber(s.scratch[:0], c.text)
	s.scratch = text
	switch {
	case !ok:
		return c.text, abi.ReasonFormat
	case !exact:
		return text, abi.ReasonPrecision
	}
	return text, ""
}
