//go:build cgo

package cell

import (
	"bufio"
	"encoding/binary"
	"io"

	"yingbi/sandbox/abi"
	"yingbi/table"
)

const (
	stretchSubjects = 512
	stretchBytes    = 2 << 20  // of frames; a stretch ends with the subject that reaches them
	maxSubject      = 16 << 20 // bytes of a subject's frames; with more it has no record
)

// subjects reads the rows of a mapping subject by subject. Its memory does not
// grow with their number.
type subjects struct {
	views  []*bySubject
	counts *bufio.Reader
	size   int // subjects of a stretch
	buf    []byte
}

func openSubjects(req *abi.MapRequest) (*subjects, error) {
	file, size, err := openInput(req.CountsFD)
	if err != nil {
		return nil, err
	}
	s := &subjects{
		counts: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 64<<10),
		size:   max(1, stretchSubjects/req.Batch) * req.Batch, // no instance serves two stretches
		buf:    make([]byte, 4*len(req.Views)),
	}
	for i, v := range req.Views {
		source, err := openRows(v)
		if err != nil {
			return nil, abi.Failure{Code: abi.FailRequest, At: i + 1}
		}
		s.views = append(s.views, &bySubject{source: source, columns: v.Columns, at: i + 1})
	}
	return s, nil
}

// fill puts the next subjects into b, none after the last.
func (s *subjects) fill(b *stretch) error {
	b.clear()
	for b.subjects() < s.size && len(b.frames) < stretchBytes {
		_, err := io.ReadFull(s.counts, s.buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return abi.Failure{Code: abi.FailRequest}
		}
		if err := s.subject(b); err != nil {
			return err
		}
	}
	return nil
}

// subject adds one, whose counts have been read.
func (s *subjects) subject(b *stretch) error {
	start, over := len(b.frames), false
	for i, v := range s.views {
		most := maxSubject - (len(b.frames) - start)
		fits, err := v.take(int(binary.LittleEndian.Uint32(s.buf[4*i:])), most)
		if err != nil {
			return err
		}
		over = over || !fits
		if !over {
			if b.frames, err = abi.Encode(b.frames, &v.frame); err != nil {
				return err
			}
		}
		b.ends = append(b.ends, len(b.frames))
	}
	b.over = append(b.over, over)
	return nil
}

// end makes sure that every row had a subject.
func (s *subjects) end() error {
	for _, v := range s.views {
		if err := v.end(); err != nil {
			return err
		}
	}
	return nil
}

// bySubject is a view in the order of the subjects.
type bySubject struct {
	source  table.Source
	columns []string
	at      int // of the view, from 1

	rows  *table.Reader
	batch *abi.Frame // rows that were read
	free  func()     // gives the memory of the batch back
	next  int        // of the batch

	frame abi.Frame // the rows of one subject
}

// open reads the head of the file.
func (v *bySubject) open() (err error) {
	if v.rows, err = table.NewReader(v.source, v.columns); err != nil {
		return err
	}
	fields, err := table.FieldsOf(v.rows.Schema())
	if err != nil {
		return err
	}
	for _, f := range fields {
		v.frame.Columns = append(v.frame.Columns, abi.Column{Name: f.Name, Type: f.Type})
	}
	v.batch, v.free = &abi.Frame{}, func() {}
	return nil
}

// take reads the n rows of the next subject into v.frame. It reports whether they
// fit about most bytes; those that do not are passed over.
func (v *bySubject) take(n, most int) (fits bool, err error) {
	if v.rows == nil {
		if err := v.open(); err != nil {
			return false, err
		}
	}
	empty(&v.frame)
	for fits = true; n > 0; {
		if v.next == v.batch.Rows {
			if err := v.more(); err != nil {
				return false, err
			}
		}
		part := min(n, v.batch.Rows-v.next)
		if fits {
			appendRows(&v.frame, v.batch, v.next, part)
			fits = valueBytes(&v.frame) <= most
		}
		v.next += part
		n -= part
	}
	return fits, nil
}

// more reads the next batch.
func (v *bySubject) more() error {
	v.free()
	rec, err := v.rows.Next()
	if err == io.EOF {
		return abi.Failure{Code: abi.FailRequest, At: v.at} // the counts promise more
	}
	if err != nil {
		return err
	}
	v.next, v.free = 0, rec.Release
	v.batch, err = table.ToFrame(rec)
	return err
}

// end makes sure that all rows have been read.
func (v *bySubject) end() error {
	if v.rows == nil {
		if err := v.open(); err != nil {
			return err
		}
	}
	if _, err := v.rows.Next(); err != io.EOF || v.next < v.batch.Rows {
		return abi.Failure{Code: abi.FailRequest, At: v.at}
	}
	v.free()
	return nil
}
