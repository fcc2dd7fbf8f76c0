package masking

import (
	"math/bits"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/masking/detect"
)

// What is masked is looked at once more: every cell of every text and integer column
// that could still hold an identifier of a person. A column is refused for a type
//
//   - where fewest cells or more are such an identifier as a whole, and they are a
//     quarter or more, and twice what chance makes, of the cells with as many letters and
//     digits: of numbers that are made of a region, a day and a count one in eleven passes
//     the check of a resident number
//   - where fewest cells or more hold one inside a longer text
//
// Names and addresses have no check digit. They are refused where most cells are one.
const (
	fewest     = 3
	alike      = 0.25 // share of a form
	forms      = 64   // counts of letters and digits that are told apart
	leastWhole = 1e10 // of an integer that may be an identifier: eleven digits, as mobile numbers have
)

// inspection is what was found in the masked columns so far.
type inspection struct {
	detector func() *detect.Detector
	columns  []*inspected // nil: not looked at
}

// inspected counts the cells of one column.
type inspected struct {
	mu    sync.Mutex // guards the rest
	words []look     // of the dictionary, by number
	tally tally
}

// look is what one value is.
type look struct {
	whole, inside uint32 // types, by bit
	form          uint8
	done          bool
}

type tally struct {
	cells  int64
	forms  [forms]int64
	whole  [32][forms]int64 // by type and form
	inside [32]int64
}

// newInspection leaves out what is approved to stay readable, what imitates identifiers
// and what rules make that leave nothing readable.
func newInspection(columns []maskedColumn, detector func() *detect.Detector) *inspection {
	in := &inspection{detector: detector, columns: make([]*inspected, len(columns))}
	for i, c := range columns {
		kind := c.out.Type.Kind
		if !c.out.Raw && c.out.Imitates == 0 && !c.hides && (kind == coltype.Text || kind == coltype.Integer) {
			in.columns[i] = &inspected{}
		}
	}
	return in
}

// see looks at masked columns. It may be called from several goroutines.
func (in *inspection) see(masked []arrow.Array) {
	var eye eye
	for i, c := range in.columns {
		if c == nil || masked[i].NullN() == masked[i].Len() {
			continue
		}
		eye.Detector = in.detector() // its tables are read when the first is needed
		var t tally
		switch a := masked[i].(type) {
		case *array.Dictionary:
			c.seeWords(&eye, a)
			continue
		case *array.String:
			for row := range a.Len() {
				if a.IsValid(row) {
					t.add(eye.look(a.Value(row)), 1)
				}
			}
		case *array.Int64:
			for row, v := range a.Int64Values() {
				if a.IsValid(row) {
					t.add(eye.number(v), 1)
				}
			}
		}
		c.mu.Lock()
		c.tally.merge(&t)
		c.mu.Unlock()
	}
}

// seeWords looks at each word once.
func (c *inspected) seeWords(eye *eye, a *array.Dictionary) {
	words := a.Dictionary().(*array.String)
	rows := make([]int64, words.Len())
	for i, word := range a.Indices().(*array.Int32).Int32Values() {
		if a.IsValid(i) {
			rows[word]++
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.words) < len(rows) {
		c.words = append(c.words, look{})
	}
	for word, n := range rows {
		if n == 0 {
			continue
		}
		if !c.words[word].done {
			c.words[word] = eye.look(words.Value(word))
		}
		c.tally.add(c.words[word], n)
	}
}

// eye looks at values, with room for what it finds.
type eye struct {
	*detect.Detector
	value []byte
	hits  []detect.Hit
	spans []detect.Span
}

func (e *eye) number(v int64) look {
	if v < leastWhole {
		return look{done: true, form: 1}
	}
	e.value = strconv.AppendInt(e.value[:0], v, 10)
	return e.whole()
}

func (e *eye) look(text string) look {
	e.value = append(e.value[:0], text...)
	l := e.whole()
	if l.whole != 0 || len(e.value) < 8 || isCode(e.value) {
		return l
	}
	e.spans = e.Find(e.spans[:0], e.value)
	for _, s := range e.spans {
		if s.Confidence >= detect.Fires && s.Type.Direct() {
			l.inside |= 1 << s.Type
		}
	}
	return l
}

// isCode reports whether a value is one run of Latin letters, digits and dashes, in
// which nothing stands apart from the rest.
func isCode(value []byte) bool {
	for _, c := range value {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			return false
		}
	}
	return true
}

func (e *eye) whole() look {
	l := look{done: true, form: formOf(e.value)}
	e.hits = e.Value(e.hits[:0], e.value)
	for _, h := range e.hits {
		if h.Confidence >= detect.Fires && h.Type.Direct() {
			l.whole |= 1 << h.Type
		}
	}
	return l
}

// formOf counts the letters and digits of a value; those of other scripts than Latin
// apart, so that a text of eighteen characters is not like a number of as many digits.
func formOf(value []byte) uint8 {
	latin, other := 0, 0
	for i := 0; i < len(value); {
		if c := value[i]; c < utf8.RuneSelf {
			if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
				latin++
			}
			i++
			continue
		}
		_, size := utf8.DecodeRune(value[i:])
		other++
		i += size
	}
	if other > 0 {
		return uint8(forms/2 + min(other, forms/2-1))
	}
	return uint8(min(latin, forms/2-1))
}

func (t *tally) add(l look, n int64) {
	t.cells += n
	t.forms[l.form] += n
	for types := l.whole; types != 0; types &= types - 1 {
		t.whole[bits.TrailingZeros32(types)][l.form] += n
	}
	for types := l.inside; types != 0; types &= types - 1 {
		t.inside[bits.TrailingZeros32(types)] += n
	}
}

func (t *tally) merge(other *tally) {
	t.cells += other.cells
	for form, n := range other.forms {
		t.forms[form] += n
	}
	for kind := range t.whole {
		for form, n := range other.whole[kind] {
			t.whole[kind][form] += n
		}
		t.inside[kind] += other.inside[kind]
	}
}

// holds reports whether the column is refused for a type, of which chance makes such a
// share, and how many cells are why.
func (t *tally) holds(kind detect.Type, chance float64) (cells int64, ok bool) {
	whole, of := int64(0), int64(0)
	for form, n := range t.whole[kind] {
		if n > 0 {
			whole, of = whole+n, of+t.forms[form]
		}
	}
	inside := t.inside[kind]
	if kind == detect.PersonNameZH || kind == detect.AddressZH {
		return whole + inside, whole+inside >= fewest && 2*(whole+inside) > t.cells
	}
	return whole + inside, whole >= fewest && float64(whole) >= max(alike, 2*chance)*float64(of) || inside >= fewest
}

// Leaks reports whether identifiers of persons are still readable in the rows that were
// masked so far: a Conflict that names a column and a type, and neither values nor counts.
func (m *Masker) Leaks() error {
	for i, c := range m.seen.columns {
		if c == nil {
			continue
		}
		c.mu.Lock()
		t := c.tally
		c.mu.Unlock()
		for _, kind := range detect.Types() {
			if t.whole[kind] == [forms]int64{} && t.inside[kind] == 0 {
				continue
			}
			cells, ok := t.holds(kind, m.seen.detector().Chance(kind))
			if !ok {
				continue
			}
			share := "some"
			if 2*cells > t.cells {
				share = "most"
			}
			return fault.Errorf(fault.Conflict, "column %q still shows %s in %s of its values after masking, so nothing is published; "+
				"give it a rule that leaves none, such as redact for free text, or pseudonym, fpe or drop", m.columns[i].out.Name, kind, share)
		}
	}
	return nil
}
