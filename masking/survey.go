package masking

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/internal/fault"
)

// maxSurvey bounds the cells that the survey of a view keeps in memory, in bytes. A cell
// takes 8, a text its length and 4, and a row of the anonymity step 8. To settle takes up
// to 16 bytes a row besides.
const maxSurvey = 1 << 30

// overall is a rule that looks at all rows of a column before it masks one.
type overall struct {
	rule *rule
	key  []byte // of a shuffle
}

// filled is a column whose masked values a survey has found.
type filled interface {
	rows(first int64, n int) arrow.Array
}

// surveyor is a part of a survey. see may be called for batches in any order and from
// several goroutines, and tells the bytes that it keeps; settle once, after the last.
type surveyor interface {
	see(batch arrow.RecordBatch, first int64) (int64, error)
	settle(ctx context.Context, rows int64) error
	reads() []string // raw columns
	wipe()
}

// survey is what a Masker learns of all rows of the view. What it comes to depends on
// the rows alone, never on the order of the batches.
type survey struct {
	parts  []surveyor
	filled []filled    // by masked column; nil where its rule is over single cells
	step   *anonymiser // also one of the parts; nil without an anonymity step

	mu      sync.Mutex // guards the rest
	spans   []span     // of the batches seen
	bytes   int64
	settled bool
}

type span struct{ first, rows int64 }

// newSurvey gives nil where no rule looks at all rows.
func newSurvey(columns []maskedColumn, a *anonymityStep) (*survey, error) {
	s := &survey{filled: make([]filled, len(columns))}
	for i, c := range columns {
		if c.overall == nil {
			continue
		}
		var err error
		if c.overall.key == nil {
			s.filled[i], err = s.aggregate(c)
		} else {
			s.filled[i], err = s.shuffle(c, columns)
		}
		if err != nil {
			return nil, err
		}
	}
	if a != nil {
		if s.step = newAnonymiser(columns, a); s.step != nil {
			s.parts = append(s.parts, s.step)
		}
	}
	if len(s.parts) == 0 {
		return nil, nil
	}
	return s, nil
}

// Surveys reports whether a rule looks at all rows before it masks one. Survey must then
// see every row of the view, and Settle be called, before Apply.
func (m *Masker) Surveys() bool { return m.survey != nil }

// SurveyReads names the raw columns that Survey looks for in a batch.
func (m *Masker) SurveyReads() (out []string) {
	if m.survey == nil {
		return nil
	}
	for _, p := range m.survey.parts {
		for _, name := range p.reads() {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// reads names the raw columns that mask looks for.
func (c *maskedColumn) reads() []string {
	if c.beside == nil || c.subject.Name == "" {
		return []string{c.in.Name}
	}
	return []string{c.in.Name, c.subject.Name}
}

// Survey takes note of a batch, of which the first row has this number: rows of the
// version are numbered from 0 in their stored order. Batches may come in any order and
// from several goroutines. More rows than memory is meant for are a Limit fault.
func (m *Masker) Survey(batch arrow.RecordBatch, first int64) error {
	s := m.survey
	if first < 0 || first > math.MaxUint32-batch.NumRows() {
		return fault.Errorf(fault.Limit, "a rule over a whole column takes at most %d rows", int64(math.MaxUint32))
	}
	bytes := int64(0)
	for _, p := range s.parts {
		n, err := p.see(batch, first)
		if err != nil {
			return err
		}
		bytes += n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled {
		return fault.New(fault.Internal, "masking: a survey that is settled sees no more rows")
	}
	s.spans = append(s.spans, span{first, batch.NumRows()})
	if s.bytes += bytes; s.bytes > maxSurvey {
		return fault.Errorf(fault.Limit, "the rules over whole columns (microaggregate, shuffle, anonymity) would keep more than %d MiB of this version in memory; "+
			"grant fewer such columns, use round or bands instead of microaggregate, or split the data set", maxSurvey>>20)
	}
	return nil
}

// Settle finds the groups of microaggregate, the permutations of shuffle and the levels
// of the anonymity step. An anonymity step that its models and its limit of suppression
// do not allow is a Conflict.
func (m *Masker) Settle(ctx context.Context) error {
	s := m.survey
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := s.count()
	if err != nil {
		return err
	}
	s.settled = true
	for _, p := range s.parts {
		if err := p.settle(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// count makes sure that each row was seen once.
func (s *survey) count() (rows int64, err error) {
	slices.SortFunc(s.spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.rows, b.rows)) })
	for _, span := range s.spans {
		if span.first != rows {
			return 0, fault.New(fault.Internal, "masking: the survey did not see each row once")
		}
		rows += span.rows
	}
	return rows, nil
}

// mask masks column i of a batch.
func (m *Masker) mask(i int, batch arrow.RecordBatch, first int64) (arrow.Array, error) {
	if m.survey == nil || m.survey.filled[i] == nil {
		return m.columns[i].mask(batch)
	}
	if !m.survey.settled || first < 0 || first+batch.NumRows() > m.survey.rows() {
		return nil, fault.New(fault.Internal, "masking: rows are masked that the survey did not see")
	}
	return m.survey.filled[i].rows(first, int(batch.NumRows())), nil
}

// rows counts what was seen; the survey is settled.
func (s *survey) rows() int64 {
	if len(s.spans) == 0 {
		return 0
	}
	last := s.spans[len(s.spans)-1]
	return last.first + last.rows
}

// wipe forgets all rows; nothing is masked any more.
func (s *survey) wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = false
	for _, p := range s.parts {
		p.wipe()
	}
}
