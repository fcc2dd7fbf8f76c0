package cell

import (
	"encoding/binary"
	"io"
	"math/bits"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yingbi/sandbox/abi"
)

// noCharacter stands in transcoded text for bytes that the encoding has no
// character for. UTF-8 never uses it.
const noCharacter = 0xff

// transcoder reads text of another encoding as UTF-8. It runs before anything is
// cut: the second byte of a character of GBK may be that of a delimiter or a
// backslash. What cannot be read costs as few bytes as possible, so that a line
// feed after half a character is still one.
type transcoder struct {
	in   io.Reader
	step decoder
	raw  []byte // raw[at:end] are not yet decoded
	at   int
	end  int
	out  []byte // decoded and not yet read
	buf  []byte
	err  error
	same sameUTF8
}

// decoder appends the characters of src to dst, and gives the bytes of src that
// it used. Without last it leaves up to three at the end that may be half a
// character.
type decoder func(dst, src []byte, last bool) ([]byte, int)

// widest is how many bytes of UTF-8 may come of one byte of any encoding.
const widest = 3

func newTranscoder(in io.Reader, encoding string) *transcoder {
	t := &transcoder{in: in, raw: make([]byte, blockSize), buf: make([]byte, 0, widest*blockSize)}
	switch encoding {
	case abi.EncodingUTF16LE:
		t.step = utf16Decoder(0)
		t.same.broken = true
	case abi.EncodingUTF16BE:
		t.step = utf16Decoder(1)
		t.same.broken = true
	case abi.EncodingGBK:
		t.step = gbDecoder(false)
	default:
		t.step = gbDecoder(true)
	}
	return t
}

func (t *transcoder) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		t.fill()
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

// fill decodes another block.
func (t *transcoder) fill() {
	t.end = copy(t.raw, t.raw[t.at:t.end])
	t.at = 0
	n, err := io.ReadFull(t.in, t.raw[t.end:])
	t.same.see(t.raw[t.end : t.end+n])
	t.end += n
	last := err == io.EOF || err == io.ErrUnexpectedEOF
	if last {
		err = io.EOF
	}
	t.out, t.at = t.step(t.buf[:0], t.raw[:t.end], last)
	if t.err = err; last && t.same.sure() {
		t.err = abi.NotA(abi.FailEncoding, abi.EncodingUTF8)
	}
}

// ascii appends the ASCII characters that src begins with.
func ascii(dst, src []byte) ([]byte, int) {
	n := 0
	for len(src)-n >= 8 && binary.LittleEndian.Uint64(src[n:])&0x8080808080808080 == 0 {
		n += 8
	}
	for n < len(src) && src[n] < utf8.RuneSelf {
		n++
	}
	return append(dst, src[:n]...), n
}

// utf16Decoder decodes units of two bytes, of which the first is the high one if
// big is 1, and the low one if it is 0.
func utf16Decoder(big int) decoder {
	ascii := bits.RotateLeft64(0xff80ff80ff80ff80, -8*big) // the bits that four ASCII characters do not have
	unit := func(b []byte) rune { return rune(b[big]) | rune(b[1-big])<<8 }
	return func(dst, src []byte, last bool) ([]byte, int) {
		at := 0
		for len(src)-at >= 2 {
			if len(src)-at >= 8 {
				if four := binary.LittleEndian.Uint64(src[at:]); four&ascii == 0 {
					four >>= 8 * big
					dst = append(dst, byte(four), byte(four>>16), byte(four>>32), byte(four>>48))
					at += 8
					continue
				}
			}
			r := unit(src[at:])
			if !utf16.IsSurrogate(r) {
				dst = utf8.AppendRune(dst, r)
				at += 2
				continue
			}
			if len(src)-at < 4 && !last {
				return dst, at
			}
			low := rune(0)
			if len(src)-at >= 4 {
				low = unit(src[at+2:])
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				dst = append(dst, noCharacter)
				at += 2
				continue
			}
			dst = utf8.AppendRune(dst, r)
			at += 4
		}
		if last && at < len(src) {
			return append(dst, noCharacter), len(src)
		}
		return dst, at
	}
}

