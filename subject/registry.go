package subject

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/vault"
)

// ErrMissing says that what stands in a subject's column identifies nobody.
var ErrMissing error = fault.New(fault.Invalid, "the row has no identifier of its subject")

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
	r.hashers.New = func() any { return &hasher{mac: crypto.NewMAC(key)} }
	for _, name := range c.Names() { // sorted, so in the order of ordinals
		if err := r.load(ctx, name); err != nil {
			return nil, err
		}
	}
	r.saved = r.tags.n
	return r, nil
}

// segmentName names the object of the tags from the ordinal on.
func segmentName(first uint32) string { return fmt.Sprintf("tags.%010d", first) }

// load adds the tags of one segment.
func (r *Registry) load(ctx context.Context, name string) error {
	o, err := r.compartment.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	if name != segmentName(r.tags.n+1) || o.Size()%int64(len(tag{})) != 0 {
		return r.damaged(name)
	}
	in := bufio.NewReaderSize(o.Reader(), 64<<10)
	for range o.Size() / int64(len(tag{})) {
		var t tag
		if _, err := io.ReadFull(in, t[:]); err != nil {
			return err
		}
		if ordinal, _ := r.tags.find(t); ordinal != 0 || r.tags.n == maxSubjects {
			return r.damaged(name)
		}
		r.tags.add(t)
	}
	return nil
}

func (r *Registry) damaged(name string) error {
	return fault.Errorf(fault.Integrity, "%s: segment %s does not follow the ones before it; restore the domain from a backup", r.compartment.Name(), name)
}

// Len is the number of subjects, which is also the last ordinal.
func (r *Registry) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return int(r.tags.n)
}

// Ordinal gives the subject's ordinal, and the next one to a subject that is new.
// It is ErrMissing where the text identifies nobody. A new ordinal must be saved
// before anything that holds it.
func (r *Registry) Ordinal(id string) (uint32, error) {
	plain, ok := idnum.Normalise(id)
	if !ok {
		return 0, ErrMissing
	}
	h := r.hashers.Get().(*hasher)
	defer r.hashers.Put(h)
	h.message = append(append(h.message[:0], 'i'), plain...)
	return r.ordinal(h.tag())
}

// RowOrdinal gives the ordinal of a subject that is nothing but a row: of a data
// set, a version and a row number. No identifier ever has it.
func (r *Registry) RowOrdinal(dataset string, version int, row int64) (uint32, error) {
	h := r.hashers.Get().(*hasher)
	defer r.hashers.Put(h)
	h.message = fmt.Appendf(h.message[:0], "r%s|%d|%d", dataset, version, row)
	return r.ordinal(h.tag())
}

// hasher makes tags for one goroutine, without garbage.
type hasher struct {
	mac     *crypto.MAC
	message []byte // 'i' and an identifier, or 'r' and a row
	sum     []byte
}

func (h *hasher) tag() tag {
	h.sum = h.mac.Sum(h.sum[:0], h.message)
	return tag(h.sum[:len(tag{})])
}

// ordinal looks up a tag, and adds it where it is new.
func (r *Registry) ordinal(t tag) (uint32, error) {
	r.mu.RLock()
	ordinal, _ := r.tags.find(t)
	r.mu.RUnlock()
	if ordinal != 0 {
		return ordinal, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ordinal, _ := r.tags.find(t); ordinal != 0 { // another goroutine was first
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
func writeTags(w io.Writer, chunks [][]tag, from, last uint32) error {
	out := bufio.NewWriterSize(w, 64<<10)
	for i := from; i < last; i++ {
		if _, err := out.Write(chunks[i/chunkTags][i%chunkTags][:]); err != nil {
			return err
		}
	}
	return out.Flush()
}
