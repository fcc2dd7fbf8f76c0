package cell

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf8"

	"yingbi/sandbox/abi"
)

// csvColumn is where a declared column stands in a record and how it is read.
type csvColumn struct {
	at    int
	parse parser
}

// ingestCSV reads a csv or tsv with a header row into out.
func ingestCSV(req *abi.IngestRequest, in *text, out *answers) error {
	r := newRecords(in, req.Format, req.Delimiter)
	names, err := header(r)
	if err != nil {
		return err
	}
	at, err := match(req, names)
	if err != nil {
		return in.otherDelimiter(req, err)
	}
	b, err := newBatch(req, out)
	if err != nil {
		return err
	}
	defer b.out.stop()
	columns := make([]csvColumn, len(at))
	for i := range at {
		columns[i] = csvColumn{at: at[i], parse: parserOf(req.Columns[i].Type)}
	}
	r.single = len(names) == 1
	for {
		cells, line, why, err := r.next()
		if err == io.EOF {
			return b.finish(extra(len(names), at))
		}
		if err == nil {
			if why == "" && len(cells) != len(names) {
				why = abi.ReasonRagged
			}
			err = ingestRecord(b, columns, cells, line, why)
		}
		if err != nil {
			return err
		}
	}
}

// ingestRecord counts one record and keeps it, or puts it into quarantine for why
// or for its first bad cell.
func ingestRecord(b *batch, columns []csvColumn, cells [][]byte, line int64, why abi.Reason) error {
	if why != "" {
		return b.reject(line, -1, why)
	}
	for i, c := range columns {
		if why := b.targets[i].put(c.parse, b.rows, cells[c.at]); why != "" {
			return b.reject(line, i, why)
		}
	}
	return b.keep(line)
}

// header reads the names of the columns.
func header(in *records) ([]string, error) {
	cells, _, why, err := in.next()
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(cells) > abi.MaxColumns || why != "" && in.tooWide() {
		return nil, abi.Failure{Code: abi.FailTooWide}
	}
	if why == abi.ReasonEncoding {
		return nil, abi.NotA(abi.FailEncoding, "")
	}
	if err != nil || why != "" {
		return nil, abi.Failure{Code: abi.FailFormat}
	}
	names := make([]string, len(cells))
	for i, c := range cells {
		if !utf8.Valid(c) {
			return nil, abi.NotA(abi.FailEncoding, "")
		}
		names[i] = string(c)
	}
	return names, nil
}

// records cuts a csv into records as RFC 4180 and encoding/csv do, with two
// differences. A record ends after 1 MiB. And after a malformed record reading
// goes on with the line after the one on which it began, so that a stray quote
// costs one line and never hides the rest of the file. A tsv has no quotes: each
// line is a record, and each tab ends a cell.
type records struct {
	file    io.Reader
	comma   byte
	raw     bool   // a quote is text
	foreign bool   // 0xff stands for bytes that the file's encoding does not have
	single  bool   // the file has one column, so that an empty line is a row
	buf     []byte // the bytes that were read and not yet used are buf[at:end]
	at, end int
	eof     bool
	line    int64    // of buf[at], from 1
	cells   [][]byte // of the current record, in buf or in plain
	plain   []byte   // cells without their doubled quotes; never grows beyond its capacity
}

func newRecords(in *text, format, delimiter string) *records {
	size := 4 * maxRecord
	if in.whole {
		size = min(size, widest*len(in.head)+1)
	}
	r := &records{file: in, foreign: in.foreign, line: 1, buf: make([]byte, size), plain: make([]byte, 0, min(size, maxRecord))}
	r.cut(format, delimiter)
	return r
}

// cut says how the rest is cut into cells.
func (r *records) cut(format, delimiter string) {
	r.comma, r.raw = ',', format == abi.FormatTSV
	if r.raw {
		r.comma = '\t'
	} else if delimiter != "" {
		r.comma = delimiter[0]
	}
}

// window gives the unused bytes: a whole record at least, or more than
// maxRecord, or all that is left.
func (r *records) window() ([]byte, error) {
	if r.end-r.at > maxRecord || r.eof {
		return r.buf[r.at:r.end], nil
	}
	r.end = copy(r.buf, r.buf[r.at:r.end])
	r.at = 0
	for r.end < len(r.buf) && !r.eof {
		n, err := r.file.Read(r.buf[r.end:])
		r.end += n
		if err == io.EOF {
			r.eof = true
		} else if err != nil {
			return nil, err
		}
	}
	return r.buf[r.at:r.end], nil
}

