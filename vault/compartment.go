package vault

import (
	"context"
	"io"
	"sync"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/keeper"
)

// Compartment is an unlocked compartment. It is safe for concurrent use, by
// several handles too: what one commits all see. Close it to wipe its key.
type Compartment struct {
	state  *state
	intent keeper.Intent

	mu  sync.RWMutex // guards key
	key crypto.Key   // zero when closed
}

// ObjectInfo is what the manifest says of an object.
type ObjectInfo struct {
	Name       string
	Size       int64         // plain bytes
	Sealed     int64         // bytes of the file
	Created    time.Time     // when it was written
	Commitment crypto.Digest // to SM3 of the plain bytes; tells nothing about them; zero for a cache
}

// Name gives the compartment's name, such as "dataset/claims".
func (c *Compartment) Name() string { return c.state.name }

// Close wipes the key. Objects that are open stay readable until they are closed.
func (c *Compartment) Close() {
	c.state.mu.Lock()
	delete(c.state.handles, c)
	c.state.mu.Unlock()
	c.wipe()
}

func (c *Compartment) wipe() {
	c.mu.Lock()
	c.key = crypto.Key{}
	c.mu.Unlock()
}

func (c *Compartment) dataKey() (crypto.Key, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.key == (crypto.Key{}) {
		return c.key, fault.Errorf(fault.Conflict, "compartment %s is closed; unlock it again", c.state.name)
	}
	return c.key, nil
}

// Derive gives n secret bytes for the purpose that label names; the same for
// every handle of the compartment, for ever.
func (c *Compartment) Derive(label string, n int) ([]byte, error) {
	key, err := c.dataKey()
	if err != nil {
		return nil, err
	}
	return crypto.Derive(key[:], nil, "yingbi/vault/derive/v1|"+c.state.name+"|"+label, n), nil
}

// Names gives the names of all objects, sorted.
func (c *Compartment) Names() []string {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	names := make([]string, len(c.state.manifest.Objects))
	for i, e := range c.state.manifest.Objects {
		names[i] = e.Name
	}
	return names
}

// Stat describes an object; a missing one is fault.NotFound.
func (c *Compartment) Stat(name string) (ObjectInfo, error) {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	e, err := c.entry(name)
	return ObjectInfo{e.Name, e.Size, e.Sealed, e.Created, e.Commitment}, err
}

// entry finds an object; state.mu is held.
func (c *Compartment) entry(name string) (entry, error) {
	i, found := c.state.manifest.find(name)
	if !found {
		return entry{}, fault.Errorf(fault.NotFound, "compartment %s has no object %s", c.state.name, name)
	}
	return c.state.manifest.Objects[i], nil
}

// Opening gives what opens the object's commitment: crypto.CheckCommit with the
// nonce and the 32 bytes of content, the SM3 of the plain bytes. It is secret. A
// cache has none: fault.NotFound.
func (c *Compartment) Opening(name string) (nonce [32]byte, content crypto.Digest, err error) {
	c.state.mu.Lock()
	e, err := c.entry(name)
	c.state.mu.Unlock()
	if err != nil {
		return nonce, content, err
	}
	if e.Commitment == (crypto.Digest{}) {
		return nonce, content, fault.Errorf(fault.NotFound, "object %s of compartment %s is a cache, to which nobody committed", name, c.state.name)
	}
	key, err := c.dataKey()
	if err != nil {
		return nonce, content, err
	}
	b, err := crypto.OpenBytes(key, c.state.context(e.Stored)+"|opening", e.Opening)
	if err != nil || len(b) != len(nonce)+len(content) {
		return nonce, content, crypto.ErrIntegrity
	}
	copy(nonce[:], b)
	copy(content[:], b[len(nonce):])
	return nonce, content, crypto.CheckCommit(e.Commitment, nonce, content[:])
}

// context binds an object's bytes to the compartment and the file's name.
func (s *state) context(stored string) string { return s.name + "|" + stored }

// Object is an open object. It is safe for concurrent use. What is read is what
// was written, or the error is fault.Integrity. After SetCores(2), which comes
// before all else, a long ReadAt and io.Copy from Reader open it on both cores.
type Object struct {
	*crypto.Opener
	file *openFile
}

// Close closes the file.
func (o *Object) Close() error { return o.file.Close() }

// Open opens an object and checks it against the manifest.
func (c *Compartment) Open(ctx context.Context, name string) (*Object, error) {
	key, err := c.dataKey()
	if err != nil {
		return nil, err
	}
	e, file, err := c.openFile(ctx, name)
	if err != nil {
		return nil, err
	}
	o := &Object{file: file}
	if o.Opener, err = crypto.NewOpener(file, e.Sealed, key, c.state.context(e.Stored)); err == nil {
		err = o.VerifyRoot(e.Root)
	}
	if err == nil && o.Size() != e.Size {
		err = crypto.ErrIntegrity
	}
	if err != nil {
		file.Close()
		return nil, fault.Errorf(fault.KindOf(err), "object %s of compartment %s: %w", name, c.state.name, err)
	}
	return o, nil
}

// openFile opens the file before anybody can replace and remove it.
func (c *Compartment) openFile(ctx context.Context, name string) (entry, *openFile, error) {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	e, err := c.entry(name)
	if err != nil {
		return e, nil, err
	}
	file, err := c.state.vault.files.open(ctx, c.state.path(e.Stored+objectSuffix))
	if err != nil {
		return e, nil, c.state.unreadable("object "+name, err)
	}
	if file.reader.Size() != e.Sealed {
		file.Close()
		return e, nil, c.state.damaged("object " + name + " has another length")
	}
	return e, file, nil
}

// Read reads a whole object of at most limit bytes; a longer one is fault.Limit.
func (c *Compartment) Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	o, err := c.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if o.Size() > limit {
		return nil, fault.Errorf(fault.Limit, "object %s of compartment %s has %d bytes; at most %d are read", name, c.state.name, o.Size(), limit)
	}
	b := make([]byte, o.Size())
	if _, err := io.ReadFull(o.Reader(), b); err != nil {
		return nil, err
	}
	return b, nil
}
