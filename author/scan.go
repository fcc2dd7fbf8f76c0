package author

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
	"yingbi/masking/discover"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// Search says what to look for in a file.
type Search struct {
	Time     time.Duration    // for the whole
	Chinese  bool             // the language of the reasons
	Progress func(rows int64) // told of the rows so far; nil is nobody
}

// Scan says what the columns of a file hold.
type Scan struct {
	Verdict
	Report   *discover.Report // nil unless OK
	LeftOut  int64            // rows that an import would quarantine, which were not looked at
	Nameless int              // columns without a name or a type that is read, which were not
}

// Scan looks at every cell of a file. Texts are read as they stand, so that no value is
// taken for a number first; Parquet has its own types.
func (c *Checks) Scan(ctx context.Context, file *os.File, s Search) (Scan, error) {
	deadline := time.Now().Add(s.Time)
	in, v, err := c.look(ctx, file, s.Time)
	if err != nil || v.Outcome != OK {
		return Scan{Verdict: v.of(s.Time)}, err
	}
	asked, columns := searched(&in)
	out := Scan{Verdict: importable(&in, asked), Nameless: len(in.Columns) - len(asked)}
	if out.Outcome != OK {
		return out, nil
	}
	left := time.Until(deadline)
	if left <= 0 {
		out.Verdict = late().of(s.Time)
		return out, nil
	}
	found := newSearch(ctx, columns, s.Progress)
	sum, err := c.cells.Ingest(ctx, in.Request(asked), file, sandbox.Limits{Memory: fileMemory, Wall: left, Output: readOutput}, sandbox.IngestSink{
		Rows:       found.take,
		Quarantine: func(*abi.Frame) error { return nil },
	})
	scanner, searchErr := found.end()
	v, err = judge(errors.Join(err, searchErr))
	if out.Verdict = v.of(s.Time); err != nil || v.Outcome != OK {
		return out, err
	}
	if out.LeftOut = sum.Quarantined; sum.Kept == 0 && sum.Read > 0 {
		out.Verdict = Verdict{Refused, reasonAllBad, fmt.Sprintf("none of the %d rows has the cells of the first", sum.Read)}
		return out, nil
	}
	out.Report = scanner.Report(s.Chinese)
	return out, nil
}

// searched gives the columns to ask the cell for, under names of its own, and those to
// look at. Every spelling of null that the beginning has is one.
func searched(in *sandbox.Inspection) ([]abi.IngestColumn, []discover.Column) {
	asked := declared(in)
	columns := make([]discover.Column, len(asked))
	var nulls []string
	for _, c := range in.Columns {
		for _, s := range c.Spellings {
			if !slices.Contains(nulls, s.Text) {
				nulls = append(nulls, s.Text)
			}
		}
	}
	for i := range asked {
		columns[i] = discover.Column{Name: asked[i].Source, Type: asked[i].Type}
		asked[i].Name = fmt.Sprint("c", i)
		if in.Format != abi.FormatParquet {
			asked[i].Type = coltype.Type{Kind: coltype.Text}
			asked[i].Nulls = append([]string{""}, nulls...)
		}
	}
	return asked, columns
}

// search hands frames to goroutines that each gather evidence of their own. Few frames
// wait, so that a file's size is nowhere in memory.
type search struct {
	frames   chan *abi.Frame
	group    *errgroup.Group
	ctx      context.Context
	scanners []*discover.Scanner
	rows     atomic.Int64
	progress func(int64)
}

func newSearch(ctx context.Context, columns []discover.Column, progress func(int64)) *search {
	s := &search{frames: make(chan *abi.Frame, 1), progress: progress}
	s.group, s.ctx = errgroup.WithContext(ctx)
	detector := detect.New()
	for range runtime.GOMAXPROCS(0) {
		scanner := discover.New(detector, columns)
		s.scanners = append(s.scanners, scanner)
		s.group.Go(func() error { return s.run(scanner) })
	}
	return s
}

// take is the sink of the rows.
func (s *search) take(f *abi.Frame) error {
	select {
	case s.frames <- f:
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	if n := s.rows.Add(int64(f.Rows)); s.progress != nil {
		s.progress(n)
	}
	return nil
}

func (s *search) run(scanner *discover.Scanner) error {
	var texts texts
	for f := range s.frames {
		if s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		scanner.Rows(f.Rows)
		for i := range f.Columns {
			scanner.Add(i, texts.of(&f.Columns[i], f.Rows))
		}
	}
	return nil
}

// end waits and gives the evidence of all.
func (s *search) end() (*discover.Scanner, error) {
	close(s.frames)
	err := s.group.Wait()
	for _, other := range s.scanners[1:] {
		s.scanners[0].Merge(other)
	}
	return s.scanners[0], err
}

// texts writes the values of a column that is no text.
type texts struct {
	offsets []uint32
	bytes   []byte
}

// of gives the values of a column. They hold until the next call.
func (t *texts) of(c *abi.Column, rows int) discover.Texts {
	if c.Type.Kind == coltype.Text {
		return discover.Texts{Valid: c.Valid, Offsets: c.Offsets, Bytes: c.Bytes}
	}
	t.offsets, t.bytes = append(t.offsets[:0], 0), t.bytes[:0]
	for row := range rows {
		if !c.IsNull(row) {
			t.bytes = appendValue(t.bytes, c, row)
		}
		t.offsets = append(t.offsets, uint32(len(t.bytes)))
	}
	return discover.Texts{Valid: c.Valid, Offsets: t.offsets, Bytes: t.bytes}
}

// appendValue writes a value as value shows it.
func appendValue(dst []byte, c *abi.Column, row int) []byte {
	if c.Type.Kind == coltype.Integer {
		return strconv.AppendInt(dst, c.Ints[row], 10)
	}
	return fmt.Append(dst, value(c, row))
}
