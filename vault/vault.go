package vault

import (
	"context"
	"encoding/hex"
	"strings"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/keeper"
)

// Keys is what the vault asks of the keeper; *keeper.Keys has it. Every call
// records its intent in the audit log before it acts.
type Keys interface {
	// Create makes a data key for the compartment of the intent, and its wrapped form.
	Create(context.Context, keeper.Intent) (crypto.Key, []byte, error)
	// Unwrap opens a wrapped key of the compartment of the intent.
	Unwrap(ctx context.Context, intent keeper.Intent, wrapped []byte) (crypto.Key, error)
	// Sign signs under the domain's key; crypto.PublicKey.VerifyLabelled checks it.
	Sign(ctx context.Context, intent keeper.Intent, label string, message []byte) ([]byte, error)
}

// Ledger remembers the last committed manifest of each compartment: the audit
// log, replayed. It must be safe for concurrent use. A Ledger that also has
//
//	Compartments() []string
//
// lets Check and Collect find compartments whose whole folder is gone.
type Ledger interface {
	// Committed gives the last version of the compartment and its manifest's digest.
	Committed(compartment string) (version uint64, digest crypto.Digest, ok bool)
	// Commit records a version durably. After an error the vault assumes nothing
	// about whether it was recorded.
	Commit(ctx context.Context, compartment string, version uint64, digest crypto.Digest) error
}

// Config says where a vault is and who vouches for it. Every field but Clock is
// needed.
type Config struct {
	Dir    string // made if it is missing; a second process must be kept out by the caller
	Keys   Keys
	Public crypto.PublicKey // of the keeper
	Ledger Ledger
	Clock  clock.Clock // nil is the system's
}

// Vault is the storage of one domain. It is safe for concurrent use.
type Vault struct {
	keys   Keys
	public crypto.PublicKey
	ledger Ledger
	now    clock.Clock
	files  *files
	hook   func(step) error // tests make a step fail; nil otherwise

	mu     sync.Mutex // guards states
	states map[string]*state
}

// Open opens the vault under cfg.Dir. It reads nothing yet: a compartment is
// verified when it is unlocked, all of them by Check.
func Open(_ context.Context, cfg Config) (*Vault, error) {
	if cfg.Dir == "" || cfg.Keys == nil || cfg.Ledger == nil || cfg.Public == (crypto.PublicKey{}) {
		return nil, fault.New(fault.Internal, "vault: folder, keys, public key and ledger are needed")
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System
	}
	f, err := openFiles(cfg.Dir)
	if err != nil {
		return nil, err
	}
	return &Vault{keys: cfg.Keys, public: cfg.Public, ledger: cfg.Ledger, now: cfg.Clock, files: f, states: map[string]*state{}}, nil
}

// Close gives the storage back and wipes the keys of every open compartment.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.states {
		s.mu.Lock()
		s.wipe()
		s.mu.Unlock()
	}
	return v.files.bucket.Close()
}

// Exists reports whether the compartment was committed and not destroyed.
func (v *Vault) Exists(compartment string) bool {
	s, err := v.state(compartment)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(context.Background()) == nil && !s.manifest.Destroyed
}

// Create makes the compartment that the intent names, with a new data key.
func (v *Vault) Create(ctx context.Context, intent keeper.Intent) (*Compartment, error) {
	s, err := v.state(intent.Compartment)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, s.undecided()
	}
	if _, _, known := v.ledger.Committed(s.name); known {
		return nil, fault.Errorf(fault.Conflict, "compartment %s exists, or existed and was destroyed; choose another id", s.name)
	}
	key, wrapped, err := v.keys.Create(ctx, intent)
	if err != nil {
		return nil, err
	}
	if err := v.files.write(ctx, s.path(keyFile), wrapped); err != nil {
		return nil, err
	}
	if err := v.files.syncFolder(""); err != nil { // the compartment's folder is new
		return nil, err
	}
	if err := s.commit(ctx, intent, &manifest{Compartment: s.name, KeyCheck: keyCheck(key)}); err != nil {
		return nil, err
	}
	return s.handle(intent, key), nil
}

// Unlock opens the compartment that the intent names: it verifies the manifest
// against the ledger and has the data key unwrapped.
func (v *Vault) Unlock(ctx context.Context, intent keeper.Intent) (*Compartment, error) {
	s, err := v.state(intent.Compartment)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.alive(ctx); err != nil {
		return nil, err
	}
	wrapped, err := v.files.read(ctx, s.path(keyFile), maxWrapped)
	if err != nil {
		return nil, s.unreadable("its wrapped key", err)
	}
	key, err := v.keys.Unwrap(ctx, intent, wrapped)
	if err != nil {
		return nil, err
	}
	if keyCheck(key) != s.manifest.KeyCheck {
		return nil, s.damaged("its wrapped key is another one")
	}
	return s.handle(intent, key), nil
}

// state finds or makes the shared state of a compartment.
func (v *Vault) state(compartment string) (*state, error) {
	if err := checkCompartment(compartment); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.states[compartment]
	if s == nil {
		s = &state{vault: v, name: compartment, pending: map[string]bool{}, handles: map[*Compartment]bool{}}
		v.states[compartment] = s
	}
	return s, nil
}

// keyCheck tells whether a data key is the compartment's own, and nothing else
// about it.
func keyCheck(k crypto.Key) string {
	return hex.EncodeToString(crypto.Derive(k[:], nil, "yingbi/vault/key-check/v1", 16))
}

// checkCompartment allows one to three words of a–z, 0–9, - and _, parted by
// slashes: they stand in folder names, where the slash becomes a dot.
func checkCompartment(name string) error {
	words := strings.Split(name, "/")
	ok := len(words) <= 3 && len(name) <= 200
	for _, w := range words {
		ok = ok && w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && strings.Trim(w[:1], "-_") != "" &&
			!strings.Contains(w, "__0x") // which fileblob would read as an escape
	}
	if !ok {
		return fault.Errorf(fault.Invalid, "%q is no compartment: write kind/id of a–z, 0–9, - and _", name)
	}
	return nil
}
