package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"time"

	"yingbi/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// maxIndex keeps indices exact in JSON readers that hold numbers as doubles.
const maxIndex = 1<<53 - 1

// appendString writes s as RFC 8785 does: NFC first, then only what must be
// escaped is escaped, with the short form where there is one.
func appendString(b []byte, s string) []byte {
	const hexadecimal = "0123456789abcdef"
	b = append(b, '"')
	if isPlain(s) {
		return append(append(b, s...), '"')
	}
	for _, c := range []byte(composed(s)) {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		case shortEscape[c] != 0:
			b = append(b, '\\', shortEscape[c])
		default:
			b = append(b, '\\', 'u', '0', '0', hexadecimal[c>>4], hexadecimal[c&15])
		}
	}
	return append(b, '"')
}

// isPlain tells whether s is ASCII that stands for itself: most texts are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// composed gives s in NFC.
func composed(s string) string {
	if isPlain(s) {
		return s
	}
	return norm.NFC.String(s)
}

var shortEscape = [0x20]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

// wire is a record as encoding/json reads it. What it lets through and encode
// would write otherwise (order, spaces, escapes, repeated or unknown keys, other
// case) is caught by encoding again and comparing.
type wire struct {
	Action  string            `json:"action"`
	Actor   string            `json:"actor"`
	Details map[string]string `json:"details"`
	Nonce   string            `json:"nonce"`
	Phase   string            `json:"phase"`
	Ref     *uint64           `json:"ref"`
	Result  string            `json:"result"`
	Target  string            `json:"target"`
	Time    string            `json:"time"`
}

// ParseRecord reads canonical JSON and nothing else.
func ParseRecord(b []byte) (Record, error) {
	var w wire
	if len(b) > maxRecord || json.Unmarshal(b, &w) != nil {
		return Record{}, errNotCanonical
	}
	r := Record{
		Actor: w.Actor, Action: w.Action, Phase: w.Phase, Target: w.Target,
		Ref: w.Ref, Result: w.Result, Details: w.Details,
	}
	nonce, err := hex.DecodeString(w.Nonce)
	if err != nil || len(nonce) != len(r.Nonce) {
		return Record{}, errNotCanonical
	}
	copy(r.Nonce[:], nonce)
	if r.Time, err = time.Parse(timeLayout, w.Time); err != nil {
		return Record{}, errNotCanonical
	}
	if again, err := r.encode(); err != nil || !bytes.Equal(again, b) {
		return Record{}, errNotCanonical
	}
	return r, nil
}

var errNotCanonical error = fault.New(fault.Integrity, "an audit record is not in its canonical form")
