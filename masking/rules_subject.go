package masking

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/crypto"
	"yingbi/internal/coltype"
)

// The rules that look at the subject of a row: shift and noise. What they draw for a
// row follows from the scenario's secret and from the subject, so that it can neither
// be averaged out nor linked.
//
//	subject = the first 64 bits of HMAC-SM3(HKDF-SM3(secret, salt = domain of the kind, "masking subject", 32 bytes), identifier)
//	shift   = draw(SM4(HKDF-SM3(secret, salt = domain of the kind, "masking shift", 16 bytes), subject ‖ days))
//	noise   = draw(SM4(HKDF-SM3(secret, salt = domain of the column, "masking noise", 16 bytes), subject ‖ value))

// subjectOf finds the column of subjects: the one that the rule names, else the only
// one. It has no name where the data set has none.
func (r *rule) subjectOf(s scope) (found Column, err error) {
	for _, c := range s.columns {
		switch {
		case c.Subject == "" || r.has("subject") && c.Name != r.text("subject"):
		case found.Name != "":
			return Column{}, r.errorAt("subject", "columns %s and %s identify subjects; write which one the rule %s follows, as {rule: %s, subject: %s, …}",
				found.Name, c.Name, r.name, r.name, found.Name)
		default:
			found = c
		}
	}
	if found.Name == "" && r.has("subject") {
		return Column{}, r.errorAt("subject", "%q is no column that identifies subjects", r.text("subject"))
	}
	return found, nil
}

// draws gives random numbers of subjects.
type draws struct {
	subjects *pseudonymiser // nil where the data set has no column of them
	prf      *crypto.PRF
}

func newDraws(s scope, subject Column, domain, label string) (*draws, error) {
	key, err := crypto.KeyFromBytes(crypto.Derive(s.secret, []byte(domain), label, 16))
	if err != nil {
		return nil, err
	}
	d := &draws{}
	if subject.Name != "" {
		d.subjects = newPseudonymiser(s, kindDomain(subject.Subject), "masking subject", true)
	}
	d.prf, err = crypto.NewPRF(key)
	return d, err
}

// of gives a number for each row from its subject and its word. Rows without a subject
// are cleared in valid.
func (d *draws) of(subject arrow.Array, words []uint64, valid bitmap) ([]uint64, bitmap) {
	people := make([]uint64, len(words))
	if d.subjects != nil {
		d.subjects.each(subject, func(c *chunk, first, n int) {
			for i := range n {
				if c.null[i] || subject.IsNull(first+i) {
					valid = valid.without(first+i, len(words))
					continue
				}
				people[first+i] = c.sums[i].word()
			}
		})
	}
	d.prf.Pairs(words, people, words)
	return words, valid
}

// word is the first 64 bits.
func (s sum) word() uint64 {
	var packed [PackedSize + 3]byte
	s.pack(packed[:])
	return binary.BigEndian.Uint64(packed[:])
}

const maxShift = 3650 // days

func checkShift(r *rule) error {
	if days, problem := number(r.text("days")).scaled(coltype.Type{Kind: coltype.Integer}); problem != "" || days < 1 || days > maxShift {
		return r.errorAt("days", "want a whole number of days from 1 to %d, found %s", maxShift, r.text("days"))
	}
	return nil
}

func compileShift(r *rule, in Column, s scope) (beside, Column, coltype.Type, error) {
	if in.Type.Kind != coltype.Date && in.Type.Kind != coltype.Timestamp {
		return nil, Column{}, in.Type, r.misfit(in, "a date or a timestamp")
	}
	subject, err := r.subjectOf(s)
	if err != nil {
		return nil, Column{}, in.Type, err
	}
	if subject.Name == "" {
		return nil, Column{}, in.Type, r.errorAt("", "the rule shift moves all dates of one subject alike, and data set %s has no column that identifies subjects; use period", s.dataset)
	}
	days, _ := number(r.text("days")).scaled(coltype.Type{Kind: coltype.Integer})
	d, err := newDraws(s, subject, kindDomain(subject.Subject), "masking shift")
	return (&shifter{d, uint64(days), in.Type.Kind}).apply, subject, in.Type, err
}

// shifter moves dates by 1 to days days, back or forth.
type shifter struct {
	*draws
	days uint64
	kind coltype.Kind
}

func (s *shifter) apply(a, subject arrow.Array) (arrow.Array, error) {
	words := make([]uint64, a.Len())
	for i := range words {
		words[i] = s.days
	}
	words, valid := s.of(subject, words, validOf(a))
	if s.kind == coltype.Date {
		values, out := a.(*array.Date32), make([]int32, a.Len())
		for i := range out {
			moved := int64(values.Value(i)) + s.offset(words[i])
			if moved != int64(int32(moved)) {
				valid = valid.without(i, len(out))
				continue
			}
			out[i] = int32(moved)
		}
		return NewArray(a.DataType(), len(out), valid, arrow.Int32Traits.CastToBytes(out)), nil
	}
	const day = secondsPerDay * 1_000_000
	values, out := a.(*array.Timestamp), make([]int64, a.Len())
	for i := range out {
		at, by := int64(values.Value(i)), s.offset(words[i])*day
		if by > 0 && at > math.MaxInt64-by || by < 0 && at < math.MinInt64-by {
			valid = valid.without(i, len(out))
			continue
		}
		out[i] = at + by
	}
	return NewArray(a.DataType(), len(out), valid, arrow.Int64Traits.CastToBytes(out)), nil
}

// offset is one of −days … −1, 1 … days.
func (s *shifter) offset(word uint64) int64 {
	n, _ := bits.Mul64(word, 2*s.days)
	offset := int64(n) - int64(s.days)
	if offset >= 0 {
		offset++
	}
	return offset
}
