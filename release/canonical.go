package release

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yingbi/internal/fault"
)

// timeLayout is the audit log's: UTC, always six digits of a second.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// appendValue writes v as canonical JSON: no spaces, the keys of an object in the
// order of the struct's fields, strings as in RFC 8785 §3.2.2.2. It is written
// here, and not left to encoding/json, because signatures stand on its bytes:
// a newer toolchain must not change an escape.
func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	switch x := v.Interface().(type) {
	case Cell:
		return x.append(b)
	case []byte:
		return appendString(b, base64.StdEncoding.EncodeToString(x))
	case time.Time:
		return appendString(b, x.UTC().Format(timeLayout))
	case encoding.TextMarshaler:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return append(b, "null"...), nil
		}
		text, err := x.MarshalText()
		if err != nil {
			return nil, err
		}
		return appendString(b, string(text))
	}
	switch v.Kind() {
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	case reflect.Slice:
		return appendList(b, v)
	case reflect.Struct:
		return appendObject(b, v)
	}
	return nil, fmt.Errorf("release: no canonical form for %v", v.Type())
}

func appendList(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendValue(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, '{')
	for i := range v.NumField() {
		name, optional := strings.CutSuffix(v.Type().Field(i).Tag.Get("json"), ",omitempty")
		if optional && v.Field(i).Len() == 0 {
			continue
		}
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendString(b, name); err != nil {
			return nil, err
		}
		if b, err = appendValue(append(b, ':'), v.Field(i)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendString(b []byte, s string) ([]byte, error) {
	const digits = "0123456789abcdef"
	if !utf8.ValidString(s) {
		return nil, fault.New(fault.Invalid, "a text is not valid UTF-8")
	}
	b = append(b, '"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		case shortEscape[c] != 0:
			b = append(b, '\\', shortEscape[c])
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(b, '"'), nil
}

var shortEscape = [0x20]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

// parse reads canonical JSON of at most most bytes. encoding/json is generous;
// what it lets through and encode writes otherwise (spaces, order, escapes,
// repeated or unknown keys, other case) is caught by encoding again.
func parse[T any](what string, b []byte, most int, encode func(T) ([]byte, error)) (v T, err error) {
	if len(b) > most {
		return v, fault.Errorf(fault.Limit, "%s: %d bytes, at most %d are read", what, len(b), most)
	}
	if json.Unmarshal(b, &v) != nil {
		return v, fault.Errorf(fault.Invalid, "%s: not the JSON that was expected", what)
	}
	again, err := encode(v)
	if err != nil {
		return v, fault.Errorf(fault.KindOf(err), "%s: %v", what, err)
	}
	if !bytes.Equal(again, b) {
		return v, fault.Errorf(fault.Invalid, "%s: not in its canonical form (one spelling is accepted: no spaces, fixed order of keys, no unknown keys)", what)
	}
	return v, nil
}
