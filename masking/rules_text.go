package masking

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
)

// The rules that shorten a text: mask and prefix.

var text = coltype.Type{Kind: coltype.Text}

// stars stand for whatever was taken out, always four, so that the length of the
// original does not show.
const stars = "****"

// compileMask keeps the first and the last characters of a text.
func compileMask(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	if in.Type.Kind != coltype.Text {
		return nil, text, r.misfit(in, "text")
	}
	first, last := r.count("first"), r.count("last")
	return func(a arrow.Array) (arrow.Array, error) {
		values := a.(*array.String)
		return toTexts(a, len(stars)+first+last, func(to []byte, i int) ([]byte, bool) {
			return appendMasked(to, values.Value(i), first, last), true
		}), nil
	}, text, nil
}

// appendMasked gives stars alone where first and last together would show it all.
func appendMasked(to []byte, s string, first, last int) []byte {
	if utf8.RuneCountInString(s) <= first+last {
		return append(to, stars...)
	}
	start, end := 0, len(s)
	for range first {
		_, size := utf8.DecodeRuneInString(s[start:])
		start += size
	}
	for range last {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	to = append(append(to, s[:start]...), stars...)
	return append(to, s[end:]...)
}

func checkPrefix(r *rule) error {
	if r.count("length") == 0 {
		return r.errorAt("length", "a prefix of nothing; use suppress")
	}
	return nil
}

// compilePrefix keeps the first characters of a code.
func compilePrefix(r *rule, in Column, _ scope) (transform, coltype.Type, error) {
	length := r.count("length")
	switch in.Type.Kind {
	case coltype.Text:
		return func(a arrow.Array) (arrow.Array, error) {
			values := a.(*array.String)
			return toTexts(a, length, func(to []byte, i int) ([]byte, bool) {
				return append(to, firstRunes(strings.TrimSpace(values.Value(i)), length)...), true
			}), nil
		}, text, nil
	case coltype.Integer:
		return func(a arrow.Array) (arrow.Array, error) {
			values := a.(*array.Int64)
			return toTexts(a, length, func(to []byte, i int) ([]byte, bool) {
				v := values.Value(i)
				if v < 0 {
					return to, false
				}
				end := len(to) + length
				to = strconv.AppendInt(to, v, 10)
				return to[:min(end, len(to))], true
			}), nil
		}, text, nil
	default:
		return nil, text, r.misfit(in, "a text or integer code")
	}
}

func firstRunes(s string, n int) string {
	end := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return s[:end]
}
