package masking

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/fault"
)

// maxCodes bounds the different values that a codebook takes: some 100 MiB.
const maxCodes = 1 << 20

// codebook numbers the different values of a masked column, in the order in which they
// come. Null is 0.
type codebook struct {
	column string

	mu      sync.Mutex // guards the rest
	texts   map[string]uint32
	numbers map[int64]uint32
}

func newCodebook(column string) *codebook {
	return &codebook{column: column, texts: map[string]uint32{}, numbers: map[int64]uint32{}}
}

// number gives the codes of a masked array, which may be new.
func (b *codebook) number(masked arrow.Array) ([]uint32, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]uint32, masked.Len())
	err := b.each(masked, out, func() uint32 { return uint32(len(b.texts)+len(b.numbers)) + 1 })
	if err == nil && len(b.texts)+len(b.numbers) > maxCodes {
		err = fault.Errorf(fault.Limit, "column %s has more than %d different values, too many to tell rows apart by; make it coarser by a rule such as prefix, period or bands", b.column, maxCodes)
	}
	return out, err
}

// find gives codes that are known; false where one is not. Nothing may be numbered
// meanwhile.
func (b *codebook) find(masked arrow.Array) (out []uint32, known bool, err error) {
	known, out = true, make([]uint32, masked.Len())
	err = b.each(masked, out, func() uint32 { known = false; return 0 })
	return out, known, err
}

// each finds codes. next gives that of a value that has none, and 0 where it shall get none.
func (b *codebook) each(masked arrow.Array, out []uint32, next func() uint32) error {
	switch a := spelled(masked).(type) {
	case *array.Dictionary:
		words := a.Dictionary().(*array.String)
		byWord := make([]uint32, words.Len()) // of the words in use: others are no values of the column
		for i, word := range a.Indices().(*array.Int32).Int32Values() {
			if a.IsNull(i) {
				continue
			}
			if byWord[word] == 0 {
				byWord[word] = b.text(words.Value(int(word)), next)
			}
			out[i] = byWord[word]
		}
	case *array.String:
		for i := range out {
			if a.IsValid(i) {
				out[i] = b.text(a.Value(i), next)
			}
		}
	default:
		values, err := numbersOf(a)
		if err != nil {
			return err
		}
		for i, v := range values {
			if a.IsNull(i) {
				continue
			}
			code, known := b.numbers[v]
			if !known {
				if code = next(); code > 0 {
					b.numbers[v] = code
				}
			}
			out[i] = code
		}
	}
	return nil
}

func (b *codebook) text(text string, next func() uint32) uint32 {
	code, known := b.texts[text]
	if !known {
		if code = next(); code > 0 {
			b.texts[strings.Clone(text)] = code // the array's memory is not kept
		}
	}
	return code
}

// codes are those of a column by row number. Batches may come in any order.
type codes struct {
	book *codebook

	mu     sync.Mutex // guards pieces
	pieces []codePiece

	of     []uint32 // after settle
	counts []int64  // rows of each code
}

type codePiece struct {
	first int64
	codes []uint32
}

func (c *codes) see(masked arrow.Array, first int64) (size int64, err error) {
	numbers, err := c.book.number(masked)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pieces = append(c.pieces, codePiece{first, numbers})
	return 4 * int64(len(numbers)), nil
}

func (c *codes) settle(rows int64) {
	slices.SortFunc(c.pieces, func(a, b codePiece) int { return cmp.Compare(a.first, b.first) })
	c.of = make([]uint32, 0, rows)
	for _, p := range c.pieces {
		c.of = append(c.of, p.codes...)
	}
	c.pieces = nil
	c.counts = make([]int64, len(c.book.texts)+len(c.book.numbers)+1)
	for _, code := range c.of {
		c.counts[code]++
	}
}

// appearance gives the codes that have rows, by their first rows, which do not depend
// on the order in which batches came.
func (c *codes) appearance() []uint32 {
	var order []uint32
	seen := make([]bool, len(c.counts))
	for _, code := range c.of {
		if !seen[code] {
			seen[code] = true
			order = append(order, code)
		}
	}
	return order
}
