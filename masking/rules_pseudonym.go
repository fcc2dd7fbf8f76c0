package masking

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

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
const pseudonymLabel = "masking pseudonym"

// alphabet is that of RFC 4648 in lower case.
const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

func checkKind(r *rule) error {
	if r.has("kind") && strings.TrimSpace(r.text("kind")) == "" {
		return r.errorAt("kind", "must not be blank; write a kind of subject such as person")
	}
	return nil
}

// domain names whose values a key is for: all columns of a kind of identifier, or one
// column alone. The rule is one of those that have a kind and stand on numbers or codes.
func (r *rule) domain(in Column, s scope) (domain string, identifier bool, err error) {
	kind := r.text("kind")
	if in.Subject != "" && kind != "" && kind != in.Subject {
		return "", false, r.errorAt("kind", "column %s identifies a subject of kind %s, not %s", in.Name, in.Subject, kind)
	}
	if in.Type.Kind != coltype.Text && in.Type.Kind != coltype.Integer {
		return "", false, r.misfit(in, "text or integer")
	}
	if kind == "" {
		kind = in.Subject
	}
	if kind == "" {
		return columnDomain(in, s), false, nil
	}
	return kindDomain(kind), true, nil
}

func kindDomain(kind string) string { return "kind\x00" + kind }

func columnDomain(in Column, s scope) string { return "column\x00" + s.dataset + "\x00" + in.Name }

func compilePseudonym(r *rule, in Column, s scope) (transform, coltype.Type, error) {
	domain, identifier, err := r.domain(in, s)
	if err != nil {
		return nil, text, err
	}
	return newPseudonymiser(s, domain, pseudonymLabel, identifier).apply, text, nil
}

func newPseudonymiser(s scope, domain, label string, identifier bool) *pseudonymiser {
	return &pseudonymiser{
		key:        crypto.Derive(s.secret, []byte(domain), label, 32),
		identifier: identifier,
		memo:       s.memo,
		domain:     s.memo.domain(label + "\x00" + domain),
	}
}

// pseudonymiser computes a value that its memo knows no more: an HMAC costs ten
// times a look-up.
type pseudonymiser struct {
	key        []byte
	identifier bool // values are compared as identifiers of a subject are
	memo       *memo
	domain     uint8 // in the memo
}

// chunkRows is how many rows are looked up, computed and then remembered at a time:
// the memo is locked twice for all of them.
const chunkRows = 1024

// maxLong is how many values that the memo does not take are remembered in a batch:
// names of places, not numbers of people.
const maxLong = 4096

// chunk is the work on some rows of one column.
type chunk struct {
	mac    *crypto.MAC
	full   []byte // an HMAC
	keys   [chunkRows]memoKey
	hashes [chunkRows]uint64
	short  [chunkRows]bool // the memo takes the value
	sums   [chunkRows]sum
	null   [chunkRows]bool
	misses []int          // rows that the memo did not know
	fresh  []entry        // what it will know
	latest sums           // what was computed lately, for rows further down
	long   map[string]sum // some values of the batch that no memo takes
	touch  uint64
}

// apply gives packed pseudonyms.
func (p *pseudonymiser) apply(a arrow.Array) (arrow.Array, error) {
	valid, out := validOf(a), make([]byte, a.Len()*PackedSize)
	p.each(a, func(c *chunk, first, n int) {
		for i := range n {
			switch row := first + i; {
			case c.null[i]:
				valid = valid.without(row, a.Len())
			case valid.has(row):
				c.sums[i].pack(out[row*PackedSize:])
			}
		}
	})
	return NewArray(packedType, a.Len(), valid, out), nil
}

// each computes the sums of all rows, some at a time. Those of nulls mean nothing.
func (p *pseudonymiser) each(a arrow.Array, take func(c *chunk, first, n int)) {
	values, release := texts(a)
	defer release()
	c := &chunk{mac: crypto.NewMAC(p.key), latest: make(sums, chunkRows/places), long: map[string]sum{}}
	defer c.wipe()
	for first := 0; first < a.Len(); first += chunkRows {
		n := min(chunkRows, a.Len()-first)
		p.compute(c, values, first, n)
		take(c, first, n)
	}
}

// texts gives a column of texts as it is, and the digits of integers. Call release when
// they are no longer needed.
func texts(a arrow.Array) (values *array.String, release func()) {
	if values, ok := a.(*array.String); ok {
		return values, func() {}
	}
	values = digits(a.(*array.Int64))
	return values, values.Release
}

// digits spells integers.
func digits(a *array.Int64) *array.String {
	return toTexts(a, 12, func(to []byte, i int) ([]byte, bool) { return strconv.AppendInt(to, a.Value(i), 10), true }).(*array.String)
}

