package view

import (
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// Most texts of a view are codes, names or labels of which there are few. Masking
// gives them as numbers of words, and they travel as such.

// vocabularies keeps the words of each column. Masking only ever adds words, so the
// longest dictionary has all of them.
type vocabularies struct {
	mu      sync.Mutex // guards columns
	columns []*array.String
}

func (v *vocabularies) note(column int, words *array.String) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if known := v.columns[column]; known == nil || known.Len() < words.Len() {
		v.columns[column] = words
	}
}

// word is a range of bytes.
type word struct{ at, size uint32 }

// wordSlack is how many bytes may be read and written behind a word, so that short
// ones are copied at once.
const wordSlack = 16

// vocabulary is the words of one column. Behind them comes an empty one, for nulls.
type vocabulary struct {
	words []word
	text  []byte // and wordSlack more
}

func vocabularyOf(words *array.String) *vocabulary {
	v := &vocabulary{}
	if words != nil {
		for i := range words.Len() {
			v.add(words.Value(i))
		}
	}
	v.add("")
	v.text = append(v.text, make([]byte, wordSlack)...)
	return v
}

func (v *vocabulary) add(text string) {
	v.words = append(v.words, word{uint32(len(v.text)), uint32(len(text))})
	v.text = append(v.text, text...)
}

func (v *vocabulary) none() uint32 { return uint32(len(v.words) - 1) }

func (v *vocabulary) size(number uint32) int { return int(v.words[number].size) }

func (v *vocabulary) word(number uint32) []byte {
	w := v.words[number]
	return v.text[w.at : w.at+w.size]
}

// write writes the texts of the numbers, one after the other, and up to wordSlack
// bytes behind the last.
func (v *vocabulary) write(to []byte, numbers []uint32) {
	at := 0
	for _, number := range numbers {
		w := v.words[number]
		if w.size <= wordSlack {
			*(*[wordSlack]byte)(to[at:]) = [wordSlack]byte(v.text[w.at:])
		} else {
			copy(to[at:], v.text[w.at:w.at+w.size])
		}
		at += int(w.size)
	}
}
