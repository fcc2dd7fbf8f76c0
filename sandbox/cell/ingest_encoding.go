package cell

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"yingbi/sandbox/abi"
)

// detected is the encoding that the beginning of a text seems to have.
type detected struct {
	encoding string // "" is none that is known
	sure     bool   // enough to contradict what was given
	mark     int    // bytes of the byte order mark
}

// sureCharacters is how many characters of one encoding make it sure, where
// every other one would be broken by them.
const sureCharacters = 4

// detectEncoding tells an encoding by its byte order mark; else UTF-16 by the
// zero bytes of its ASCII characters; else UTF-8 by its rules; else GB18030 by
// how common its characters are. Text that is all ASCII is UTF-8, though not
// surely so.
func detectEncoding(head []byte, whole bool) detected {
	for _, m := range []struct{ mark, encoding string }{
		{"\xef\xbb\xbf", abi.EncodingUTF8}, {"\xff\xfe", abi.EncodingUTF16LE}, {"\xfe\xff", abi.EncodingUTF16BE},
		{"\x84\x31\x95\x33", abi.EncodingGB18030},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return detected{m.encoding, true, len(m.mark)}
		}
	}
	if encoding := detectUTF16(head); encoding != "" {
		return detected{encoding, true, 0}
	}
	if !whole { // the last line may end within a character
		head = head[:max(bytes.LastIndexByte(head, '\n'), 0)]
	}
	u := countUTF8(head)
	if u.good+u.bad == 0 {
		return detected{abi.EncodingUTF8, false, 0}
	}
	if u.good >= 9*u.bad {
		return detected{abi.EncodingUTF8, u.wide >= sureCharacters, 0}
	}
	if g := countGB(head); 10*g.common >= 7*g.all && g.common >= 8*g.bad {
		return detected{abi.EncodingGB18030, g.common >= sureCharacters, 0}
	}
	if 100*u.bad < len(head) { // a few broken bytes in what is ASCII else
		return detected{abi.EncodingUTF8, false, 0}
	}
	return detected{}
}

// settle gives the encoding by which the text is read: the one that was given, ""
// for the one that was found, unless they surely contradict each other.
func (d detected) settle(given string) (string, error) {
	wide := strings.HasPrefix(d.encoding, "utf-16")
	fits := !d.sure || d.encoding == given
	switch given {
	case "":
		given, fits = d.encoding, d.encoding != ""
	case abi.EncodingUTF16:
		given, fits = d.encoding, wide && d.mark > 0
	case abi.EncodingUTF16LE, abi.EncodingUTF16BE:
		fits = d.encoding == given || d.encoding == ""
	case abi.EncodingGBK:
		fits = !d.sure || d.encoding == abi.EncodingGB18030 && d.mark == 0
	}
	if !fits {
		return "", abi.NotA(abi.FailEncoding, d.encoding)
	}
	return given, nil
}

// detectUTF16 counts the code units that are ASCII, in either order. In a table
// there are many, since every cell ends with one, and of the other order few. A text
// of single bytes that holds some zeros has its commas and line ends where no
// character of a table has them: in the higher byte.
func detectUTF16(head []byte) string {
	var little, big, notLittle, notBig int
	for i := 0; i+1 < len(head); i += 2 {
		switch a, b := head[i], head[i+1]; {
		case b == 0 && a >= '\t' && a < utf8.RuneSelf:
			little++
		case a == 0 && b >= '\t' && b < utf8.RuneSelf:
			big++
		case b == ',' || b == '\n' || b == '\r':
			notLittle++
		case a == ',' || a == '\n' || a == '\r':
			notBig++
		}
	}
	enough := len(head) / 100 // one unit in fifty
	switch {
	case little > enough && little > 4*big && little > notLittle:
		return abi.EncodingUTF16LE
	case big > enough && big > 4*little && big > notBig:
		return abi.EncodingUTF16BE
	}
	return ""
}

// utf8Count counts what is not ASCII: characters, those of them of three bytes or
// more, and bytes that are of none.
type utf8Count struct{ good, wide, bad int }

func countUTF8(b []byte) (c utf8Count) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			c.bad++
		case size >= 3:
			c.wide++
			fallthrough
		default:
			c.good++
		}
		b = b[size:]
	}
	return c
}

// gbCount counts the same for GB18030. common are the characters of GB 2312,
// which are nearly all of any text, and few of what another encoding's bytes seem
// to be.
type gbCount struct{ all, common, bad int }

func countGB(b []byte) (c gbCount) {
	table := gbTable()
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, size := gbRune(table, b, true)
		switch {
		case r == 0:
			c.bad++
		case size == 2 && b[0] >= 0xa1 && b[0] <= 0xf7 && b[1] >= 0xa1:
			c.common++
		}
		c.all++
		b = b[max(size, 1):]
	}
	return c
}
