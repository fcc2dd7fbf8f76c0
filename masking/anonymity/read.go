package anonymity

import (
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// MaxFile is the longest hierarchy file, in bytes.
const MaxFile = 64 << 20

// ReadHierarchy parses rows "value;level 1;…;top" without a header, in UTF-8, as ARX
// writes them. Whoever asks for a check writes them, as they write the specification:
// they are no data of somebody else, and are parsed here.
func ReadHierarchy(r io.Reader) (*Hierarchy, error) {
	limited := &io.LimitedReader{R: r, N: MaxFile + 1}
	rows := csv.NewReader(limited)
	rows.Comma, rows.FieldsPerRecord = ';', -1
	var h *Hierarchy
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) && limited.N > 0 && h != nil {
			return h, nil
		}
		if err == nil && h == nil {
			row[0] = trimMark(row[0])
			h = newHierarchy(len(row), nil)
		}
		if err == nil {
			err = readable(row)
		}
		if err == nil {
			err = h.learn(row)
		}
		if limited.N == 0 {
			return nil, fault.Errorf(fault.Limit, "a hierarchy has up to %d MiB", MaxFile>>20)
		}
		if errors.Is(err, io.EOF) {
			return nil, fault.New(fault.Invalid, "a hierarchy needs at least one row")
		}
		if err != nil {
			return nil, placed(rows, err)
		}
	}
}

// trimMark cuts the byte order mark off that some editors write first.
func trimMark(s string) string {
	const mark = "\ufeff"
	if len(s) >= len(mark) && s[:len(mark)] == mark {
		return s[len(mark):]
	}
	return s
}

func readable(row []string) error {
	for _, cell := range row {
		if !utf8.ValidString(cell) {
			return errors.New("it is not UTF-8")
		}
	}
	return nil
}

// placed says in which line an error lies, without the line.
func placed(rows *csv.Reader, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fault.At(fault.Place{Line: parse.Line, Column: parse.Column}, "%v", parse.Err)
	}
	line, column := rows.FieldPos(0)
	return fault.At(fault.Place{Line: line, Column: column}, "%v", err)
}
