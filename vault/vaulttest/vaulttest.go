// Package vaulttest stands in for the keeper and the audit log in the tests of
// packages that use a vault. Nothing in it may be linked into the binary.
package vaulttest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"yingbi/crypto"
	"yingbi/keeper"
)

// Keys wraps and signs in memory, without a process of its own or an audit log.
type Keys struct {
	signer *crypto.SigningKey

	mu    sync.Mutex // guards the rest
	kek   crypto.Key
	calls map[string]int
	fail  map[string]bool
}

// NewKeys makes random keys.
func NewKeys() (*Keys, error) {
	signer, err := crypto.NewSigningKey()
	if err != nil {
		return nil, err
	}
	kek, err := crypto.NewKey()
	return &Keys{signer: signer, kek: kek, calls: map[string]int{}, fail: map[string]bool{}}, err
}

// Public verifies what Sign signs.
func (k *Keys) Public() crypto.PublicKey { return k.signer.Public() }

// Fail makes the calls of one name ("create", "unwrap", "sign", "rewrap") fail,
// or succeed again.
func (k *Keys) Fail(call string, on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fail[call] = on
}

// Calls tells how many calls of a name succeeded.
func (k *Keys) Calls(call string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls[call]
}

func (k *Keys) call(name string, intent keeper.Intent) (crypto.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail[name] || intent.Actor == "" {
		return crypto.Key{}, errors.New("vaulttest: " + name + " fails")
	}
	k.calls[name]++
	return k.kek, nil
}

// Create makes a data key.
func (k *Keys) Create(_ context.Context, intent keeper.Intent) (key crypto.Key, wrapped []byte, err error) {
	kek, err := k.call("create", intent)
	if err != nil {
		return key, nil, err
	}
	if key, err = crypto.NewKey(); err == nil {
		wrapped, err = crypto.SealBytes(kek, intent.Compartment, key[:])
	}
	return key, wrapped, err
}

// Unwrap opens a data key that was wrapped for the compartment.
func (k *Keys) Unwrap(_ context.Context, intent keeper.Intent, wrapped []byte) (crypto.Key, error) {
	kek, err := k.call("unwrap", intent)
	if err != nil {
		return crypto.Key{}, err
	}
	b, err := crypto.OpenBytes(kek, intent.Compartment, wrapped)
	if err != nil {
		return crypto.Key{}, err
	}
	return crypto.KeyFromBytes(b)
}

// Rewrap changes the key-encryption key for good: what was not rewrapped is lost.
func (k *Keys) Rewrap(_ context.Context, compartment string, wrapped []byte) ([]byte, error) {
	kek, err := k.call("rewrap", keeper.Intent{Actor: "rotation"})
	if err != nil {
		return nil, err
	}
	b, err := crypto.OpenBytes(kek, compartment, wrapped)
	if err != nil {
		return nil, err
	}
	return crypto.SealBytes(kek, compartment, b)
}

// Ledger remembers commits in memory.
type Ledger struct {
	mu      sync.Mutex // guards the rest
	commits map[string]commit
	fail    bool
	lose    bool
}

type commit struct {
	version uint64
	digest  crypto.Digest
}

// NewLedger makes an empty ledger.
func NewLedger() *Ledger { return &Ledger{commits: map[string]commit{}} }

// Clone gives a ledger with the same commits: the log as a crash leaves it.
func (l *Ledger) Clone() *Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Ledger{commits: maps.Clone(l.commits)}
}

// Fail makes commits fail. With recorded they are remembered all the same, as
// when the answer of the disk is lost.
func (l *Ledger) Fail(on, recorded bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail, l.lose = on, recorded
}

// Committed gives the last commit.
func (l *Ledger) Committed(compartment string) (uint64, crypto.Digest, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.commits[compartment]
	return c.version, c.digest, ok
}

// Commit remembers a version, which must be the next one.
func (l *Ledger) Commit(_ context.Context, compartment string, version uint64, digest crypto.Digest) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.commits[compartment].version+1 != version {
		return errors.New("vaulttest: the version is not the next one")
	}
	if !l.fail || l.lose {
		l.commits[compartment] = commit{version, digest}
	}
	if l.fail {
		return errors.New("vaulttest: the ledger fails")
	}
	return nil
}

// Compartments gives the names of all compartments, sorted.
func (l *Ledger) Compartments() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.commits))
}
