package suppression

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// Limits of numbers in a specification.
const (
	maxDigits   = 40
	maxExponent = 40
)

// field is one member of a JSON object.
type field struct {
	name  string
	value json.RawMessage
}

func at(key, format string, args ...any) error {
	return fault.At(fault.Place{Field: shortened(key)}, format, args...)
}

// shortened keeps a message readable where a name is not.
func shortened(name string) string {
	const most = 120
	if len(name) <= most {
		return name
	}
	cut := most
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + "…"
}

// present reports whether a key has a value other than null.
func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// object reads the members of an object in their order, each once.
func object(key string, raw json.RawMessage) ([]field, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, at(key, "needs a JSON object {…}")
	}
	var out []field
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, at(key, "is no JSON: %v", err)
		}
		f := field{name: t.(string)} // a decoder gives nothing else as a member's name
		if err := d.Decode(&f.value); err != nil {
			return nil, at(key, "is no JSON: %v", err)
		}
		if seen[f.name] {
			return nil, at(key, "%q is given twice", shortened(f.name))
		}
		seen[f.name] = true
		out = append(out, f)
	}
	if _, err := d.Token(); err != nil {
		return nil, at(key, "is no JSON: %v", err)
	}
	if d.More() {
		return nil, at(key, "something follows the object")
	}
	return out, nil
}

func list(key string, raw json.RawMessage) (out []json.RawMessage, err error) {
	if json.Unmarshal(raw, &out) != nil {
		return nil, at(key, "needs a JSON list […]")
	}
	return out, nil
}

func texts(key string, raw json.RawMessage) (out []string, err error) {
	if json.Unmarshal(raw, &out) != nil {
		return nil, at(key, "needs a list of names")
	}
	return out, nil
}

// rational reads a number exactly as it is written.
func rational(key string, raw json.RawMessage) (*big.Rat, error) {
	var n json.Number
	if len(raw) == 0 || raw[0] == '"' || json.Unmarshal(raw, &n) != nil || n == "" {
		return nil, at(key, "needs a number")
	}
	return exact(key, n.String())
}

// exact reads a decimal number with limits: a few bytes can write a number that
// fills the memory.
func exact(key, text string) (*big.Rat, error) {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	e, err := strconv.Atoi(cmp.Or(exponent, "0"))
	if err != nil || e > maxExponent || e < -maxExponent || len(text) > maxDigits {
		return nil, at(key, "the number is too large, or has too many digits")
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, at(key, "needs a number")
	}
	return r, nil
}

// interval reads [lower, upper], with null for an end that is not known.
func interval(key string, raw json.RawMessage) (out Interval, err error) {
	ends, err := list(key, raw)
	if err != nil || len(ends) != 2 {
		return out, at(key, "needs [lower, upper], with null for what is not known")
	}
	for i, end := range []**big.Rat{&out.Lower, &out.Upper} {
		if !present(ends[i]) {
			continue
		}
		if *end, err = rational(key, ends[i]); err != nil {
			return out, err
		}
	}
	return out, nil
}
