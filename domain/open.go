package domain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"yingbi/access"
	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/sandbox"
	"yingbi/store"
	"yingbi/vault"
)

// Config says which folder to open and how.
type Config struct {
	Dir    string
	Exe    string        // the yingbi binary, started again for the keeper and for cells
	Unlock keeper.Unlock // what opens the keyring
	Clock  clock.Clock   // nil is clock.System
	Log    *slog.Logger  // nil discards
}

func (c Config) settled() Config {
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) path(name string) string { return filepath.Join(c.Dir, name) }

// Domain is an opened domain folder. It is safe for concurrent use by its
// sessions; Close it.
type Domain struct {
	Info Info

	cfg     Config
	lock    *os.File
	keeper  *keeper.Keeper
	keys    *keeper.Keys
	log     *audit.Log
	ledger  *ledger
	store   *store.Store
	vault   *vault.Vault
	sandbox *sandbox.Sandbox
}

// Recovery tells what Open found and put right after an unclean end.
type Recovery struct {
	TornBytes int64    `json:"torn_bytes,omitempty"` // cut from the end of the log: a record that was never acknowledged
	Finished  []string `json:"finished,omitempty"`   // acts that were done and had no outcome in the log, now closed as done
	Abandoned []string `json:"abandoned,omitempty"`  // intents without an outcome, now closed as abandoned
	Jobs      []string `json:"jobs,omitempty"`       // jobs that were running and have failed, or were half submitted and are refused
	Orphans   []string `json:"orphans,omitempty"`    // objects that no manifest names, now removed
}

// Empty reports whether there was nothing to put right.
func (r Recovery) Empty() bool {
	return r.TornBytes == 0 && len(r.Finished) == 0 && len(r.Abandoned) == 0 && len(r.Jobs) == 0 && len(r.Orphans) == 0
}

// Founding is what Init needs besides the folder.
type Founding struct {
	Name   string        // of the domain, such as yuxi.gov.cn
	Admin  access.Person // the first system administrator
	Shares struct{ N, M int }
}

// Init makes a domain in an empty or absent folder. It gives the shares of the
// root key where the founding asks for shares; they are shown once and stored
// nowhere.
func Init(ctx context.Context, cfg Config, f Founding) (info Info, shares []string, err error) {
	cfg = cfg.settled()
	if strings.TrimSpace(f.Name) == "" || strings.ContainsAny(f.Name, " +\n\t") {
		return info, nil, fault.New(fault.Invalid, "a domain needs a name without spaces or +, such as yuxi.gov.cn: it signs every checkpoint")
	}
	if err := access.CheckRegistration(f.Admin); err != nil {
		return info, nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return info, nil, err
	}
	held, err := lock(cfg.Dir)
	if err != nil {
		return info, nil, err
	}
	defer func() { err = errors.Join(err, unlock(held)) }()
	if err := CheckEmpty(cfg.Dir); err != nil {
		return info, nil, err
	}
	defer func() {
		if err != nil { // nothing of a domain that was not made stays behind
			err = errors.Join(err, os.RemoveAll(cfg.path("keeper")), removeDatabase(cfg))
		}
	}()
	made, err := keeper.Init(ctx, keeper.Config{Exe: cfg.Exe, Dir: cfg.path("keeper"), Origin: f.Name, Unlock: cfg.Unlock, Shares: f.Shares})
	if err != nil {
		return info, nil, err
	}
	db, err := store.Open(ctx, cfg.path("meta.db"))
	if err != nil {
		return info, nil, err
	}
	f.Admin.Confirmed = true // nobody else is there to do it
	err = db.AddPerson(ctx, f.Admin, f.Admin.ID, cfg.Clock())
	if err = errors.Join(err, db.Close()); err != nil {
		return info, nil, err
	}
	info = Info{Format: Format, Name: f.Name, Created: cfg.Clock(), Public: made.Public}
	return info, made.Shares, writeInfo(cfg.Dir, info)
}

// removeDatabase removes what an Init that failed has made of the database.
func removeDatabase(cfg Config) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(cfg.path("meta.db" + suffix)); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// CheckEmpty refuses a folder in which a domain cannot be made.
func CheckEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, infoFile)); err == nil {
		return fault.Errorf(fault.Conflict, "%s is a domain folder already; open it, or name another folder", dir)
	}
	for _, e := range entries {
		if e.Name() != "lock" {
			return fault.Errorf(fault.Conflict, "%s is not empty; a domain is made in an empty folder", dir)
		}
	}
	return nil
}

