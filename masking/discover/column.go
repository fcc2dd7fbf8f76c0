package discover

import (
	"bytes"

	"github.com/zeebo/xxh3"
)

// column is what was seen of one. Its different values are words while they are few;
// after that each value counts into rows, and its hash into distinct.
type column struct {
	nulls    int64
	words    words
	full     bool     // there were too many words, and there are none any more
	rows     evidence // of all values, or while there are words of none
	last     []byte   // the value before, of a full column, as rows of one person often stand together; nil: none
	seen     class    // of last
	distinct distinct // of all values, or while there are words of none
}

// add takes a value.
func (c *column) add(look *examiner, value []byte) {
	if c.last != nil && bytes.Equal(c.last, value) {
		c.rows.add(&c.seen, 1)
		return
	}
	hash := xxh3.Hash(value)
	if !c.full {
		if w := c.words.find(hash, value); w != nil {
			w.count++
			return
		}
		if seen := look.class(value); c.words.add(hash, value, seen, 1) {
			return
		}
		c.spill()
	}
	c.last, c.seen = append(c.last[:0], value...), look.class(value)
	c.rows.add(&c.seen, 1)
	c.distinct.add(hash)
}

// spill counts the words and gives them up.
func (c *column) spill() {
	for i := range c.words.entries {
		w := &c.words.entries[i]
		c.rows.add(&w.class, w.count)
		c.distinct.add(w.hash)
	}
	c.words.wipe()
	c.full = true
}

func (c *column) merge(other *column) {
	c.nulls += other.nulls
	if other.full && !c.full {
		c.spill()
	}
	for i := range other.words.entries {
		w := &other.words.entries[i]
		c.mergeWord(w, other.words.text[w.start:w.end])
	}
	if other.full {
		c.rows.merge(&other.rows)
		c.distinct.merge(&other.distinct)
	}
}

func (c *column) mergeWord(w *word, value []byte) {
	if !c.full {
		if own := c.words.find(w.hash, value); own != nil {
			own.count += w.count
			return
		}
		if c.words.add(w.hash, value, w.class, w.count) {
			return
		}
		c.spill()
	}
	c.rows.add(&w.class, w.count)
	c.distinct.add(w.hash)
}

// word is a value that was seen, with what it tells by itself.
type word struct {
	hash       uint64
	start, end uint32 // in the text
	count      int64
	class      class
}

// words finds values that were seen. At most half of the slots are taken.
type words struct {
	limit   int
	slots   []uint32 // the number of an entry, from 1; 0 is free
	entries []word
	text    []byte
}

// find gives the word of a value, or nil.
func (w *words) find(hash uint64, value []byte) *word {
	if len(w.slots) == 0 {
		return nil
	}
	mask := uint64(len(w.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		n := w.slots[at]
		if n == 0 {
			return nil
		}
		if e := &w.entries[n-1]; e.hash == hash && string(w.text[e.start:e.end]) == string(value) {
			return e
		}
	}
}

// add takes a value that find does not know, unless there is no room.
func (w *words) add(hash uint64, value []byte, c class, count int64) bool {
	if len(w.entries) == w.limit || len(w.text)+len(value) > w.limit*wordSize {
		return false
	}
	if 2*(len(w.entries)+1) > len(w.slots) {
		w.grow()
	}
	start := len(w.text)
	w.text = append(w.text, value...)
	w.entries = append(w.entries, word{hash, uint32(start), uint32(len(w.text)), count, c})
	w.take(hash, uint32(len(w.entries)))
	return true
}

func (w *words) grow() {
	w.slots = make([]uint32, max(16, 2*len(w.slots)))
	for i := range w.entries {
		w.take(w.entries[i].hash, uint32(i+1))
	}
}

func (w *words) take(hash uint64, number uint32) {
	mask := uint64(len(w.slots) - 1)
	at := hash & mask
	for w.slots[at] != 0 {
		at = (at + 1) & mask
	}
	w.slots[at] = number
}

// wipe forgets the values, which may be identifiers.
func (w *words) wipe() {
	clear(w.text)
	*w = words{limit: w.limit}
}
