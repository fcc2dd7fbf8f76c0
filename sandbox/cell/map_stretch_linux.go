//go:build cgo

package cell

import (
	"yingbi/sandbox/abi"
)

// stretch is a number of subjects in a row: their rows, then what became of them.
type stretch struct {
	frames []byte // encoded, subject by subject and for each in the order of the views
	ends   []int  // of each frame
	over   []bool // by subject: it has more rows than are shown

	failed []byte  // by subject, 0 or 1
	values []int64 // field by field, and for each by subject
	valid  []bool  // as values
	log    []byte  // of all
	logged []int   // bytes of it, by subject

	done chan error // a worker is through with it
}

func (b *stretch) subjects() int { return len(b.over) }

// clear makes room for other subjects.
func (b *stretch) clear() {
	b.frames, b.ends, b.over = b.frames[:0], b.ends[:0], b.over[:0]
	b.log, b.logged = b.log[:0], b.logged[:0]
}

// ready makes room for the records.
func (b *stretch) ready(fields int) {
	b.failed = room(b.failed, b.subjects())
	b.values = room(b.values, fields*b.subjects())
	b.valid = room(b.valid, fields*b.subjects())
}

// room gives n zero values, in the memory of s if that is enough.
func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// recorder sends what became of the subjects.
type recorder struct {
	req  *abi.MapRequest
	out  *answers
	text int // bytes of log that may still come
}

func (s *recorder) send(b *stretch) error {
	if err := s.out.frame(abi.StreamRecords, s.records(b)); err != nil {
		return err
	}
	return s.out.log(s.lines(b))
}

// records gives the records of a stretch as a frame.
func (s *recorder) records(b *stretch) *abi.Frame {
	n := b.subjects()
	f := &abi.Frame{Rows: n}
	for _, c := range s.req.Records() {
		f.Columns = append(f.Columns, abi.Column{Name: c.Name, Type: c.Type})
	}
	for i := range s.req.Fields {
		c := &f.Columns[i]
		c.Ints, c.Valid = b.values[i*n:(i+1)*n], make([]byte, (n+7)/8)
		for j, ok := range b.valid[i*n : (i+1)*n] {
			if ok {
				c.Valid[j/8] |= 1 << (j % 8)
			}
		}
	}
	f.Columns[len(s.req.Fields)].Bools = b.failed
	return f
}

// lines gives what the log of the job has room for. A subject's log comes as a whole
// or not at all, and the subject never knows.
func (s *recorder) lines(b *stretch) []byte {
	kept, at := b.log[:0], 0
	for _, size := range b.logged {
		if size <= s.text {
			kept = append(kept, b.log[at:at+size]...)
			s.text -= size
		}
		at += size
	}
	return kept
}
