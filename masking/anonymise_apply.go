package masking

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/masking/anonymity"
)

// shown is what stands for each code of a column in the view: a number, or of text the
// number of a word.
type shown struct {
	t      coltype.Type
	values []int64
	valid  []bool
	words  arrow.Array
}

// keep notes what stands for each code at the levels, and forgets the rest.
func (a *anonymiser) keep(hierarchies []*anonymity.Hierarchy, levels []int) error {
	for i, c := range a.quasi {
		a.Columns = append(a.Columns, AnonymisedColumn{c.out.Name, levels[i], c.ladder.levels(), c.ladder.title(levels[i])})
		codes, _ := c.book.ordered()
		s := shown{t: c.out.Type, values: make([]int64, len(codes)), valid: make([]bool, len(codes))}
		var words []string
		number := map[string]int64{}
		for rank, code := range codes {
			if hierarchies == nil {
				break
			}
			name := hierarchies[i].Value(uint32(rank), levels[i])
			if name == noValue || name == anyValue {
				continue
			}
			name, s.valid[code] = name[len(nameStart):], true
			if s.t.Kind != coltype.Text {
				s.values[code], _ = strconv.ParseInt(name, 10, 64)
				continue
			}
			if _, known := number[name]; !known {
				number[name] = int64(len(words))
				words = append(words, name)
			}
			s.values[code] = number[name]
		}
		if s.t.Kind == coltype.Text {
			s.words = wordsOf(words)
		}
		a.shown = append(a.shown, s)
	}
	a.tuples = tuples{width: a.tuples.width}
	return nil
}

// apply puts what the step makes of its columns in the place of the masked ones.
func (a *anonymiser) apply(masked []arrow.Array) error {
	if len(masked) == 0 || masked[0].Len() == 0 && a.Rows == 0 {
		return nil
	}
	codes := make([][]uint32, len(a.quasi))
	for i, c := range a.quasi {
		var ok bool
		var err error
		if codes[i], ok, err = c.book.find(masked[c.at]); err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Internal, "masking: rows are masked that the survey did not see")
		}
	}
	n := masked[0].Len()
	gone := a.gone(codes, n)
	for i, c := range a.quasi {
		out := a.shown[i].array(codes[i], gone)
		masked[c.at].Release()
		masked[c.at] = out
	}
	return nil
}

// gone tells the rows that are suppressed; nil where none is.
func (a *anonymiser) gone(codes [][]uint32, n int) []bool {
	if len(a.cut) == 0 {
		return nil
	}
	gone, tuple, key := make([]bool, n), make([]uint32, len(codes)), make([]byte, 0, 4*len(codes))
	for i := range gone {
		for c := range codes {
			tuple[c] = codes[c][i]
		}
		_, gone[i] = a.cut[string(appendKey(key[:0], tuple))]
	}
	return gone
}

func (s *shown) array(codes []uint32, gone []bool) arrow.Array {
	values := make([]int64, len(codes))
	var valid bitmap
	for i, code := range codes {
		if values[i] = s.values[code]; !s.valid[code] || gone != nil && gone[i] {
			values[i], valid = 0, valid.without(i, len(codes))
		}
	}
	if s.t.Kind != coltype.Text {
		return ofNumbers(s.t, values, valid)
	}
	numbers := make([]int32, len(values))
	for i, v := range values {
		numbers[i] = int32(v)
	}
	if s.words.Len() <= maxWords {
		return inWords(valid, numbers, s.words)
	}
	words := s.words.(*array.String)
	offsets, text := make([]int32, len(values)+1), []byte(nil)
	for i, number := range numbers {
		if valid.has(i) {
			text = append(text, words.Value(int(number))...)
		}
		offsets[i+1] = int32(len(text))
	}
	return NewArray(arrow.BinaryTypes.String, len(values), valid, arrow.Int32Traits.CastToBytes(offsets), text)
}

// wipe forgets what the step saw of rows.
func (a *anonymiser) wipe() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tuples, a.cut, a.shown = tuples{width: a.tuples.width, ids: map[string]uint32{}}, nil, nil
	for _, c := range a.columns() {
		c.book = newCodebook(c.out.Name)
	}
}
