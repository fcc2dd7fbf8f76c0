package vault

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Batch gathers changes that become true together, in one manifest version, or
// not at all. Several goroutines may create objects and write them, each its own;
// Commit and Discard come when they have ended.
//
//	b := c.Begin()
//	defer b.Discard() // does nothing after Commit
//	w, err := b.Create(ctx, "v1.parquet")
//	… w.Write, w.Close …
//	err = b.Commit(ctx)
type Batch struct {
	c *Compartment

	mu      sync.Mutex // guards the rest
	writers []*ObjectWriter
	fresh   map[string]bool // names that must not exist yet
	deleted map[string]bool
	done    bool
}

// Begin starts a batch.
func (c *Compartment) Begin() *Batch {
	return &Batch{c: c, fresh: map[string]bool{}, deleted: map[string]bool{}}
}

// ObjectWriter writes one object of a batch. Bytes are sealed as they come, so that
// memory stays small. The object counts only once it is closed.
type ObjectWriter struct {
	entry  entry
	batch  *Batch
	key    crypto.Key
	file   *fileWriter
	sealer *crypto.Sealer
	plain  hash.Hash // SM3 of what was written; nil for a cache
	cores  int
	closed bool
}

// Create writes a new object; a name that exists is fault.Conflict, here or in
// Commit.
func (b *Batch) Create(ctx context.Context, name string) (*ObjectWriter, error) {
	if _, err := b.c.Stat(name); err == nil {
		return nil, b.exists(name)
	}
	w, err := b.Replace(ctx, name)
	if err == nil {
		b.mu.Lock()
		b.fresh[name] = true
		b.mu.Unlock()
	}
	return w, err
}

// CreateCache is Create for an object that can be made again and that nobody needs
// to name to others: it is bound to its manifest like every other, but has no
// commitment, whose SM3 would take more than twice the time of the sealing.
func (b *Batch) CreateCache(ctx context.Context, name string) (*ObjectWriter, error) {
	w, err := b.Create(ctx, name)
	if err == nil {
		w.plain = nil
	}
	return w, err
}

func (b *Batch) exists(name string) error {
	return fault.Errorf(fault.Conflict, "compartment %s already has an object %s", b.c.state.name, name)
}

// Replace writes an object whether or not its name exists.
func (b *Batch) Replace(ctx context.Context, name string) (*ObjectWriter, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	key, err := b.c.dataKey()
	if err != nil {
		return nil, err
	}
	s := b.c.state
	if err := s.vault.at(stepObject); err != nil {
		return nil, err
	}
	w := &ObjectWriter{batch: b, key: key, plain: crypto.NewHash()}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	w.entry.Name, w.entry.Stored = name, hex.EncodeToString(random[:])
	b.add(w) // Discard cleans up after the errors below
	s.reserve(w.entry.Stored)
	if w.file, err = s.vault.files.create(ctx, s.path(w.entry.Stored+objectSuffix)); err != nil {
		return nil, err
	}
	if w.sealer, err = crypto.NewSealer(w.file, key, s.context(w.entry.Stored)); err != nil {
		return nil, err
	}
	return w, nil
}

func (b *Batch) add(w *ObjectWriter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writers = append(b.writers, w)
}

// reserve keeps Collect away from a file that no manifest names yet.
func (s *state) reserve(stored string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[stored] = true
}

// SetCores lets n goroutines seal, before the first Write; zero and one mean the
// caller's alone. One is best where several objects are written at once.
func (w *ObjectWriter) SetCores(n int) {
	w.cores = n
	w.sealer.SetCores(n)
}

// Write seals p.
func (w *ObjectWriter) Write(p []byte) (int, error) {
	if w.plain == nil {
		return w.sealer.Write(p)
	}
	var hashing sync.WaitGroup
	defer hashing.Wait()
	if w.cores > 1 && len(p) >= worthSharing {
		hashing.Go(func() { w.plain.Write(p) })
	} else {
		w.plain.Write(p)
	}
	return w.sealer.Write(p) // after an error the object is lost, and so is its digest
}

// worthSharing is the least that is hashed beside the sealing: 0.2 ms of SM3.
const worthSharing = 64 << 10