// next gives the cells of the next record and the line on which it begins, or
// why it is malformed; io.EOF after the last. The cells are good until the next
// call. An empty line is no record unless the file has one column.
func (r *records) next() (cells [][]byte, line int64, why abi.Reason, err error) {
	for {
		w, err := r.window()
		if err != nil {
			return nil, 0, "", err
		}
		if len(w) == 0 {
			return nil, 0, "", io.EOF
		}
		line = r.line
		end := bytes.IndexByte(w, '\n')
		if end < 0 {
			end = len(w)
		}
		text := trimCR(w[:end])
		if len(text) == 0 && !r.single {
			r.skip(w, end, 1)
			continue
		}
		lines := 1
		r.cells = r.cells[:0]
		if !r.raw && bytes.IndexByte(text, '"') >= 0 {
			if end, why = r.quoted(w); why != "" {
				return nil, line, why, r.skipLine()
			}
			lines += bytes.Count(w[:end], []byte{'\n'})
		} else {
			r.split(text)
		}
		if end > maxRecord {
			return nil, line, abi.ReasonTooLong, r.skipLine()
		}
		if r.foreign && bytes.IndexByte(w[:end], noCharacter) >= 0 {
			why = abi.ReasonEncoding
		}
		r.skip(w, end, lines)
		return r.cells, line, why, nil
	}
}

// tooWide reports whether the record that is too long has too many cells, as far
// as it is still to be seen.
func (r *records) tooWide() bool {
	return bytes.Count(r.buf[:r.at], []byte{r.comma}) >= abi.MaxColumns
}

// skip uses up n bytes of the window and the line feed after them.
func (r *records) skip(w []byte, n, lines int) {
	r.line += int64(lines)
	r.at += min(n+1, len(w))
}

// skipLine uses up the rest of the line, however long.
func (r *records) skipLine() error {
	for {
		w, err := r.window()
		if err != nil || len(w) == 0 {
			return err
		}
		if end := bytes.IndexByte(w, '\n'); end >= 0 {
			r.at += end + 1
			r.line++
			return nil
		}
		r.at += len(w)
	}
}

// split cuts a line without quotes. Cells are short, so it looks at eight bytes
// at a time: those that are the delimiter leave the high bit of their byte in hits.
func (r *records) split(text []byte) {
	const low = 0x7f7f7f7f7f7f7f7f
	commas := uint64(r.comma) * 0x0101010101010101
	from, at := 0, 0
	for ; at+8 <= len(text); at += 8 {
		x := binary.LittleEndian.Uint64(text[at:]) ^ commas
		for hits := ^((x & low) + low | x | low); hits != 0; hits &= hits - 1 {
			end := at + bits.TrailingZeros64(hits)>>3
			r.cells = append(r.cells, text[from:end])
			from = end + 1
		}
	}
	for ; at < len(text); at++ {
		if text[at] == r.comma {
			r.cells = append(r.cells, text[from:at])
			from = at + 1
		}
	}
	r.cells = append(r.cells, text[from:])
}

// quoted cuts a record with quotes, which may have more lines than one. end is
// where the line feed after it stands, the end of the file, or over maxRecord.
func (r *records) quoted(window []byte) (end int, why abi.Reason) {
	r.plain = r.plain[:0]
	w := window[:min(len(window), maxRecord+1)]
	at := 0
	for {
		cell, n := r.bare(w[at:])
		if at < len(w) && w[at] == '"' {
			cell, n = r.unquote(w[at:])
		}
		if n < 0 {
			return 0, abi.ReasonQuote
		}
		r.cells = append(r.cells, cell)
		at += n
		switch rest := w[at:]; {
		case len(rest) > 0 && rest[0] == r.comma:
			at++
		case len(rest) > 0 && rest[0] == '\n':
			return at, ""
		case bytes.HasPrefix(rest, []byte("\r\n")):
			return at + 1, ""
		case len(rest) <= 1 && len(w) < len(window):
			return len(w), ""
		case len(trimCR(rest)) == 0:
			return at, ""
		default:
			return 0, abi.ReasonQuote
		}
	}
}

// bare gives the cell without quotes that w begins with, and its bytes; -1 if a
// quote stands in it.
func (r *records) bare(w []byte) (cell []byte, n int) {
	for n < len(w) && w[n] != r.comma && w[n] != '\n' {
		if w[n] == '"' {
			return nil, -1
		}
		n++
	}
	if n == len(w) || w[n] == '\n' {
		return trimCR(w[:n]), n
	}
	return w[:n], n
}

// unquote gives the cell whose opening quote w begins with, and its bytes with
// both quotes; -1 if it is not closed.
func (r *records) unquote(w []byte) (cell []byte, n int) {
	start := len(r.plain)
	n = 1
	for {
		i := bytes.IndexByte(w[n:], '"')
		if i < 0 {
			return nil, -1
		}
		part := w[n : n+i]
		n += i + 1
		if n == len(w) || w[n] != '"' {
			if len(r.plain) == start {
				return part, n // no doubled quote: the cell lies in the file's bytes
			}
			r.plain = append(r.plain, part...)
			return r.plain[start:], n
		}
		r.plain = append(append(r.plain, part...), '"')
		n++
	}
}

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}
