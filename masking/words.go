package masking

import (
	"hash/maphash"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A column of codes, names or labels has few different texts. Its rule is applied to
// each of them once, and the masked column is a dictionary.
const (
	maxWords     = 4096
	maxWordBytes = 1 << 20
)

// wordType is the Arrow type of such a column.
var wordType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// lexicon numbers different texts in the order in which they come.
type lexicon struct {
	seed  maphash.Seed
	slots []int32 // a number above 0, less one; 0 is free. At most half of them are taken
	ends  []int32 // of the texts
	text  []byte
}

func newLexicon() lexicon { return lexicon{maphash.MakeSeed(), make([]int32, 2*maxWords), nil, nil} }

func (l *lexicon) at(number int32) []byte {
	start := int32(0)
	if number > 0 {
		start = l.ends[number-1]
	}
	return l.text[start:l.ends[number]]
}

// find gives the number of a text, or the slot that is free for it.
func (l *lexicon) find(text string) (number int32, slot uint64, known bool) {
	slot = maphash.String(l.seed, text)
	for ; ; slot++ {
		slot &= uint64(len(l.slots) - 1)
		if number = l.slots[slot] - 1; number < 0 {
			return 0, slot, false
		}
		if string(l.at(number)) == text {
			return number, slot, true
		}
	}
}

// add gives the number of a text that may be new; false when the lexicon is full.
func (l *lexicon) add(text string) (int32, bool) {
	number, slot, known := l.find(text)
	if known {
		return number, true
	}
	if len(l.ends) == maxWords || len(l.text)+len(text) > maxWordBytes {
		return 0, false
	}
	if need := len(l.text) + len(text); need > cap(l.text) {
		old := l.text
		l.text = append(make([]byte, 0, 2*need), old...)
		clear(old)
	}
	l.text = append(l.text, text...)
	l.ends = append(l.ends, int32(len(l.text)))
	l.slots[slot] = int32(len(l.ends))
	return l.slots[slot] - 1, true
}

// worded applies a rule to a column of few different texts, and by the rule itself
// once there are too many. It is safe for concurrent use.
type worded struct {
	rule transform

	mu     sync.RWMutex // guards the rest
	raw    lexicon
	masked arrow.Array // of raw's texts; nil at first
	full   bool
}

func (w *worded) apply(a arrow.Array) (arrow.Array, error) {
	texts, numbers := a.(*array.String), make([]int32, a.Len())
	fresh, masked, full := w.number(texts, numbers)
	if len(fresh) > 0 {
		var err error
		if masked, err = w.learn(texts, numbers, fresh); err != nil {
			return nil, err
		}
		full = masked == nil
	}
	if full {
		return w.rule(a)
	}
	return inWords(validOf(a), numbers, masked), nil
}

// number fills the numbers of the texts that are known, and gives the other rows.
func (w *worded) number(texts *array.String, numbers []int32) (fresh []int, masked arrow.Array, full bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.full {
		return nil, nil, true
	}
	for i := range numbers {
		if texts.IsNull(i) {
			continue
		}
		known := false
		if w.raw.slots != nil {
			numbers[i], _, known = w.raw.find(texts.Value(i))
		}
		if !known {
			fresh = append(fresh, i)
		}
	}
	return fresh, w.masked, false
}

// learn numbers the texts of the fresh rows and masks those that are new. It gives
// no array when there are too many.
func (w *worded) learn(texts *array.String, numbers []int32, fresh []int) (arrow.Array, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.raw.slots == nil {
		w.raw = newLexicon()
	}
	before := len(w.raw.ends)
	for _, i := range fresh {
		var ok bool
		if numbers[i], ok = w.raw.add(texts.Value(i)); !ok || w.full {
			w.forget()
			return nil, nil
		}
	}
	added := array.NewStringBuilder(memory.DefaultAllocator)
	defer added.Release()
	for number := before; number < len(w.raw.ends); number++ {
		added.Append(string(w.raw.at(int32(number))))
	}
	masked, err := w.rule(added.NewArray())
	if err != nil {
		return nil, err
	}
	if masked = spelled(masked); w.masked != nil {
		masked, err = array.Concatenate([]arrow.Array{w.masked, masked}, memory.DefaultAllocator)
	}
	w.masked = masked
	return masked, err
}

// forget wipes the raw texts, which may be identifiers; w.mu is held.
func (w *worded) forget() {
	clear(w.raw.text[:cap(w.raw.text)])
	w.raw, w.masked, w.full = lexicon{}, nil, true
}

func (w *worded) wipe() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget()
}

// inWords makes the dictionary array of numbers of words. A row is also null when
// its word is.
func inWords(valid bitmap, numbers []int32, words arrow.Array) arrow.Array {
	if words == nil { // every row is null
		words = wordsOf(nil)
	}
	if words.NullN() > 0 {
		for i, number := range numbers {
			if valid.has(i) && words.IsNull(int(number)) {
				valid = valid.without(i, len(numbers))
			}
		}
	}
	indices := NewArray(arrow.PrimitiveTypes.Int32, len(numbers), valid, arrow.Int32Traits.CastToBytes(numbers))
	return array.NewDictionaryArray(wordType, indices, words)
}

func wordsOf(words []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues(words, nil)
	return b.NewArray()
}
