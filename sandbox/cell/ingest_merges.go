package cell

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"yingbi/sandbox/abi"
)

// merge is a range of merged cells: rows from 1, columns from 0. Once it is asked
// within the declared columns, left is the first of them that it touches, by
// their order in the description.
type merge struct{ top, bottom, left, right int }

// readMerges reads the merged ranges of a sheet, which stand after its rows: they
// are needed first, so the rows are skipped unread. What reads the rows then
// counts the ranges again.
func (w *workbook) readMerges(part string) ([]merge, error) {
	in, err := w.open(part)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rest, err := afterRows(in)
	if err != nil {
		return nil, err
	}
	var merges []merge
	x := newXMLReader(rest)
	x.loose = true
	for {
		if err := x.next(); err == io.EOF {
			return merges, nil
		} else if err != nil {
			return nil, err
		}
		m, ok, err := x.merge()
		if err != nil {
			return nil, err
		}
		if ok && len(merges) == maxMerges {
			return nil, abi.Over(abi.LimitMerges)
		}
		if ok {
			merges = append(merges, m)
		}
	}
}

// merge reads a merged range, if the reader is at one of more than one cell.
func (x *xmlReader) merge() (m merge, ok bool, err error) {
	if !x.is(xmlStart, "mergeCell") {
		return m, false, nil
	}
	from, to, _ := bytes.Cut(x.attr("ref"), []byte{':'})
	if len(to) == 0 || bytes.Equal(from, to) {
		return m, false, nil
	}
	m = merge{top: rowOf(from), left: columnOf(from), bottom: rowOf(to), right: columnOf(to)}
	if m.top < 1 || m.left < 0 || m.bottom < m.top || m.right < m.left {
		return m, false, errWorkbook
	}
	return m, true, nil
}

// afterRows gives what follows the end of sheetData, or nothing.
func afterRows(in io.Reader) (io.Reader, error) {
	buf := make([]byte, xmlBuffer)
	kept := 0
	for {
		n, err := in.Read(buf[kept:])
		n += kept
		if at := rowsEnd(buf[:n]); at >= 0 {
			return io.MultiReader(bytes.NewReader(buf[at:n]), in), nil
		}
		if err == io.EOF {
			return bytes.NewReader(nil), nil
		} else if err != nil {
			return nil, err
		}
		kept = copy(buf, buf[max(0, n-abi.MaxNameBytes):n])
	}
}

// rowsEnd finds the place after the end of sheetData, with any prefix; -1 if it
// is not here.
func rowsEnd(b []byte) int {
	mark, from := []byte("sheetData>"), 0
	for {
		at := bytes.Index(b[from:], mark)
		if at < 0 {
			return -1
		}
		from += at + len(mark)
		if open := bytes.LastIndexByte(b[:from], '<'); open >= 0 && b[open+1] == '/' {
			return from
		}
	}
}

// rowOf reads the row of a reference such as BC12; 0 if there is none.
func rowOf(ref []byte) int {
	digits := bytes.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if len(digits) == 0 || len(digits) > 7 {
		return 0
	}
	return max(number(digits), 0)
}

// mergeWithin keeps the ranges that touch declared columns, at their places in
// the sheet, in the order of their rows.
func (s *sheet) mergeWithin(at []int) {
	s.merges = slices.DeleteFunc(slices.Clone(s.ranges), func(m merge) bool {
		return !slices.ContainsFunc(at, func(c int) bool { return c >= m.left && c <= m.right })
	})
	for i := range s.merges {
		m := &s.merges[i]
		m.left = slices.IndexFunc(at, func(c int) bool { return c >= m.left && c <= m.right })
	}
	slices.SortFunc(s.merges, func(a, b merge) int { return cmp.Compare(a.top, b.top) })
}

// merged gives the declared column in which the current row is part of a merged
// range, -1 if it is of none. Of the ranges that began it looks at the one that
// reaches furthest.
func (s *sheet) merged() int {
	for len(s.merges) > 0 && int64(s.merges[0].top) <= s.line {
		if s.merges[0].bottom >= s.reach.bottom {
			s.reach = s.merges[0]
		}
		s.merges = s.merges[1:]
	}
	if int64(s.reach.bottom) < s.line {
		return -1
	}
	return s.reach.left
}
