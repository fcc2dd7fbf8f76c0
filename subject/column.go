package subject

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"yingbi/crypto"
	"yingbi/internal/idnum"
)

// Tags gives the tags of a column: dst[i] is that of the identifier id(i), or zero
// where this names nobody. What id gives is not kept. Any number of goroutines may
// make tags at once.
func (r *Registry) Tags(dst []Tag, id func(i int) []byte) {
	h := r.hashers.Get().(*hasher)
	h.column(dst, id)
	r.hashers.Put(h)
}

// RowTags gives the tags of subjects that are nothing but rows: of a data set, a
// version and row numbers from first on. No identifier ever has one of them.
func (r *Registry) RowTags(dst []Tag, dataset string, version int, first int64) {
	h := r.hashers.Get().(*hasher)
	for i := range dst {
		m := append(append(h.message[:0], 'r'), dataset...)
		m = strconv.AppendInt(append(m, '|'), int64(version), 10)
		h.message = strconv.AppendInt(append(m, '|'), first+int64(i), 10)
		dst[i] = h.tag()
	}
	r.hashers.Put(h)
}

// hasher makes tags for one goroutine, without garbage. Within a column it remembers
// the tags of identifiers that came lately: an HMAC takes thirty times as long as
// looking there.
type hasher struct {
	mac     *crypto.MAC
	message []byte // 'i' and an identifier, or 'r' and a row
	sum     []byte
	seed    maphash.Seed
	lately  [latelySets][2]lately // the newer of a pair first
}

// lately is an identifier as it was written, and its tag. It fills a cache line.
type lately struct {
	tag    Tag
	length uint8 // 0 in an empty place
	id     [47]byte
}

const (
	latelySets       = 2048 // 256 KiB
	worthRemembering = 256  // rows: the HMACs of a tenth of them take as long as forgetting
)

func newHasher(key []byte) *hasher {
	return &hasher{mac: crypto.NewMAC(key), seed: maphash.MakeSeed()}
}

// column is Tags. Afterwards no identifier is remembered.
func (h *hasher) column(dst []Tag, id func(i int) []byte) {
	if len(dst) < worthRemembering {
		for i := range dst {
			dst[i] = h.fresh(id(i))
		}
	} else {
		for i := range dst {
			dst[i] = h.identifier(id(i))
		}
		clear(h.lately[:])
	}
	clear(h.message[:cap(h.message)])
}

// identifier gives the tag of an identifier, from what is remembered if it is there.
func (h *hasher) identifier(id []byte) Tag {
	if len(id) == 0 || len(id) > len(lately{}.id) {
		return h.fresh(id)
	}
	set := &h.lately[maphash.Bytes(h.seed, id)%latelySets]
	switch {
	case set[0].is(id):
	case set[1].is(id):
		set[0], set[1] = set[1], set[0]
	default:
		set[1] = set[0]
		set[0] = lately{tag: h.fresh(id), length: uint8(len(id))}
		copy(set[0].id[:], id)
	}
	return set[0].tag
}

func (l *lately) is(id []byte) bool { return bytes.Equal(l.id[:l.length], id) }

// fresh computes the tag of an identifier; it is zero where that names nobody.
func (h *hasher) fresh(id []byte) Tag {
	var ok bool
	if h.message, ok = idnum.AppendNormal(append(h.message[:0], 'i'), id); !ok {
		return Tag{}
	}
	return h.tag()
}

// tag is that of the message.
func (h *hasher) tag() Tag {
	h.sum = h.mac.Sum(h.sum[:0], h.message)
	return Tag(h.sum[:len(Tag{})])
}