// Open opens a domain folder, verifies its log, and puts right what an unclean
// end left behind. The log signs a checkpoint before Open returns.
func Open(ctx context.Context, cfg Config) (d *Domain, r Recovery, err error) {
	cfg = cfg.settled()
	d = &Domain{cfg: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close(context.WithoutCancel(ctx)))
			d = nil
		}
	}()
	if d.Info, err = readInfo(cfg.Dir); err != nil {
		return d, r, err
	}
	if d.lock, err = lock(cfg.Dir); err != nil {
		return d, r, err
	}
	if d.sandbox, err = sandbox.New(sandbox.Config{Exe: cfg.Exe, Log: cfg.Log}); err != nil {
		return d, r, err
	}
	if err = d.openKeeperAndLog(ctx, &r); err != nil {
		return d, r, err
	}
	if d.store, err = store.Open(ctx, cfg.path("meta.db")); err != nil {
		return d, r, err
	}
	d.vault, err = vault.Open(ctx, vault.Config{
		Dir: cfg.path("vault"), Keys: d.keys, Public: d.Info.Public, Ledger: d.ledger, Clock: cfg.Clock,
	})
	if err != nil {
		return d, r, err
	}
	return d, r, d.recover(ctx, &r)
}

func (d *Domain) openKeeperAndLog(ctx context.Context, r *Recovery) error {
	var err error
	d.keeper, err = keeper.Start(ctx, keeper.Config{Exe: d.cfg.Exe, Dir: d.cfg.path("keeper"), Origin: d.Info.Name, Unlock: d.cfg.Unlock})
	if err != nil {
		return err
	}
	if d.keeper.Public() != d.Info.Public {
		return fault.New(fault.Integrity, "the keyring is not the one of this domain folder; restore both from the same backup")
	}
	verifier, err := crypto.NoteVerifier(d.Info.Name, d.Info.Public)
	if err != nil {
		return err
	}
	d.ledger = newLedger()
	d.log, err = d.openLog(verifier, r)
	if err != nil {
		return err
	}
	d.ledger.log = d.log
	d.keys = d.keeper.Keys(d.log)
	return nil
}

func (d *Domain) openLog(verifier note.Verifier, r *Recovery) (*audit.Log, error) {
	log, recovery, err := audit.Open(d.cfg.path("audit"), audit.Config{
		Origin: d.Info.Name, Signer: d.keeper, Verifier: verifier, Clock: d.cfg.Clock, Replay: d.ledger.replay,
	})
	r.TornBytes = recovery.TornBytes
	return log, err
}

// recover compares the database with the log, closes intents that have no
// outcome, fails jobs that were running, and removes objects that no manifest
// names.
func (d *Domain) recover(ctx context.Context, r *Recovery) error {
	if d.log.Size() == 0 {
		return d.adoptFounder(ctx)
	}
	database, err := inDatabase(ctx, d.store)
	if err != nil {
		return err
	}
	if err := d.closeIntents(ctx, database, r); err != nil {
		return err
	}
	if r.Jobs, err = d.Jobs().Recover(ctx); err != nil {
		return err
	}
	r.Orphans, err = d.vault.Collect(ctx)
	return err
}

// adoptFounder makes the founder's registration the first act of the log, when a
// domain is opened for the first time: Init has no log yet.
func (d *Domain) adoptFounder(ctx context.Context) error {
	people, err := d.store.People(ctx)
	if err != nil {
		return err
	}
	if len(people) != 1 {
		return fault.Errorf(fault.Integrity, "a new domain has one founder, and this one has %d people: found it again in an empty folder", len(people))
	}
	return d.log.Act(ctx, registration(people[0], people[0].ID), func(uint64) error { return nil })
}

// closeIntents records the outcome of intents that have none, in their order, if
// with them log and database agree.
func (d *Domain) closeIntents(ctx context.Context, database acts, r *Recovery) error {
	open := slices.Sorted(maps.Keys(d.ledger.open))
	finished := map[uint64]bool{}
	for _, index := range open {
		if rec := d.ledger.open[index]; d.ledger.done.done(rec, database) {
			finished[index] = true
			d.ledger.done.note(rec)
		}
	}
	if err := d.ledger.done.check(database); err != nil {
		return err
	}
	for _, index := range open {
		rec := d.ledger.open[index]
		list, result := &r.Abandoned, "abandoned"
		if finished[index] {
			list, result = &r.Finished, audit.OK
		}
		*list = append(*list, fmt.Sprintf("%d %s %s", index, rec.Action, rec.Target))
		_, err := d.log.Append(ctx, audit.Record{
			Actor: "domain", Action: rec.Action, Phase: audit.Outcome, Target: rec.Target, Ref: &index, Result: result,
		})
		if err != nil {
			return err
		}
	}
	d.ledger.open, d.ledger.done = nil, acts{}
	return nil
}

// Close signs a last checkpoint and stops the keeper. It is safe on a domain
// that was opened half-way.
func (d *Domain) Close(ctx context.Context) error {
	var errs []error
	if d.vault != nil {
		errs = append(errs, d.vault.Close())
	}
	if d.log != nil {
		errs = append(errs, d.log.Close(ctx))
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.keeper != nil {
		errs = append(errs, d.keeper.Close())
	}
	if d.lock != nil {
		errs = append(errs, unlock(d.lock))
	}
	return errors.Join(errs...)
}
