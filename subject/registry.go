package subject

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"yingbi/internal/fault"
	"yingbi/vault"
)

// Compartment is where the vault keeps the registry of a kind.
func Compartment(kind string) string { return "registry/" + kind }

const keyLabel = "subject-registry/tag/v1"

// Registry is the registry of one kind. It is safe for concurrent use.
type Registry struct {
	compartment *vault.Compartment
	hashers     sync.Pool // of *hasher under the registry's key

	mu   sync.RWMutex // guards tags
	tags *tagSet

	saving sync.Mutex // guards saved, and is held over a Save
	saved  uint32     // the last ordinal that is durable
}

// Open reads the registry of a compartment registry/<kind>, which may be new. The
// compartment must stay open as long as the registry is used.
func Open(ctx context.Context, c *vault.Compartment) (*Registry, error) {
	key, err := c.Derive(keyLabel, 32)
	if err != nil {
		return nil, err
	}
	r := &Registry{compartment: c, tags: newTagSet()}
	r.hashers.New = func() any { return newHasher(key) }
	if err := scan(ctx, c, r.tags.push); err != nil {
		return nil, err
	}
	if !r.tags.indexAll(runtime.GOMAXPROCS(0)) {
		return nil, fault.Errorf(fault.Integrity, "%s: a tag has two ordinals; restore the domain from a backup", c.Name())
	}
	r.saved = r.tags.n
	return r, nil
}

// segmentName names the object of the tags from the ordinal on.
func segmentName(first uint32) string { return fmt.Sprintf("tags.%010d", first) }

// scan reads all tags of a registry in the order of their ordinals, the first of which
// is 1.
func scan(ctx context.Context, c *vault.Compartment, see func(*Tag)) error {
	n := uint32(0)
	for _, name := range c.Names() { // sorted, so in the order of ordinals
		if err := scanSegment(ctx, c, name, &n, see); err != nil {
			return err
		}
	}
	return nil
}

// scanSegment reads the tags of one segment; n is how many stand before it.
func scanSegment(ctx context.Context, c *vault.Compartment, name string, n *uint32, see func(*Tag)) error {
	o, err := c.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	if name != segmentName(*n+1) || o.Size()%int64(len(Tag{})) != 0 || o.Size()/int64(len(Tag{})) > int64(maxSubjects-*n) {
		return fault.Errorf(fault.Integrity, "%s: segment %s does not follow the ones before it; restore the domain from a backup", c.Name(), name)
	}
	o.SetCores(runtime.GOMAXPROCS(0))
	buf := make([]byte, min(o.Size(), transfer))
	for off := int64(0); off < o.Size(); off += int64(len(buf)) {
		buf = buf[:min(int64(len(buf)), o.Size()-off)]
		if _, err := o.ReadAt(buf, off); err != nil {
			return err
		}
		for rest := buf; len(rest) > 0; rest = rest[len(Tag{}):] {
			see((*Tag)(rest))
		}
	}
	*n += uint32(o.Size() / int64(len(Tag{})))
	return nil
}

// transfer is how much is read from the vault or written to it at once.
const transfer = 1 << 20

// Len is the number of subjects, which is also the last ordinal.
func (r *Registry) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return int(r.tags.n)
}

// Assign gives the ordinals of tags, and the next ones to those that are new, in
// their order; 0 is the ordinal of the zero Tag. A new ordinal must be saved before
// anything that holds it. Who wants the same ordinals from the same rows calls it
// from one goroutine, in the order of the rows.
func (r *Registry) Assign(tags []Tag, out []int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var known [ahead]uint32
	for first := 0; first < len(tags); first += ahead {
		block := tags[first:min(first+ahead, len(tags))]
		r.tags.guess(&known, block)
		for i := range block {
			ordinal, err := known[i], error(nil)
			if ordinal == 0 && block[i] != (Tag{}) {
				if ordinal, err = r.assign(&block[i]); err != nil {
					return err
				}
			}
			out[first+i] = int64(ordinal)
		}
	}
	return nil
}

// assign finds a tag or adds it; r.mu is held.
func (r *Registry) assign(t *Tag) (uint32, error) {
	if ordinal := r.tags.find(t); ordinal != 0 {
		return ordinal, nil
	}
	if r.tags.n == maxSubjects {
		return 0, fault.Errorf(fault.Limit, "%s holds as many subjects as it can", r.compartment.Name())
	}
	return r.tags.add(t), nil
}

// Save makes the ordinals that were given so far durable. Those given meanwhile
// wait for the next Save.
func (r *Registry) Save(ctx context.Context) error {
	r.saving.Lock()
	defer r.saving.Unlock()
	r.mu.RLock()
	last, chunks := r.tags.n, r.tags.chunks
	r.mu.RUnlock()
	if last == r.saved {
		return nil
	}
	b := r.compartment.Begin()
	defer b.Discard()
	w, err := b.Create(ctx, segmentName(r.saved+1))
	if err != nil {
		return err
	}
	w.SetCores(runtime.GOMAXPROCS(0))
	if err := writeTags(w, chunks, r.saved, last); err != nil {
		return err
	}
	if err := b.Commit(ctx); err != nil {
		return err
	}
	r.saved = last
	return nil
}

// writeTags writes the tags of the ordinals after from, up to last.
func writeTags(w io.Writer, chunks [][]Tag, from, last uint32) error {
	out := bufio.NewWriterSize(w, transfer)
	for i := from; i < last; i++ {
		if _, err := out.Write(chunks[i/chunkTags][i%chunkTags][:]); err != nil {
			return err
		}
	}
	return out.Flush()
}
