package manifest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// source is the file's text, to find where in it a word of an expression stood:
// YAML folds lines, drops indentation and undoes quoting before it hands over a
// value.
type source struct {
	lines []int // byte offset of each line
	text  string
}

func newSource(b []byte) *source {
	s := &source{text: strings.TrimPrefix(string(b), "\ufeff"), lines: []int{0}}
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// locator gives the place of each rune of a value: it walks the source beside
// the value and steps over what YAML took away.
func (s *source) locator(n *yamldoc.Node, value string) func(offset int) fault.Place {
	places := s.walk(n, []rune(value))
	return func(offset int) fault.Place {
		return places[max(0, min(offset, len(places)-1))]
	}
}

// walk gives len(value)+1 places, the last one after the value.
func (s *source) walk(n *yamldoc.Node, value []rune) []fault.Place {
	c := s.cursor(n.Place, len(value))
	c.open(n.Quoted())
	out := make([]fault.Place, 0, len(value)+1)
	for _, r := range value {
		c.seek(r)
		out = append(out, c.place)
		c.step()
	}
	if len(out) > 0 { // the end is just after the last rune, not on the next line
		end := out[len(out)-1]
		end.Column++
		return append(out, end)
	}
	return append(out, c.place)
}

type cursor struct {
	rest  []rune
	place fault.Place
}

// cursor starts at a place, with as much of the source as a value of n runes can
// fill in any honest layout.
func (s *source) cursor(at fault.Place, n int) *cursor {
	c := &cursor{place: at}
	if at.Line < 1 || at.Line > len(s.lines) {
		return c
	}
	text := s.text[s.lines[at.Line-1]:]
	text = norm.NFC.String(strings.ToValidUTF8(text[:min(len(text), 4096+16*n)], ""))
	c.rest = []rune(text)
	c.rest = c.rest[min(max(at.Column-1, 0), len(c.rest)):]
	return c
}

func (c *cursor) step() {
	if len(c.rest) == 0 {
		c.place.Column++
		return
	}
	if c.place.Column++; c.rest[0] == '\n' {
		c.place.Line, c.place.Column = c.place.Line+1, 1
	}
	c.rest = c.rest[1:]
}

// open steps over a quote, or over the header line of a block.
func (c *cursor) open(quoted bool) {
	if !quoted || len(c.rest) == 0 {
		return
	}
	block := c.rest[0] == '|' || c.rest[0] == '>'
	for block && len(c.rest) > 1 && c.rest[0] != '\n' {
		c.step()
	}
	c.step()
}

// seek steps over white space and escapes until r, or until what cannot be
// stepped over.
func (c *cursor) seek(r rune) {
	for len(c.rest) > 0 && c.rest[0] != r {
		folded := r == ' ' && c.rest[0] == '\n'
		if folded || c.rest[0] != '\\' && !unicode.IsSpace(c.rest[0]) {
			return
		}
		c.step()
	}
}
