package subject

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
)

// Tag stands for a subject: the first half of an HMAC-SM3, so its bits are even.
// The zero Tag stands for none.
type Tag [16]byte

// tagSet holds tags in the order of their ordinals, and a hash table that finds
// them again. The table is in parts that grow one by one, so that growth takes
// neither much memory nor long.
type tagSet struct {
	chunks [][]Tag // of chunkTags each; never moved, so that a saver may read them
	n      uint32  // tags; the last ordinal
	parts  []part  // partCount of them
}

// part holds the ordinals of the tags whose first bits are the same.
type part struct {
	buckets []bucket
	n       int
}

// bucket is a cache line. Its places are filled from the first on; who finds none
// free goes on to the next bucket.
type bucket struct {
	marks    marks
	_        [4]byte
	ordinals [perBucket]uint32
}

// marks are a byte of each tag of a bucket, or 0 where there is none yet.
type marks [perBucket]byte

// first gives the first place of a mark, or perBucket and more where there is none.
func (m *marks) first(mark byte) int {
	const ones = 0x0101010101010101
	x := binary.LittleEndian.Uint64(m[:8]) ^ ones*uint64(mark)
	if x = (x - ones) &^ x & (ones << 7); x != 0 { // its lowest bit is of the first byte that was zero
		return bits.TrailingZeros64(x) / 8
	}
	x = uint64(binary.LittleEndian.Uint32(m[8:])) ^ ones*uint64(mark) // as if four free places followed
	x = (x - ones) &^ x & (ones << 7)
	return 8 + bits.TrailingZeros64(x)/8
}

const (
	chunkTags   = 4096
	partCount   = 1024
	perBucket   = 12
	maxFilled   = 10 // of a bucket's places, in the mean of a part
	maxSubjects = math.MaxUint32 - 1

	// ahead is how many tags are looked for at once: their memory is fetched while
	// the processor goes on, which takes half the time of one after the other.
	ahead = 64
)

func newTagSet() *tagSet {
	s := &tagSet{parts: make([]part, partCount)}
	all := make([]bucket, partCount)
	for i := range s.parts {
		s.parts[i].buckets = all[i : i+1 : i+1]
	}
	return s
}

// Ten bits of a tag choose the part, 32 others the bucket, eight others are the
// mark.

func (t *Tag) part() int { return int(binary.LittleEndian.Uint16(t[:]) % partCount) }

func (t *Tag) bucket(buckets []bucket) int {
	return int(uint64(binary.LittleEndian.Uint32(t[4:])) * uint64(len(buckets)) >> 32)
}

func (t *Tag) mark() byte { return max(t[15], 1) }

func (s *tagSet) at(ordinal uint32) *Tag {
	return &s.chunks[(ordinal-1)/chunkTags][(ordinal-1)%chunkTags]
}

// find gives the ordinal of t, or 0.
func (s *tagSet) find(t *Tag) uint32 {
	buckets, mark := s.parts[t.part()].buckets, t.mark()
	for i := t.bucket(buckets); ; i = (i + 1) % len(buckets) {
		b := &buckets[i]
		for j := b.marks.first(mark); j < perBucket; j++ {
			if b.marks[j] == mark && *s.at(b.ordinals[j]) == *t {
				return b.ordinals[j]
			}
		}
		if b.marks[perBucket-1] == 0 {
			return 0
		}
	}
}

// guess gives the ordinals of at most ahead tags, and 0 for those that need find:
// new ones, and a few others. No step waits for the memory that another tag needs,
// so that the processor fetches it for all of them at once.
func (s *tagSet) guess(ordinals *[ahead]uint32, tags []Tag) {
	var near [ahead]*bucket
	var marks [ahead]marks
	for i := range tags {
		buckets := s.parts[tags[i].part()].buckets
		near[i] = &buckets[tags[i].bucket(buckets)]
		marks[i] = near[i].marks
	}
	var found [ahead]Tag
	for i := range tags {
		ordinals[i] = 0
		if place := marks[i].first(tags[i].mark()); place < perBucket {
			ordinals[i] = near[i].ordinals[place]
			found[i] = *s.at(ordinals[i])
		}
	}
	for i := range tags {
		if found[i] != tags[i] {
			ordinals[i] = 0
		}
	}
}

// add gives a tag that find did not find the next ordinal. The caller has made
// sure that there is one.
func (s *tagSet) add(t *Tag) uint32 {
	s.push(t)
	s.index(t, s.n)
	return s.n
}

// push appends a tag that index is to make known.
func (s *tagSet) push(t *Tag) {
	if s.n%chunkTags == 0 {
		s.chunks = append(s.chunks, make([]Tag, chunkTags))
	}
	s.chunks[s.n/chunkTags][s.n%chunkTags] = *t
	s.n++
}

func (s *tagSet) index(t *Tag, ordinal uint32) {
	p := &s.parts[t.part()]
	if p.n >= maxFilled*len(p.buckets) {
		s.resize(p, len(p.buckets)*3/2+1)
	}
	p.put(t, ordinal)
}

func (p *part) put(t *Tag, ordinal uint32) {
	p.n++
	for i := t.bucket(p.buckets); ; i = (i + 1) % len(p.buckets) {
		b := &p.buckets[i]
		if place := b.marks.first(0); place < perBucket {
			b.marks[place], b.ordinals[place] = t.mark(), ordinal
			return
		}
	}
}

// resize gives a part another number of buckets.
func (s *tagSet) resize(p *part, buckets int) {
	old := p.buckets
	*p = part{buckets: make([]bucket, buckets)}
	var tags [perBucket]Tag
	for i := range old {
		ordinals := old[i].ordinals[:old[i].marks.first(0)]
		for j, ordinal := range ordinals { // fetched at once, as by guess
			tags[j] = *s.at(ordinal)
		}
		for j, ordinal := range ordinals {
			p.put(&tags[j], ordinal)
		}
	}
}

// indexAll indexes the tags that were pushed into an empty set, on several
// goroutines, and reports whether none came twice.
func (s *tagSet) indexAll(goroutines int) bool {
	mean := float64(s.n) / partCount
	for i := range s.parts { // with room for what chance puts there beyond the mean
		s.resize(&s.parts[i], int(mean+4*math.Sqrt(mean))/maxFilled+1)
	}
	var group sync.WaitGroup
	single := make([]bool, goroutines)
	for g := range single {
		group.Go(func() { single[g] = s.indexParts(g, goroutines) })
	}
	group.Wait()
	for _, ok := range single {
		if !ok {
			return false
		}
	}
	return true
}

// indexParts indexes the tags of one part in n, from the first on.
func (s *tagSet) indexParts(first, n int) bool {
	var tags [ahead]Tag
	var ordinals, known [ahead]uint32
	found := 0
	for ordinal := uint32(1); ordinal <= s.n; ordinal++ {
		if t := s.at(ordinal); t.part()%n == first {
			tags[found], ordinals[found] = *t, ordinal
			found++
		}
		if found < ahead && ordinal < s.n {
			continue
		}
		s.guess(&known, tags[:found])
		for i := range tags[:found] {
			if known[i] != 0 || s.find(&tags[i]) != 0 {
				return false
			}
			s.index(&tags[i], ordinals[i])
		}
		found = 0
	}
	return true
}
