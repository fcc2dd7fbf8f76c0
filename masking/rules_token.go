package masking

import (
	"encoding/base32"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/crypto"
	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
)

// The rule token: deterministic authenticated encryption of the value, filled up so
// that lengths show in steps of 16 bytes, in base32.
//
//	key   = HKDF-SM3(secret, salt = domain, "masking token", 48 bytes)
//	token = base32(SIV(key, value ‖ 80 ‖ 00…))
const tokenLabel = "masking token"

const (
	maxTokened = 256 // bytes of a value
	tokenBlock = 16
)

// tokenText is RFC 4648 in lower case without padding.
var tokenText = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// tokeniser makes and opens the tokens of a domain.
type tokeniser struct {
	key        [crypto.SIVKeySize]byte
	identifier bool
}

func newTokeniser(r *rule, in Column, s scope) (*tokeniser, error) {
	domain, identifier, err := r.domain(in, s)
	if err != nil {
		return nil, err
	}
	return &tokeniser{[crypto.SIVKeySize]byte(crypto.Derive(s.secret, []byte(domain), tokenLabel, crypto.SIVKeySize)), identifier}, nil
}

func compileToken(r *rule, in Column, s scope) (transform, coltype.Type, error) {
	t, err := newTokeniser(r, in, s)
	if err != nil {
		return nil, text, err
	}
	return t.apply, text, nil
}

// apply gives tokens; a value that is too long, or no identifier where it must be one,
// becomes null.
func (t *tokeniser) apply(a arrow.Array) (arrow.Array, error) {
	siv, err := crypto.NewSIV(t.key)
	if err != nil {
		return nil, err
	}
	values, release := texts(a)
	defer release()
	var plain, sealed []byte
	return toTexts(a, tokenText.EncodedLen(2*tokenBlock+crypto.SIVOverhead), func(to []byte, i int) ([]byte, bool) {
		var ok bool
		if plain, ok = t.normal(plain[:0], values.Value(i)); !ok {
			return to, false
		}
		sealed = siv.Seal(sealed[:0], fill(plain))
		return tokenText.AppendEncode(to, sealed), true
	}), nil
}

func (t *tokeniser) normal(to []byte, value string) ([]byte, bool) {
	if t.identifier {
		return idnum.AppendNormal(to, []byte(value))
	}
	return append(to, value...), len(value) <= maxTokened
}

// fill appends 0x80 and zeros up to a whole number of blocks (ISO/IEC 9797-1, padding
// method 2).
func fill(b []byte) []byte {
	b = append(b, 0x80)
	for len(b)%tokenBlock != 0 {
		b = append(b, 0)
	}
	return b
}

// unfill undoes fill.
func unfill(b []byte) ([]byte, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != 0 {
			return b[:i], b[i] == 0x80
		}
	}
	return nil, false
}

func openToken(r *rule, in Column, s scope) (opener, error) {
	t, err := newTokeniser(r, in, s)
	if err != nil {
		return nil, err
	}
	return func(token string) (string, error) {
		sealed, err := tokenText.DecodeString(token)
		if err != nil || tokenText.EncodeToString(sealed) != token { // other bits behind the last byte would open too
			return "", crypto.ErrIntegrity
		}
		siv, err := crypto.NewSIV(t.key)
		if err != nil {
			return "", err
		}
		plain, err := siv.Open(nil, sealed)
		if err != nil {
			return "", err
		}
		value, ok := unfill(plain)
		if !ok {
			return "", crypto.ErrIntegrity
		}
		return string(value), nil
	}, nil
}
