package masking

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// ordinalStart begins the names of the columns of subjects' ordinals, as package
// catalog has them.
const ordinalStart = reservedStart + "subject_"

// maxTuples bounds the different combinations of the columns of an anonymity step.
const maxTuples = 1 << 20

// stepped is a masked column that an anonymity step looks at.
type stepped struct {
	*maskedColumn
	at     int // among the masked columns
	ladder ladder
	book   *codebook
}

// fit checks the section against the columns of a data set as their rules leave them,
// and notes what type the step gives them. It gives the step for these columns.
func (a *anonymityStep) fit(columns []Column, masked []maskedColumn) (*anonymityStep, error) {
	if a == nil {
		return nil, nil
	}
	for _, name := range append(slices.Clone(a.quasi), a.sensitive) {
		if name == "" {
			continue
		}
		i := slices.IndexFunc(masked, func(c maskedColumn) bool { return c.out.Name == name })
		if i < 0 {
			return nil, fault.At(a.place, "column %s is not among those that the policy leaves", name)
		}
		c := &masked[i]
		if c.overall != nil {
			return nil, fault.At(a.place, "column %s is under the rule %s; it hides values by itself and can stand in no anonymity step", name, c.overall.rule.name)
		}
		l := a.ladders[name]
		t, err := l.fit(c.out)
		if err != nil {
			return nil, err
		}
		c.stepped, c.before = true, c.out.Type
		if name == a.sensitive {
			continue
		}
		if k := t.Kind; k != coltype.Text && k != coltype.Integer && k != coltype.Date && k != coltype.Boolean {
			return nil, fault.At(a.place, "column %s is %s after its rule; make it coarser by bands, period or prefix first", name, t)
		}
		c.out.Type = t
	}
	var kinds []string
	for _, c := range columns {
		if c.Subject != "" && !slices.Contains(kinds, c.Subject) {
			kinds = append(kinds, c.Subject)
		}
	}
	if a.unit == "" && len(kinds) > 1 || a.unit != "" && !slices.Contains(kinds, a.unit) {
		return nil, fault.At(a.place, "the rows are about subjects of the kinds %q; name the one that k counts as unit", kinds)
	}
	fitted := *a
	if fitted.counts = a.unit; a.unit == "" && len(kinds) == 1 {
		fitted.counts = kinds[0]
	}
	return &fitted, nil
}

// tuples are the different combinations of codes in the rows of a view.
type tuples struct {
	width  int // codes of each
	ids    map[string]uint32
	codes  []uint32
	rows   []int64    // of each tuple
	people [][]uint64 // tuple ‖ ordinal of each row, in any order; nil where each row is a subject
}

func (t *tuples) len() int { return len(t.rows) }

func (t *tuples) at(id int) []uint32 { return t.codes[id*t.width:][:t.width] }

// anonymiser is the anonymity step at work on the granted columns.
type anonymiser struct {
	*anonymityStep
	quasi     []*stepped
	sensitive *stepped // nil where it is not granted
	ordinals  string   // column of the ordinals that k counts; empty where each row is a subject

	mu     sync.Mutex // guards tuples
	tuples tuples

	Anonymised // after settle
	shown      []shown
	cut        map[string]struct{} // tuples of quasi-identifiers that are suppressed
}

// newAnonymiser gives nil where no quasi-identifier is granted.
func newAnonymiser(columns []maskedColumn, a *anonymityStep) *anonymiser {
	step := &anonymiser{anonymityStep: a}
	for i := range columns {
		c := &columns[i]
		if !c.stepped {
			continue
		}
		s := &stepped{maskedColumn: c, at: i, ladder: a.ladders[c.out.Name], book: newCodebook(c.out.Name)}
		if c.out.Name == a.sensitive {
			step.sensitive = s
		} else {
			step.quasi = append(step.quasi, s)
		}
	}
	if len(step.quasi) == 0 {
		return nil
	}
	if a.counts != "" {
		step.ordinals = ordinalStart + a.counts
	}
	step.tuples = tuples{width: len(step.columns()), ids: map[string]uint32{}}
	return step
}

