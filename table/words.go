package table

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// words gathers a column of a row group whose texts repeat, as an Arrow dictionary.
// The library can make one of plain texts too, with two allocations a row.
type words struct {
	numbers map[string]int32 // of the words, as they came
	all     *array.StringBuilder
	rows    *array.Int32Builder // their words' numbers
}

func newWords() *words {
	return &words{make(map[string]int32), array.NewStringBuilder(memory.DefaultAllocator), array.NewInt32Builder(memory.DefaultAllocator)}
}

// add adds the texts of rows, and keeps nothing of c.
func (w *words) add(c *array.String) {
	w.rows.Reserve(c.Len())
	for i := range c.Len() {
		if c.IsNull(i) {
			w.rows.UnsafeAppendBoolToBitmap(false)
			continue
		}
		text := c.Value(i)
		number, ok := w.numbers[text]
		if !ok {
			number = int32(len(w.numbers))
			w.numbers[strings.Clone(text)] = number
			w.all.Append(text)
		}
		w.rows.UnsafeAppend(number)
	}
}

// take gives the column and begins the next.
func (w *words) take() arrow.Array {
	clear(w.numbers)
	kind := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	return array.NewDictionaryArray(kind, w.rows.NewArray(), w.all.NewArray())
}
