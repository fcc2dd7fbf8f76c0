package domain

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// commitAction is the record that makes a version of a compartment's manifest
// count. Its target is the compartment.
const commitAction = "vault.commit"

// ledger is the vault's commit point: the newest manifest of each compartment as
// the audit log has it. While the log is replayed it also gathers what Open
// compares with the metadata database: which intents ended well, and which have
// no outcome yet. What the intents charged to outcome budgets it keeps in account, what
// was asked about single subjects in inquiries, and the requests to open tokens in
// reveals.
type ledger struct {
	log *audit.Log

	mu       sync.Mutex // guards versions
	versions map[string]manifestVersion
	open     map[uint64]audit.Record // intents; only filled by replay, as is done
	done     acts
	account  account
	reveals  reveals

	inquiries inquiries
}

type manifestVersion struct {
	number uint64
	digest crypto.Digest
}

func newLedger() *ledger {
	return &ledger{versions: map[string]manifestVersion{}, open: map[uint64]audit.Record{}, done: newActs()}
}

// replay sees every record of the log at Open.
func (l *ledger) replay(index uint64, r audit.Record) error {
	switch {
	case r.Phase == audit.Intent:
		l.open[index] = r
		l.reveals.began(r)
		if err := l.inquiries.replay(index, r); err != nil {
			return err
		}
		return l.account.replay(index, r)
	case r.Phase == audit.Outcome && r.Ref != nil:
		intent := l.open[*r.Ref]
		delete(l.open, *r.Ref)
		if r.Result != audit.OK {
			break
		}
		l.done.note(intent)
		if err := l.reveals.done(intent); err != nil {
			return fault.Errorf(fault.Integrity, "record %d of the log: %v", *r.Ref, err)
		}
	case r.Action == commitAction:
		number, err := strconv.ParseUint(r.Details["version"], 10, 64)
		digest, err2 := crypto.ParseDigest(r.Details["digest"])
		if err != nil || err2 != nil {
			return fault.Errorf(fault.Integrity, "record %d of the log names no manifest version", index)
		}
		l.versions[r.Target] = manifestVersion{number, digest}
	}
	return nil
}

// Committed implements vault.Ledger.
func (l *ledger) Committed(compartment string) (uint64, crypto.Digest, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.versions[compartment]
	return v.number, v.digest, ok
}

// Compartments lists every compartment that was ever committed.
func (l *ledger) Compartments() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.versions))
}

// Commit implements vault.Ledger: the version counts when its record is durable.
func (l *ledger) Commit(ctx context.Context, compartment string, version uint64, digest crypto.Digest) error {
	_, err := l.log.Append(ctx, audit.Record{
		Actor: "vault", Action: commitAction, Phase: audit.Event, Target: compartment,
		Details: map[string]string{"version": strconv.FormatUint(version, 10), "digest": digest.String()},
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.versions[compartment] = manifestVersion{version, digest}
	return nil
}