// The bytes of the two-byte characters of GBK: a lead, and a trail without 0x7f.
const (
	gbLead, gbTrail = 0x81, 0x40
	gbRow           = 0xff - gbTrail
)

// gbTable maps the two bytes of a character of GBK to it, 0 where there is none.
var gbTable = sync.OnceValue(func() *[(0xff - gbLead) * gbRow]uint16 {
	table := new([(0xff - gbLead) * gbRow]uint16)
	decode := simplifiedchinese.GBK.NewDecoder().Transformer
	var out [4]byte
	for i := range table {
		pair := []byte{byte(gbLead + i/gbRow), byte(gbTrail + i%gbRow)}
		n, used, err := decode.Transform(out[:], pair, true)
		if r, size := utf8.DecodeRune(out[:n]); err == nil && used == 2 && size == n && r != utf8.RuneError {
			table[i] = uint16(r)
		}
	}
	return table
})

// gbDecoder decodes GBK, with the four-byte characters of GB18030 or without
// them, as browsers do: 0x80 is the euro sign.
func gbDecoder(four bool) decoder {
	table := gbTable()
	return func(dst, src []byte, last bool) ([]byte, int) {
		at := 0
		for at < len(src) {
			if src[at] < utf8.RuneSelf {
				var n int
				dst, n = ascii(dst, src[at:])
				at += n
				continue
			}
			r, size := gbRune(table, src[at:], four)
			if size == 0 && !last {
				return dst, at
			}
			if r == 0 {
				dst = append(dst, noCharacter)
			} else {
				dst = utf8.AppendRune(dst, r)
			}
			at += max(size, 1)
		}
		return dst, at
	}
}

// gbRune decodes the character that src begins with, which is not ASCII. r is 0
// if there is none; size is 0 if src may end within it.
func gbRune(table *[(0xff - gbLead) * gbRow]uint16, src []byte, four bool) (r rune, size int) {
	switch lead := src[0]; {
	case lead == 0x80:
		return '€', 1
	case lead == 0xff:
		return 0, 1
	case len(src) < 2:
		return 0, 0
	case src[1] >= gbTrail && src[1] < 0xff:
		if r = rune(table[int(lead-gbLead)*gbRow+int(src[1]-gbTrail)]); r == 0 && src[1] < utf8.RuneSelf {
			return 0, 1 // the second byte may be a delimiter
		}
		return r, 2
	case !four || src[1] < '0' || src[1] > '9':
		return 0, 1
	case len(src) < 4:
		return 0, 0
	}
	var out [4]byte
	n, used, err := simplifiedchinese.GB18030.NewDecoder().Transformer.Transform(out[:], src[:4], true)
	r, _ = utf8.DecodeRune(out[:n])
	if err != nil || used != 4 || r == utf8.RuneError && string(src[:4]) != "\x84\x31\xa4\x37" {
		return 0, 1
	}
	return r, 4
}

// sameUTF8 watches whether everything that is read as GBK looks like UTF-8: most
// UTF-8 decodes as GBK too, into other characters.
type sameUTF8 struct {
	broken bool
	wide   int // characters of three bytes or more
	owed   int // bytes that the current character still has
}

func (s *sameUTF8) see(b []byte) {
	for i := 0; i < len(b) && !s.broken; i++ {
		c := b[i]
		switch {
		case c < utf8.RuneSelf && s.owed == 0:
		case c >= 0x80 && c < 0xc0 && s.owed > 0:
			s.owed--
		case c >= 0xc2 && c < 0xe0 && s.owed == 0:
			s.owed = 1
		case c >= 0xe0 && c < 0xf5 && s.owed == 0:
			s.owed = 2 + int(c>>4&1)
			s.wide++
		default:
			s.broken = true
		}
	}
}

// sure reports whether it would be a wonder if all that were GBK.
func (s *sameUTF8) sure() bool { return !s.broken && s.owed == 0 && s.wide >= sureCharacters }
