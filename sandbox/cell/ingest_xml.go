package cell

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"

	"yingbi/sandbox/abi"
)

var errWorkbook = abi.Failure{Code: abi.FailFormat}

// xmlReader cuts the XML of a workbook's part into tags and text: UTF-8, no
// document type, no entities but those of XML itself. Its memory is one buffer,
// in which a tag must fit; text comes in pieces. encoding/xml reads the same
// twenty times slower.
//
// Names are given without their prefixes: the parts that are read use no two of
// the same local name.
type xmlReader struct {
	in      io.Reader
	buf     []byte // buf[at:end] is not yet used
	at, end int
	eof     bool
	kind    xmlKind
	name    []byte // of a tag; good until the next call, as attributes and text are
	attrs   []byte
	text    []byte // raw
	plain   bool   // the text is of a CDATA section: it has no references
	single  bool   // the tag is its own end, which comes next
	loose   bool   // what is read begins somewhere: ends are not held against starts
	open    []byte // names of the open tags, each after the one around it
	starts  []int  // where each of them begins
}

type xmlKind uint8

const (
	xmlStart xmlKind = iota + 1
	xmlEnd
	xmlText
)

// Sizes in bytes, and tags around a tag.
const (
	xmlBuffer = 256 << 10
	xmlDepth  = 64
)

func newXMLReader(in io.Reader) *xmlReader {
	return &xmlReader{in: in, buf: make([]byte, xmlBuffer)}
}

// next reads up to the next tag or piece of text. At the end, where every tag is
// closed, it gives io.EOF.
func (x *xmlReader) next() error {
	if x.single {
		x.single, x.kind = false, xmlEnd
		if !x.loose {
			x.pop()
		}
		return nil
	}
	for {
		w, err := x.window(1)
		if err != nil {
			return err
		}
		switch {
		case len(w) == 0:
			if len(x.starts) > 0 || x.kind == 0 && !x.loose {
				return errWorkbook
			}
			return io.EOF
		case w[0] != '<':
			if err := x.takeText(); err != nil || len(x.text) > 0 {
				return err
			}
		default:
			more, err := x.takeTag()
			if err != nil || !more {
				return err
			}
		}
	}
}

// window gives the unused bytes, at least n of them unless the part ends.
func (x *xmlReader) window(n int) ([]byte, error) {
	if x.end-x.at >= n || x.eof {
		return x.buf[x.at:x.end], nil
	}
	x.end = copy(x.buf, x.buf[x.at:x.end])
	x.at = 0
	for x.end < len(x.buf) && !x.eof {
		m, err := x.in.Read(x.buf[x.end:])
		x.end += m
		if err == io.EOF {
			x.eof = true
		} else if err != nil {
			return nil, err
		}
	}
	return x.buf[x.at:x.end], nil
}

// takeText uses text up to the next tag, or as much as is there. A reference or a
// line end is not cut.
func (x *xmlReader) takeText() error {
	w, err := x.window(64)
	if err != nil {
		return err
	}
	n := bytes.IndexByte(w, '<')
	if n < 0 {
		n = len(w)
		if amp := bytes.LastIndexByte(w, '&'); amp >= max(0, n-16) && !x.eof {
			n = amp
		}
		if n > 1 && w[n-1] == '\r' {
			n--
		}
	}
	x.kind, x.text, x.plain = xmlText, w[:n], false
	x.at += n
	return nil
}

// takeTag uses what begins with a '<'. more is true if nobody needs it.
func (x *xmlReader) takeTag() (more bool, err error) {
	w, err := x.window(len("<![CDATA["))
	if err != nil {
		return false, err
	}
	if len(w) > 1 && (w[1] == '?' || w[1] == '!') {
		return x.takeSpecial(w)
	}
	body, err := x.upTo(1, ">")
	if err != nil || len(body) == 0 {
		return false, errWorkbook
	}
	if body[0] == '/' {
		x.kind, x.name = xmlEnd, local(trimSpace(body[1:]))
		if x.loose {
			return false, nil
		}
		if len(x.starts) == 0 || !bytes.Equal(x.name, x.open[x.starts[len(x.starts)-1]:]) {
			return false, errWorkbook
		}
		x.pop()
		return false, nil
	}
	if x.single = body[len(body)-1] == '/'; x.single {
		body = body[:len(body)-1]
	}
	n := 0
	for n < len(body) && body[n] > ' ' {
		n++
	}
	x.kind, x.name, x.attrs = xmlStart, local(body[:n]), body[n:]
	if len(x.starts) == xmlDepth || n == 0 {
		return false, errWorkbook
	}
	if !x.loose {
		x.starts = append(x.starts, len(x.open))
		x.open = append(x.open, x.name...)
	}
	return false, nil
}

