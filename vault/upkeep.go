package vault

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"yingbi/internal/fault"
	"yingbi/keeper"
)

// Destroy ends the compartment that the intent names. A signed tombstone is
// committed first; then every handle is wiped and the wrapped key and all objects
// are removed. What a crash left of them Collect removes. The name is never used
// again. The wrapped key may live on in backups and in the medium: it is beyond
// use when the key-encryption key of its time is gone.
func (v *Vault) Destroy(ctx context.Context, intent keeper.Intent) error {
	s, err := v.state(intent.Compartment)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(ctx); err != nil {
		return err
	}
	err = s.commit(ctx, intent, &manifest{Compartment: s.name, Destroyed: true, KeyCheck: s.manifest.KeyCheck})
	if err == nil {
		s.wipe()
	}
	return err
}

// Rewrapper wraps a wrapped key under the newest key-encryption key;
// *keeper.Keeper has it.
type Rewrapper interface {
	Rewrap(ctx context.Context, compartment string, wrapped []byte) ([]byte, error)
}

// Rotate rewraps the key of every compartment and gives their number. Data keys
// and objects stay as they are. After an error, call it again: a key that is
// rewrapped twice does no harm.
func (v *Vault) Rotate(ctx context.Context, r Rewrapper) (int, error) {
	states, err := v.all()
	if err != nil {
		return 0, err
	}
	rotated := 0
	for _, s := range states {
		done, err := s.rotate(ctx, r)
		if err != nil {
			return rotated, err
		}
		if done {
			rotated++
		}
	}
	return rotated, nil
}

func (s *state) rotate(ctx context.Context, r Rewrapper) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.alive(ctx); fault.KindOf(err) == fault.NotFound {
		return false, nil // destroyed, or an orphan
	} else if err != nil {
		return false, err
	}
	wrapped, err := s.vault.files.read(ctx, s.path(keyFile), maxWrapped)
	if err != nil {
		return false, s.unreadable("its wrapped key", err)
	}
	if wrapped, err = r.Rewrap(ctx, s.name, wrapped); err != nil {
		return false, err
	}
	return true, s.vault.files.write(ctx, s.path(keyFile), wrapped)
}

// Collect removes the files that no committed manifest stands for, and gives
// their names: what a crash left between a write and its commit, or between a
// commit and its sweep. Files of a compartment that is damaged are left alone, and
// reported by the error.
func (v *Vault) Collect(ctx context.Context) (orphans []string, err error) {
	return v.eachOrphan(func(s *state) ([]string, error) { return s.collect(ctx) })
}

// Orphans gives the names of the files that Collect would remove.
func (v *Vault) Orphans(ctx context.Context) ([]string, error) {
	return v.eachOrphan(func(s *state) ([]string, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.orphans(ctx)
	})
}

func (v *Vault) eachOrphan(of func(*state) ([]string, error)) (orphans []string, err error) {
	states, err := v.all()
	if err != nil {
		return nil, err
	}
	var failures []error
	for _, s := range states {
		names, err := of(s)
		orphans = append(orphans, names...)
		failures = append(failures, err)
	}
	return orphans, errors.Join(failures...)
}

func (s *state) collect(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	orphans, err := s.orphans(ctx)
	for i, path := range orphans {
		if err := s.vault.files.remove(ctx, path); err != nil {
			return orphans[:i], err
		}
	}
	return orphans, err
}

// orphans lists them by name. s.mu is held.
func (s *state) orphans(ctx context.Context) (orphans []string, err error) {
	if s.broken != nil {
		return nil, nil // its newest files may be committed
	}
	kept := map[string]bool{}
	if err := s.load(ctx); err == nil {
		kept = s.kept()
	} else if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	files, err := s.vault.files.list(s.folder())
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if stored, _, _ := strings.Cut(name, "."); kept[name] || s.pending[stored] {
			continue
		}
		orphans = append(orphans, s.path(name))
	}
	return orphans, nil
}

// Check verifies every compartment against the ledger: manifest, signature, and
// that each object's file is there with its length. It needs no data key, so it
// reads no object: the bytes of one are verified whenever it is opened.
func (v *Vault) Check(ctx context.Context) error {
	states, err := v.all()
	if err != nil {
		return err
	}
	var failures []error
	for _, s := range states {
		failures = append(failures, s.check(ctx))
	}
	return errors.Join(failures...)
}

func (s *state) check(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	version, digest, known := s.vault.ledger.Committed(s.name)
	if !known {
		return nil // an orphan
	}
	m, err := s.readManifest(ctx, version, digest)
	if err != nil {
		return err
	}
	sizes, err := s.vault.files.list(s.folder())
	if err != nil {
		return err
	}
	if sizes[keyFile] == 0 && !m.Destroyed {
		return s.damaged("its wrapped key is missing or empty")
	}
	for _, e := range m.Objects {
		if size, found := sizes[e.Stored+objectSuffix]; !found || size != e.Sealed {
			return s.damaged("object " + e.Name + " is missing or has another length")
		}
	}
	return nil
}

// all gives the states of every compartment that has files or is in the ledger,
// sorted by name.
func (v *Vault) all() ([]*state, error) {
	names, err := v.files.folders()
	if err != nil {
		return nil, err
	}
	for i, folder := range names {
		names[i] = strings.ReplaceAll(folder, ".", "/")
	}
	if l, ok := v.ledger.(interface{ Compartments() []string }); ok {
		names = append(names, l.Compartments()...)
	}
	slices.Sort(names)
	var states []*state
	for _, name := range slices.Compact(names) {
		if s, err := v.state(name); err == nil { // other files are not ours to judge
			states = append(states, s)
		}
	}
	return states, nil
}
