package masking

import (
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"yingbi/crypto"
	"yingbi/internal/coltype"
	"yingbi/internal/idnum"
)

// The rule pseudonym: HMAC-SM3 under a key of the scenario and of a domain of
// names, of which the first 100 bits are written in base32.
//
//	key       = HKDF-SM3(secret, salt = domain, "masking pseudonym", 32 bytes)
//	pseudonym = base32(HMAC-SM3(key, value))[:20]
//
// Among 10^9 values the chance that any two share a pseudonym is 4·10^-13.
const (
	pseudonymLength = 20 // characters of five bits
	pseudonymBytes  = 15 // a whole number of base32 groups that covers them
	pseudonymLabel  = "masking pseudonym"
)

// alphabet is that of RFC 4648 in lower case.
var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

func checkPseudonym(r *rule) error {
	if r.has("kind") && strings.TrimSpace(r.text("kind")) == "" {
		return r.errorAt("kind", "must not be blank; write a kind of subject such as person")
	}
	return nil
}

func compilePseudonym(r *rule, in Column, s scope) (transform, coltype.Type, error) {
	kind := r.text("kind")
	if in.Subject != "" && kind != "" && kind != in.Subject {
		return nil, text, r.errorAt("kind", "column %s identifies a subject of kind %s, not %s", in.Name, in.Subject, kind)
	}
	if in.Type.Kind != coltype.Text && in.Type.Kind != coltype.Integer {
		return nil, text, r.misfit(in, "text or integer")
	}
	if kind == "" {
		kind = in.Subject
	}
	domain := "column\x00" + s.dataset + "\x00" + in.Name
	if kind != "" {
		domain = "kind\x00" + kind
	}
	p := &pseudonymiser{
		mac:        crypto.NewMAC(crypto.Derive(s.secret, []byte(domain), pseudonymLabel, 32)),
		identifier: kind != "",
		seen:       map[string][pseudonymLength]byte{},
	}
	return p.apply, text, nil
}

// pseudonymiser computes each distinct value of a batch once: a MAC costs ten
// times a look-up.
type pseudonymiser struct {
	mac        *crypto.MAC
	identifier bool // values are compared as identifiers of a subject are
	seen       map[string][pseudonymLength]byte
	sum        []byte
}

func (p *pseudonymiser) apply(a arrow.Array) (arrow.Array, error) {
	out := array.NewStringBuilder(memory.DefaultAllocator)
	defer out.Release()
	out.Reserve(a.Len())
	out.ReserveData(a.Len() * pseudonymLength)
	defer clear(p.seen) // its keys are identifiers, and they point into the batch
	for i := range a.Len() {
		pseudonym, ok := p.at(a, i)
		if ok {
			out.BinaryBuilder.Append(pseudonym[:])
		} else {
			out.AppendNull()
		}
	}
	return out.NewArray(), nil
}

func (p *pseudonymiser) at(a arrow.Array, i int) (pseudonym [pseudonymLength]byte, ok bool) {
	if a.IsNull(i) {
		return pseudonym, false
	}
	var written string
	switch values := a.(type) {
	case *array.String:
		written = values.Value(i)
	case *array.Int64:
		written = strconv.FormatInt(values.Value(i), 10)
	}
	if pseudonym, ok = p.seen[written]; ok {
		return pseudonym, true
	}
	value := written
	if p.identifier {
		if value, ok = idnum.Normalise(written); !ok {
			return pseudonym, false
		}
	}
	p.sum = p.mac.Sum(p.sum[:0], []byte(value))
	var encoded [pseudonymBytes * 8 / 5]byte
	alphabet.Encode(encoded[:], p.sum[:pseudonymBytes])
	copy(pseudonym[:], encoded[:])
	p.seen[written] = pseudonym
	return pseudonym, true
}
