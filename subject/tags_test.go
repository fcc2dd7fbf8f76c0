package subject

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

// randomTags are like those of HMACs.
func randomTags(n int) []Tag {
	tags, random := make([]Tag, n), rand.NewChaCha8([32]byte{7})
	for i := range tags {
		random.Read(tags[i][:])
	}
	return tags
}

// bytes is the memory of the set.
func (s *tagSet) bytes() int {
	n := len(s.chunks)*chunkTags*len(Tag{}) + len(s.parts)*int(unsafe.Sizeof(part{}))
	for i := range s.parts {
		n += len(s.parts[i].buckets) * int(unsafe.Sizeof(bucket{}))
	}
	return n
}

func TestMemoryPerSubject(t *testing.T) {
	s := newTagSet()
	for i, tag := range randomTags(600_000) {
		s.add(&tag)
		if n := i + 1; n > 50_000 && n%1_000 == 0 && s.bytes() > 27*n {
			t.Errorf("%d subjects take %d bytes", n, s.bytes())
		}
	}
	if size := unsafe.Sizeof(bucket{}); size != 64 {
		t.Errorf("a bucket has %d bytes, which is no cache line", size)
	}
}

// Tags that agree in all bits by which the table is ordered are told apart.
func TestCrowdedBuckets(t *testing.T) {
	var tags []Tag
	for i := range 500 {
		for _, place := range []byte{0, 255} { // the first bucket of a part and its last
			tag := Tag{0: 5, 7: place, 6: place, 5: place, 4: place, 15: byte(i % 2)}
			tag[8], tag[9] = byte(i), byte(i>>8)
			tags = append(tags, tag)
		}
	}
	added, loaded := newTagSet(), newTagSet()
	for i := range tags {
		if added.find(&tags[i]) != 0 {
			t.Fatal("found before it was added")
		}
		added.add(&tags[i])
		loaded.push(&tags[i])
	}
	if !loaded.indexAll(3) {
		t.Error("a tag came twice")
	}
	var known [ahead]uint32
	for _, s := range []*tagSet{added, loaded} {
		for i := range tags {
			if got := s.find(&tags[i]); got != uint32(i+1) {
				t.Fatalf("tag %d has the ordinal %d", i, got)
			}
			if s.guess(&known, tags[i:i+1]); known[0] != 0 && known[0] != uint32(i+1) {
				t.Fatalf("tag %d has the ordinal %d by guessing", i, known[0])
			}
		}
	}
	loaded = newTagSet()
	for _, tag := range []Tag{tags[0], tags[1], tags[0]} {
		loaded.push(&tag)
	}
	if loaded.indexAll(2) {
		t.Error("a tag twice was not seen")
	}
}

// marks.first against the plain way.
func TestFirstMark(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var m marks
		for i := range random.IntN(perBucket + 1) {
			m[i] = byte(1 + random.IntN(4)*85)
		}
		for _, mark := range []byte{0, 1, 2, 86, 128, 171, 255} {
			want := 0
			for want < perBucket && m[want] != mark {
				want++
			}
			if got := min(m.first(mark), perBucket); got != want {
				t.Fatalf("%d in %v: %d, want %d", mark, m, got, want)
			}
		}
	}
}

func BenchmarkAssign(b *testing.B) {
	tags := randomTags(1 << 20)
	out := make([]int64, len(tags))
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			r := &Registry{tags: newTagSet()}
			r.Assign(tags, out)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(tags)), "ns/tag")
	})
	b.Run("known", func(b *testing.B) {
		r := &Registry{tags: newTagSet()}
		r.Assign(tags, out)
		rand.Shuffle(len(tags), func(i, j int) { tags[i], tags[j] = tags[j], tags[i] })
		for b.Loop() {
			r.Assign(tags, out)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(tags)), "ns/tag")
	})
}

// BenchmarkLoad opens registries as an import does.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int64{1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newStore(b).compartment()
			err := c.Put(b.Context(), segmentName(1), func(w io.Writer) error {
				_, err := io.CopyN(w, rand.NewChaCha8([32]byte{1}), n*int64(len(Tag{})))
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			before := heapBytes()
			var r *Registry
			for b.Loop() {
				r = nil
				if r, err = Open(b.Context(), c); err != nil || r.Len() != int(n) {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(heapBytes()-before)/float64(n), "B/subject")
			runtime.KeepAlive(r)
		})
	}
}

// heapBytes is what is in use.
func heapBytes() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