// Close makes the bytes durable.
func (w *ObjectWriter) Close() error {
	if w.closed {
		return nil
	}
	s := w.batch.c.state
	if w.sealer == nil {
		return fault.New(fault.Internal, "vault: the object was never begun")
	}
	if err := w.sealer.Close(); err != nil {
		return err
	}
	if err := s.vault.at(stepPublish); err != nil {
		return err
	}
	if err := w.file.publish(); err != nil {
		return err
	}
	w.closed = true
	w.entry.Size, w.entry.Sealed, w.entry.Root = w.sealer.Size(), w.sealer.Length(), w.sealer.Root()
	w.entry.Created = s.vault.now().UTC()
	if w.plain == nil {
		w.entry.Opening = []byte{}
		return nil
	}
	return w.commitTo()
}

// commitTo makes the commitment to the plain bytes and seals what opens it.
func (w *ObjectWriter) commitTo() error {
	content := w.plain.Sum(nil)
	commitment, nonce, err := crypto.Commit(content)
	if err != nil {
		return err
	}
	w.entry.Commitment = commitment
	w.entry.Opening, err = crypto.SealBytes(w.key, w.batch.c.state.context(w.entry.Stored)+"|opening", append(nonce[:], content...))
	return err
}

// Commitment is that to SM3 of the plain bytes, once the object is closed.
func (w *ObjectWriter) Commitment() crypto.Digest { return w.entry.Commitment }

// Delete removes an object, and its file once the batch is committed.
func (b *Batch) Delete(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deleted[name] = true
}

// Commit makes all changes true. After an error nothing has changed, unless the
// error came from the ledger: then the next opening of the vault decides.
func (b *Batch) Commit(ctx context.Context) error {
	if b.done {
		return fault.New(fault.Internal, "vault: the batch is over")
	}
	s := b.c.state
	for _, w := range b.writers {
		if err := w.Close(); err != nil {
			return err
		}
	}
	if err := s.vault.at(stepFolder); err != nil {
		return err
	}
	if err := s.vault.files.syncFolder(s.folder()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(ctx); err != nil {
		return err
	}
	next, err := s.manifest.with(b.apply)
	if err != nil {
		return err
	}
	err = s.commit(ctx, b.c.intent, next)
	if err == nil || s.broken != nil { // with an open outcome the files must stay
		b.end()
	}
	return err
}

// apply changes a copy of the manifest.
func (b *Batch) apply(m *manifest) error {
	for _, name := range slices.Sorted(maps.Keys(b.deleted)) {
		i, found := m.find(name)
		if !found {
			return fault.Errorf(fault.NotFound, "compartment %s has no object %s", b.c.state.name, name)
		}
		m.Objects = slices.Delete(m.Objects, i, i+1)
	}
	for _, w := range b.writers {
		if _, found := m.find(w.entry.Name); found && b.fresh[w.entry.Name] {
			return b.exists(w.entry.Name)
		}
		m.put(w.entry)
	}
	return nil
}

// end forgets the batch; s.mu is held.
func (b *Batch) end() {
	b.done = true
	for _, w := range b.writers {
		delete(b.c.state.pending, w.entry.Stored)
		w.key = crypto.Key{}
	}
}

// Discard removes what a batch that was not committed has written.
func (b *Batch) Discard() {
	if b.done {
		return
	}
	s := b.c.state
	for _, w := range b.writers {
		if !w.closed && w.file != nil {
			w.file.discard()
		}
		s.vault.files.remove(context.Background(), s.path(w.entry.Stored+objectSuffix))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b.end()
}

// Put writes one object, replacing one of its name.
func (c *Compartment) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	return c.PutAll(ctx, map[string]func(io.Writer) error{name: write})
}

// PutAll writes several objects, one after the other by name, in one version.
func (c *Compartment) PutAll(ctx context.Context, objects map[string]func(io.Writer) error) error {
	b := c.Begin()
	defer b.Discard()
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		w, err := b.Replace(ctx, name)
		if err != nil {
			return err
		}
		if err := objects[name](w); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return b.Commit(ctx)
}

// Delete removes an object and its file; a missing one is fault.NotFound.
func (c *Compartment) Delete(ctx context.Context, name string) error {
	b := c.Begin()
	defer b.Discard()
	b.Delete(name)
	return b.Commit(ctx)
}
