package cell

import (
	"bytes"

	"yingbi/sandbox/abi"
)

// cellKind is what a cell of a sheet holds.
type cellKind uint8

const (
	cellBlank  cellKind = iota
	cellNumber          // also dates, and formulas that give one
	cellText
	cellBool
	cellError
	cellStale // a formula without its last result
)

// sheetCell is one cell of the current row.
type sheetCell struct {
	kind  cellKind
	style dateStyle
	text  []byte
}

// sheet reads the rows of a worksheet as a stream. Rows and cells that are not
// there are blank. Its memory is the text of one row.
type sheet struct {
	book  *workbook
	x     *xmlReader
	cells []sheetCell // by column, up to the last one of the header
	line  int64       // of the current row, from 1
	width int         // columns of the current row, up to the last that is not blank
	why   abi.Reason  // the row as a whole cannot be read
	arena []byte      // texts of the row

	name    string
	scratch []byte  // of a number's digits
	ranges  []merge // merged ones
	found   int     // of them, on the way
	merges  []merge // those of declared columns that begin below the current row
	reach   merge   // of the others the one that ends last

	rows   bool // within sheetData
	row    bool // within a row
	cell   bool // within a cell
	in     bool // within its value
	rich   richText
	column int // of the current cell, from 0
	kind   string
	format int
	result bool // the cell has a value
	made   bool // it is a formula
	start  int  // of its text in the arena
}

func newSheet(book *workbook) *sheet {
	return &sheet{book: book, cells: make([]sheetCell, abi.MaxColumns)}
}

// next reads the next row that is not blank.
func (s *sheet) next() error {
	for {
		if err := s.x.next(); err != nil {
			return err
		}
		switch x := s.x; {
		case x.kind == xmlText:
			s.takeText()
		case string(x.name) == "c" && s.row:
			if err := s.takeCell(); err != nil {
				return err
			}
		case s.cell:
			s.takePart()
		case string(x.name) == "row" && s.rows:
			ready, err := s.takeRow()
			if ready || err != nil {
				return err
			}
		case string(x.name) == "sheetData":
			s.rows = x.kind == xmlStart
		case string(x.name) == "mergeCell":
			m, ok, err := x.merge()
			if err != nil || ok && s.found < len(s.ranges) && s.ranges[s.found] != m {
				return errWorkbook
			}
			s.found += int(truth(ok))
		}
	}
}

// takeRow begins or ends a row. ready is true at the end of one that is not blank.
func (s *sheet) takeRow() (ready bool, err error) {
	if s.row = s.x.kind == xmlStart; !s.row {
		return s.width > 0 || s.why != "", nil
	}
	line := int64(s.x.attrInt("r", int(s.line)+1))
	if line <= s.line {
		return false, errWorkbook // rows in another order, or twice
	}
	if line > maxSheetRows {
		return false, abi.Over(abi.LimitSheetRows)
	}
	clear(s.cells[:min(s.width, len(s.cells))])
	s.line, s.width, s.column, s.why, s.arena = line, 0, -1, "", s.arena[:0]
	return false, nil
}

// takeCell begins or ends a cell.
func (s *sheet) takeCell() error {
	if s.cell = s.x.kind == xmlStart; !s.cell {
		s.endCell()
		return nil
	}
	column := s.column + 1
	if ref := s.x.attr("r"); ref != nil {
		column = columnOf(ref)
	}
	if column <= s.column || column >= maxSheetColumns {
		return errWorkbook
	}
	s.column, s.kind, s.format = column, cellType(s.x.attr("t")), s.x.attrInt("s", 0)
	s.in, s.result, s.made, s.rich, s.start = false, false, false, richText{}, len(s.arena)
	return nil
}

// cellType gives the type of a cell as it is written, without making a string.
func cellType(b []byte) string {
	for _, known := range [...]string{"s", "n", "str", "b", "e", "inlineStr", "d"} {
		if string(b) == known {
			return known
		}
	}
	if len(b) == 0 {
		return "n"
	}
	return "?"
}

// takePart looks at the tags within a cell.
func (s *sheet) takePart() {
	switch string(s.x.name) {
	case "v":
		s.in = s.x.kind == xmlStart && s.kind != "inlineStr"
		s.result = s.result || s.in
	case "is":
		s.result = s.kind == "inlineStr"
	case "f":
		s.made = true
	default:
		s.rich.takes(s.x)
	}
}

// takeText adds to the text of the cell.
func (s *sheet) takeText() {
	if !s.cell || !s.in && !(s.kind == "inlineStr" && s.rich.text && s.rich.phonetic == 0) {
		return
	}
	if len(s.arena) > maxRecord {
		s.why = abi.ReasonTooLong
		return
	}
	s.arena = appendXML(s.arena, s.x.text, s.x.plain)
}

// endCell puts the cell where it belongs. One beyond the columns of the header
// counts for the width of the row alone.
func (s *sheet) endCell() {
	c := sheetCell{text: s.arena[s.start:len(s.arena):len(s.arena)]}
	switch {
	case s.made && !s.result:
		c.kind = cellStale
	case s.kind == "s":
		c.kind = cellText
		s.shareText(&c)
	case s.kind == "inlineStr", s.kind == "str":
		c.kind, c.text = cellText, unescape(c.text)
	case s.kind == "d":
		c.kind, c.text = cellText, isoText(c.text)
	case len(c.text) == 0:
	case s.kind == "b":
		c.kind = cellBool
	case s.kind == "e":
		c.kind = cellError
	case s.kind == "n":
		c.kind = cellNumber
		if s.format >= 0 && s.format < len(s.book.styles) {
			c.style = s.book.styles[s.format]
		}
	default:
		s.why = abi.ReasonFormat
	}
	if !s.result && c.kind != cellStale || c.kind == cellText && len(c.text) == 0 {
		c.kind = cellBlank
	}
	if c.kind == cellBlank {
		return
	}
	s.width = s.column + 1
	if s.column < len(s.cells) {
		s.cells[s.column] = c
	}
}

// shareText finds the text that a cell shares with others.
func (s *sheet) shareText(c *sheetCell) {
	text, long, ok := s.book.strings.get(c.text)
	switch {
	case len(c.text) == 0:
	case long:
		s.why = abi.ReasonTooLong
	case !ok:
		s.why = abi.ReasonFormat
	}
	c.text = text
}

// isoText takes the midnight off a date of ISO 8601.
func isoText(text []byte) []byte {
	text = bytes.TrimSuffix(text, []byte("Z"))
	return bytes.TrimSuffix(text, []byte("T00:00:00"))
}

// columnOf reads the letters of a reference such as BC12, A as 0; -1 if there are
// none.
func columnOf(ref []byte) int {
	v, n := 0, 0
	for n < len(ref) && ref[n] >= 'A' && ref[n] <= 'Z' && n < 4 {
		v = v*26 + int(ref[n]-'A') + 1
		n++
	}
	if n == 0 || n == 4 {
		return -1
	}
	return v - 1
}
