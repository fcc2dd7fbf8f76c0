package synth

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"yingbi/internal/idnum"
)

// checkupsHeader is of the small files: health check-ups, with a remark in words.
var checkupsHeader = []string{"record", "person", "district", "exam_date", "amount", "pulse", "remark"}

// spellings are those of null in amount and pulse.
func spellings() []string { return []string{"", "NULL", "N/A", "-", "不详", `\N`} }

// sheet is a small file as it grows.
type sheet struct {
	city   *city
	file   File
	rows   [][]string
	people map[string]bool // of rows that are kept, normalised
	cases  []Case
	next   int // person of the next clean row
	err    error
}

func newSheet(c *city, path string) *sheet {
	return &sheet{
		city: c, people: map[string]bool{}, next: 140, rows: [][]string{checkupsHeader}, file: newFile(path, "checkups"),
	}
}

// clean makes a row in which nothing is wrong.
func (s *sheet) clean() []string {
	i := s.next
	s.next++
	p, err := s.city.person(i)
	if err != nil && s.err == nil {
		s.err = err
	}
	d := s.city.row(checkupStream, i)
	remarks := [...]string{"未见异常", "血压偏高，建议复查", "视力下降，已开具转诊单", "建议低盐饮食，每周运动三次", "既往史：胆囊切除"}
	return []string{
		fmt.Sprintf("T2024%04d", len(s.rows)), p.id, s.city.districts[p.district].code, s.city.dates[d.below(len(s.city.dates))],
		Money(80_00 + d.below(900_00)).String(), strconv.Itoa(55 + d.below(45)), remarks[d.below(len(remarks))],
	}
}

// keep adds rows in which nothing is wrong.
func (s *sheet) keep(n int) {
	for range n {
		s.add(s.clean())
	}
}

// add counts a row that must be kept.
func (s *sheet) add(row []string) {
	s.rows = append(s.rows, row)
	s.file.Rows++
	if id, ok := idnum.Normalise(row[1]); ok {
		s.people[id] = true
	}
	for _, column := range []int{4, 5} {
		if slices.Contains(spellings(), row[column]) {
			s.file.Nulls[checkupsHeader[column]]++
		}
	}
}

// plant adds a clean row and then one that is spoilt, with its case.
func (s *sheet) plant(c Case, spoil func([]string) []string) {
	s.keep(1)
	row := spoil(s.clean())
	c.File, c.Row = s.file.Path, int64(len(s.rows))
	c.Where = map[string]string{"record": row[0]}
	if c.Expect.Reason != "" {
		s.rows = append(s.rows, row)
		s.file.reject(c.Expect.Column, c.Expect.Reason)
	} else {
		s.add(row)
	}
	s.cases = append(s.cases, c)
}

// csv gives the file's bytes.
func (s *sheet) csv(crlf bool) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.UseCRLF = crlf
	out.WriteAll(s.rows) // into memory, which takes everything
	return b.Bytes()
}

// finish counts what is known at the end.
func (s *sheet) finish() {
	if !s.file.Refused {
		s.file.Subjects["person"] = int64(len(s.people))
	}
}
