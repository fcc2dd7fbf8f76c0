package vault

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/keeper"
)

// state is what all handles of one compartment share.
type state struct {
	vault *Vault
	name  string

	mu       sync.Mutex            // guards the rest, and is held over a commit
	manifest *manifest             // the committed one; nil before load
	digest   crypto.Digest         // of its file
	broken   error                 // why nothing more can be committed
	pending  map[string]bool       // stored names of objects that are being written
	handles  map[*Compartment]bool // those open
}

// The steps at which tests make a commit fail.
type step string

const (
	stepObject   step = "object"   // before an object's file is made
	stepPublish  step = "publish"  // before an object has its name
	stepFolder   step = "folder"   // before the names are durable
	stepSign     step = "sign"     // before the manifest is signed
	stepManifest step = "manifest" // before the manifest is written
	stepLedger   step = "ledger"   // before the ledger is told
	stepSweep    step = "sweep"    // before what was replaced is removed
)

func (v *Vault) at(s step) error {
	if v.hook == nil {
		return nil
	}
	return v.hook(s)
}

func (s *state) folder() string { return strings.ReplaceAll(s.name, "/", ".") }

func (s *state) path(file string) string { return s.folder() + "/" + file }

func manifestFile(version uint64, digest crypto.Digest) string {
	return fmt.Sprintf("manifest.%d.%s", version, digest)
}

// damaged is the one answer to files that are not what was committed.
func (s *state) damaged(what string) error {
	return fault.Errorf(fault.Integrity, "compartment %s: %s; restore the vault's folder from a backup of the same time as the audit log", s.name, what)
}

// unreadable tells a file that is gone from a storage that does not answer.
func (s *state) unreadable(what string, err error) error {
	if err == errMissing {
		return s.damaged(what + " is missing")
	}
	return fmt.Errorf("compartment %s: reading %s: %w", s.name, what, err)
}

// load makes s.manifest the one that the ledger knows. s.mu is held.
func (s *state) load(ctx context.Context) error {
	version, digest, known := s.vault.ledger.Committed(s.name)
	if !known {
		return fault.Errorf(fault.NotFound, "there is no compartment %s", s.name)
	}
	if s.manifest != nil && s.manifest.Version == version && s.digest == digest {
		return nil
	}
	m, err := s.readManifest(ctx, version, digest)
	if err == nil {
		s.manifest, s.digest = m, digest
	}
	return err
}

// readManifest reads and verifies a committed manifest.
func (s *state) readManifest(ctx context.Context, version uint64, digest crypto.Digest) (*manifest, error) {
	what := fmt.Sprintf("the manifest of version %d, which the audit log has,", version)
	file, err := s.vault.files.read(ctx, s.path(manifestFile(version, digest)), maxManifest)
	if err != nil {
		return nil, s.unreadable(what, err)
	}
	m, body, signature, err := parseManifest(file)
	if err != nil || crypto.Sum(file) != digest || m.Compartment != s.name || m.Version != version ||
		s.vault.public.VerifyLabelled(manifestLabel, body, signature) != nil {
		return nil, s.damaged(what + " was altered")
	}
	return m, nil
}

// alive is load for those who need a compartment that still has its key.
func (s *state) alive(ctx context.Context) error {
	if err := s.load(ctx); err != nil {
		return err
	}
	if s.manifest.Destroyed {
		return fault.Errorf(fault.NotFound, "compartment %s was destroyed on %s", s.name, s.manifest.Created.Format("2006-01-02"))
	}
	return nil
}

// writable is alive for those who commit.
func (s *state) writable(ctx context.Context) error {
	if s.broken != nil {
		return s.undecided()
	}
	return s.alive(ctx)
}

// undecided is the answer while the outcome of a commit is open.
func (s *state) undecided() error {
	return fault.Errorf(fault.Conflict, "compartment %s takes no more writes: whether its last commit was recorded is unknown (%v); restart the domain", s.name, s.broken)
}

// commit makes next, whose objects are durable, the compartment's state, and
// removes what it no longer names. s.mu is held.
func (s *state) commit(ctx context.Context, intent keeper.Intent, next *manifest) error {
	v := s.vault
	next.Format, next.Created = manifestFormat, v.now().UTC()
	next.Version = 1
	if s.manifest != nil {
		next.Version = s.manifest.Version + 1
	}
	if next.Objects == nil {
		next.Objects = []entry{}
	}
	file, err := s.sign(ctx, intent, next)
	if err != nil {
		return err
	}
	digest := crypto.Sum(file)
	if err := v.at(stepManifest); err != nil {
		return err
	}
	if err := v.files.write(ctx, s.path(manifestFile(next.Version, digest)), file); err != nil {
		return err
	}
	// From here on the caller's wish to stop would leave the outcome open.
	if err := v.at(stepLedger); err != nil {
		s.broken = err
		return err
	}
	if err := v.ledger.Commit(context.WithoutCancel(ctx), s.name, next.Version, digest); err != nil {
		s.broken = err
		return err
	}
	old, oldDigest := s.manifest, s.digest
	s.manifest, s.digest = next, digest
	if old != nil {
		s.sweep(context.WithoutCancel(ctx), old, oldDigest)
	}
	return nil
}

func (s *state) sign(ctx context.Context, intent keeper.Intent, m *manifest) ([]byte, error) {
	body, err := m.encode()
	if err != nil {
		return nil, err
	}
	if err := s.vault.at(stepSign); err != nil {
		return nil, err
	}
	signature, err := s.vault.keys.Sign(ctx, intent, manifestLabel, body)
	if err != nil {
		return nil, err
	}
	return manifestBytes(body, signature), nil
}

// sweep removes the files that only the old manifest named. What it fails to
// remove is an orphan for Collect.
func (s *state) sweep(ctx context.Context, old *manifest, digest crypto.Digest) {
	if s.vault.at(stepSweep) != nil {
		return
	}
	kept := s.kept()
	for _, e := range old.Objects {
		if !kept[e.Stored+objectSuffix] {
			s.vault.files.remove(ctx, s.path(e.Stored+objectSuffix))
		}
	}
	s.vault.files.remove(ctx, s.path(manifestFile(old.Version, digest)))
	if s.manifest.Destroyed {
		s.vault.files.remove(ctx, s.path(keyFile))
	}
}

// kept gives the files that the loaded manifest stands for, itself included.
func (s *state) kept() map[string]bool {
	kept := map[string]bool{manifestFile(s.manifest.Version, s.digest): true, keyFile: !s.manifest.Destroyed}
	for _, e := range s.manifest.Objects {
		kept[e.Stored+objectSuffix] = true
	}
	return kept
}

// handle registers a new handle. s.mu is held.
func (s *state) handle(intent keeper.Intent, key crypto.Key) *Compartment {
	c := &Compartment{state: s, intent: intent, key: key}
	s.handles[c] = true
	return c
}

// wipe closes every handle. s.mu is held.
func (s *state) wipe() {
	for c := range s.handles {
		c.wipe()
	}
	clear(s.handles)
}

// with gives a copy of the manifest with other objects.
func (m *manifest) with(change func(*manifest) error) (*manifest, error) {
	next := *m
	next.Objects = slices.Clone(m.Objects)
	return &next, change(&next)
}
