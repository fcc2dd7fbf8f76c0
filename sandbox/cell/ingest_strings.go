package cell

import (
	"strconv"

	"yingbi/sandbox/abi"
)

// shared are the texts that the cells of a workbook share, by number. They lie
// in blocks, so that memory never holds two copies while it grows.
type shared struct {
	blocks [][]byte
	spans  [][]span
	size   int // bytes, with those of the spans
}

// span is where a text lies. A text of more than maxRecord has the length
// maxRecord+1 and is not kept: no row takes it.
type span struct{ block, start, length uint32 }

const (
	sharedBlock = 2 << 20
	spanBlock   = 1 << 16
	spanSize    = 12
)

// add keeps the next text.
func (s *shared) add(text []byte) error {
	s.size += len(text) + spanSize
	if s.size > maxSharedStrings {
		return abi.Over(abi.LimitSharedStrings)
	}
	length := len(text)
	if length > maxRecord {
		text, length = nil, maxRecord+1
	}
	last := len(s.blocks) - 1
	if last < 0 || cap(s.blocks[last])-len(s.blocks[last]) < len(text) {
		s.blocks = append(s.blocks, make([]byte, 0, sharedBlock))
		last++
	}
	at := span{block: uint32(last), start: uint32(len(s.blocks[last])), length: uint32(length)}
	s.blocks[last] = append(s.blocks[last], text...)
	n := len(s.spans) - 1
	if n < 0 || len(s.spans[n]) == spanBlock {
		s.spans = append(s.spans, make([]span, 0, spanBlock))
		n++
	}
	s.spans[n] = append(s.spans[n], at)
	return nil
}

// get gives the text that a cell names by its number. long is true for one that
// is too long to be kept.
func (s *shared) get(number []byte) (text []byte, long, ok bool) {
	i, n, fits := leadingDigits(number)
	if n == 0 || n != len(number) || !fits || i >= uint64(len(s.spans)*spanBlock) {
		return nil, false, false
	}
	block := s.spans[i/spanBlock]
	if i%spanBlock >= uint64(len(block)) {
		return nil, false, false
	}
	at := block[i%spanBlock]
	if at.length > maxRecord {
		return nil, true, true
	}
	return s.blocks[at.block][at.start : at.start+at.length], false, true
}

// readStrings reads the shared texts of a workbook.
func (w *workbook) readStrings() error {
	part, err := w.one(w.main, "/sharedStrings")
	if err != nil || part == "" {
		return err
	}
	var text []byte
	in := false
	rich := richText{}
	return w.each(part, func(x *xmlReader) error {
		switch {
		case x.is(xmlStart, "si"):
			text, in, rich = text[:0], true, richText{}
		case x.is(xmlEnd, "si"):
			in = false
			return w.strings.add(unescape(text))
		case in && rich.takes(x) && len(text) <= maxRecord:
			text = appendXML(text, x.text, x.plain)
		}
		return nil
	})
}

// richText finds the text in what a string item holds: runs, and how they are
// pronounced, which is no part of the text.
type richText struct {
	text     bool // within t
	phonetic int  // within rPh
}

// takes reports whether the reader is at a piece of the text.
func (r *richText) takes(x *xmlReader) bool {
	switch {
	case x.kind == xmlText:
		return r.text && r.phonetic == 0
	case string(x.name) == "t":
		r.text = x.kind == xmlStart
	case x.is(xmlStart, "rPh"):
		r.phonetic++
	case x.is(xmlEnd, "rPh"):
		r.phonetic--
	}
	return false
}

// unescape turns _x000D_ into the character that XML could not carry, in place.
// So is an underscore that begins what looks like such an escape, as _x005F_.
func unescape(text []byte) []byte {
	out := text[:0]
	for i := 0; i < len(text); {
		if text[i] == '_' && i+7 <= len(text) && text[i+1] == 'x' && text[i+6] == '_' {
			if v, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
				out = appendUnit(out, rune(v))
				i += 7
				continue
			}
		}
		out = append(out, text[i])
		i++
	}
	return out
}

// appendUnit appends a character of the basic plane; half of another one is none.
func appendUnit(out []byte, r rune) []byte {
	if r >= 0xd800 && r < 0xe000 {
		return append(out, noCharacter)
	}
	return append(out, string(r)...)
}
