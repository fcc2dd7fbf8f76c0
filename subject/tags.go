package subject

import (
	"encoding/binary"
	"math"
)

// tag stands for a subject: the first half of an HMAC-SM3, so its bits are even.
type tag [16]byte

// tagSet holds tags in the order of their ordinals and finds them again: an open
// hash table of ordinals beside the tags themselves, at most three quarters full.
type tagSet struct {
	chunks [][]tag  // of chunkTags each; never moved, so that a saver may read them
	n      uint32   // tags; the last ordinal
	slots  []uint32 // 0 is empty; a power of two
}

const (
	chunkTags   = 4096
	firstSlots  = 1024
	maxSubjects = math.MaxUint32 - 1
)

func newTagSet() *tagSet { return &tagSet{slots: make([]uint32, firstSlots)} }

func (s *tagSet) at(ordinal uint32) tag {
	return s.chunks[(ordinal-1)/chunkTags][(ordinal-1)%chunkTags]
}

// find gives the ordinal of t, or 0 and the slot where it would go.
func (s *tagSet) find(t tag) (ordinal, slot uint32) {
	mask := uint32(len(s.slots) - 1)
	for slot = binary.LittleEndian.Uint32(t[:]) & mask; ; slot = (slot + 1) & mask {
		ordinal = s.slots[slot]
		if ordinal == 0 || s.at(ordinal) == t {
			return ordinal, slot
		}
	}
}

// add gives a tag that find did not find the next ordinal. The caller has made
// sure that there is one.
func (s *tagSet) add(t tag) uint32 {
	if uint64(s.n+1)*4 > uint64(len(s.slots))*3 {
		s.grow()
	}
	if s.n%chunkTags == 0 {
		s.chunks = append(s.chunks, make([]tag, chunkTags))
	}
	s.chunks[s.n/chunkTags][s.n%chunkTags] = t
	_, slot := s.find(t)
	s.n++
	s.slots[slot] = s.n
	return s.n
}

func (s *tagSet) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	for ordinal := uint32(1); ordinal <= s.n; ordinal++ {
		_, slot := s.find(s.at(ordinal))
		s.slots[slot] = ordinal
	}
}
