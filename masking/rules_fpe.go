package masking

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/crypto"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
)

// The rule fpe: FF1 over SM4 under a key of the scenario, of a domain of names and of
// the format.
//
//	key = HKDF-SM3(secret, salt = domain, "masking fpe " ‖ format, 16 bytes)

func checkFPE(r *rule) error {
	if formatNamed(r.text("format")).split == nil {
		return r.errorAt("format", "%q is no format; the formats are %s", r.text("format"), formatNames())
	}
	return checkKind(r)
}

func compileFPE(r *rule, in Column, s scope) (transform, coltype.Type, error) {
	f, err := newFPE(r, in, s)
	if err != nil {
		return nil, text, err
	}
	return func(a arrow.Array) (arrow.Array, error) { return f.permute(a, f.cipher.Encrypt) }, text, nil
}

func openFPE(r *rule, in Column, s scope) (opener, error) {
	f, err := newFPE(r, in, s)
	if err != nil {
		return nil, err
	}
	return func(masked string) (string, error) {
		plain, err := f.permute(wordsOf([]string{masked}), f.cipher.Decrypt)
		if err != nil {
			return "", err
		}
		if plain.IsNull(0) {
			return "", fault.Errorf(fault.Invalid, "the value has not the form of %s", f.name)
		}
		return plain.(*array.String).Value(0), nil
	}, nil
}

// fpe permutes the texts of one format.
type fpe struct {
	format
	cipher *crypto.FF1
}

func newFPE(r *rule, in Column, s scope) (*fpe, error) {
	domain, _, err := r.domain(in, s)
	if err != nil {
		return nil, err
	}
	format := formatNamed(r.text("format"))
	key, err := crypto.KeyFromBytes(crypto.Derive(s.secret, []byte(domain), "masking fpe "+format.name, 16))
	if err != nil {
		return nil, err
	}
	cipher, err := crypto.NewFF1(key, format.radix)
	return &fpe{format, cipher}, err
}

// step is one way of FF1: see crypto.FF1.
type step func(numerals []byte, n int, tweaks []byte) error

// parts are what split made of the texts of one number of numerals, in the order of
// their rows.
type parts struct{ numerals, kept []byte }

// permute gives each text the one that step leads to; what has not the format becomes
// null.
func (f *fpe) permute(a arrow.Array, step step) (arrow.Array, error) {
	values, release := texts(a)
	defer release()
	var byLength [maxNumerals + 1]parts
	lengths, room := make([]uint8, a.Len()), make([]byte, 0, 256)
	for i := range lengths { // 0 is null
		if !values.IsNull(i) {
			lengths[i] = f.read(&byLength, room, values.Value(i))
		}
	}
	for n := range byLength {
		if err := f.walk(&byLength[n], n, step); err != nil {
			return nil, err
		}
	}
	return toTexts(a, f.width, func(to []byte, i int) ([]byte, bool) {
		n, p := int(lengths[i]), &byLength[lengths[i]]
		if n == 0 {
			return to, false
		}
		to, _ = f.join(to, p.numerals[:n], p.kept[:f.kept])
		p.numerals, p.kept = p.numerals[n:], p.kept[f.kept:]
		return to, true
	}), nil
}

// read splits a text and gives the number of its numerals; 0 where it has not the format.
func (f *fpe) read(byLength *[maxNumerals + 1]parts, room []byte, value string) uint8 {
	id, ok := idnum.AppendNormal(room, []byte(value))
	if !ok {
		return 0
	}
	var numerals [maxNumerals]byte
	n, kept := f.split(numerals[:], id)
	p := &byLength[n]
	p.numerals, p.kept = append(p.numerals, numerals[:n]...), append(p.kept, kept...)
	return uint8(n)
}

// walk takes a step, and further ones from where no text stands: within the texts of
// the format, that is a permutation too (cycle walking; Black and Rogaway 2002).
func (f *fpe) walk(p *parts, n int, step step) error {
	if len(p.numerals) == 0 {
		return nil
	}
	if err := step(p.numerals, n, p.kept); err != nil || f.dense {
		return err
	}
	var room, numerals []byte
	var lost []int // where strings stand that may be of no text
	for at := 0; at < len(p.numerals); at += n {
		lost = append(lost, at)
	}
	for {
		lost = slices.DeleteFunc(lost, func(at int) (ok bool) {
			room, ok = f.join(room[:0], p.numerals[at:at+n], nil)
			return ok
		})
		if len(lost) == 0 {
			return nil
		}
		numerals = numerals[:0]
		for _, at := range lost {
			numerals = append(numerals, p.numerals[at:at+n]...)
		}
		if err := step(numerals, n, nil); err != nil {
			return err
		}
		for i, at := range lost {
			copy(p.numerals[at:], numerals[i*n:][:n])
		}
	}
}
