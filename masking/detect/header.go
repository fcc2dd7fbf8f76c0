package detect

import (
	"strings"
	"sync"
	"unicode"
)

const (
	headerWhole     = 0.9 // the name is a word for the type
	headerWeak      = 0.6 // initials that stand for other things too
	headerPart      = 0.8 // the longest Chinese word inside of a name
	headerToken     = 0.7 // an English or pinyin word of several
	headerWeakToken = 0.4
	weakMark        = "~"
)

// headers has the types that a word stands for.
type headers map[string][]Type

var readHeaders = sync.OnceValue(func() headers {
	h := headers{}
	each("headers.txt", func(section, word string) {
		t, _ := ParseType(section)
		h[word] = append(h[word], t)
	})
	return h
})

// Header appends what the name of a column suggests: Chinese and English words,
// pinyin in full and its initials (sfzh, xm, sjh). It is a prior and never proof; a
// column that is called nothing of the kind is not clean for it.
func Header(dst []Hit, name string) []Hit {
	if len(name) > maxValue {
		return dst
	}
	var folded []byte
	for _, c := range name {
		folded = appendFolded(folded, c)
	}
	h := readHeaders()
	words := split(string(folded))
	whole := strings.Join(words, "")
	begin := len(dst)
	dst = h.word(dst, whole, headerWhole, headerWeak)
	if len(dst) == begin {
		dst = h.tokens(dst, words)
	}
	if len(dst) == begin {
		dst = h.inside(dst, whole)
	}
	sortHits(dst[begin:])
	return dst
}

// word appends the types that a word stands for, surely or weakly.
func (h headers) word(dst []Hit, word string, sure, weak float64) []Hit {
	for _, t := range h[word] {
		dst = raise(dst, t, sure)
	}
	for _, t := range h[weakMark+word] {
		dst = raise(dst, t, weak)
	}
	return dst
}

// tokens tries runs of one to four words of a name such as patient_id_card_no,
// the longest first.
func (h headers) tokens(dst []Hit, words []string) []Hit {
	begin := len(dst)
	for long := min(len(words)-1, 4); long > 0 && len(dst) == begin; long-- {
		for i := 0; i+long <= len(words); i++ {
			if run := strings.Join(words[i:i+long], ""); len(run) > 2 || run == "ip" {
				dst = h.word(dst, run, headerToken, headerWeakToken)
			}
		}
	}
	return dst
}

// inside looks for the longest Chinese word inside of a name.
func (h headers) inside(dst []Hit, whole string) []Hit {
	runes := []rune(whole)
	for long := min(len(runes)-1, 12); long >= 2; long-- {
		for i := 0; i+long <= len(runes); i++ {
			word := string(runes[i : i+long])
			if types := h[word]; len(types) > 0 && len(word) > long { // of Chinese characters
				for _, t := range types {
					dst = raise(dst, t, headerPart)
				}
				return dst
			}
		}
	}
	return dst
}

// raise appends a hit, or raises the one of the same type.
func raise(dst []Hit, t Type, confidence float64) []Hit {
	for i := range dst {
		if dst[i].Type == t {
			dst[i].Confidence = max(dst[i].Confidence, confidence)
			return dst
		}
	}
	return append(dst, Hit{t, confidence})
}

// split cuts a name into words in lower case, at what is no letter or digit and where
// a capital follows a small letter.
func split(name string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	before := rune(0)
	for _, c := range name {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			flush()
		case unicode.IsUpper(c) && unicode.IsLower(before), isHan(c) != isHan(before) && before != 0:
			flush()
			fallthrough
		default:
			word.WriteRune(unicode.ToLower(c))
		}
		before = c
	}
	flush()
	return words
}
