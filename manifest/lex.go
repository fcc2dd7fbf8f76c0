package manifest

import (
	"fmt"
	"strings"
	"unicode"
)

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a name or a keyword
	tokenName             // a name in double quotes
	tokenNumber           // digits with at most one point
	tokenText             // 'text'
	tokenSign             // an operator or bracket
)

type token struct {
	kind   tokenKind
	text   string // of a quoted token, what the quotes hold
	offset int    // in runes from the expression's start
}

// problem is a fault in an expression, before it has a place in a file.
type problem struct {
	offset int
	text   string
}

func problemf(offset int, format string, args ...any) *problem {
	return &problem{offset: offset, text: fmt.Sprintf(format, args...)}
}

const maxTokens = 2000

var keywords = map[string]bool{
	"and": true, "or": true, "not": true, "in": true, "is": true, "null": true, "between": true,
	"case": true, "when": true, "then": true, "else": true, "end": true, "true": true, "false": true,
}

// wide holds the full-width signs that an input method leaves behind, each
// before the sign that is meant.
const wide = "（(）)，,＝=＋+－-＊*＜<＞>［[］]．.【[】]‘'’'“\"”\"＇'＂\"×*≠!≤<≥>"

func lex(s string) ([]token, *problem) {
	var out []token
	rs := []rune(s)
	for i := 0; i < len(rs); {
		if unicode.IsSpace(rs[i]) {
			i++
			continue
		}
		t, end, err := next(rs, i)
		if err != nil {
			return nil, err
		}
		if out = append(out, t); len(out) > maxTokens {
			return nil, problemf(i, "the expression has more than %d words and signs", maxTokens)
		}
		i = end
	}
	return append(out, token{offset: len(rs)}), nil
}

// next reads the token that begins at i and gives the offset after it.
func next(rs []rune, i int) (token, int, *problem) {
	switch r := rs[i]; {
	case r == '\'' || r == '"':
		return quoted(rs, i)
	case isDigit(r):
		return number(rs, i)
	case isNameStart(r):
		end := i + 1
		for end < len(rs) && isNamePart(rs[end]) {
			end++
		}
		return token{tokenWord, string(rs[i:end]), i}, end, nil
	default:
		return sign(rs, i)
	}
}

func quoted(rs []rune, i int) (token, int, *problem) {
	quote, kind, what := rs[i], tokenText, "text"
	if quote == '"' {
		kind, what = tokenName, "name"
	}
	var b strings.Builder
	for j := i + 1; j < len(rs); j++ {
		switch {
		case invisible(rs[j]):
			return token{}, 0, problemf(j, "a %s in quotes may not hold the invisible character %U", what, rs[j])
		case rs[j] != quote:
			b.WriteRune(rs[j])
		case j+1 < len(rs) && rs[j+1] == quote:
			b.WriteRune(quote)
			j++
		default:
			return token{kind, b.String(), i}, j + 1, nil
		}
	}
	return token{}, 0, problemf(i, "this %s has no closing %c (in YAML, ' #' begins a comment: put the whole expression in quotes)", what, quote)
}

func number(rs []rune, i int) (token, int, *problem) {
	end, points := i, 0
	for end < len(rs) && (isDigit(rs[end]) || rs[end] == '.') {
		if rs[end] == '.' {
			points++
		}
		end++
	}
	text := string(rs[i:end])
	if points > 1 || strings.HasSuffix(text, ".") || (end < len(rs) && isNamePart(rs[end])) {
		return token{}, 0, problemf(i, "want a number such as 12 or 12.5; names begin with a letter, dates stand in quotes")
	}
	text = trimNumber(text)
	if digits := len(strings.ReplaceAll(text, ".", "")); digits > 18 {
		return token{}, 0, problemf(i, "the number has %d digits; at most 18 are exact", digits)
	}
	return token{tokenNumber, text, i}, end, nil
}

// trimNumber drops zeros that say nothing, so that equal numbers have one text.
func trimNumber(s string) string {
	s = strings.TrimLeft(s, "0")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	return s
}

func sign(rs []rune, i int) (token, int, *problem) {
	two := ""
	if i+1 < len(rs) {
		two = string(rs[i : i+2])
	}
	switch two {
	case "!=", "<=", ">=":
		return token{tokenSign, two, i}, i + 2, nil
	case "<>":
		return token{tokenSign, "!=", i}, i + 2, nil
	case "==":
		return token{}, 0, problemf(i, "write = for equality")
	}
	if strings.ContainsRune("()[],.+-*=<>", rs[i]) {
		return token{tokenSign, string(rs[i]), i}, i + 1, nil
	}
	if rs[i] == '/' {
		return token{}, 0, problemf(i, "division is not part of this version; mean and share divide")
	}
	if narrow, ok := narrowed(rs[i]); ok {
		return token{}, 0, problemf(i, "found the full-width %q; write %s", rs[i], narrow)
	}
	return token{}, 0, problemf(i, "%q has no meaning here", rs[i])
}

func narrowed(r rune) (string, bool) {
	ws := []rune(wide)
	for k := 0; k < len(ws); k += 2 {
		if ws[k] != r {
			continue
		}
		narrow := string(ws[k+1])
		if strings.ContainsRune("≠≤≥", r) {
			narrow += "="
		}
		return narrow, true
	}
	return "", false
}

func isDigit(r rune) bool     { return r >= '0' && r <= '9' }
func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isNamePart(r rune) bool {
	return isNameStart(r) || unicode.Is(unicode.Nd, r) || unicode.Is(unicode.M, r)
}

// isName reports whether s can stand in an expression without quotes.
func isName(s string) bool {
	for i, r := range []rune(s) {
		if i == 0 && !isNameStart(r) || !isNamePart(r) {
			return false
		}
	}
	return s != "" && !keywords[s]
}
