package masking

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"sync"
)

// memoEntries bounds the memo of a Masker, to 64 MiB: nine of ten claims of a
// million people find their pseudonym there, whatever order they stand in.
const memoEntries = 1 << 21

// memoValue is the longest value that a memo takes, in bytes: every number of
// package idnum but the longest bank cards.
const memoValue = 18

// memoKey is a value as it was written, behind the number of its domain and filled
// up with zeros; of the last word the low 24 bits are used. The zero key is none.
type memoKey [3]uint64

// keyOf gives a value's key; false for values that a memo does not take.
func keyOf(domain uint8, value string) (k memoKey, ok bool) {
	if domain == 0 || value == "" || len(value) > memoValue || value[len(value)-1] == 0 {
		return k, false
	}
	var b [24]byte
	b[0] = domain
	copy(b[1:], value)
	for i := range k {
		k[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return k, true
}

// sums is a table of sums by key. A key has a few places, side by side; what comes
// takes the first, what stood there moves on, and the last one's is forgotten.
type sums [][places]entry

const places = 4

// entry is a key and its sum, whose first bits stand in the third word above the
// key's. The zero entry is free.
type entry [4]uint64

const keyBits = 24 // of the third word

func newEntry(k memoKey, s sum) entry { return entry{k[0], k[1], k[2] | s.first<<keyBits, s.next} }

func (e *entry) key() memoKey { return memoKey{e[0], e[1], e[2] & (1<<keyBits - 1)} }

func (e *entry) sum() sum { return sum{e[2] >> keyBits, e[3]} }

func (s sums) at(hash uint64) *[places]entry { return &s[hash&uint64(len(s)-1)] }

func (s sums) find(hash uint64, k memoKey) (sum, bool) {
	set := s.at(hash)
	for i := range set {
		if set[i].key() == k {
			return set[i].sum(), true
		}
	}
	return sum{}, false
}

// put reports whether it took a place that was free. The key is not in the table.
func (s sums) put(hash uint64, e entry) bool {
	set := s.at(hash)
	free := set[places-1] == entry{}
	copy(set[1:], set[:])
	set[0] = e
	return free
}

// memo keeps sums of values across batches, for all columns and workers of a
// Masker. Its keys are identifiers: wipe it.
type memo struct {
	seed    [3]uint64
	domains []string // by the numbers that keys begin with, from 1

	mu   sync.RWMutex // guards the rest
	sums sums
	used int // entries of sums
}

func newMemo() *memo { return &memo{seed: [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64() | 1}} }

// domain gives the number of a domain of names; 0 when there are too many.
func (m *memo) domain(name string) uint8 {
	for i, known := range m.domains {
		if known == name {
			return uint8(i + 1)
		}
	}
	if len(m.domains) == 255 {
		return 0
	}
	m.domains = append(m.domains, name)
	return uint8(len(m.domains))
}

// hash says where a key stands. It need not be strong: who makes keys collide makes
// masking slower, not wrong.
func (m *memo) hash(k memoKey) uint64 {
	high, low := bits.Mul64(k[0]^m.seed[0], k[1]^m.seed[1])
	high, low = bits.Mul64(high^low^k[2], m.seed[2])
	return high ^ low
}

// add keeps new sums, in a larger table once a quarter of the old one is taken: of
// keys that share their places, one in 500 has by then pushed another out.
func (m *memo) add(entries []entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range entries {
		if capacity := places * len(m.sums); 4*m.used >= capacity && capacity < memoEntries {
			m.grow()
		}
		if k := entries[i].key(); !m.has(k) { // another worker may have been first
			m.put(k, entries[i])
		}
	}
}

func (m *memo) has(k memoKey) bool {
	_, known := m.sums.find(m.hash(k), k)
	return known
}

func (m *memo) put(k memoKey, e entry) {
	if m.sums.put(m.hash(k), e) {
		m.used++
	}
}

func (m *memo) grow() {
	old := m.sums
	m.sums, m.used = make(sums, max(memoEntries/places>>10, 4*len(old))), 0
	for i := range old {
		for _, e := range old[i] {
			if e != (entry{}) {
				m.put(e.key(), e)
			}
		}
	}
	clear(old)
}

func (m *memo) wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.sums)
	m.sums, m.used = nil, 0
}