// takeSpecial uses a comment, an instruction or a CDATA section.
func (x *xmlReader) takeSpecial(w []byte) (more bool, err error) {
	for _, m := range []struct{ open, closed string }{{"<?", "?>"}, {"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if !bytes.HasPrefix(w, []byte(m.open)) {
			continue
		}
		body, err := x.upTo(len(m.open), m.closed)
		if m.open != "<![CDATA[" || len(body) == 0 {
			return true, err
		}
		x.kind, x.text, x.plain = xmlText, body, true
		return false, err
	}
	return false, errWorkbook // a document type
}

// upTo uses everything up to and with the mark, after the first skip bytes, and
// gives what is between. A '>' within an attribute does not end its tag.
func (x *xmlReader) upTo(skip int, mark string) ([]byte, error) {
	for {
		w := x.buf[x.at:x.end]
		n := -1
		if len(w) >= skip && mark == ">" {
			n = tagEnd(w[skip:])
		} else if len(w) >= skip {
			n = bytes.Index(w[skip:], []byte(mark))
		}
		if n >= 0 {
			x.at += skip + n + len(mark)
			return w[skip : skip+n], nil
		}
		if x.eof || len(w) == len(x.buf) {
			return nil, errWorkbook
		}
		if _, err := x.window(len(w) + 1); err != nil {
			return nil, err
		}
	}
}

// tagEnd gives where the tag ends that begins here; -1 if it is not here.
func tagEnd(w []byte) int {
	quote := byte(0)
	for i, c := range w {
		switch {
		case c == '>' && quote == 0:
			return i
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
	return -1
}

// pop closes the innermost tag. Its name stays where it is until another opens.
func (x *xmlReader) pop() {
	last := len(x.starts) - 1
	x.name = x.open[x.starts[last]:]
	x.open = x.open[:x.starts[last]]
	x.starts = x.starts[:last]
}

// local takes the prefix off a name.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// is reports whether this is the start or end of a tag of that name.
func (x *xmlReader) is(kind xmlKind, name string) bool {
	return x.kind == kind && string(x.name) == name
}

// attr gives an attribute of the current tag as it is written, nil if there is
// none. A prefix must be named: "r:id".
func (x *xmlReader) attr(name string) []byte {
	rest := x.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key := trimSpace(rest[:eq])
		rest = trimSpace(rest[eq+1:])
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+end : 1+end]
		}
		rest = rest[end+2:]
	}
}

// trimSpace takes white space and control characters off both ends.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// attrText gives an attribute's text.
func (x *xmlReader) attrText(name string) string {
	return string(appendXML(nil, x.attr(name), false))
}

// attrInt gives an attribute's number, or otherwise where there is none.
func (x *xmlReader) attrInt(name string, otherwise int) int {
	b := x.attr(name)
	if len(b) == 0 {
		return otherwise
	}
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return otherwise
	}
	return n
}

// appendXML appends what raw text of a part says. What is no character becomes
// noCharacter.
func appendXML(dst, raw []byte, plain bool) []byte {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return append(dst, raw...)
	}
	for len(raw) > 0 {
		n := bytes.IndexAny(raw, "&\r")
		if n < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		raw = raw[n:]
		if raw[0] == '\r' { // as XML says: one line feed for any line end
			dst = append(dst, '\n')
			raw = raw[1:]
			if len(raw) > 0 && raw[0] == '\n' {
				raw = raw[1:]
			}
			continue
		}
		end := bytes.IndexByte(raw[:min(len(raw), 16)], ';')
		if plain || end < 0 {
			if !plain {
				dst = append(dst, noCharacter)
			} else {
				dst = append(dst, '&')
			}
			raw = raw[1:]
			continue
		}
		dst = appendReference(dst, string(raw[1:end]))
		raw = raw[end+1:]
	}
	return dst
}

func appendReference(dst []byte, name string) []byte {
	switch name {
	case "amp":
		return append(dst, '&')
	case "lt":
		return append(dst, '<')
	case "gt":
		return append(dst, '>')
	case "quot":
		return append(dst, '"')
	case "apos":
		return append(dst, '\'')
	}
	var v uint64
	err := strconv.ErrSyntax
	if len(name) > 2 && name[0] == '#' && name[1] == 'x' {
		v, err = strconv.ParseUint(name[2:], 16, 32)
	} else if len(name) > 1 && name[0] == '#' {
		v, err = strconv.ParseUint(name[1:], 10, 32)
	}
	if err != nil || v == 0 || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		return append(dst, noCharacter)
	}
	return utf8.AppendRune(dst, rune(v))
}