// compute fills the sums of n rows.
func (p *pseudonymiser) compute(c *chunk, values *array.String, first, n int) {
	clear(c.null[:])
	c.misses, c.fresh = c.misses[:0], c.fresh[:0]
	for i := range n {
		if c.keys[i], c.short[i] = keyOf(p.domain, values.Value(first+i)); c.short[i] {
			c.hashes[i] = p.memo.hash(c.keys[i])
		}
	}
	p.lookUp(c, values, first, n)
	for _, i := range c.misses {
		p.computeOne(c, values.Value(first+i), i)
	}
	if len(c.fresh) > 0 {
		p.memo.add(c.fresh)
	}
}

// lookUp asks the memo. Its table is larger than the processor's cache: touching all
// places first lets the processor wait for many at a time.
func (p *pseudonymiser) lookUp(c *chunk, values *array.String, first, n int) {
	p.memo.mu.RLock()
	defer p.memo.mu.RUnlock()
	if p.memo.sums != nil {
		for _, hash := range c.hashes[:n] {
			set := p.memo.sums.at(hash)
			c.touch ^= set[0][0] ^ set[places/2][0]
		}
	}
	for i := range n {
		if values.IsNull(first + i) {
			continue
		}
		known := false
		if c.short[i] && p.memo.sums != nil {
			c.sums[i], known = p.memo.sums.find(c.hashes[i], c.keys[i])
		}
		if !known {
			c.misses = append(c.misses, i)
		}
	}
}

// computeOne computes the sum of a value, or finds it among the latest.
func (p *pseudonymiser) computeOne(c *chunk, written string, i int) {
	known := false
	if c.short[i] {
		c.sums[i], known = c.latest.find(c.hashes[i], c.keys[i])
	} else {
		c.sums[i], known = c.long[written]
	}
	if known {
		return
	}
	value := written
	if p.identifier {
		var ok bool
		if value, ok = idnum.Normalise(written); !ok {
			c.null[i] = true
			return
		}
	}
	c.full = c.mac.Sum(c.full[:0], []byte(value))
	c.sums[i] = newSum(c.full)
	if !c.short[i] {
		if len(c.long) < maxLong {
			c.long[written] = c.sums[i]
		}
		return
	}
	e := newEntry(c.keys[i], c.sums[i])
	c.latest.put(c.hashes[i], e)
	c.fresh = append(c.fresh, e)
}

// wipe forgets identifiers, and pointers to them.
func (c *chunk) wipe() {
	clear(c.keys[:])
	clear(c.fresh[:cap(c.fresh)])
	clear(c.latest)
	clear(c.long)
}

// PackedSize is the bytes of a packed pseudonym, PseudonymSize those of its text.
const (
	PackedSize    = 13
	PseudonymSize = 20
)

// packedType is the Arrow type of a column of packed pseudonyms.
var packedType = &arrow.FixedSizeBinaryType{ByteWidth: PackedSize}

// Spell writes the text of a packed pseudonym.
func Spell(to, packed []byte) { newSum(packed).spell((*[PseudonymSize]byte)(to)) }

// sum is what a pseudonym keeps of an HMAC: its first 40 bits and the next 60.
type sum struct{ first, next uint64 }

func newSum(full []byte) sum {
	return sum{binary.BigEndian.Uint64(full) >> 24, binary.BigEndian.Uint64(full[5:]) >> 4}
}

func (s sum) pack(to []byte) {
	binary.BigEndian.PutUint64(to, s.first<<24)
	binary.BigEndian.PutUint64(to[5:], s.next<<4)
}

func (s sum) spell(to *[PseudonymSize]byte) {
	for i := range 4 {
		binary.LittleEndian.PutUint16(to[2*i:], spelling[s.first>>(30-10*i)&1023])
	}
	for i := range 6 {
		binary.LittleEndian.PutUint16(to[8+2*i:], spelling[s.next>>(50-10*i)&1023])
	}
}

// spelling gives the two characters of ten bits.
var spelling = func() (out [1024]uint16) {
	for i := range out {
		out[i] = uint16(alphabet[i>>5]) | uint16(alphabet[i&31])<<8
	}
	return out
}()

// spelled gives the texts of a column that may hold packed pseudonyms.
func spelled(a arrow.Array) arrow.Array {
	packed, ok := a.(*array.FixedSizeBinary)
	if !ok {
		return a
	}
	return toTexts(a, PseudonymSize, func(to []byte, i int) ([]byte, bool) {
		var text [PseudonymSize]byte
		Spell(text[:], packed.Value(i))
		return append(to, text[:]...), true
	})
}