// columns gives those of a tuple: quasi-identifiers, then the sensitive one.
func (a *anonymiser) columns() []*stepped {
	if a.sensitive == nil {
		return a.quasi
	}
	return append(slices.Clone(a.quasi), a.sensitive)
}

func (a *anonymiser) reads() (names []string) {
	for _, c := range a.columns() {
		names = append(names, c.reads()...)
	}
	if a.ordinals != "" {
		names = append(names, a.ordinals)
	}
	return names
}

func (a *anonymiser) see(batch arrow.RecordBatch, first int64) (int64, error) {
	n := int(batch.NumRows())
	codes := make([]uint32, n*a.tuples.width)
	for c, column := range a.columns() {
		masked, err := column.mask(batch)
		if err != nil {
			return 0, err
		}
		numbers, err := column.book.number(masked)
		masked.Release()
		if err != nil {
			return 0, err
		}
		for i, code := range numbers {
			codes[i*a.tuples.width+c] = code
		}
	}
	people, err := a.people(batch)
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tuples.add(codes, people)
}

// people gives the ordinals of a batch's rows; nil where each row is a subject.
func (a *anonymiser) people(batch arrow.RecordBatch) ([]uint64, error) {
	if a.ordinals == "" {
		return nil, nil
	}
	found := batch.Schema().FieldIndices(a.ordinals)
	if len(found) != 1 {
		return nil, fault.New(fault.Integrity, "masking: the stored version has no ordinals of the subjects that the anonymity step counts")
	}
	ordinals, ok := batch.Column(found[0]).(*array.Int64)
	if !ok {
		return nil, fault.New(fault.Integrity, "masking: the version's ordinals are no integers")
	}
	out := make([]uint64, ordinals.Len())
	for i, v := range ordinals.Int64Values() {
		if v < 1 || v > math.MaxUint32 || ordinals.IsNull(i) {
			return nil, fault.New(fault.Integrity, "masking: the version has a row without its subject")
		}
		out[i] = uint64(v)
	}
	return out, nil
}

// add counts rows, of which these are the tuples, and the ordinals if any. It tells the
// bytes that it keeps for them, and writes over the ordinals.
func (t *tuples) add(codes []uint32, people []uint64) (size int64, err error) {
	before := t.len()
	key := make([]byte, 4*t.width)
	for i := range len(codes) / t.width {
		tuple := codes[i*t.width:][:t.width]
		appendKey(key[:0], tuple)
		id, known := t.ids[string(key)]
		if !known {
			if id = uint32(t.len()); id == maxTuples {
				return 0, fault.Errorf(fault.Limit, "the columns of the anonymity step have more than %d different combinations of values; make them coarser by rules such as prefix, period or bands", maxTuples)
			}
			t.ids[string(key)] = id
			t.codes, t.rows = append(t.codes, tuple...), append(t.rows, 0)
		}
		t.rows[id]++
		if people != nil {
			people[i] |= uint64(id) << 32
		}
	}
	if people != nil {
		t.people = append(t.people, people)
	}
	return 8*int64(len(people)) + int64(t.len()-before)*int64(8*t.width+64), nil
}

func appendKey(key []byte, tuple []uint32) []byte {
	for _, code := range tuple {
		key = binary.LittleEndian.AppendUint32(key, code)
	}
	return key
}

func sortedKeys[T cmp.Ordered](m map[T]uint32) []T { return slices.Sorted(maps.Keys(m)) }

// ordered gives the codes of a book by what they stand for: null first, then rising. So
// nothing that follows depends on the order in which values came.
func (b *codebook) ordered() (codes []uint32, values []string) {
	codes, values = []uint32{0}, []string{""}
	for _, text := range sortedKeys(b.texts) {
		codes, values = append(codes, b.texts[text]), append(values, text)
	}
	for _, v := range sortedKeys(b.numbers) {
		codes, values = append(codes, b.numbers[v]), append(values, strconv.FormatInt(v, 10))
	}
	return codes, values
}
