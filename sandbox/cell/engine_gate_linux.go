//go:build cgo

package cell

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"yingbi/sandbox/abi"
)

// gate says why a statement may not run; "" is one that may: one SELECT over the
// engine's tables with functions of the list. The engine's own parser reads it, so
// both read the same statement; what it says is walked as a tree, in which
// everything that the gate does not know is refused.
//
// Nobody normalises the text: two spellings of a name are two names to the gate
// and to the engine.
func (e *engine) gate(statement string) abi.Refusal {
	if len(statement) > abi.MaxSQL {
		return abi.RefusalLength
	}
	if !utf8.ValidString(statement) {
		return abi.RefusalParse
	}
	if strings.ContainsFunc(statement, odd) {
		return abi.RefusalSpace
	}
	statements, why := e.parse(statement)
	if why != "" {
		return why
	}
	if len(statements) > 1 {
		return abi.RefusalSeveral
	}
	w := walk{tables: e.tables}
	return w.value(statements[0], 0)
}

// parse gives the trees of a statement, one at least.
func (e *engine) parse(statement string) ([]any, abi.Refusal) {
	var text string
	row := e.db.QueryRowContext(context.Background(), "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", statement)
	if row.Scan(&text) != nil {
		return nil, abi.RefusalParse
	}
	var parsed struct {
		Error      bool   `json:"error"`
		Type       string `json:"error_type"`
		Message    string `json:"error_message"`
		Statements []any  `json:"statements"`
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber() // a number of a bigint is exact
	switch err := dec.Decode(&parsed); {
	case err != nil || parsed.Error && !strings.HasPrefix(parsed.Message, "Only SELECT statements"):
		return nil, abi.RefusalParse
	case parsed.Error:
		return nil, abi.RefusalNotSelect
	case len(parsed.Statements) == 0:
		return nil, abi.RefusalParse
	}
	return parsed.Statements, ""
}

// odd finds what is not text to a reader: control and format characters, white
// space that is none in ASCII, characters that show as nothing. The engine's parser
// stops at NUL and skips others.
func odd(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r':
		return false
	case '\u2800', utf8.RuneError: // a blank of braille; what stands for a broken character
		return true
	}
	return unicode.IsControl(r) || unicode.IsSpace(r) ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
